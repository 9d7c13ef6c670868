//! One audit of an application at a time.
//!
//! Two of them would sign in, change and guess beside each other. An application that allows one session
//! for each user, or that locks an account, then answers one audit because of the other.

use std::fs::{File, TryLockError};

use super::could_not_run;
use crate::attacks::audit::target::AllowedTarget;
use crate::base::start_error::StartError;

/// The turn of one audit. It ends when this is dropped, and with the process.
#[derive(Debug)]
pub(super) struct AuditTurn {
    /// The locked file; none where the folder for temporary files takes none.
    _locked: Option<File>,
}

impl AuditTurn {
    /// Takes the turn for an application.
    ///
    /// # Errors
    /// Another audit of it is running on this computer.
    pub(super) fn take(target: &AllowedTarget) -> Result<Self, StartError> {
        let address = target.address.to_string().replace([':', '.'], "-");
        let name = format!("session-lab-audit-{address}-{}.lock", target.port);
        // Nothing is written into it: only the lock counts, and the system takes it back at the end.
        let mut options = File::options();
        let opened = options.create(true).write(true).truncate(false);
        let Ok(file) = opened.open(std::env::temp_dir().join(name)) else {
            return Ok(Self { _locked: None });
        };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let message = format!("another audit of {} is running", target.origin());
                let hint = "wait until it has ended: two audits at once would disturb each other";
                Err(could_not_run(message, hint))
            }
            // A file system without locks: then nobody waits.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self {
                _locked: Some(file),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::attacks::audit::target::Whose;
    use crate::defences::facts::Scheme;

    fn target(port: u16) -> AllowedTarget {
        AllowedTarget {
            scheme: Scheme::Http,
            host_name: "localhost".into(),
            port,
            base_path: String::new(),
            address: Ipv4Addr::LOCALHOST.into(),
            whose: Whose::Own,
        }
    }

    #[test]
    fn a_second_audit_of_an_application_waits_for_the_end_of_the_first() {
        // No application listens at these: they are below those that programs get by themselves.
        let first = AuditTurn::take(&target(3)).expect("nobody else");
        let second = AuditTurn::take(&target(3)).expect_err("one is running");
        assert!(
            second
                .message
                .contains("another audit of http://localhost:3"),
            "{second}"
        );
        assert_eq!(second.code, 2);
        AuditTurn::take(&target(4)).expect("another application");
        drop(first);
        AuditTurn::take(&target(3)).expect("it has ended");
    }
}

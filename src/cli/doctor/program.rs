//! What another program says of itself, within a time and a size.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a program may take. A browser's first start from a slow disk takes seconds.
const LIMIT: Duration = Duration::from_secs(10);

/// How much of its output is read.
const MAX_OUTPUT: u64 = 64 * 1024;

/// Why a program said nothing of use.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("it cannot be started: {0}")]
    Start(io::Error),
    #[error("it said nothing within {} s", LIMIT.as_secs())]
    Late,
}

/// The first program of this name in the folders of `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path)
        .map(|folder| folder.join(&file))
        .find(|file| file.is_file())
}

/// What a program prints on standard output when it is asked for its version.
///
/// # Errors
/// It does not start, or does not end in time; then it is ended, with what it has started.
pub fn version_of(program: &Path) -> Result<String, ProgramError> {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(ProgramError::Start)?;
    let (tell, told) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || {
            let mut output = Vec::new();
            // What came before a failure is still what it said.
            let _ = stdout.take(MAX_OUTPUT).read_to_end(&mut output);
            let _ = tell.send(output);
        });
    }
    let output = told.recv_timeout(LIMIT);
    if output.is_err() || !has_ended(&mut child) {
        end(&mut child);
    }
    let output = output.map_err(|_| ProgramError::Late)?;
    Ok(String::from_utf8_lossy(&output).into_owned())
}

/// Whether a program that has closed its output has also ended, or does so at once.
fn has_ended(child: &mut Child) -> bool {
    for _ in 0..50 {
        match child.try_wait() {
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            ended => return ended.is_ok(),
        }
    }
    false
}

/// Ends a program and whatever it has started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        // A wrapper's own child would go on: the group is all of them.
        let group = format!("-{}", child.id());
        let _ = Command::new("/bin/sh")
            .args(["-c", "kill -s KILL -- \"$1\"", "sh", &group])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

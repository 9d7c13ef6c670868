//! Where the teacher's desk listens.

use std::net::{IpAddr, Ipv4Addr};

use super::layers::{RawSettings, SettingsLayers};
use crate::base::start_error::StartError;

/// Where the teacher's desk listens. Its pages are on 127.0.0.1 always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskSettings {
    /// Port of the teacher's pages.
    pub desk_port: u16,
    /// Port that the class's labs reach.
    pub class_port: u16,
    /// The address on which the class's labs reach the desk; 0.0.0.0 means all.
    pub bind: IpAddr,
}

impl DeskSettings {
    /// A desk inside a test: free ports, and nobody else reaches it.
    pub fn throw_away() -> Self {
        Self {
            desk_port: 0,
            class_port: 0,
            bind: Ipv4Addr::LOCALHOST.into(),
        }
    }

    pub(super) fn check(
        raw: &RawSettings,
        layers: &SettingsLayers,
    ) -> Result<Option<Self>, StartError> {
        if !raw.desk {
            // In a file they may wait for a day with --desk; as flags they are a mistake.
            for name in ["desk-port", "class-port"] {
                if layers.is_flag(name) {
                    let message = format!("--{name} means nothing without --desk");
                    let hint = format!("add --desk, or leave --{name} out");
                    return Err(StartError::new(message, hint).usage());
                }
            }
            return Ok(None);
        }
        Ok(Some(Self {
            desk_port: raw.desk_port,
            class_port: raw.class_port,
            bind: raw.bind.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        }))
    }
}

//! A lab for a class, and the students of it: they reach it by its names, at another loopback address.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use super::program::Program;

/// Keys as strong as a class needs them.
pub const KEYS: [(&str, &str); 2] = [
    (
        "SESSION_LAB_SECRET_KEY",
        "0x8gLQXfYq7b9rT5mZ1nWc3vKj2hRd6sPq4Tz9LmB2u",
    ),
    (
        "SESSION_LAB_JWT_SECRET_KEY",
        "Vt4yPz0kNw8eUa2oBq6iXm1gJl5fHc7rDg3Ks8VwE5y",
    ),
];

/// The class's name.
pub const PUBLIC: &str = "lab.campus.example";

/// The attacker's, which is another site.
pub const ATTACKER: &str = "attacker.example";

/// Where students come from and ask: an address of this computer that only a class's lab listens on.
pub const STUDENT: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Starts the program for a class.
pub struct ClassLab;

impl ClassLab {
    /// Starts it with this data folder; its visitors are students.
    pub fn start(folder: &Path) -> Program {
        Self::start_with(folder, &[])
    }

    /// The same with more flags.
    pub fn start_with(folder: &Path, more: &[&str]) -> Program {
        let flags = [
            "--class",
            "--public-name",
            PUBLIC,
            "--attacker-name",
            ATTACKER,
        ];
        let flags: Vec<_> = flags.iter().chain(more).copied().collect();
        let program = Program::start_as(folder, &flags, &KEYS);
        program.reached_as(PUBLIC, ATTACKER, STUDENT)
    }
}

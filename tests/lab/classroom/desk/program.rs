//! A whole program with a desk, which a test kills and starts again.

use std::fs;
use std::path::Path;

use super::people::{Doors, TeacherClient};
use crate::app::program::Program;

const DESK: [&str; 7] = [
    "--desk",
    "--desk-port",
    "0",
    "--class-port",
    "0",
    "--bind",
    "127.0.0.1",
];

/// A program with a desk, and its teacher.
pub struct DeskProgram {
    pub program: Program,
    pub teacher: TeacherClient,
}

impl DeskProgram {
    pub async fn start(folder: &Path, flags: &[&str]) -> Self {
        let program = Program::start_with(folder, &[&DESK, flags].concat());
        let line = |words: &str| {
            let found = program.told.iter().find(|line| line.contains(words));
            found.unwrap_or_else(|| panic!("no line {words}: {:?}", program.told))
        };
        let port = |line: &str| {
            let after = line.rsplit_once(':').expect("a port").1;
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().expect("a port")
        };
        let link = line("The teacher's desk");
        let key = link.split_once('#').expect("a key").1;
        let key = key.split(' ').next().expect("a key");
        let cert = fs::read_to_string(folder.join("desk-tls/cert.pem")).expect("a certificate");
        let doors = Doors::new(&cert, port(link), port(line("Its class joins at")));
        let teacher = doors.sign_in(key).await;
        Self { program, teacher }
    }
}

//! The program `session-lab`: parse the command line, run, print the error, exit code.

use std::process::ExitCode;

use clap::Parser as _;
use session_lab::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().into_command().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("session-lab: error: {}", error.message);
            eprintln!("session-lab: hint: {}", error.hint);
            ExitCode::from(error.code)
        }
    }
}

//! The program `session-lab`: parse the command line, run, print the error, exit code.

use std::process::ExitCode;

use clap::Parser as _;
use session_lab::base::encode;
use session_lab::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().into_command().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Both may repeat the name of a file, or what a file or the store held.
            eprintln!("session-lab: error: {}", encode::line(&error.message));
            eprintln!("session-lab: hint: {}", encode::line(&error.hint));
            ExitCode::from(error.code)
        }
    }
}

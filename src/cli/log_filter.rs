//! What goes to the log. The variable `SESSION_LAB_LOG` overrides it.

use std::io::Write as _;

use super::CliCommand;
use crate::base::encode;

/// A lab that is served logs its audit trail and what went wrong.
const SERVED: &str = "error,session_lab::app=warn,session_lab::storage=warn,\
                      session_lab::session::world=warn,audit=info";

/// Any other subcommand logs errors only.
const COMMAND: &str = "error";

/// Starts the log.
pub(super) fn start(command: &CliCommand) {
    let usual = match command {
        CliCommand::Serve(_) => SERVED,
        _ => COMMAND,
    };
    let filter = env_logger::Env::new().filter_or("SESSION_LAB_LOG", usual);
    // Rocket logs the address of every request that it cannot route, and an address may hold an id.
    env_logger::Builder::from_env(filter)
        // The log goes to a terminal, and what it tells of may hold what a stranger sent.
        .format(|out, record| {
            let (time, level, target) = (out.timestamp(), record.level(), record.target());
            let message = record.args().to_string();
            let message = encode::line(&message);
            writeln!(out, "[{time} {level:<5} {target}] {message}")
        })
        .filter_module("rocket", log::LevelFilter::Off)
        .init();
}

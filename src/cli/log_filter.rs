//! What goes to the log. The variable `SESSION_LAB_LOG` overrides it.

use std::io::Write as _;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::CliCommand;
use crate::base::encode;

/// A lab that is served logs its audit trail and what went wrong.
const SERVED: &str = "error,rocket_dyn_templates=warn,session_lab::app=warn,session_lab::storage=warn,\
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
        .filter_module("rocket::", log::LevelFilter::Off)
        .filter_module("rocket_http::", log::LevelFilter::Off)
        .format(|to, record| {
            let (now, level) = (now(), record.level());
            // Rocket marks by an underscore what belongs to the line above.
            let target = record.target().trim_end_matches("::_");
            // A message may hold what a stranger sent. On one line, so that nothing in it passes for
            // a line of the log (CWE-117), and without what a terminal obeys.
            let message = record.args().to_string();
            let message = encode::line(&message);
            writeln!(to, "[{now} {level:<5} {target}] {message}")
        })
        .init();
}

/// The time of a line: UTC, to the second.
fn now() -> String {
    let now = OffsetDateTime::now_utc().truncate_to_second();
    // A year of four digits is always written.
    now.format(&Rfc3339).unwrap_or_default()
}

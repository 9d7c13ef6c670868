//! The audit log: journal events as lines of the program's log (ASVS 16.3.1 to 16.3.3).
//!
//! An event is written as JSON, so that a line break in a user's name cannot forge a second line
//! (CWE-117). It holds no id and no token by construction. What a terminal obeys is encoded where
//! every line of the log is written (`src/cli/log_filter.rs`).

use crate::base::bench_name::BenchName;
use crate::base::event::Event;

/// Writes one event to the log.
pub fn log(bench: &BenchName, event: &Event) {
    if log::log_enabled!(target: "audit", log::Level::Info)
        && let Ok(json) = serde_json::to_string(event)
    {
        log::info!(target: "audit", "bench={bench} {json}");
    }
}

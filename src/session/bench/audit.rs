//! The audit log: journal events as lines of the program's log (ASVS 16.3.1 to 16.3.3).
//!
//! After an attack the log is what remains to be read, so attackers write into it: a user name with
//! a line break in it forges a second line, "admin signed in" (CWE-117, ASVS 16.4.1). An event is
//! written as JSON, which escapes line breaks. What a terminal obeys besides is encoded where every
//! line of the log is written (`src/cli/log_filter.rs`).
//!
//! No kind of event has a field for an id, a token or a password. Sessions appear as fingerprints:
//! two lines can be compared, and no line signs anybody in (ASVS 16.2.5, CWE-532). Refused
//! alternative: removing ids from finished lines with a pattern. It forgets the next kind of
//! secret.

use crate::base::bench_name::BenchName;
use crate::base::event::Event;

/// Writes one event to the log, after its commit is done.
pub fn log(bench: &BenchName, event: &Event) {
    if log::log_enabled!(target: "audit", log::Level::Info)
        && let Ok(json) = serde_json::to_string(event)
    {
        log::info!(target: "audit", "bench={bench} {json}");
    }
}

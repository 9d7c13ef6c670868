//! The audit log: journal events as lines of the program's log (ASVS 16.3.1 to 16.3.3).
//!
//! An event is written as JSON, so that a line break in a user's name cannot forge a second line
//! (CWE-117). It holds no id and no token by construction.

use crate::base::bench_name::BenchName;
use crate::base::event::Event;

/// Writes one event to the log.
pub fn log(bench: &BenchName, event: &Event) {
    if log::log_enabled!(target: "audit", log::Level::Info)
        && let Ok(json) = serde_json::to_string(event)
    {
        log::info!(target: "audit", "bench={bench} {}", visible(&json));
    }
}

/// JSON escapes control characters below the space only. A terminal also obeys the others, and
/// characters that turn the direction of writing could show a line in another order.
pub(crate) fn visible(json: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if hidden(c) {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_reaches_the_log() {
        assert_eq!(
            visible("a\u{7f}b\u{9b}c\u{202e}d é"),
            "a\\u007fb\\u009bc\\u202ed é"
        );
    }
}

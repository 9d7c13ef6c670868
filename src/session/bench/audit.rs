//! The audit log: journal events as lines of the program's log (ASVS 16.3.1 to 16.3.3).
//!
//! After an attack the log is what remains to be read, so attackers write into it: a user name with
//! a line break in it forges a second line, "admin signed in" (CWE-117, ASVS 16.4.1). An event is
//! written as JSON, which escapes line breaks.
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
        log::info!(target: "audit", "bench={bench} {}", visible(&json));
    }
}

/// JSON escapes control characters below the space only. A terminal also obeys the others, and
/// characters that turn the direction of writing could show a line in another order. Here each of
/// them becomes visible, as in `\u202e`.
pub(crate) fn visible(json: &str) -> String {
    // All control characters, which DEL and U+0080 to U+009F are: some terminals read U+009B as the
    // beginning of a command. Then the marks, embeddings, overrides and isolates of direction.
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

//! Text from a file, a header or a name, on its way to a terminal, into the log or onto a page: one
//! function for each place.
//!
//! A terminal obeys escape sequences: black on black hides a line, and a carriage return writes over
//! it. Characters that turn the direction of writing show a line in another order, and characters
//! without a width make two names look the same. A line break forges a second line (CWE-117,
//! CWE-150). So each of them is shown as the escape that JSON has for it, as in `\u001b`, and JSON
//! stays JSON. On a page the same characters deceive a reader, except a few that scripts need.

use std::borrow::Cow;

/// A text as one line of a terminal or of the log.
///
/// ```
/// use session_lab::base::encode;
///
/// assert_eq!(encode::line("a\u{1b}[30mb\r\nc"), "a\\u001b[30mb\\u000d\\u000ac");
/// ```
pub fn line(text: &str) -> Cow<'_, str> {
    encoded(text, |_| false)
}

/// A text of several lines: only its line feeds stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    encoded(text, |c| c == '\n')
}

/// A value on a page, still without the entities of HTML. Line breaks and tabs stay, and so do the
/// marks that Hebrew and Arabic are written with: they change no word but their own.
pub fn page(text: &str) -> Cow<'_, str> {
    encoded(text, |c| {
        matches!(
            c,
            '\n' | '\t' | '\r' | '\u{ad}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
        )
    })
}

/// What a terminal obeys, or shows as nothing.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, grapheme joiner, fillers without a shape.
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}'
            | '\u{ffa0}'
            // Marks, embeddings, overrides and isolates of the writing direction (UAX #9).
            | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            // Without a width; line and paragraph separators; invisible operators; tags.
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}'
            | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Joiners between two letters of Persian, or between two emoji, are how these are written.
fn is_joiner_in_place(c: char, before: Option<char>, after: Option<char>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !is_hidden(c));
    matches!(c, '\u{200c}' | '\u{200d}') && joins(before) && joins(after)
}

fn encoded(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) && !stays(c)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if !is_hidden(c) || stays(c) || is_joiner_in_place(c, before, rest.peek().copied()) {
            safe.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        }
        before = Some(c);
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_or_hides_is_left() {
        assert_eq!(
            line("a\u{7f}b\u{9b}c\u{202e}d é"),
            "a\\u007fb\\u009bc\\u202ed é"
        );
        assert_eq!(
            line("\u{7}\u{200b}\u{feff}\u{2069}"),
            "\\u0007\\u200b\\ufeff\\u2069"
        );
        assert_eq!(line("\u{e0041}"), "\\udb40\\udc41");
        assert_eq!(lines("a\r\nb\u{85}"), "a\\u000d\nb\\u0085");
        assert_eq!(
            page("\u{1b}\u{202e}a\n\t\u{200f}"),
            "\\u001b\\u202ea\n\t\u{200f}"
        );
        assert!(matches!(line("plain, ünïcode, 漢字"), Cow::Borrowed(_)));
    }

    #[test]
    fn joiners_stay_where_a_script_needs_them() {
        for text in ["می\u{200c}خواهم", "👩\u{200d}💻"] {
            assert_eq!(line(text), text);
        }
        assert_eq!(line("alice\u{200d}"), "alice\\u200d");
        assert_eq!(line("al\u{200c}ice"), "al\\u200cice");
    }

    #[test]
    fn json_stays_json() {
        let json = serde_json::to_string("a\u{1b}\u{202e}\u{e0041}\n").unwrap();
        let shown = line(&json);
        let read: String = serde_json::from_str(&shown).unwrap();
        assert_eq!(read, "a\u{1b}\u{202e}\u{e0041}\n");
        assert!(shown.chars().all(|c| !is_hidden(c)), "{shown}");
    }
}

//! The mark that some editors put before a text, and text that they save as UTF-16.
//!
//! It belongs to nobody's words. So it is skipped wherever a person's file or body is read: a report
//! saved by such an editor is still the report, and a settings file still says what it said.

use std::fmt;

/// U+FEFF. In UTF-8 it has three bytes.
const MARK: char = '\u{feff}';

/// How many characters of UTF-16 are looked at where there is no mark.
const LOOKED_AT: usize = 64;

/// The text behind a leading mark.
///
/// ```
/// use session_lab::base::byte_order_mark;
///
/// assert_eq!(byte_order_mark::skip("\u{feff}port = 1"), "port = 1");
/// ```
pub fn skip(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// The bytes behind a leading mark of UTF-8.
pub fn skip_bytes(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The bytes of a person's file as text, without a leading mark.
///
/// # Errors
/// It is not UTF-8; the error says what it seems to be.
pub fn text(bytes: &[u8]) -> Result<&str, NotUtf8> {
    // First of all: Latin letters in UTF-16 without its mark are also UTF-8, with a NUL after each.
    if is_utf_16(bytes) {
        return Err(NotUtf8::Utf16);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NotUtf8::Other)?;
    Ok(skip(text))
}

/// Whether bytes begin with the mark of UTF-16, or look like UTF-16 without it: most of the first
/// characters are Latin, so one half of each is zero, and it is always the same half.
fn is_utf_16(bytes: &[u8]) -> bool {
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return true;
    }
    let units = bytes.as_chunks::<2>().0;
    let units = &units[..units.len().min(LOOKED_AT)];
    let zeros = |half: usize| units.iter().filter(|unit| unit[half] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    units.len() > 1 && first.min(second) == 0 && first.max(second) > units.len() / 2
}

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUtf8 {
    /// They are UTF-16, as Windows PowerShell writes with `>`.
    Utf16,
    /// They are something else.
    Other,
}

impl fmt::Display for NotUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "it is UTF-16 text; save it as UTF-8",
            Self::Other => "it is not UTF-8 text",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_leading_mark_is_skipped_and_utf_16_is_named() {
        assert_eq!(text(b"\xef\xbb\xbfa"), Ok("a"));
        assert_eq!(text(b"a\xef\xbb\xbf"), Ok("a\u{feff}"));
        assert_eq!(text(b"\xef\xbb\xbf\xef\xbb\xbfa"), Ok("\u{feff}a"));
        assert_eq!(text(b"\xff\xfea\0"), Err(NotUtf8::Utf16));
        assert_eq!(text(b"\xffa"), Err(NotUtf8::Other));
    }

    #[test]
    fn utf_16_without_a_mark_is_named_and_a_lone_nul_is_not_taken_for_it() {
        for words in ["# Zo\u{eb}\r\n", "ab", "\u{141}\u{f3}d\u{17a} and more"] {
            for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
                let bytes: Vec<u8> = words.encode_utf16().flat_map(bytes).collect();
                assert_eq!(text(&bytes), Err(NotUtf8::Utf16), "{words}");
            }
        }
        for bytes in [&b""[..], b"a", b"a\0", b"\0\0\0\0", b"ab\0cdefgh", b"words"] {
            assert_eq!(text(bytes).map(str::as_bytes), Ok(bytes));
        }
    }
}

//! The mark that some editors put before a text, and text that they save as UTF-16.
//!
//! It belongs to nobody's words. So it is skipped wherever a person's file or body is read: a report
//! saved by such an editor is still the report, and a settings file still says what it said.

use std::fmt;

/// U+FEFF. In UTF-8 it has three bytes.
const MARK: char = '\u{feff}';

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
    let text = std::str::from_utf8(bytes).map_err(|_| match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => NotUtf8::Utf16,
        _ => NotUtf8::Other,
    })?;
    Ok(skip(text))
}

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUtf8 {
    /// They begin with the mark of UTF-16, as Windows PowerShell writes with `>`.
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
}

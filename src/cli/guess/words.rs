//! The words to try, in the form in which the portal hashes them.

use std::fs;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use super::unreadable;
use crate::base::byte_order_mark::{self, NotUtf8};
use crate::base::start_error::StartError;
use crate::base::text_file::UnreadableText;

/// Reads a list: one word on each line.
///
/// # Errors
/// It cannot be read, or it is UTF-16.
pub(super) fn read(file: &Path) -> Result<Vec<String>, StartError> {
    let bytes = fs::read(file).map_err(|error| unreadable(file, &error.into()))?;
    words(&bytes).map_err(|error| unreadable(file, &error))
}

fn words(bytes: &[u8]) -> Result<Vec<String>, UnreadableText> {
    let text = match byte_order_mark::text(bytes) {
        Err(NotUtf8::Utf16) => return Err(UnreadableText::Encoding(NotUtf8::Utf16)),
        Err(NotUtf8::Other) => {
            let lines = byte_order_mark::skip_bytes(bytes).split(|b| *b == b'\n');
            &lines.map(in_either).collect::<Vec<_>>().join("\n")
        }
        Ok(text) => text,
    };
    let lines = text.lines().map(str::trim).filter(|word| !word.is_empty());
    // The portal composes the accents of a password before it hashes it.
    Ok(lines.map(|word| word.nfc().collect()).collect())
}

/// A line in UTF-8, or else in Latin-1. A list of passwords that leaked from many sites, such as
/// rockyou.txt, has both.
fn in_either(line: &[u8]) -> String {
    match std::str::from_utf8(line) {
        Ok(line) => line.to_owned(),
        Err(_) => line.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_the_portal_hashes_them_in_whatever_encoding_a_list_has() {
        let read = |bytes: &[u8]| words(bytes).unwrap();
        assert_eq!(
            read(b"\xef\xbb\xbfabc123\r\n\n hunter2"),
            ["abc123", "hunter2"]
        );
        assert_eq!(read("cafe\u{301}\n".as_bytes()), ["caf\u{e9}"]);
        // One line of Latin-1 does not spoil the others.
        let mixed = [
            &b"\xef\xbb\xbfabc123\ncaf\xe9\r\n"[..],
            "na\u{ef}ve".as_bytes(),
        ]
        .concat();
        assert_eq!(read(&mixed), ["abc123", "caf\u{e9}", "na\u{ef}ve"]);
        let error = words(b"\xff\xfea\0").unwrap_err();
        assert!(error.to_string().contains("UTF-16"), "{error}");
    }
}

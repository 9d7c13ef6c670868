//! A text file that a person wrote, read as a whole: without the mark of an editor, and with a word
//! on what it is where it is no UTF-8.

use std::path::Path;
use std::{fs, io};

use super::byte_order_mark::{self, NotUtf8};

/// Why a file cannot be read as text.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableText {
    /// The system does not give it.
    #[error("{0}")]
    System(#[from] io::Error),
    /// It has another encoding, or it is no text.
    #[error("{0}")]
    Encoding(NotUtf8),
}

impl UnreadableText {
    /// What to do about it; `otherwise` where the encoding is not the reason.
    pub fn hint(&self, otherwise: &'static str) -> &'static str {
        match self {
            Self::System(_) => otherwise,
            Self::Encoding(NotUtf8::Utf16) => {
                "PowerShell writes UTF-16 with >; | Out-File -Encoding utf8 FILE writes UTF-8"
            }
            Self::Encoding(NotUtf8::Other) => "save it as UTF-8 text",
        }
    }
}

/// Reads a person's text file.
///
/// # Errors
/// The system does not give it, or it is not UTF-8.
pub fn read(file: &Path) -> Result<String, UnreadableText> {
    let bytes = fs::read(file)?;
    let text = byte_order_mark::text(&bytes).map_err(UnreadableText::Encoding)?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_an_editor_is_left_out_and_another_encoding_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("words.txt");
        let read_as = |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            read(&file).map_err(|why| (why.to_string(), why.hint("name another")))
        };
        assert_eq!(read_as(b"\xef\xbb\xbfa\n").unwrap(), "a\n");
        for (bytes, said, next) in [
            (&b"\xff\xfea\0"[..], "UTF-16", "Out-File -Encoding utf8"),
            (b"a\0b\0", "UTF-16", "Out-File -Encoding utf8"),
            (b"caf\xe9", "it is not UTF-8 text", "save it as UTF-8"),
        ] {
            let (why, hint) = read_as(bytes).unwrap_err();
            assert!(why.contains(said) && hint.contains(next), "{why}: {hint}");
        }
        let gone = read(&folder.path().join("none")).unwrap_err();
        assert_eq!(gone.hint("name another"), "name another");
    }
}

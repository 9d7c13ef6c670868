//! A roster's file as text: which encoding it has, and whether it is text at all.
//!
//! Spreadsheets and school systems write UTF-8, UTF-16 with or without a mark, or Windows-1252, of which
//! Latin-1 is a part. A teacher may also choose the file beside the export: a workbook or a page.

use super::roster::RosterError;

/// What the bytes 0x80 to 0x9F are in Windows-1252; Latin-1 has control characters there. Five are
/// not used (WHATWG Encoding Standard).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a file, whatever its encoding.
///
/// # Errors
/// It is no text.
pub fn decode(bytes: &[u8]) -> Result<String, RosterError> {
    refuse_other_files(bytes)?;
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => match zeros(bytes) {
            Zeros::None => utf_8_or_windows(bytes),
            Zeros::AtOdd => utf_16(bytes, u16::from_le_bytes),
            Zeros::AtEven => utf_16(bytes, u16::from_be_bytes),
            Zeros::Anywhere => return Err(RosterError::NoText),
        },
    };
    refuse_other_files(text.as_bytes())?;
    Ok(text)
}

/// Refuses what is a file of another kind, also where its text was pasted.
///
/// # Errors
/// It is one.
pub(super) fn refuse_other_files(bytes: &[u8]) -> Result<(), RosterError> {
    let bytes = without_marks(bytes).trim_ascii_start();
    let begins = |word: &str| {
        let start = bytes.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    let kind = if begins("PK\u{3}\u{4}") {
        "a workbook (.xlsx, .ods) or an archive"
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        "a workbook (.xls)"
    } else if begins("%PDF-") {
        "a PDF"
    } else if begins("<!doctype") || begins("<html") || begins("<?xml") {
        "a page (HTML or XML)"
    } else if begins("{\\rtf") {
        "a document (RTF)"
    } else {
        return Ok(());
    };
    Err(RosterError::OtherFile(kind))
}

/// The bytes behind every mark of UTF-8.
fn without_marks(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        bytes = rest;
    }
    bytes
}

/// Where the bytes of zero are. UTF-16 has one in each unit of a Latin letter, a comma or a line end;
/// no other text has any.
enum Zeros {
    None,
    AtOdd,
    AtEven,
    Anywhere,
}

fn zeros(bytes: &[u8]) -> Zeros {
    let places = bytes.iter().enumerate().filter(|(_, byte)| **byte == 0);
    let (odd, even): (Vec<usize>, Vec<usize>) = places
        .map(|(place, _)| place)
        .partition(|place| place % 2 == 1);
    match (odd.is_empty(), even.is_empty()) {
        (true, true) => Zeros::None,
        _ if bytes.len() % 2 == 1 => Zeros::Anywhere,
        (false, true) => Zeros::AtOdd,
        (true, false) => Zeros::AtEven,
        (false, false) => Zeros::Anywhere,
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn utf_8_or_windows(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let character = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        // Each other byte is the character of that number.
        byte => char::from(*byte),
    };
    bytes.iter().map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Zoë\nМария\n";

    fn units(bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        TEXT.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn any_usual_encoding_is_read_with_or_without_a_mark() {
        let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
        for bytes in [
            TEXT.as_bytes(),
            &little,
            &big,
            &[&[0xff, 0xfe][..], &little].concat(),
            &[&[0xfe, 0xff][..], &big].concat(),
        ] {
            assert_eq!(decode(bytes).as_deref(), Ok(TEXT), "{bytes:?}");
        }
        assert_eq!(decode(b"Zo\xeb").as_deref(), Ok("Zoë"));
        assert_eq!(decode(b"O\x92Neil \x8aimek").as_deref(), Ok("O’Neil Šimek"));
    }

    #[test]
    fn a_file_that_is_no_text_is_named() {
        for (bytes, word) in [
            (&b"PK\x03\x04\x14\0\x06\0"[..], ".xlsx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
            (b"%PDF-1.7\nAlice", "PDF"),
            (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "HTML"),
            (b"<html lang=en>", "HTML"),
            (b"{\\rtf1\\ansi", "RTF"),
        ] {
            let error = decode(bytes).unwrap_err().to_string();
            assert!(error.contains(word) && error.contains("CSV"), "{error}");
        }
        assert_eq!(decode(b"alice\0\0bob\0"), Err(RosterError::NoText));
        assert_eq!(decode(b"<b>alice</b>").as_deref(), Ok("<b>alice</b>"));
    }
}

//! Keys as people write them: hexadecimal, base64 of either alphabet, or plain text.
//!
//! A key's strength is counted in the bytes behind its text, so both the derivation in [`super`]
//! and the check in [`crate::app::settings::given_keys`] read it here.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// The bytes of a key's text: hexadecimal, else base64 of either alphabet, else
/// the text itself.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let lenient = |alphabet| {
        let padding = DecodePaddingMode::Indifferent;
        // Left-over bits are forgiven, so that a cut key is still counted in decoded bytes.
        let config = GeneralPurposeConfig::new()
            .with_decode_padding_mode(padding)
            .with_decode_allow_trailing_bits(true);
        GeneralPurpose::new(alphabet, config).decode(text).ok()
    };
    from_hex(text)
        .or_else(|| lenient(&alphabet::URL_SAFE))
        .or_else(|| lenient(&alphabet::STANDARD))
        .unwrap_or_else(|| text.as_bytes().to_vec())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_hex_then_base64_then_text() {
        assert_eq!(decode("00ff"), [0, 255]);
        assert_eq!(decode("_-8"), [255, 239]);
        assert_eq!(decode("/+8="), [255, 239]);
        assert_eq!(decode("two words"), b"two words");
        assert_eq!(decode(&crate::base::keys::new_secret().unwrap()).len(), 32);
    }
}

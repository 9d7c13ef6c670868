//! Guessing a key: the word list against a token's signature, and what a typed key is worth.
//!
//! Both happen in this program; a guess costs one HMAC and no request.

use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Serialize;

use crate::attacks::word_list::WORDS;
use crate::jwt::{UnverifiedToken, signature};

/// As many bytes as HMAC-SHA256 puts out (RFC 7518 §3.2).
const LONG_ENOUGH: usize = 32;

/// For how long guesses are counted.
const MEASURED: Duration = Duration::from_millis(50);

/// How a search of the word list ended.
#[derive(Debug, Serialize)]
pub struct KeySearch {
    found: Option<&'static str>,
    tried: usize,
    words: usize,
    per_second: u64,
    /// How many years half of all 32-byte keys take at that speed, as a power of ten.
    years: u32,
}

/// Searches the list for the secret of a token, and counts how many guesses a second this machine
/// makes. It takes a twentieth of a second of one core.
///
/// # Errors
/// A sentence that says why this token cannot be searched.
pub fn search(text: &str) -> Result<KeySearch, &'static str> {
    let token = UnverifiedToken::parse(text)
        .map_err(|_| "Only a whole token can be searched. Read above where this one is broken.")?;
    if token.header.alg != "HS256" {
        return Err("This token is not signed with HS256, so no word can be its key.");
    }
    let signs = |word: &&str| {
        let key = DecodingKey::from_secret(word.as_bytes());
        signature::is_valid(
            token.signing_input,
            &token.signature,
            &key,
            Algorithm::HS256,
        )
    };
    let at = WORDS.iter().position(&signs);
    let begun = Instant::now();
    let mut guesses = 0_u64;
    while begun.elapsed() < MEASURED {
        for word in &WORDS {
            std::hint::black_box(signs(word));
            guesses += 1;
        }
    }
    let millis = u64::try_from(begun.elapsed().as_millis())
        .unwrap_or(u64::MAX)
        .max(1);
    let per_second = guesses.saturating_mul(1000) / millis;
    Ok(KeySearch {
        found: at.map(|at| WORDS[at]),
        tried: at.map_or(WORDS.len(), |at| at + 1),
        words: WORDS.len(),
        per_second,
        years: years(per_second),
    })
}

/// 2 to the 255th guesses are about 10 to the 76th; a year has 31 557 600 seconds, about 10 to the
/// 7th. What is left is counted in powers of ten.
fn years(per_second: u64) -> u32 {
    76 - 7 - per_second.max(1).ilog10()
}

/// What a typed key is worth.
#[derive(Debug, Serialize)]
pub struct Meter {
    bytes: usize,
    /// An upper bound of its bits: as if every character had been drawn by lot.
    bits: u32,
    /// Its place in the word list, counted from 1.
    listed: Option<usize>,
    /// Whether it has the 32 bytes that HS256 asks for.
    long_enough: bool,
    kind: &'static str,
}

/// Estimates a key.
pub fn measure(key: &str) -> Meter {
    let listed = WORDS.iter().position(|word| *word == key).map(|at| at + 1);
    let bits = match listed {
        // As many as it takes to say which word of the list.
        Some(_) => WORDS.len().ilog2(),
        None => drawn_by_lot(key),
    };
    let long_enough = key.len() >= LONG_ENOUGH;
    Meter {
        bytes: key.len(),
        bits,
        listed,
        long_enough,
        kind: match (long_enough, bits) {
            (true, 128..) => "strong",
            (true, _) => "mixed",
            (false, _) => "weak",
        },
    }
}

/// A kind of character, and how many there are.
type CharacterClass = (fn(char) -> bool, u32);

/// The bits of a text whose characters are drawn from the kinds that occur in it. A character that
/// occurs again and again counts for little: at most as many bits as the different ones allow.
fn drawn_by_lot(key: &str) -> u32 {
    let kinds: [CharacterClass; 5] = [
        (|c| c.is_ascii_lowercase(), 26),
        (|c| c.is_ascii_uppercase(), 26),
        (|c| c.is_ascii_digit(), 10),
        (|c| c.is_ascii() && !c.is_ascii_alphanumeric(), 33),
        (|c| !c.is_ascii(), 100),
    ];
    let used = |(is, size): &CharacterClass| if key.chars().any(is) { *size } else { 0 };
    let alphabet: u32 = kinds.iter().map(used).sum();
    let mut different: Vec<char> = key.chars().collect();
    let length = different.len();
    different.sort_unstable();
    different.dedup();
    let few = different.len() * 4 <= length;
    let each = if few {
        different.len()
    } else {
        usize::try_from(alphabet).unwrap_or_default()
    };
    let bits = f64::from(u32::try_from(length).unwrap_or(u32::MAX))
        * f64::from(u32::try_from(each.max(1)).unwrap_or(u32::MAX)).log2();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a key has 8 KB at most, each character some bits"
    )]
    let bits = bits as u32;
    bits
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::EncodingKey;
    use serde_json::json;

    use super::*;

    fn token(key: &[u8]) -> String {
        let header = json!({"alg": "HS256"});
        let key = EncodingKey::from_secret(key);
        let token = signature::sign(&header, &json!({"sub": "a"}), &key, Algorithm::HS256);
        token.expect("a token")
    }

    #[test]
    fn a_word_is_found_after_as_many_guesses_as_its_place() {
        let search_of = |key: &[u8]| search(&token(key)).expect("it is searched");
        let found = search_of(b"secret");
        assert_eq!((found.found, found.tried), (Some("secret"), 17));
        assert!(found.per_second > 0);
        let none = search_of(&[7; 32]);
        assert_eq!((none.found, none.tried), (None, WORDS.len()));
        assert!(search("a.b").is_err());
    }

    #[test]
    fn years_are_a_power_of_ten() {
        assert_eq!(years(1), 69);
        assert_eq!(years(1_000_000), 63);
        assert_eq!(years(0), 69);
    }

    #[test]
    fn a_meter_knows_words_short_keys_and_repetition() {
        let word = measure("secret");
        assert_eq!((word.listed, word.bits, word.kind), (Some(17), 4, "weak"));
        assert_eq!(measure("").bits, 0);
        assert_eq!(measure("Tr0ub4dor&3").kind, "weak", "shorter than 32 bytes");
        assert_eq!(measure(&"a".repeat(64)).kind, "mixed");
        assert_eq!(measure("kJ8vQ2xW7nR4tY6uP1sD3fG5hL9zX0cV").kind, "strong");
    }
}

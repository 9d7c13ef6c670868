//! Whether a key may sign for a class: random, and in nobody's list.
//!
//! No program can tell that a key is random. It can tell the spellings in which random keys are
//! printed, hexadecimal and base64, and the keys that are certainly not: published ones, patterns
//! and words. Refused alternative: any text that is long enough. A passphrase of 40 letters has far
//! fewer than 256 bits, and an attacker who has one signed value guesses at home.

use sha2::{Digest as _, Sha256, Sha512};

use crate::attacks::word_list::WORDS;
use crate::base::keys;

/// 32 bytes, as many as HMAC-SHA256 puts out (RFC 7518, section 3.2, asks the same of HS256).
pub(super) const SHORTEST: usize = 32;
/// 32 random bytes have about 30 different ones, and never so few.
const FEWEST_DIFFERENT: usize = 16;

/// What keys in tutorials, default configurations and the lab's own dictionary are made of.
///
/// No word is shorter than six letters, so that a random key holds one by chance only once in
/// a million keys.
const KNOWN_WORDS: [&str; 16] = [
    "secret",
    "changeme",
    "change-me",
    "change_me",
    "password",
    "passw0rd",
    "default",
    "example",
    "flask-",
    "do-not-use",
    "session-lab",
    "development",
    "testing",
    "qwerty",
    "123456",
    "a1b2c3d4e5f6",
];

/// Keys that look random and are printed in manuals. People copy them, so attackers try them first.
const PUBLISHED: [&str; 9] = [
    // Flask, configuration and quickstart.
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    // Rocket, guide and `SecretKey`, and its examples of version 0.4.
    "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=",
    "itlYmFR2vYKrOmFhupMIn/hyB6lYCCTXz4yaQX89XVg=",
    "8Xui8SN4mI+7egV/9dlfYYLGQJeEx4+DwmSQLwDVXJg=",
    // FastAPI, the tutorial on JWT.
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    // Spring Boot, tutorials on JWT.
    "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
    "3cfa76ef14937c1c0ea519f8fc057a80fcd04a7420f8e8bcd0a7567c272e007b",
    // RFC 7515, appendix A.1, and RFC 7520, section 3.5.
    "AyM1SysPpbyfDfZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
];

/// Why a key may not sign for a class, as the rest of a sentence; `None` where it may.
pub(super) fn weakness(key: &str) -> Option<String> {
    let bytes = keys::decode(key);
    let spellings = [
        key.to_lowercase(),
        String::from_utf8_lossy(&bytes).to_lowercase(),
    ];
    let is_known = |text: &String| KNOWN_WORDS.iter().any(|word| text.contains(word));
    if spellings.iter().any(is_known) {
        return Some("is a known default or made of one".into());
    }
    if PUBLISHED.iter().any(|known| keys::decode(known) == bytes) {
        return Some("is an example of a manual, which everyone can read".into());
    }
    if is_hash_of_a_word(&bytes) {
        return Some("is the hash of a word, which everyone can compute".into());
    }
    if is_key_in_pieces(key) {
        return Some(
            "has a space or a line break in it (openssl rand -base64 breaks long lines): write it in \
             one line"
                .into(),
        );
    }
    let Some(spelling) = Spelling::of(key) else {
        return Some("is neither hexadecimal nor base64, so it is not a random key".into());
    };
    if bytes.len() < SHORTEST {
        return Some(too_short(bytes.len()));
    }
    let text = key.trim_end_matches('=').as_bytes();
    if few_differ(&bytes) || is_pattern(&bytes) || is_pattern(text) || is_sequence(&bytes) {
        return Some("repeats itself or counts up: it is a pattern, not a random key".into());
    }
    if is_text(&bytes) || (spelling == Spelling::Base64 && reads_like_words(key)) {
        return Some("is words in another spelling, not a random key".into());
    }
    None
}

pub(super) fn too_short(bytes: usize) -> String {
    format!("is too short: {bytes} bytes of at least {SHORTEST}")
}

/// Whether a text would be a random key, but for its spaces and line breaks.
fn is_key_in_pieces(key: &str) -> bool {
    let joined: String = key.split_whitespace().collect();
    joined.len() < key.len()
        && match Spelling::of(&joined) {
            Some(Spelling::Hexadecimal) => true,
            Some(Spelling::Base64) => !reads_like_words(&joined),
            None => false,
        }
}

/// Whether bytes are a text in any language, also with line breaks, as `echo … | base64` makes it. 32
/// random bytes are that once in 10^10 keys.
fn is_text(bytes: &[u8]) -> bool {
    let may_be_typed = |c: char| !c.is_control() || c.is_whitespace();
    str::from_utf8(bytes).is_ok_and(|text| text.chars().all(may_be_typed))
}

/// Whether bytes are what `sha256sum` or `sha512sum` prints of nothing or of a common word.
fn is_hash_of_a_word(bytes: &[u8]) -> bool {
    let words = [""].into_iter().chain(WORDS).chain(KNOWN_WORDS);
    let mut spelled = words.flat_map(|word| [word.to_owned(), format!("{word}\n")]);
    spelled.any(|word| Sha256::digest(&word)[..] == *bytes || Sha512::digest(&word)[..] == *bytes)
}

/// How `session-lab secret` and `openssl rand` print keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Hexadecimal,
    Base64,
}

impl Spelling {
    fn of(key: &str) -> Option<Self> {
        if key.len().is_multiple_of(2) && key.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Some(Self::Hexadecimal);
        }
        let body = key.trim_end_matches('=');
        let is_in = |b: u8| b.is_ascii_alphanumeric() || b"+/-_".contains(&b);
        // One letter alone holds no byte, and the two alphabets are not mixed.
        let is_base64 = body.bytes().all(is_in)
            && body.len() % 4 != 1
            && key.len() - body.len() <= 2
            && !(body.contains(['+', '/']) && body.contains(['-', '_']));
        is_base64.then_some(Self::Base64)
    }
}

/// Whether the same few bytes come again and again. (A text in hexadecimal has 16 signs at most, so
/// only bytes are asked.)
fn few_differ(bytes: &[u8]) -> bool {
    let mut different = bytes.to_vec();
    different.sort_unstable();
    different.dedup();
    different.len() < FEWEST_DIFFERENT
}

/// Whether bytes are one pattern, at least twice, the last time perhaps cut off.
fn is_pattern(bytes: &[u8]) -> bool {
    let has_period = |period: usize| bytes[period..] == bytes[..bytes.len() - period];
    (1..=bytes.len() / 2).any(has_period)
}

/// Whether each byte follows the one before by the same step.
fn is_sequence(bytes: &[u8]) -> bool {
    let mut steps = bytes.windows(2).map(|two| two[1].wrapping_sub(two[0]));
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

/// Whether a text in the alphabet of base64 is rather made of words.
///
/// Random text has small and large letters, and changes between kinds of signs at two of three
/// places; a sixth of it are vowels. Of a million random keys one or two fail both, and of words
/// hardly any pass one.
fn reads_like_words(key: &str) -> bool {
    let key = key.trim_end_matches('=').as_bytes();
    let has = |kind: fn(&u8) -> bool| key.iter().any(kind);
    if !has(u8::is_ascii_lowercase) || !has(u8::is_ascii_uppercase) {
        return true;
    }
    let kind = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let changes = key
        .windows(2)
        .filter(|two| kind(two[0]) != kind(two[1]))
        .count();
    let vowels = key.iter().filter(|b| b"aeiouAEIOU".contains(b)).count();
    changes * 100 < key.len() * 40 && vowels * 100 > key.len() * 33
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn refusal(key: &str) -> String {
        weakness(key).unwrap_or_else(|| panic!("accepted: {key}"))
    }

    #[test]
    fn keys_as_the_lab_and_openssl_print_them_are_accepted() {
        for _ in 0..100 {
            let secret = keys::new_secret().unwrap();
            assert_eq!(weakness(&secret), None, "{secret}");
            let bytes = keys::decode(&secret);
            // openssl rand -hex 32, and -base64 32.
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let padded = STANDARD.encode(&bytes);
            for spelling in [&hex, &hex.to_uppercase(), &padded] {
                assert_eq!(weakness(spelling), None, "{spelling}");
            }
        }
        let long = STANDARD.encode(
            [
                keys::decode(&keys::new_secret().unwrap()),
                keys::decode(&keys::new_secret().unwrap()),
            ]
            .concat(),
        );
        assert_eq!(weakness(&long), None, "{long}");
    }

    #[test]
    fn published_keys_are_refused_in_every_spelling() {
        for known in PUBLISHED {
            let bytes = keys::decode(known);
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            for spelling in [known, &hex, &STANDARD.encode(&bytes)] {
                assert!(
                    refusal(spelling).contains("an example of a manual"),
                    "{spelling}"
                );
            }
        }
    }

    #[test]
    fn known_words_are_refused_however_they_are_padded_or_encoded() {
        for known in [
            "secret",
            "changeme",
            "Secret123",
            "secret123secret123secret123secret123",
            "secret123-xK3vQ9pLr7TzYw2BnM8sDfGhJ4cV6aE1",
            "your-secret-key-here",
            "dev-secret-key-do-not-use-in-production",
            "password123password123password123password123",
            "c2VjcmV0MTIzc2VjcmV0MTIzc2VjcmV0MTIzc2VjcmV0MTIz",
            "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d2e3f4a5b6c7d8e9f0a1",
        ] {
            assert!(refusal(known).contains("known default"), "{known}");
        }
    }

    #[test]
    fn words_are_refused_in_any_spelling() {
        for words in [
            "correct horse battery staple correct horse battery staple",
            "only a few words",
            "Tr0ub4dor&3 Tr0ub4dor&4 Tr0ub4dor&5 Tr0ub4dor&6",
        ] {
            assert!(refusal(words).starts_with("is neither"), "{words}");
            let encoded = STANDARD.encode(format!("{words} and more of them, quickly"));
            assert!(refusal(&encoded).starts_with("is words"), "{encoded}");
        }
        for words in [
            "correcthorsebatterystapleandanotherhorseinthestable",
            "correct-horse-battery-staple-and-another-horse-in-the-stable",
            "CorrectHorseBatteryStapleAndAnotherHorseInTheStable1",
        ] {
            assert!(refusal(words).starts_with("is words"), "{words}");
        }
    }

    #[test]
    fn words_are_refused_also_with_line_breaks_and_in_other_languages() {
        for words in [
            "my very long passphrase for the class of 2026\n",
            "mon mot de passe préféré est très très long",
            "две строки пароля\r\nи ещё одна строка",
        ] {
            let hex: String = words.bytes().map(|byte| format!("{byte:02x}")).collect();
            for encoded in [STANDARD.encode(words), hex] {
                assert!(refusal(&encoded).starts_with("is words"), "{encoded}");
            }
        }
    }

    #[test]
    fn hashes_of_words_are_refused() {
        for known in [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert!(
                refusal(known).starts_with("is the hash of a word"),
                "{known}"
            );
        }
    }

    #[test]
    fn a_key_in_two_lines_is_told_so() {
        let secret = keys::new_secret().unwrap();
        let (first, second) = secret.split_at(20);
        for broken in [format!("{first}\n{second}"), format!("{first} {second}")] {
            assert!(refusal(&broken).contains("in one line"), "{broken}");
        }
        assert!(refusal("two words").starts_with("is neither"));
    }

    #[test]
    fn patterns_and_sequences_are_refused() {
        let counted = |step: u8| -> String {
            (0..32_u8)
                .map(|n| format!("{:02x}", n.wrapping_mul(step)))
                .collect()
        };
        let half: String = keys::new_secret().unwrap()[..24].into();
        for key in [
            "a".repeat(64),
            "0f1e2d3c".repeat(8),
            "02468ace13579bdf".repeat(4),
            // One pattern twice, as random as each half may be.
            half.repeat(2),
            counted(1),
            counted(255),
            counted(83),
        ] {
            assert!(
                refusal(&key).starts_with("repeats itself or counts"),
                "{key}"
            );
        }
    }

    #[test]
    fn short_keys_are_counted_in_decoded_bytes() {
        for (key, bytes) in [("xK3vQ9pLr7", 7), ("0f1e2d3c4b5a69788796a5b4c3d2e1f0", 16)] {
            assert_eq!(refusal(key), too_short(bytes));
        }
        // 42 characters of base64url are 31 bytes.
        let secret = &keys::new_secret().unwrap()[..42];
        assert_eq!(refusal(secret), too_short(31), "{secret}");
    }
}

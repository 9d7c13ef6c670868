//! JWT key: whether the secret that signs tokens can be guessed. Worksheet 12.
//!
//! The decision is which bytes the HS256 key holds. Every user of the API has a token, and anyone
//! with a token can test guesses on their own machine. Read `jwt_key_source.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// The secret of HS256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtKey {
    /// A word from a word list.
    DictionaryWord,
    /// 32 random bytes.
    Random,
}

/// The words of the weak arm, one for each key that rotation makes. A bench may begin with another
/// word than the first, so that the word of one student is wrong on the bench of another.
pub const WORDS: [&str; 8] = [
    "secret",
    "changeme",
    "secret123",
    "development",
    "default",
    "letmein",
    "master",
    "test",
];

impl JwtKey {
    /// The bytes of key number `number`, counted from 1. `begin` is the place of the first key's word
    /// in [`WORDS`]; `random` is the key's own randomness.
    pub fn bytes(self, number: u32, begin: usize, random: &[u8; 32]) -> &[u8] {
        match self {
            // WEAK: one token is enough to test guesses offline. The attacker signs its first two
            // parts with each word of a list and compares the result with the third. No server
            // sees these guesses, so no limit applies; john and hashcat try millions a second. With
            // the word the attacker signs a token for any user.
            JwtKey::DictionaryWord => {
                let at = usize::try_from(number.saturating_sub(1)).unwrap_or_default();
                WORDS[at.wrapping_add(begin) % WORDS.len()].as_bytes()
            }

            // STRONG: 256 random bits, as many as the hash has (RFC 7518 §3.2). No list contains
            // them. Where the operator sets a key, the lab refuses a shorter one when it starts.
            //
            // Refused alternative: a long sentence. Sentences that people think of are in lists.
            //
            // Not stopped: a random key that leaks. `key-rotation` limits the damage.
            JwtKey::Random => random,
        }
    }
}

impl Defence for JwtKey {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "dictionary-word",
            description: "Tokens are signed with a word from a word list.",
            value: JwtKey::DictionaryWord,
        },
        Arm {
            slug: "random",
            description: "Tokens are signed with 32 random bytes.",
            value: JwtKey::Random,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A secret as long as its hash",
        protects: "With HS256 anyone who can verify a token can also make one, so everything \
                   depends on the secret. A word is found offline from a single token, without one request \
                   to the API. 32 random bytes cannot be found by trying.",
        does_not_stop: "A random key that leaks, from a repository, a backup or a partner who \
                        shares it. Then only a new key helps: read key-rotation.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "CWE-326",
            "CWE-1391",
            "RFC 8725 §3.5",
            "RFC 7518 §3.2",
            "WSTG-SESS-10",
        ],
        elsewhere: Elsewhere {
            flask: "JWT_SECRET_KEY = os.environ[\"JWT_SECRET_KEY\"], made with python -c \"import \
                    secrets; print(secrets.token_hex(32))\"",
            express: "jwt.sign(claims, Buffer.from(process.env.JWT_KEY, \"base64\")), 32 random \
                      bytes",
            django: "SIMPLE_JWT = {\"SIGNING_KEY\": os.environ[\"JWT_KEY\"]}; its default is \
                     SECRET_KEY, so set another",
            spring: "new SecretKeySpec(Base64.getDecoder().decode(key), \"HmacSHA256\"); Nimbus \
                     refuses fewer than 32 bytes",
            rocket: "EncodingKey::from_base64_secret(&std::env::var(\"JWT_KEY\")?); jsonwebtoken \
                     does not check the length, so do",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_signs_with_words_whatever_key_there_is() {
        assert_eq!(JwtKey::WEAK.bytes(1, 0, &[7; 32]), b"secret");
        assert_eq!(JwtKey::WEAK.bytes(9, 0, &[7; 32]), b"secret");
        assert_ne!(JwtKey::WEAK.bytes(2, 0, &[7; 32]), b"secret");
        assert_eq!(JwtKey::WEAK.bytes(1, 7, &[7; 32]), b"test");
        assert_eq!(JwtKey::WEAK.bytes(2, 7, &[7; 32]), b"secret");
    }

    #[test]
    fn the_strong_arm_signs_with_random_bytes_as_long_as_the_hash() {
        assert_eq!(JwtKey::STRONG.bytes(1, 2, &[7; 32]), [7; 32]);
    }
}

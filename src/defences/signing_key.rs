//! Signing key: whether the key that signs the state cookie can be guessed. Worksheet 10.
//!
//! The decision is which bytes go into the signature. It matters where `client_state.rs` hands the
//! browser a signed cookie: read that first.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// The key that signs the state cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningKey {
    /// A word that is in the source and in word lists.
    DictionaryWord,
    /// 32 random bytes that only this installation has.
    Random,
}

impl SigningKey {
    /// The key. `random` is the installation's own, made once by the operating system's generator.
    pub fn bytes(self, random: &[u8; 32]) -> &[u8] {
        match self {
            // WEAK: an attacker tests guesses for the key offline, on their own machine, where no
            // portal counts them. A tool such as flask-unsign tries a word list in seconds. With
            // the key the attacker signs a cookie that names any user.
            SigningKey::DictionaryWord => b"secret123",

            // STRONG: no list contains 256 random bits, and nobody can try all values. The key is
            // not in the source either, so reading the source does not help.
            //
            // Refused alternative: a longer phrase. People choose phrases that other people have
            // chosen, and word lists also contain those.
            //
            // Not stopped: a key that leaks, and a valid cookie that was copied. `client-state`
            // needs no key at all.
            SigningKey::Random => random,
        }
    }
}

impl Defence for SigningKey {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "dictionary-word",
            description: "The state cookie is signed with a word from a word list.",
            value: SigningKey::DictionaryWord,
        },
        Arm {
            slug: "random",
            description: "The state cookie is signed with 32 random bytes.",
            value: SigningKey::Random,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A key that no list contains",
        protects: "A signed cookie lets its owner test guesses for the key without asking the \
                   portal. A word is found in seconds, and anyone who has the key can sign a \
                   cookie with any name. A key of 32 random bytes cannot be found by guessing.",
        does_not_stop: "Reading the cookie: a signature hides nothing. A good copy can still be \
                        replayed. A key that leaks, in a repository or a backup, is lost however \
                        long it is, so there must be a way to change it.",
        stage: RequestStage::Session,
        needs: &[],
        standards: &["ASVS 13.3.1", "CWE-321", "CWE-798", "CWE-1391"],
        elsewhere: Elsewhere {
            flask: "SECRET_KEY from the environment, made with python -c \"import secrets; \
                    print(secrets.token_hex())\"",
            express: "session({ secret: process.env.SESSION_SECRET }); an array lets old keys \
                      verify while a new one signs",
            django: "SECRET_KEY = os.environ[\"SECRET_KEY\"]; SECRET_KEY_FALLBACKS for the old \
                     ones; manage.py check --deploy warns of a weak one",
            spring: "Its session needs no key; remember-me does: http.rememberMe(r -> \
                     r.key(System.getenv(\"REMEMBER_ME_KEY\")))",
            rocket: "ROCKET_SECRET_KEY, made with openssl rand -base64 32; a release build with \
                     private cookies does not start without one",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_uses_the_word_whatever_key_there_is() {
        assert_eq!(SigningKey::WEAK.bytes(&[7; 32]), b"secret123");
    }

    #[test]
    fn the_strong_arm_uses_the_installations_own_key() {
        assert_eq!(SigningKey::STRONG.bytes(&[7; 32]), [7; 32]);
    }
}

//! Key rotation: how long one key signs and verifies tokens.
//!
//! The decision is which numbers of keys count at a moment. A key that leaked unnoticed is worth
//! something to its finder for exactly as long. Read `jwt_expiry.rs` next.

use std::time::Duration;

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How long a key lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRotation {
    /// For ever.
    Never,
    /// A month; then the next one signs, and this one verifies for one more day.
    Monthly,
}

/// How long a key signs. Refresh tokens live for 7 days, so no key outlives many of them.
const SIGNS_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long it still verifies: longer than any access token lives, so that nobody notices.
const VERIFIES_FOR: Duration = Duration::from_secs(24 * 3600);

/// The numbers of the keys that count at a moment, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The key that signs.
    pub signs: u32,
    /// The key before it, while it still verifies.
    pub verifies: Option<u32>,
}

impl KeyRotation {
    /// The keys that count, `age` after the first one was made.
    pub fn numbers(self, age: Duration) -> Numbers {
        match self {
            // WEAK: the first key is the last. Whoever finds it, in an old backup or on the disk of
            // somebody who left, signs tokens for as long as the API exists.
            KeyRotation::Never => Numbers {
                signs: 1,
                verifies: None,
            },

            // STRONG: after a month a new key signs. The old one verifies for a day, so that tokens
            // under way stay good; then it is retired, and its finder has nothing.
            //
            // Refused alternative: replacing the key in one step. Every token in use would be
            // refused at once, so nobody would dare to rotate.
            KeyRotation::Monthly => {
                let months = age.as_secs() / SIGNS_FOR.as_secs();
                let into = Duration::from_secs(age.as_secs() % SIGNS_FOR.as_secs());
                let signs = u32::try_from(months).unwrap_or(u32::MAX - 1) + 1;
                Numbers {
                    signs,
                    verifies: (signs > 1 && into < VERIFIES_FOR).then(|| signs - 1),
                }
            }
        }
    }
}

impl Defence for KeyRotation {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "never",
            description: "One key signs and verifies for ever.",
            value: KeyRotation::Never,
        },
        Arm {
            slug: "monthly",
            description: "A new key signs every 30 days; the old one verifies for one more day.",
            value: KeyRotation::Monthly,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Keys that retire",
        protects: "A signing key lies in backups, in memory dumps and with partners, and nobody \
                   notices when it leaks. With a new key each month, named by a new kid, and the \
                   old one retired a day later, a leaked key is worth at most a month.",
        does_not_stop: "The use of a leaked key before it retires. When a leak is known the key \
                        must go at once, at the price of every token it signed.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 13.3.4", "CWE-324", "CWE-321", "NIST SP 800-57 §5.3"],
        elsewhere: Elsewhere {
            flask: "@jwt.encode_key_loader for the newest key, @jwt.decode_key_loader for the \
                    one of the kid",
            express: "jwt.sign(claims, newest.key, { keyid: newest.kid }); verify with a Map of \
                      the keys that count",
            django: "SIMPLE_JWT knows one key; JWK_URL lets the issuer rotate, found by kid",
            spring: "NimbusJwtEncoder with a JWKSource that puts the newest first; the decoder \
                     follows the published set",
            rocket: "jsonwebtoken: a JwkSet with the old and the new key; Header { kid: \
                     Some(newest), .. } when signing",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(days: u64, hours: u64) -> Duration {
        Duration::from_secs((days * 24 + hours) * 3600)
    }

    #[test]
    fn the_weak_arm_has_one_key_for_ever() {
        for days in [0, 30, 10_000] {
            let numbers = KeyRotation::WEAK.numbers(after(days, 0));
            assert_eq!((numbers.signs, numbers.verifies), (1, None));
        }
    }

    #[test]
    fn the_strong_arm_retires_a_key_a_day_after_the_next_one_signs() {
        for (age, signs, verifies) in [
            (after(0, 0), 1, None),
            (after(29, 23), 1, None),
            (after(30, 0), 2, Some(1)),
            (after(30, 23), 2, Some(1)),
            (after(31, 0), 2, None),
            (after(61, 0), 3, None),
            (after(60, 1), 3, Some(2)),
            (Duration::MAX, u32::MAX, None),
        ] {
            let numbers = KeyRotation::STRONG.numbers(age);
            assert_eq!(numbers.signs, signs, "{age:?}");
            if age != Duration::MAX {
                assert_eq!(numbers.verifies, verifies, "{age:?}");
            }
        }
    }
}

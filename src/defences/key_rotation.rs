//! Key rotation: how long one key signs and verifies tokens.
//!
//! Keys are numbered in the order in which they sign. The decision is which numbers are active at a
//! given moment. An attacker can use a leaked key for exactly that long. Read `jwt_expiry.rs` next.

use std::time::Duration;

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How long a key lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRotation {
    /// Forever.
    Never,
    /// A month; then the next one signs, and this one verifies for one more day.
    Monthly,
}

/// How long a key signs: one month. A shorter time would limit the damage of a leak further, at the
/// price of more refresh tokens that are refused (see below).
const SIGNING_PERIOD: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long it then still verifies. An access token is valid for 15 minutes, so no user notices the
/// change of the key. A refresh token is valid for a week: one that the old key signed and that is
/// not used on that day is refused, and its user signs in again.
const RETIRING_PERIOD: Duration = Duration::from_secs(24 * 3600);

/// The numbers of the active keys at one moment, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveKeyNumbers {
    /// The key that signs new tokens and verifies them.
    pub signing: u32,
    /// The key before it, while it still verifies tokens and signs none.
    pub retiring: Option<u32>,
}

impl KeyRotation {
    /// The active keys, `age` after the first one was made.
    pub fn active_keys(self, age: Duration) -> ActiveKeyNumbers {
        match self {
            // WEAK: the first key is the only one. An attacker who finds it, in an old backup or on
            // the disk of an employee who left, signs tokens for any user as long as the API
            // exists.
            KeyRotation::Never => ActiveKeyNumbers {
                signing: 1,
                retiring: None,
            },

            // STRONG: after a month a new key signs. The old one verifies for one more day, so that
            // tokens in use stay valid. Then it is retired: the portal refuses every token that
            // names it, and an attacker who found it can do nothing with it.
            //
            // Refused alternative: replacing the key in one step. Every token in use would be
            // refused at once, so operators would postpone the rotation.
            //
            // Not stopped: the use of a leaked key before it retires.
            KeyRotation::Monthly => {
                let months = age.as_secs() / SIGNING_PERIOD.as_secs();
                let into = Duration::from_secs(age.as_secs() % SIGNING_PERIOD.as_secs());
                let signing = u32::try_from(months).unwrap_or(u32::MAX - 1) + 1;
                ActiveKeyNumbers {
                    signing,
                    retiring: (signing > 1 && into < RETIRING_PERIOD).then(|| signing - 1),
                }
            }
        }
    }
}

impl Defence for KeyRotation {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "never",
            description: "One key signs and verifies forever.",
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
        protects: "A signing key is stored in backups, in memory dumps and with partners, and \
                   nobody notices when it leaks. With a new key each month, named by a new kid, and the \
                   old one retired a day later, a leaked key is worth at most a month.",
        does_not_stop: "The use of a leaked key before it retires. When a leak is known the key \
                        must go at once, at the price of every token it signed.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 13.3.4", "CWE-324", "NIST SP 800-57 §5.3"],
        elsewhere: Elsewhere {
            flask: "@jwt.encode_key_loader for the newest key, @jwt.decode_key_loader for the \
                    one of the kid",
            express: "jwt.sign(claims, newest.key, { keyid: newest.kid }); verify with a Map of \
                      the keys that count",
            django: "SIMPLE_JWT knows one key; JWK_URL lets the issuer rotate, found by kid",
            spring: "NimbusJwtEncoder with a JWKSource that puts the newest first, and \
                     setJwkSelector(List::getFirst), or it fails with two keys (since 6.5); the \
                     decoder follows the published set",
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
    fn the_weak_arm_has_one_key_forever() {
        for days in [0, 30, 10_000] {
            let numbers = KeyRotation::WEAK.active_keys(after(days, 0));
            assert_eq!((numbers.signing, numbers.retiring), (1, None));
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
            let numbers = KeyRotation::STRONG.active_keys(age);
            assert_eq!(numbers.signing, signs, "{age:?}");
            if age != Duration::MAX {
                assert_eq!(numbers.retiring, verifies, "{age:?}");
            }
        }
    }
}

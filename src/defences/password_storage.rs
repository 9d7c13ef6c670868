//! Password storage: what the portal keeps of a password.
//!
//! The decision is made when an account is created or its password changes. A stored password says
//! in its own record how it is checked, so accounts from before a change of the arm still work. The
//! demo accounts are also in this file, with hashes that were computed once, so that a new bench
//! costs no hashing. Read `login_errors.rs` next.

use std::fmt;

use argon2::password_hash::Error;
use argon2::password_hash::phc::{PasswordHash, Salt};
use argon2::{Algorithm, Params, Version};
use subtle::ConstantTimeEq;

use super::hash_memory::HashMemory;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What the portal keeps of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordStorage {
    /// The password itself.
    Plain,
    /// A slow, salted hash of it.
    Argon2id,
}

/// A password as an account's record holds it. `Debug` prints only the type's name, so that no log
/// line contains a password or a hash.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoredPassword {
    /// The password itself.
    Plain(String),
    /// A PHC string: the algorithm, its parameters, the salt and the hash.
    Argon2id(String),
}

/// How much memory and time one hash costs. The attacker pays this price for each guess, and the
/// portal pays it for each sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashCost {
    /// The minimum that OWASP's Password Storage Cheat Sheet names for Argon2id: 19 MiB of memory,
    /// two passes, one lane. One check takes about 28 ms in a release build.
    Owasp,
    /// 1 MiB, one pass, one lane: for the throw-away benches of attacks, which sign in thousands of
    /// times and whose accounts live for a second. Never for an account that anyone uses.
    ThrowAway,
}

impl HashCost {
    /// Memory in KiB, passes, lanes. The PHC string repeats them, so a later change of these
    /// numbers does not lock anyone out.
    fn params(self) -> Result<Params, argon2::Error> {
        match self {
            HashCost::Owasp => Params::new(19_456, 2, 1, None),
            HashCost::ThrowAway => Params::new(1_024, 1, 1, None),
        }
    }
}

impl PasswordStorage {
    /// The password in the form in which it is kept.
    ///
    /// # Errors
    ///
    /// On the strong arm, when the system has no memory or no random salt to give.
    pub fn store(
        self,
        password: &str,
        cost: HashCost,
        memory: &mut HashMemory,
    ) -> Result<StoredPassword, Error> {
        match self {
            // WEAK: an attacker who reads the store once, from a backup or through a vulnerability,
            // has every user's password. Many people use one password on several sites, so the
            // attacker also gets accounts that this portal knows nothing about.
            PasswordStorage::Plain => Ok(StoredPassword::Plain(password.to_owned())),

            // STRONG: the store holds only what is needed to check a guess, and each guess costs
            // milliseconds and 19 MiB. The memory is what a graphics card lacks: it has thousands
            // of cores, but not 19 MiB for each. A random salt makes equal passwords look
            // different, so no table computed in advance helps, and the attacker must guess for
            // each account separately.
            //
            // Refused alternative: SHA-256 with a salt. It is designed to be fast: one core
            // computes millions a second (`openssl speed sha256` says how many), and a graphics
            // card has thousands of cores.
            //
            // Refused alternative: encryption. The key is on the same server, and an attacker who
            // reads the store often reads the key as well.
            //
            // Not stopped: a weak password. The attacker tries the most frequent ones first, and a
            // few thousand guesses are cheap whatever the hash.
            PasswordStorage::Argon2id => {
                let params = cost.params()?;
                // 16 bytes from the operating system.
                let mut salt = [0; Salt::RECOMMENDED_LENGTH];
                getrandom::fill(&mut salt).map_err(|_| Error::RngFailure)?;
                let mut hash = PasswordHash {
                    algorithm: Algorithm::Argon2id.ident(),
                    version: Some(Version::V0x13.into()),
                    params: (&params).try_into()?,
                    salt: Some(Salt::new(&salt)?),
                    hash: None,
                };
                let length = Params::DEFAULT_OUTPUT_LEN;
                hash.hash = Some(memory.argon2id(&hash, password, length)?);
                Ok(StoredPassword::Argon2id(hash.to_string()))
            }
        }
    }

    /// The stored password of a demo account, without any hashing; `None` for other names.
    pub fn demo(self, user: &str, cost: HashCost) -> Option<StoredPassword> {
        let hashes = match cost {
            HashCost::Owasp => DEMO_HASHES,
            HashCost::ThrowAway => THROW_AWAY_HASHES,
        };
        let ((_, password), hash) = DEMO_PASSWORDS
            .iter()
            .zip(hashes)
            .find(|((name, _), _)| *name == user)?;
        Some(match self {
            PasswordStorage::Plain => StoredPassword::Plain((*password).to_owned()),
            PasswordStorage::Argon2id => StoredPassword::Argon2id(hash.to_owned()),
        })
    }
}

impl StoredPassword {
    /// A password that no account has, stored on this arm. Checking it takes as long as checking a
    /// real one. `login-errors` checks it for unknown names, so that the duration of the answer
    /// does not say whether an account exists.
    pub fn dummy(storage: PasswordStorage, cost: HashCost) -> Self {
        match (storage, cost) {
            (PasswordStorage::Plain, _) => StoredPassword::Plain(String::new()),
            (_, HashCost::Owasp) => StoredPassword::Argon2id(DUMMY_HASH.to_owned()),
            (_, HashCost::ThrowAway) => StoredPassword::Argon2id(THROW_AWAY_DUMMY_HASH.to_owned()),
        }
    }

    /// Exactly what the store holds: the password, or the PHC string. Anyone who reads the store
    /// reads this.
    pub fn text(&self) -> &str {
        match self {
            StoredPassword::Plain(text) | StoredPassword::Argon2id(text) => text,
        }
    }

    /// Whether `attempt` is the password. The hashed form takes about 28 ms of one core, so it must
    /// not be called on the async threads: a few sign-ins would stop every other request.
    pub fn matches(&self, attempt: &str, memory: &mut HashMemory) -> bool {
        match self {
            // Plain text, but compared in constant time: the arm is about what the store holds, and
            // an attack must fall to its own flaw only.
            StoredPassword::Plain(password) => password.as_bytes().ct_eq(attempt.as_bytes()).into(),
            // The string names its own algorithm, parameters and salt; the check repeats the hash
            // with them. A damaged string matches no password: where the portal cannot check, it
            // refuses.
            StoredPassword::Argon2id(phc) => {
                let Ok(stored) = PasswordHash::new(phc) else {
                    return false;
                };
                let Some(right) = &stored.hash else {
                    return false;
                };
                // Two outputs are compared in constant time.
                let found = memory.argon2id(&stored, attempt, right.len());
                found.is_ok_and(|found| found == *right)
            }
        }
    }
}

impl fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredPassword")
    }
}

/// The demo accounts and their passwords. Every bench has them; they are not secret.
pub const DEMO_PASSWORDS: &[(&str, &str)] = &[
    ("student123", "password123"),
    ("apiuser", "password123"),
    ("alice", "wonderland"),
    ("mallory", "mischief"),
    ("admin", "correct-horse"),
];

/// Their hashes in the same order. The first two are hashes of the same password: only the salts
/// differ, and with them everything that follows.
const DEMO_HASHES: [&str; DEMO_PASSWORDS.len()] = [
    "$argon2id$v=19$m=19456,t=2,p=1$q+YBiMFEbgP2Dj/uo8tyhg\
     $D2FRlclU8FcH62tCvPm99WFswATrr/uPCzsYNleYOJ0",
    "$argon2id$v=19$m=19456,t=2,p=1$LLVjG7xu1pnNxkQTdDOoFw\
     $8Fyf9rPFZX+rLJ5x8jujuNInaAGNTuwhQsBmbG2kZVk",
    "$argon2id$v=19$m=19456,t=2,p=1$RIg5h+e7YfVv6NiPly/HAg\
     $MOgp4xsSCqEiaUeD1BmzuxUG2ZQr/uR8YGe0dEjvGn4",
    "$argon2id$v=19$m=19456,t=2,p=1$Xn0bfm2gVBuWXHgiArTZBg\
     $iH74DiyXTvoVgfjLsCPj9sJzEe1T60GeHJ2W1l/rXuA",
    "$argon2id$v=19$m=19456,t=2,p=1$9oBNxqtW70u6Iut41Jml8Q\
     $2TgmztcCRyTJORr7PvBB3PqvrdhjhxC8QiO1pBpW7I8",
];

/// The hash of 32 random bytes that were not kept, so no password matches it. It is checked for
/// names that no account has, so that they take the same work.
pub const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$qdhHbHZqJQEVxCelKAxEFw\
                              $ekDmLRYITb3yx1tvjoWTeoBbw2QnW6//TMNMXW9yAwU";

/// The same passwords at [`HashCost::ThrowAway`].
const THROW_AWAY_HASHES: [&str; DEMO_PASSWORDS.len()] = [
    "$argon2id$v=19$m=1024,t=1,p=1$Ofo5UhyEI42JL0K+Pmfvmw\
     $ZnxASD90hAb28oezUHkD+Yfr/2hpDBn7Eil8Mh3BETs",
    "$argon2id$v=19$m=1024,t=1,p=1$yJvTpmC3Ri1IuhUDge+5oQ\
     $2FkiHPUoIHZzYW9iAKAkKfBg+l4xj3NHEKn8xiW3uGU",
    "$argon2id$v=19$m=1024,t=1,p=1$pkpCyPgRDjivHsBMLsp9Ew\
     $SwLQKMPEaR4fDLjO7J5LUR7dcO/aMScdpjfkeX0brTo",
    "$argon2id$v=19$m=1024,t=1,p=1$hukJuIm3Uwt6XHhRysUBug\
     $tKz+YJM6xH2i5276ixbrLh4Wft4yExS4U3nU1UVdS90",
    "$argon2id$v=19$m=1024,t=1,p=1$zE/sU2BypxZ7Z8s2LeLrmQ\
     $pLRL2C9gf5Wqf/ozJIULo8OUGAHW+D/+Tl/27WMb5/g",
];

/// As [`DUMMY_HASH`], at [`HashCost::ThrowAway`].
const THROW_AWAY_DUMMY_HASH: &str = "$argon2id$v=19$m=1024,t=1,p=1$q1cOc/njspKO8bmbTwAvWA\
                                      $dS5C6y7cGfsPqIR7VLHOTrW8pQcYAYLK3+h28EDsfXQ";

impl Defence for PasswordStorage {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "plain",
            description: "The store holds the passwords themselves.",
            value: PasswordStorage::Plain,
        },
        Arm {
            slug: "argon2id",
            description: "The store holds a slow, salted hash of each password.",
            value: PasswordStorage::Argon2id,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "The portal does not know the passwords",
        protects: "An attacker who reads the store once, from a lost backup for instance, has all \
                   that it holds. Argon2id is a hash designed to be slow and to need memory, and \
                   each password has its own random salt. The attacker must guess every password \
                   separately, at a price for each guess.",
        does_not_stop: "Weak passwords: a password from a short list is found whatever the hash. \
                        Guessing at the sign-in form is the throttle's work. A password that is \
                        read on the wire or typed into a false page never reaches the hash.",
        stage: RequestStage::Action,
        needs: &[],
        standards: &["ASVS 11.4.2", "CWE-256", "CWE-759", "CWE-916"],
        elsewhere: Elsewhere {
            flask: "argon2-cffi: PasswordHasher().hash(password); Werkzeug's \
                    generate_password_hash uses scrypt",
            express: "The argon2 package: await argon2.hash(password), Argon2id by default",
            django: "PASSWORD_HASHERS with Argon2PasswordHasher first (pip install \
                     django[argon2]); the default is PBKDF2",
            spring: "new Argon2PasswordEncoder(16, 32, 1, 19456, 2)",
            rocket: "Nothing built in: the argon2 crate, as here, on a blocking thread.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(storage: PasswordStorage, password: &str, cost: HashCost) -> StoredPassword {
        let memory = &mut HashMemory::default();
        storage.store(password, cost, memory).expect("stored")
    }

    fn matches(stored: &StoredPassword, attempt: &str) -> bool {
        stored.matches(attempt, &mut HashMemory::default())
    }

    const COSTS: [(HashCost, &str); 2] = [
        (HashCost::Owasp, "$argon2id$v=19$m=19456,t=2,p=1$"),
        (HashCost::ThrowAway, "$argon2id$v=19$m=1024,t=1,p=1$"),
    ];

    #[test]
    fn the_weak_arm_keeps_the_password_itself() {
        let stored = store(PasswordStorage::WEAK, "wonderland", HashCost::Owasp);
        assert_eq!(stored, StoredPassword::Plain("wonderland".to_owned()));
        assert!(matches(&stored, "wonderland"));
        assert!(!matches(&stored, "wonderlan"));
        assert!(!matches(&stored, "wonderlanD"));
    }

    #[test]
    fn the_strong_arm_keeps_a_salted_hash_with_owasps_parameters() {
        let stored = store(PasswordStorage::STRONG, "wonderland", HashCost::Owasp);
        assert_ne!(
            stored,
            store(PasswordStorage::STRONG, "wonderland", HashCost::Owasp)
        );
        assert!(matches(&stored, "wonderland"));
        assert!(!matches(&stored, "mischief"));
        let StoredPassword::Argon2id(phc) = stored else {
            panic!("not hashed")
        };
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    }

    #[test]
    fn each_demo_account_has_its_password_on_both_arms() {
        for (cost, parameters) in COSTS {
            for (user, password) in DEMO_PASSWORDS {
                for arm in [PasswordStorage::WEAK, PasswordStorage::STRONG] {
                    let stored = arm.demo(user, cost).unwrap();
                    assert!(matches(&stored, password), "{user}");
                    assert!(!matches(&stored, user), "{user}");
                }
                let stored = PasswordStorage::STRONG.demo(user, cost).unwrap();
                assert!(stored.text().starts_with(parameters), "{user}");
            }
            assert_eq!(PasswordStorage::STRONG.demo("nobody", cost), None);
        }
    }

    #[test]
    fn the_dummy_hashes_are_well_formed_and_match_no_password() {
        for (cost, parameters) in COSTS {
            let dummy = StoredPassword::dummy(PasswordStorage::STRONG, cost);
            assert!(dummy.text().starts_with(parameters));
            assert!(PasswordHash::new(dummy.text()).is_ok());
            for (_, password) in DEMO_PASSWORDS {
                assert!(!matches(&dummy, password));
            }
            assert!(!matches(&dummy, ""));
        }
    }

    #[test]
    fn a_new_password_is_hashed_with_the_parameters_of_its_cost() {
        for (cost, parameters) in COSTS {
            let stored = store(PasswordStorage::STRONG, "wonderland", cost);
            assert!(stored.text().starts_with(parameters));
            assert!(matches(&stored, "wonderland"));
        }
    }

    #[test]
    fn a_hash_in_used_memory_is_the_same_as_in_new_memory() {
        let used = &mut HashMemory::default();
        for (cost, _) in [COSTS[0], COSTS[1], COSTS[0]] {
            for (user, password) in DEMO_PASSWORDS {
                let stored = PasswordStorage::STRONG.demo(user, cost).unwrap();
                assert!(stored.matches(password, used), "{user}");
                assert!(!stored.matches("another", used), "{user}");
            }
        }
        assert_eq!(format!("{used:?}"), "HashMemory");
    }

    #[test]
    fn a_damaged_hash_matches_no_password() {
        for phc in [
            "",
            "wonderland",
            "$argon2id$",
            "$argon2id$v=19$m=19456,t=2,p=1$q+YBiMFEbg",
            // More memory than any hash of the lab takes.
            "$argon2id$v=19$m=4294967295,t=1,p=1$q+YBiMFEbgP2Dj/uo8tyhg\
             $D2FRlclU8FcH62tCvPm99WFswATrr/uPCzsYNleYOJ0",
        ] {
            assert!(
                !matches(&StoredPassword::Argon2id(phc.to_owned()), "wonderland"),
                "{phc}"
            );
        }
    }

    #[test]
    fn a_stored_password_says_in_its_record_which_form_it_has() {
        let stored = StoredPassword::Plain("wonderland".to_owned());
        let json = serde_json::to_string(&stored).unwrap();
        assert_eq!(json, r#"{"plain":"wonderland"}"#);
        let read: StoredPassword = serde_json::from_str(r#"{"argon2id":"x"}"#).unwrap();
        assert_eq!(read, StoredPassword::Argon2id("x".to_owned()));
    }

    #[test]
    fn printing_a_stored_password_shows_nothing_of_it() {
        let stored = StoredPassword::Plain("wonderland".to_owned());
        assert_eq!(format!("{stored:?}"), "StoredPassword");
    }
}

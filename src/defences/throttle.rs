//! Throttle: how often a password may be guessed. Worksheets 07 and 14.
//!
//! The decision is in which bucket a failed sign-in is counted, and what a full bucket means. The
//! counting itself is the engine's. Read `login_errors.rs` next: what a failure tells.

use std::time::Duration;

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What happens to failed sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    /// They are not counted.
    Unlimited,
    /// Five in a row lock the account for an hour.
    Lock,
    /// Five a minute for each account, known browsers counted apart.
    PerAccount,
}

/// Where a failed sign-in counts, and how many are too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name of the count. Failures with the same name add up.
    pub bucket: String,
    /// What a full count means.
    pub kind: Kind,
}

/// How failures are limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// That many failures at once, and as many again in each window.
    Rate {
        /// Failures a window, which may also come in one burst.
        failures: u32,
        /// The time in which the count refills.
        window: Duration,
    },
    /// After that many failures in a row nobody gets in, with the right password either.
    Lock {
        /// Failures in a row; a success sets them back to none.
        failures: u32,
        /// How long the account stays locked.
        locked_for: Duration,
    },
}

impl Throttle {
    /// The rule for a sign-in to `account`; `None` where nothing is counted.
    ///
    /// `known_browser` is the stored key of a browser that signed in to this account before and was
    /// remembered. Accounts that do not exist are counted too, or the limit would give them away.
    pub fn rule(self, account: &str, known_browser: Option<&str>) -> Option<Rule> {
        match self {
            // WEAK: a program tries a list of passwords as fast as the portal answers.
            Throttle::Unlimited => None,

            // Refused alternative, in `custom` only: locking the account. It stops the guessing,
            // and hands every stranger a weapon: five wrong passwords an hour keep the owner out
            // for good (CWE-645). It is worth a look for what it costs.
            Throttle::Lock => Some(Rule {
                bucket: format!("lock:{account}"),
                kind: Kind::Lock {
                    failures: 5,
                    locked_for: Duration::from_secs(60 * 60),
                },
            }),

            // STRONG: after five failures the next guess has to wait, so a list of ten thousand
            // takes more than a day instead of minutes. Strangers share one count an account, from
            // however many addresses they come. A browser that the owner has used before counts
            // apart: strangers cannot fill its bucket, so they cannot keep him out of it.
            Throttle::PerAccount => Some(Rule {
                bucket: match known_browser {
                    Some(browser) => format!("known:{browser}:{account}"),
                    None => format!("unknown:{account}"),
                },
                kind: Kind::Rate {
                    failures: 5,
                    window: Duration::from_secs(60),
                },
            }),
        }
    }
}

impl Defence for Throttle {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "none",
            description: "Passwords can be guessed as fast as the portal answers.",
            value: Throttle::Unlimited,
        },
        Arm {
            slug: "lock",
            description: "Five failures in a row lock the account for an hour, its owner too.",
            value: Throttle::Lock,
        },
        Arm {
            slug: "per-account",
            description: "Five failures a minute for each account; known browsers are counted apart.",
            value: Throttle::PerAccount,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Guessing passwords takes time",
        protects: "A program that guesses passwords needs many tries. After five failures a \
                   minute the portal answers 429 and says with Retry-After how long to wait. The \
                   count belongs to the account, so changing the address does not help. A \
                   browser that has signed in before has a count of its own, so strangers cannot \
                   keep the owner out of it.",
        does_not_stop: "One common password tried on many accounts, a password that leaked \
                        elsewhere and is right at the first try, or a patient program: 7,200 \
                        guesses a day. NIST also wants an end after 100 failures in a row, which \
                        this limit does not set. While strangers guess, the owner must wait in a \
                        browser that the portal does not know.",
        stage: RequestStage::Action,
        needs: &[],
        standards: &[
            "ASVS 6.3.1",
            "ASVS 6.1.1",
            "ASVS 2.4.1",
            "CWE-307",
            "CWE-799",
            "CWE-645",
            "RFC 6585 §4",
            "NIST SP 800-63B-4 §3.1.1.2",
        ],
        elsewhere: Elsewhere {
            flask: "Flask-Limiter: @limiter.limit(\"5/minute\", key_func=account_name, \
                    deduct_when=lambda r: r.status_code == 401), with account_name your own \
                    function",
            express: "express-rate-limit: rateLimit({ windowMs: 60000, limit: 5, keyGenerator: \
                      req => req.body.username, skipSuccessfulRequests: true })",
            django: "Nothing built in; the django-axes package counts failures by account, but \
                     locks when the limit is reached.",
            spring: "Nothing built in: count AuthenticationFailureBadCredentialsEvent by account \
                     and refuse in a filter.",
            rocket: "Nothing built in: a count in managed state, asked before the password is \
                     checked.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_counts_nothing() {
        assert_eq!(Throttle::WEAK.rule("alice", None), None);
        assert_eq!(Throttle::WEAK.rule("alice", Some("laptop")), None);
    }

    #[test]
    fn the_strong_arm_counts_known_browsers_apart() {
        let stranger = Throttle::STRONG.rule("alice", None).unwrap();
        let laptop = Throttle::STRONG.rule("alice", Some("laptop")).unwrap();
        assert_eq!(stranger.bucket, "unknown:alice");
        assert_eq!(laptop.bucket, "known:laptop:alice");
        let five_a_minute = Kind::Rate {
            failures: 5,
            window: Duration::from_secs(60),
        };
        assert_eq!((stranger.kind, laptop.kind), (five_a_minute, five_a_minute));
    }

    #[test]
    fn one_account_does_not_fill_the_bucket_of_another() {
        assert_ne!(
            Throttle::STRONG.rule("alice", None),
            Throttle::STRONG.rule("mallory", None)
        );
    }

    #[test]
    fn a_lock_keeps_the_owner_out_too() {
        let stranger = Throttle::Lock.rule("alice", None).unwrap();
        assert_eq!(
            Throttle::Lock.rule("alice", Some("laptop")),
            Some(stranger.clone())
        );
        assert_eq!(stranger.bucket, "lock:alice");
        let hour = Duration::from_secs(3600);
        assert_eq!(
            stranger.kind,
            Kind::Lock {
                failures: 5,
                locked_for: hour
            }
        );
    }
}

//! Throttle: how often a password may be guessed. Worksheets 07 and 17.
//!
//! The decision is in which count a failed sign-in is counted, and what happens when the limit is
//! reached. `src/session/throttle.rs` counts. Read `login_errors.rs` next: what a failure reveals.

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

/// Where a failed sign-in is counted, and how many are too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleRule {
    /// The name of the count. Failures with the same name add up.
    pub bucket: String,
    /// How many failures the count permits, and what happens then.
    pub limit: ThrottleLimit,
}

/// How failures are limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThrottleLimit {
    /// That many failures at once, and as many again in each window.
    Rate {
        /// Failures a window, which may also come in one burst.
        failures: u32,
        /// The time in which the count refills.
        window: Duration,
    },
    /// After that many failures in a row nobody can sign in, not even with the right password.
    Lock {
        /// Failures in a row; a successful sign-in resets the count.
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
    pub fn rule(self, account: &str, known_browser: Option<&str>) -> Option<ThrottleRule> {
        match self {
            // WEAK: a program tries a list of passwords as fast as the portal answers. An attacker
            // with the ten thousand most frequent passwords is signed in to many an account within
            // minutes.
            Throttle::Unlimited => None,

            // Custom: locking the account stops the guessing, and students can see here what it
            // costs.
            //
            // Refused alternative: this arm as the strong one. It gives every stranger a weapon:
            // five wrong passwords an hour keep the user out permanently (CWE-645).
            Throttle::Lock => Some(ThrottleRule {
                bucket: format!("lock:{account}"),
                limit: ThrottleLimit::Lock {
                    failures: 5,
                    locked_for: Duration::from_secs(60 * 60),
                },
            }),

            // STRONG: after five failures the next guess must wait, so a list of ten thousand takes
            // more than a day instead of minutes. All strangers share one count for an account,
            // however many addresses they use. A browser that the user has signed in with before
            // has its own count: strangers cannot add to it, so they cannot keep the user out.
            //
            // Refused alternative: a count for each address. A botnet has thousands of addresses,
            // and a whole school may share one.
            //
            // Not stopped: one common password tried on many accounts, or a password that leaked
            // elsewhere and is right at the first guess.
            Throttle::PerAccount => Some(ThrottleRule {
                bucket: match known_browser {
                    Some(browser) => format!("known:{browser}:{account}"),
                    None => format!("unknown:{account}"),
                },
                limit: ThrottleLimit::Rate {
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
            description: "Five failures in a row lock the account for an hour, for its owner as well.",
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
                   browser that has signed in before has its own count, so strangers cannot \
                   keep the owner out of it.",
        does_not_stop: "One common password tried on many accounts, a password that leaked \
                        elsewhere and is right at the first try, or a patient program: 7,200 \
                        guesses a day. NIST also requires an end after 100 failures in a row, which \
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
            "WSTG-ATHN-03",
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
    fn the_strong_arm_counts_known_browsers_separately() {
        let stranger = Throttle::STRONG.rule("alice", None).unwrap();
        let laptop = Throttle::STRONG.rule("alice", Some("laptop")).unwrap();
        assert_eq!(stranger.bucket, "unknown:alice");
        assert_eq!(laptop.bucket, "known:laptop:alice");
        let five_a_minute = ThrottleLimit::Rate {
            failures: 5,
            window: Duration::from_secs(60),
        };
        assert_eq!(
            (stranger.limit, laptop.limit),
            (five_a_minute, five_a_minute)
        );
    }

    #[test]
    fn one_account_does_not_fill_the_bucket_of_another() {
        assert_ne!(
            Throttle::STRONG.rule("alice", None),
            Throttle::STRONG.rule("mallory", None)
        );
    }

    #[test]
    fn a_lock_also_keeps_the_owner_out() {
        let stranger = Throttle::Lock.rule("alice", None).unwrap();
        assert_eq!(
            Throttle::Lock.rule("alice", Some("laptop")),
            Some(stranger.clone())
        );
        assert_eq!(stranger.bucket, "lock:alice");
        let hour = Duration::from_secs(3600);
        assert_eq!(
            stranger.limit,
            ThrottleLimit::Lock {
                failures: 5,
                locked_for: hour
            }
        );
    }
}

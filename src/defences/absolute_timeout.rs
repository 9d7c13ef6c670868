//! Absolute timeout: how long a session lasts in all. Worksheet 08, timeouts.
//!
//! The decision is a number. `src/session/record.rs` counts it from the sign-in, on the bench's
//! clock. Read `sign_out.rs` next: how a session ends on request.

use std::time::Duration;

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How long a session may last, however busy it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsoluteTimeout {
    /// The policy sets no limit.
    Unlimited,
    /// For one hour.
    OneHour,
}

impl AbsoluteTimeout {
    /// The longest time from the sign-in to the last request of a session.
    pub fn limit(self) -> Option<Duration> {
        match self {
            // WEAK: an attacker keeps a stolen session alive as long as they like. One request every
            // few minutes is enough, and a script sends it. The idle timeout sees a busy user. (The
            // lab itself ends every session after 30 days: `CEILING` in `src/session/record.rs`.)
            AbsoluteTimeout::Unlimited => None,

            // STRONG: after one hour the user must enter the password again, and an attacker who
            // has only the id cannot. One hour is short: OWASP's cheat sheet names four to eight
            // hours for a working day, NIST 24 hours at level AAL2. Students can watch one hour
            // pass in a lesson.
            //
            // Refused alternative: an idle timeout alone. Each request moves it, and the attacker's
            // requests count as well.
            //
            // Not stopped: what the attacker does within the hour.
            AbsoluteTimeout::OneHour => Some(Duration::from_secs(60 * 60)),
        }
    }
}

impl Defence for AbsoluteTimeout {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "unlimited",
            description: "A session that is used has no limit but the lab's own: 30 days.",
            value: AbsoluteTimeout::Unlimited,
        },
        Arm {
            slug: "one-hour",
            description: "A session ends one hour after the sign-in, however busy it is.",
            value: AbsoluteTimeout::OneHour,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Every session has a last minute",
        protects: "An idle timeout can be outrun: anyone who holds a stolen id can keep the \
                   session busy. An absolute timeout counts from the sign-in and no request moves \
                   it. After it only the password opens a new session, and a thief of the id does \
                   not have the password.",
        does_not_stop: "What the attacker does before the limit: an hour is long enough for a \
                        transfer. Nor does it stop the theft of the next session.",
        stage: RequestStage::Session,
        needs: &[],
        standards: &[
            "ASVS 7.3.2",
            "CWE-613",
            "WSTG-SESS-07",
            "NIST SP 800-63B-4 §5.2",
        ],
        elsewhere: Elsewhere {
            flask: "No setting (PERMANENT_SESSION_LIFETIME moves with each request): store the \
                    time of the sign-in and check it in before_request.",
            express: "No setting: store the time of the sign-in in req.session and check it in a \
                      middleware.",
            django: "No setting (SESSION_COOKIE_AGE counts from the last save): store the time of \
                     the sign-in and check it in a middleware.",
            spring: "No setting: compare session.getCreationTime() in a filter and call \
                     session.invalidate().",
            rocket: "No built-in session: keep the time of the sign-in in the record and compare \
                     it on each request.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_has_a_limit_and_it_is_one_hour() {
        assert_eq!(AbsoluteTimeout::WEAK.limit(), None);
        assert_eq!(
            AbsoluteTimeout::STRONG.limit(),
            Some(Duration::from_secs(3600))
        );
    }
}

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
    /// For seven days.
    OneWeek,
    /// For 24 hours.
    OneDay,
    /// For two hours.
    TwoHours,
    /// For a quarter of an hour.
    FifteenMinutes,
    /// For five minutes.
    FiveMinutes,
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

            // Custom: a week, as in "keep me signed in". A thief has until then.
            AbsoluteTimeout::OneWeek => Some(Duration::from_secs(7 * 24 * 3600)),

            // Custom: 24 hours, the most that NIST recommends at level AAL2. The user enters the
            // password once a day, and so a thief of the id has a day.
            AbsoluteTimeout::OneDay => Some(Duration::from_secs(24 * 3600)),

            // Custom: two hours, for applications of high value in older sheets.
            AbsoluteTimeout::TwoHours => Some(Duration::from_secs(2 * 3600)),

            // Custom: shorter than the strong arm. A thief has less time, and the user is interrupted
            // in the middle of their work: the price that `/matrix` measures.
            AbsoluteTimeout::FifteenMinutes => Some(Duration::from_secs(15 * 60)),

            // Custom: the same, so short that hardly anybody finishes a form.
            AbsoluteTimeout::FiveMinutes => Some(Duration::from_secs(5 * 60)),

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
            slug: "one-week",
            description: "A session ends one week after the sign-in, however busy it is.",
            value: AbsoluteTimeout::OneWeek,
        },
        Arm {
            slug: "one-day",
            description: "A session ends 24 hours after the sign-in, however busy it is.",
            value: AbsoluteTimeout::OneDay,
        },
        Arm {
            slug: "two-hours",
            description: "A session ends two hours after the sign-in, however busy it is.",
            value: AbsoluteTimeout::TwoHours,
        },
        Arm {
            slug: "fifteen-minutes",
            description: "A session ends 15 minutes after the sign-in, however busy it is.",
            value: AbsoluteTimeout::FifteenMinutes,
        },
        Arm {
            slug: "five-minutes",
            description: "A session ends five minutes after the sign-in, however busy it is.",
            value: AbsoluteTimeout::FiveMinutes,
        },
        Arm {
            slug: "one-hour",
            description: "A session ends one hour after the sign-in, however busy it is.",
            value: AbsoluteTimeout::OneHour,
        },
    ];

    /// A longer limit than the strong arm's lets in anyone who comes within it.
    fn is_strong(self) -> bool {
        self.limit() <= Self::STRONG.limit() && self != Self::WEAK
    }

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
    fn the_weak_arm_has_no_limit_and_the_strong_one_an_hour() {
        assert_eq!(AbsoluteTimeout::WEAK.limit(), None);
        assert_eq!(
            AbsoluteTimeout::STRONG.limit(),
            Some(Duration::from_secs(3600))
        );
    }

    #[test]
    fn each_arm_between_them_has_the_limit_of_its_name() {
        let limit = |arm: &Arm<AbsoluteTimeout>| arm.value.limit();
        let minutes = |limit: Option<Duration>| limit.map(|limit| limit.as_secs() / 60);
        let found = AbsoluteTimeout::ARMS.iter().map(limit).map(minutes);
        let week = Some(7 * 24 * 60);
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                None,
                week,
                Some(1440),
                Some(120),
                Some(15),
                Some(5),
                Some(60)
            ]
        );
    }
}

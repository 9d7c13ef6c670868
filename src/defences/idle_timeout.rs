//! Idle timeout: how long a session lasts without a request. Worksheet 08, timeouts.
//!
//! The decision is a number. `src/session/record.rs` compares it with the time of the session's
//! last request, on the bench's clock. Read `absolute_timeout.rs` next, the limit that activity
//! cannot move.

use std::time::Duration;

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How long a session may stay unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdleTimeout {
    /// The policy sets no limit.
    Unlimited,
    /// For seven days.
    OneWeek,
    /// For 24 hours.
    OneDay,
    /// For two hours.
    TwoHours,
    /// For one hour.
    OneHour,
    /// For a quarter of an hour.
    FifteenMinutes,
    /// For five minutes.
    FiveMinutes,
}

impl IdleTimeout {
    /// The longest time between two requests of one session.
    pub fn limit(self) -> Option<Duration> {
        match self {
            // WEAK: a session that was left open stays open. The next user of the computer, or
            // anyone who finds an old cookie in a log or a backup, continues where the victim
            // stopped.
            IdleTimeout::Unlimited => None,

            // Custom: a week, as in "keep me signed in". A cookie that is found after the weekend is
            // still accepted.
            IdleTimeout::OneWeek => Some(Duration::from_secs(7 * 24 * 3600)),

            // Custom: a day, which several older sheets set. It bounds the size of the store, and
            // hardly helps a user who forgot to sign out: their neighbour has the whole day.
            IdleTimeout::OneDay => Some(Duration::from_secs(24 * 3600)),

            // Custom: two hours, about a lecture. Whoever sits down next still finds the session.
            IdleTimeout::TwoHours => Some(Duration::from_secs(2 * 3600)),

            // Custom: one hour, the most that NIST recommends at level AAL2.
            IdleTimeout::OneHour => Some(Duration::from_secs(3600)),

            // Custom: a quarter of an hour. OWASP's cheat sheet names 15 to 30 minutes for applications
            // of low risk.
            IdleTimeout::FifteenMinutes => Some(Duration::from_secs(15 * 60)),

            // STRONG: a session that nobody uses ends on the server. Five minutes, because the
            // OWASP Session Management Cheat Sheet names two to five for applications of high
            // value, and a portal that moves money is one.
            //
            // Refused alternative: Max-Age in the cookie, or a countdown in the page. Both run on
            // the client, and an attacker's copy of the cookie obeys neither.
            //
            // Not stopped: an attacker who sends a request every four minutes. `absolute-timeout`
            // stops that.
            IdleTimeout::FiveMinutes => Some(Duration::from_secs(5 * 60)),
        }
    }
}

impl Defence for IdleTimeout {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "unlimited",
            description: "A session that is not used stays open until the lab's own limit of 30 days.",
            value: IdleTimeout::Unlimited,
        },
        Arm {
            slug: "one-week",
            description: "A session that is not used for a week ends.",
            value: IdleTimeout::OneWeek,
        },
        Arm {
            slug: "one-day",
            description: "A session that is not used for 24 hours ends.",
            value: IdleTimeout::OneDay,
        },
        Arm {
            slug: "two-hours",
            description: "A session that is not used for two hours ends.",
            value: IdleTimeout::TwoHours,
        },
        Arm {
            slug: "one-hour",
            description: "A session that is not used for one hour ends.",
            value: IdleTimeout::OneHour,
        },
        Arm {
            slug: "fifteen-minutes",
            description: "A session that is not used for 15 minutes ends.",
            value: IdleTimeout::FifteenMinutes,
        },
        Arm {
            slug: "five-minutes",
            description: "A session that is not used for five minutes ends.",
            value: IdleTimeout::FiveMinutes,
        },
    ];

    /// A longer limit than the strong arm's lets in anyone who comes within it.
    fn is_strong(self) -> bool {
        self.limit() <= Self::STRONG.limit() && self != Self::WEAK
    }

    const LESSON: Lesson = Lesson {
        title: "An unused session ends",
        protects: "People leave without signing out. An idle timeout ends the session on the \
                   server some minutes after its last request, so a computer left alone or a \
                   cookie found later is of no use. Each request of the user starts the time \
                   anew.",
        does_not_stop: "An attacker who is quick, or who sends a request every few minutes to keep \
                        the stolen session alive. The absolute timeout limits that.",
        stage: RequestStage::Session,
        needs: &[],
        standards: &[
            "ASVS 7.3.1",
            "CWE-613",
            "WSTG-SESS-07",
            "NIST SP 800-63B-4 §5.2",
        ],
        elsewhere: Elsewhere {
            flask: "Flask-Session with SESSION_PERMANENT = False: PERMANENT_SESSION_LIFETIME = \
                    timedelta(minutes=5) is the record's lifetime in the store, and \
                    session.modified = True in before_request starts it again",
            express: "connect-redis: new RedisStore({ client, ttl: 300 }) and no cookie.maxAge; \
                      each request starts the ttl again",
            django: "SESSION_COOKIE_AGE = 300 and SESSION_SAVE_EVERY_REQUEST = True",
            spring: "server.servlet.session.timeout=5m",
            rocket: "No built-in session: keep the time of the last request in the record and \
                     compare it on each one.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_has_no_limit_and_the_strong_one_five_minutes() {
        assert_eq!(IdleTimeout::WEAK.limit(), None);
        assert_eq!(IdleTimeout::STRONG.limit(), Some(Duration::from_secs(300)));
    }

    #[test]
    fn each_arm_between_them_has_the_limit_of_its_name_and_the_weaker_one_is_longer() {
        let minutes = |arm: &Arm<IdleTimeout>| arm.value.limit().map(|limit| limit.as_secs() / 60);
        let found: Vec<_> = IdleTimeout::ARMS.iter().map(minutes).collect();
        let week = Some(7 * 24 * 60);
        assert_eq!(
            found,
            [
                None,
                week,
                Some(1440),
                Some(120),
                Some(60),
                Some(15),
                Some(5)
            ]
        );
    }
}

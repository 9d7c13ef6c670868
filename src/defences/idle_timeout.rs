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
            slug: "five-minutes",
            description: "A session that is not used for five minutes ends.",
            value: IdleTimeout::FiveMinutes,
        },
    ];

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
    fn only_the_strong_arm_has_a_limit_and_it_is_five_minutes() {
        assert_eq!(IdleTimeout::WEAK.limit(), None);
        assert_eq!(IdleTimeout::STRONG.limit(), Some(Duration::from_secs(300)));
    }
}

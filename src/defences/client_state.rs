//! Client state: whether the browser carries the session's data, signed, or the server keeps it.
//! Worksheet 10, signed is not secret.
//!
//! The decision is which of two names a request acts under: the one in a signed cookie or the one
//! in the session's record. Read `signing_key.rs` next: all that protects the cookie is its key.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Where the user's name and preferences are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientState {
    /// In a cookie that the portal signs and the browser keeps.
    SignedCookie,
    /// In the session's record on the server.
    Record,
}

impl ClientState {
    /// Whether a sign-in writes the state cookie: compact JSON with name and preferences, signed in
    /// itsdangerous form. Anyone who holds the cookie can read it.
    pub fn writes_cookie(self) -> bool {
        match self {
            // The same form as Flask's own session, so tools made for that also work here.
            ClientState::SignedCookie => true,
            ClientState::Record => false,
        }
    }

    /// The account that a request acts as. `cookie` is the name in the state cookie, given only
    /// where its signature was right; `record` is the name in the session's record.
    pub fn user<'r>(self, cookie: Option<&'r str>, record: &'r str) -> &'r str {
        match self {
            // WEAK: anyone who has the key signs any name they like. A copied cookie needs no key
            // at all: its signature stays valid after the user has signed out, because nothing on
            // the server ended.
            ClientState::SignedCookie => cookie.unwrap_or(record),

            // STRONG: the browser holds an id that means nothing by itself, and the record says
            // whose session it is. The cookie has no contents to read or to forge, and once the
            // record is deleted, a copy of the cookie has no effect.
            //
            // Refused alternative: encrypting the cookie. It hides the contents, but a copy is
            // still accepted after the sign-out.
            //
            // Not stopped: a stolen id, for as long as its record exists.
            ClientState::Record => record,
        }
    }
}

impl Defence for ClientState {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "signed-cookie",
            description: "A signed, readable cookie says who the user is.",
            value: ClientState::SignedCookie,
        },
        Arm {
            slug: "record",
            description: "The session's record on the server says who the user is.",
            value: ClientState::Record,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "The server keeps the session, the browser its id",
        protects: "A signed cookie is readable by anyone, can be forged by anyone who finds the \
                   key, and stays valid after sign-out where a copy was kept. When the server \
                   keeps the data, the cookie is only a random id, and deleting the record ends \
                   the session for every copy.",
        does_not_stop: "A stolen id: it gives access to the record for as long as the record exists. \
                        The defence also has a cost: the server must keep and look up a record \
                        for every session.",
        stage: RequestStage::Session,
        needs: &[],
        standards: &[
            "ASVS 7.4.1",
            "CWE-565",
            "CWE-294",
            "CWE-315",
            "RFC 6265bis §8.3",
            "NIST SP 800-63B-4 §5.1.1",
        ],
        elsewhere: Elsewhere {
            flask: "The Flask-Session extension with SESSION_TYPE = \"redis\"; Flask's own \
                    session is a signed, readable cookie",
            express: "express-session with a store such as connect-redis; cookie-session is the \
                      signed cookie",
            django: "SESSION_ENGINE = \"django.contrib.sessions.backends.db\", the default; \
                     signed_cookies is the other",
            spring: "HttpSession is kept on the server, the default",
            rocket: "No built-in session: an id in the cookie and the record in managed state. A \
                     private cookie is encrypted, but a copy outlives the sign-out.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_acts_as_whoever_the_signed_cookie_names() {
        assert!(ClientState::WEAK.writes_cookie());
        assert_eq!(ClientState::WEAK.user(Some("admin"), "mallory"), "admin");
        assert_eq!(ClientState::WEAK.user(None, "mallory"), "mallory");
    }

    #[test]
    fn the_strong_arm_acts_as_the_records_user() {
        assert!(!ClientState::STRONG.writes_cookie());
        assert_eq!(
            ClientState::STRONG.user(Some("admin"), "mallory"),
            "mallory"
        );
        assert_eq!(ClientState::STRONG.user(None, "mallory"), "mallory");
    }
}

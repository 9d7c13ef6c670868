//! Adoption: what becomes of a session id that the portal never issued. Worksheet 06, session
//! fixation.
//!
//! The decision is who chooses an id: only the portal, or also the visitor. Read `rotation.rs`
//! next, which deals with planted ids that the portal did issue.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What the portal does with an id that its store does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// A session is opened under the presented id.
    Adopt,
    /// The presented id is ignored; a new session gets a new id.
    Replace,
}

impl Adoption {
    /// Whether a session may be opened under `presented`, an id that is well-formed but unknown to
    /// the store.
    pub fn adopts(self, presented: &str) -> bool {
        match self {
            // WEAK: anything that looks like an id becomes one. An attacker invents "evil1234" and
            // plants it in the victim's browser. The victim signs in, and the attacker knows the
            // id of that session without a single request to the portal.
            Adoption::Adopt => !presented.is_empty(),

            // STRONG: only the portal makes ids. An unknown one is a mistake, an old cookie or an
            // attack, and in each case the visitor gets a new id that nobody else has seen.
            //
            // Refused alternative: adopting the id and signing it. The signature proves that the
            // portal has seen the id. It does not prove that the attacker has not.
            //
            // Not stopped: an id that the portal issued to the attacker, who plants that one.
            // `rotation` stops it.
            Adoption::Replace => false,
        }
    }
}

impl Defence for Adoption {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "adopt",
            description: "An id that the visitor invented becomes the id of a session.",
            value: Adoption::Adopt,
        },
        Arm {
            slug: "replace",
            description: "An unknown id is ignored and the visitor gets a new one.",
            value: Adoption::Replace,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Only the portal makes session ids",
        protects: "The easiest session fixation needs no session at all: the attacker invents an \
                   id and plants it, and the portal opens a session under it. A portal that \
                   answers an unknown id with a new one that it made itself cannot be misled in \
                   this way. OWASP calls this strict session management.",
        does_not_stop: "Fixation with an id that the portal did issue: the attacker fetches an \
                        anonymous session and plants its id. Only a new id at sign-in stops it.",
        stage: RequestStage::Session,
        needs: &[],
        standards: &["CWE-384", "WSTG-SESS-03", "RFC 6265bis §8.4"],
        elsewhere: Elsewhere {
            flask: "Flask-Session 0.7 or later replaces an unknown id. Flask's own session is a \
                    signed cookie and has no id.",
            express: "express-session replaces an unknown id; nothing to set",
            django: "An unknown session key is dropped and a new one made; nothing to set",
            spring: "Tomcat makes a new id; leave validateClientProvidedNewSessionId at true, \
                     the default",
            rocket: "No built-in session: open sessions only under ids that your code has just \
                     made.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_weak_arm_adopts_an_invented_id() {
        assert!(Adoption::WEAK.adopts("evil1234"));
        assert!(!Adoption::STRONG.adopts("evil1234"));
    }

    #[test]
    fn an_empty_id_is_never_adopted() {
        assert!(!Adoption::WEAK.adopts(""));
        assert!(!Adoption::STRONG.adopts(""));
    }
}

//! At rest: what the store keeps of a session id. Worksheets 10 and 16.
//!
//! The decision is whether a person who can read the store can use what they read. Read
//! `src/storage/` next, where the key becomes the name of a file.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Under which key a session is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtRest {
    /// Under the id itself.
    Plain,
    /// Under the SHA-256 of the id.
    Hashed,
}

impl AtRest {
    /// The key under which the session with this id is stored.
    pub fn key(self, id: &str) -> String {
        match self {
            // WEAK: anyone who reads the store holds the sessions. A backup, a list on the
            // administrator's page or `ls` is enough: the attacker copies a name into a cookie and
            // is signed in as its user.
            AtRest::Plain => id.to_owned(),

            // STRONG: the portal hashes the id that arrives and looks for the hash. Nobody can
            // compute the id from the hash. The hash itself, sent as a cookie, is hashed once more,
            // and no record has that key.
            //
            // Refused alternative: a slow, salted hash as for passwords. It protects secrets that
            // people choose. An id of 256 random bits cannot be found by trying, so slowness would
            // only cost time in every request. A salt for each record would also make the record
            // impossible to look up by its id.
            //
            // Not stopped: an attacker who can write to the store adds a session under the hash of
            // an id that they chose.
            AtRest::Hashed => URL_SAFE_NO_PAD.encode(Sha256::digest(id)),
        }
    }
}

impl Defence for AtRest {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "plain",
            description: "The store keeps the session id itself.",
            value: AtRest::Plain,
        },
        Arm {
            slug: "hashed",
            description: "The store keeps only the SHA-256 of the session id.",
            value: AtRest::Hashed,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "The store keeps a hash of the id",
        protects: "A session id is as good as a password while the session lasts. When the store \
                   keeps only its SHA-256, a copy of the store, a backup or an administrator's \
                   list shows keys that the portal does not accept as ids. The portal still finds \
                   a session at once, because it hashes the id that arrives.",
        does_not_stop: "An attacker who can write to the store and add a session to it. Ids that \
                        can be guessed are no safer either, because an attacker can hash the \
                        guesses. The data in the record is not hidden, only the id is.",
        stage: RequestStage::Session,
        needs: &[],
        standards: &["CWE-312", "CWE-522"],
        elsewhere: Elsewhere {
            flask: "No setting: Flask-Session stores under SESSION_KEY_PREFIX and the id itself.",
            express: "No setting: wrap the store so that get, set, touch and destroy hash the id.",
            django: "No setting: the session key is stored as it is; your own SESSION_ENGINE \
                     can hash it.",
            spring: "No setting: Spring Session stores the id itself; your own \
                     SessionRepository can hash it.",
            rocket: "No built-in session: hash the id with Sha256::digest before every look-up.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_stores_the_id_itself() {
        assert_eq!(AtRest::WEAK.key("abc"), "abc");
    }

    #[test]
    fn the_strong_arm_stores_the_sha_256_of_the_id() {
        assert_eq!(
            AtRest::STRONG.key("abc"),
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
        );
    }

    #[test]
    fn a_stored_hash_sent_as_an_id_leads_to_another_key() {
        let stored = AtRest::STRONG.key("abc");
        assert_ne!(AtRest::STRONG.key(&stored), stored);
    }
}

//! Whether a signed cookie is signed with a word of a list: those of the attacks, and those of manuals. No request is sent:
//! one cookie is all that the guessing needs.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::client_state::ClientState;
use super::super::key_words::key_words;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct SigningKeyCheck;

const CARD: CheckCard = CheckCard {
    name: "signing-key",
    title: "The key of a signed cookie is in no list",
    subject: CheckSubject::Defence(Name::SigningKey),
    gains: "Anyone with one cookie finds the key offline, signs what they like, and is any user.",
    keys: &["CK-KEY"],
    standards: &[],
    requests: 0,
};

#[async_trait]
impl Check for SigningKeyCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let mut tries = 0;
        for (name, value) in &audit.seen.cookies {
            let Some(state) = ClientState::of(name, value, &audit.seen.cookies) else {
                continue;
            };
            tries += 1;
            if state.cracked().is_some() {
                let says = format!("The cookie {name} is signed with a word from the word list.");
                let shown = audit.shown(&audit.seen.setter, &["set-cookie"]);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        if tries == 0 {
            return Ok(CheckAnswer::CannotTell(
                "No cookie is signed in a form that the audit knows.".into(),
            ));
        }
        Ok(CheckAnswer::NotFound {
            tries: key_words().count(),
            of: "words: none is the key of the cookie",
        })
    }
}

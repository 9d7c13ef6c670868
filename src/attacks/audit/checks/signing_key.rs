//! Whether a signed cookie is signed with a word of a list: those of the attacks, and those of manuals. One cookie is
//! all that the guessing needs; what a word that is found is good for is tried.

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
    requests: 1,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

/// What an attacker gains by the key of a cookie that makes no session.
const NOT_THE_SESSION: &str = "Anyone with one cookie finds the key offline and signs what they like in it. No request \
                               showed that it says who the user is, so they gain what the application reads from it.";

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
                let evidence = CheckEvidence::new(says, shown);
                return Ok(match audit.believes_cookie(name).await? {
                    Some(true) => CheckAnswer::Weak(evidence),
                    _ => CheckAnswer::Lacking(evidence.gaining(NOT_THE_SESSION)),
                });
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

//! Whether a readable cookie says who the user is. Flask, Django, Express and Rails can keep a session in
//! such a cookie, signed and not secret.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::client_state::{ClientState, StateForm};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct ClientStateCheck;

const CARD: CheckCard = CheckCard {
    name: "client-state",
    title: "The server keeps the session, not a readable cookie",
    subject: CheckSubject::Defence(Name::ClientState),
    gains: "Whoever copies the cookie is the user until its signature is too old, also after a sign-out, and reads what is in it.",
    keys: &["CK-REPLAY"],
    standards: &[],
    requests: 0,
};

#[async_trait]
impl Check for ClientStateCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let user = [&*audit.account().user, &*audit.account().shown_as];
        for (name, value) in &audit.seen.cookies {
            let Some(state) = ClientState::of(name, value, &audit.seen.cookies) else {
                continue;
            };
            if state.form == StateForm::Jwt || !user.iter().any(|user| state.text.contains(user)) {
                continue;
            }
            let says = format!(
                "The cookie {name} has the form of {} and names the user, for anyone to read.",
                state.form.name()
            );
            let shown = audit.shown(&audit.seen.setter, &["set-cookie"]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        if audit.seen.cookies.is_empty() {
            return Ok(audit.no_session_cookie());
        }
        Ok(CheckAnswer::NotFound {
            tries: audit.seen.cookies.len(),
            of: match audit.seen.cookies.len() {
                1 => "cookie: it does not name the user",
                _ => "cookies: none names the user",
            },
        })
    }
}

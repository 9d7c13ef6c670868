//! Whether a readable cookie says who the user is. Flask, Django, Express and Rails can keep a session in
//! such a cookie, signed and not secret, and so does an application whose cookie is a JSON Web Token.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::client_state::ClientState;
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
    requests: 1,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

/// What an attacker gains by a cookie that may only remember a name.
const ONLY_READ: &str = "Anyone who sees the cookie reads whose it is. Whether it also makes its bearer that user \
                         shows with a second account only.";

#[async_trait]
impl Check for ClientStateCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let account = audit.account();
        for (name, value) in &audit.seen.cookies {
            let Some(state) = ClientState::of(name, value, &audit.seen.cookies) else {
                continue;
            };
            let names = [&*account.user, &*account.shown_as];
            if !state.is_compressed && !state.names_user(&names) {
                continue;
            }
            // A cookie may also only remember a name.
            let believed = audit.believes_cookie(name).await?;
            if believed == Some(false) {
                continue;
            }
            let what = match state.is_compressed {
                true => "keeps the session, compressed",
                false => "names the user",
            };
            let says = format!(
                "The cookie {name} has the form of {} and {what}, for anyone to read.",
                state.form.name()
            );
            let shown = audit.shown(&audit.seen.setter, &["set-cookie"]);
            let evidence = CheckEvidence::new(says, shown);
            return Ok(match believed {
                Some(_) => CheckAnswer::Weak(evidence),
                None => CheckAnswer::Lacking(evidence.gaining(ONLY_READ)),
            });
        }
        if audit.seen.cookies.is_empty() {
            return Ok(audit.no_session_cookie());
        }
        Ok(CheckAnswer::NotFound {
            tries: audit.seen.cookies.len(),
            of: match audit.seen.cookies.len() {
                1 => "cookie: it does not name the user",
                _ => "cookies: none that is believed names the user",
            },
        })
    }
}

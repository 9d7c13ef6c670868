//! Whether the session cookie is sent unencrypted also: the attribute `Secure`.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct SecureCheck;

const CARD: CheckCard = CheckCard {
    name: "secure",
    title: "The session cookie is sent over https only",
    subject: CheckSubject::Defence(Name::Secure),
    gains: "Anyone on the network reads the session id as soon as one request goes over plain http, and is then the user.",
    keys: &["CK-SECURE"],
    standards: &[],
    requests: 0,
};

#[async_trait]
impl Check for SecureCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let lines = audit.seen.session_lines();
        if lines.is_empty() {
            return Ok(audit.no_session_cookie());
        }
        let lacks = lines.iter().any(|cookie| !cookie.secure().unwrap_or(false));
        if !lacks {
            return Ok(CheckAnswer::Strong("The line has Secure.".into()));
        }
        let shown = audit.shown(&audit.seen.setter, &["set-cookie"]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(
            "The Set-Cookie line of the session has no Secure.",
            shown,
        )))
    }
}

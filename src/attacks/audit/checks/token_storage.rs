//! Where a page keeps the refresh token: one in the JSON of the answer is in reach of every script of the
//! page, one in an HttpOnly cookie is not.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct TokenStorageCheck;

const CARD: CheckCard = CheckCard {
    name: "token-storage",
    title: "No script can read the refresh token",
    subject: CheckSubject::Defence(Name::TokenStorage),
    gains: "A script that an attacker brings into a page reads the refresh token and stays the user for days.",
    keys: &["XSS-STORAGE"],
    standards: &[],
    requests: 0,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for TokenStorageCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        let issued = tokens.sign_in(audit.account()).await?;
        if issued.refresh.is_none() {
            return Ok(CheckAnswer::CannotTell(
                "The sign-in gives no refresh token.".into(),
            ));
        }
        if issued.in_json {
            let says =
                "The refresh token is in the JSON of the answer, where a page's script reads it.";
            let shown = audit.shown(&issued.exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = "The refresh token comes in a cookie and not in the JSON.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}

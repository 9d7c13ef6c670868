//! Whether a token is accepted before its time (`nbf`). Another service that shares the key signs it.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtNotBeforeCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-not-before",
    title: "A token is refused before its time",
    subject: CheckSubject::Defence(Name::JwtNotBefore),
    gains: "Whoever gets a token for later uses it now.",
    keys: &["JWT-NBF"],
    standards: &[],
    requests: 2,
    sign_ins: 2,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtNotBeforeCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        tokens
            .foreign("nbf", "A token is accepted before its nbf.")
            .await
    }
}

//! Whether a token of another issuer is accepted. Another service that shares the key signs it in its own name.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtIssuerCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-issuer",
    title: "A token of another issuer is refused",
    subject: CheckSubject::Defence(Name::JwtIssuer),
    gains: "A customer of another service that shares the key is a user here, by any name that the service gives them.",
    keys: &["JWT-ISS"],
    standards: &[],
    requests: 2,
    sign_ins: 2,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtIssuerCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        tokens
            .foreign("iss", "A token that names another issuer is accepted.")
            .await
    }
}

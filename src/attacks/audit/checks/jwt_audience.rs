//! Whether a token for another service is accepted (`aud`).

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtAudienceCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-audience",
    title: "A token for another service is refused",
    subject: CheckSubject::Defence(Name::JwtAudience),
    gains: "Whoever receives tokens of a user for another service uses them here.",
    keys: &["JWT-AUD"],
    standards: &[],
    requests: 2,
    sign_ins: 2,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtAudienceCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        tokens
            .foreign(
                "aud",
                "A token that is meant for another service is accepted.",
            )
            .await
    }
}

//! Whether a token is accepted with a condition that the API does not know (`crit`).

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtCritCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-crit",
    title: "A condition that is not known is a refusal",
    subject: CheckSubject::Defence(Name::JwtCrit),
    gains: "A limit that the issuer wrote into the token, such as a single use, does not hold.",
    keys: &["JWT-CRIT"],
    standards: &[],
    requests: 2,
    sign_ins: 2,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtCritCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        tokens
            .foreign(
                "crit",
                "A token with an unknown condition in crit is accepted.",
            )
            .await
    }
}

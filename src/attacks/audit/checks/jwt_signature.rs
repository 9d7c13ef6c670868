//! Whether a token's signature is verified: a genuine token with other claims, and a genuine one with a
//! random signature.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtSignatureCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-signature",
    title: "The signature of a token is verified",
    subject: CheckSubject::Defence(Name::JwtSignature),
    gains: "Anyone writes a token in the name of any user.",
    keys: &["JWT-NOSIG"],
    standards: &[],
    requests: 1,
    sign_ins: 2,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtSignatureCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        let (opens, exchange) = tokens.with_random_signature().await?;
        if opens {
            let says = "A token with a random signature is accepted.";
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = format!(
            "A token with a random signature is answered {}.",
            exchange.reply.status
        );
        Ok(CheckAnswer::Strong(says))
    }
}

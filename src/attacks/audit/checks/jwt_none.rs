//! Whether an unsigned token is accepted: `none` in several spellings, and no signature at all.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::forged_tokens::ForgedTokens;
use super::super::tokens;
use super::super::wire::AuditError;
use crate::attacks::jwt::none_algorithm;
use crate::defences::policy::Name;

pub(super) struct JwtNoneCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-none",
    title: "An unsigned token is refused",
    subject: CheckSubject::Defence(Name::JwtNone),
    gains: "Anyone writes a token in the name of any user, without a key.",
    keys: &["JWT-NONE"],
    standards: &[],
    requests: 7,
    sign_ins: 4,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtNoneCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };
        let own = tokens.own_parts().await?;
        let mut forged: Vec<String> = none_algorithm::SPELLINGS
            .iter()
            .map(|spelling| own.clone().with_header("alg", *spelling).signed_with(""))
            .collect();
        forged.push(own.signed_with(""));
        let forged = ForgedTokens {
            tokens: forged,
            each: "unsigned token",
            accepted: "An unsigned token is accepted.",
            refused: "unsigned tokens: none is accepted",
        };
        forged.send(audit, &tokens).await
    }
}

//! Whether the name of a key leads to an empty one: a name that does not exist, and a path to an empty file.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::forged_tokens::ForgedTokens;
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtKidCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-kid",
    title: "The name of a key is looked up in a fixed list",
    subject: CheckSubject::Defence(Name::JwtKid),
    gains: "Anyone names a key that is empty and signs tokens with it.",
    keys: &["JWT-KID"],
    standards: &[],
    requests: 4,
    sign_ins: 4,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtKidCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };
        let own = tokens.own_parts().await?;
        let mut forged = Vec::new();
        for kid in ["no-such-key", "../../../dev/null", "/dev/null"] {
            let named = own.clone().with_header("kid", kid);
            forged.push(named.hs256(b"").map_err(tokens::unsigned)?);
        }
        let forged = ForgedTokens {
            tokens: forged,
            each: "token signed with an empty key",
            accepted: "A token is accepted that names a key of no bytes.",
            refused: "tokens signed with an empty key: none is accepted",
        };
        forged.send(audit, &tokens).await
    }
}

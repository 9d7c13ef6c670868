//! Whether a token brings the key along that verifies it (`jwk`). The key is that of the attacks.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::forged_tokens::ForgedTokens;
use super::super::tokens;
use super::super::wire::AuditError;
use crate::attacks::forged_key_sets;
use crate::defences::policy::Name;

pub(super) struct JwtKeySourceCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-key-source",
    title: "A token cannot bring its own key",
    subject: CheckSubject::Defence(Name::JwtKeySource),
    gains: "Anyone signs tokens with their own key and sends the public half along.",
    keys: &["JWT-JWK", "JWT-JKU"],
    standards: &[],
    requests: 7,
    sign_ins: 4,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtKeySourceCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };
        let own = tokens.own_parts().await?;
        let mut forged = Vec::new();
        for kid in tokens
            .key_names()
            .await?
            .iter()
            .map(|kid| &**kid)
            .chain([forged_key_sets::KID])
        {
            let named = own
                .clone()
                .with_header("kid", kid)
                .with_header("jwk", forged_key_sets::public_jwk());
            forged.push(
                named
                    .es256(forged_key_sets::signing_key())
                    .map_err(tokens::unsigned)?,
            );
        }
        let refused = match forged.len() {
            1 => "token that brings its key: it is not accepted",
            _ => "tokens that bring their key: none is accepted",
        };
        let forged = ForgedTokens {
            tokens: forged,
            each: "token that brings its key",
            accepted: "A token is accepted that brought its own key along.",
            refused,
        };
        forged.send(audit, &tokens).await
    }
}

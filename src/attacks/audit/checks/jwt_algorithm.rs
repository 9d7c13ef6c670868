//! Whether the text of the public key is taken as the secret of an HMAC (key confusion).

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckNeed, CheckSubject};
use super::super::forged_tokens::ForgedTokens;
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtAlgorithmCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-algorithm",
    title: "A public key is no secret of an HMAC",
    subject: CheckSubject::Defence(Name::JwtAlgorithm),
    gains: "Anyone signs tokens with the public key, which everyone has.",
    keys: &["JWT-ALGCONF"],
    standards: &[],
    requests: 13,
    sign_ins: 4,
    needs: &[CheckNeed::PublicKey],
    mend: None,
};

#[async_trait]
impl Check for JwtAlgorithmCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };
        let own = tokens.own_parts().await?;
        let Some(pem) = tokens.public_key().await? else {
            return Ok(CheckAnswer::NotTried(
                "No public key is known: name public-key in [token] of the recipe.".into(),
            ));
        };
        let kids = tokens.key_names().await?;
        let mut forged = Vec::new();
        for kid in kids.iter().map(Some).chain([None]) {
            let named = match kid {
                Some(kid) => own.clone().with_header("kid", &**kid),
                None => own.clone(),
            };
            for text in [pem.as_str(), pem.trim_end()] {
                forged.push(
                    named
                        .clone()
                        .hs256(text.as_bytes())
                        .map_err(tokens::unsigned)?,
                );
            }
        }
        let forged = ForgedTokens {
            tokens: forged,
            each: "token signed with the public key",
            accepted: "A token that is signed with the text of the public key is accepted.",
            refused: "tokens signed with the public key: none is accepted",
        };
        forged.send(audit, &tokens).await
    }
}

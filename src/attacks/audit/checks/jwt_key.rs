//! Whether tokens are signed with a word of a list: those of the attacks, and those of manuals. No request is sent for it: one
//! token is all that the guessing needs.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::hmac_key::{HmacHash, HmacKey};
use super::super::key_words::key_words;
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtKeyCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-key",
    title: "The key that signs tokens is in no list",
    subject: CheckSubject::Defence(Name::JwtKey),
    gains: "Anyone with one token finds the key offline and signs tokens in the name of any user.",
    keys: &["JWT-WEAKKEY"],
    standards: &[],
    requests: 1,
    sign_ins: 3,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtKeyCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        let own = tokens.own_parts().await?;
        let alg = own.header["alg"].as_str().unwrap_or_default();
        if HmacHash::of(alg).is_none() {
            return Ok(CheckAnswer::CannotTell(
                "The token is not signed with HS256, HS384 or HS512, so there is no word to guess."
                    .into(),
            ));
        }
        let genuine = tokens.sign_in(audit.account()).await?.access;
        let Some(key) = HmacKey::guessed(&genuine) else {
            return Ok(CheckAnswer::NotFound {
                tries: key_words().count(),
                of: "words: none is the key of the token",
            });
        };
        let forged = key.signed(&own);
        audit.wire.mask.note(&forged, "token signed with the word");
        let (_, exchange) = tokens.open(&forged).await?;
        let shown = audit.shown(&exchange, &[]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(
            "A word from the word list is the key that signs tokens.",
            shown,
        )))
    }
}

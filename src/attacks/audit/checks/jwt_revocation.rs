//! Whether a token is refused after its user signed out.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtRevocationCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-revocation",
    title: "A token ends with the sign-out",
    subject: CheckSubject::Defence(Name::JwtRevocation),
    gains: "Whoever copied the token is the user until it expires, also after the user signed out.",
    keys: &["JWT-REVOKE"],
    standards: &[],
    requests: 4,
    sign_ins: 1,
    needs: &[CheckNeed::TokenSignOut],
    mend: None,
};

#[async_trait]
impl Check for JwtRevocationCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        let Some(sign_out) = &tokens.recipe.sign_out else {
            return Ok(CheckAnswer::NotTried(
                "No sign-out for tokens is known: name [token.sign-out] in the recipe.".into(),
            ));
        };
        let issued = tokens.sign_in(audit.account()).await?;
        let prepared = audit
            .person()
            .prepare(sign_out, &tokens.values(&issued))
            .await?;
        let bearer = format!("Bearer {}", issued.access);
        let bye = audit
            .person()
            .call(prepared.with("authorization", &bearer).call()?)
            .await?;
        if bye.reply.status >= 400 {
            return Ok(CheckAnswer::CannotTell(format!(
                "The sign-out was answered {}.",
                bye.reply.status
            )));
        }
        let (opens, exchange) = tokens.open(&issued.access).await?;
        if opens {
            let says = "A copied token still opens the page of its user after the sign-out.";
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = format!(
            "After the sign-out the token is answered {}.",
            exchange.reply.status
        );
        Ok(CheckAnswer::Strong(says))
    }
}

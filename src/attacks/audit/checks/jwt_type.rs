//! Whether a refresh token is accepted in place of an access token.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtTypeCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-type",
    title: "A refresh token is no access token",
    subject: CheckSubject::Defence(Name::JwtType),
    gains: "A stolen refresh token is used everywhere and for days, past the short life of access tokens.",
    keys: &["JWT-TYP"],
    standards: &[],
    requests: 1,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtTypeCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        let issued = tokens.sign_in(audit.account()).await?;
        let Some(refresh) = issued
            .refresh
            .filter(|refresh| refresh.matches('.').count() == 2)
        else {
            return Ok(CheckAnswer::CannotTell(
                "The sign-in gives no refresh token that is a JWT.".into(),
            ));
        };
        let (opens, exchange) = tokens.open(&refresh).await?;
        if opens {
            let says = "A refresh token opens what is for access tokens.";
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = format!(
            "A refresh token in place of an access token is answered {}.",
            exchange.reply.status
        );
        Ok(CheckAnswer::Strong(says))
    }
}

//! Whether a refresh token works a second time, after it was exchanged for new tokens.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct RefreshRotationCheck;

const CARD: CheckCard = CheckCard {
    name: "refresh-rotation",
    title: "A refresh token works once",
    subject: CheckSubject::Defence(Name::RefreshRotation),
    gains: "Whoever copied the refresh token gets access tokens beside the user, for as long as it lives, and nobody notices.",
    keys: &["JWT-REFRESH"],
    standards: &[],
    requests: 4,
    sign_ins: 1,
    needs: &[CheckNeed::TokenRenewal],
    mend: None,
};

#[async_trait]
impl Check for RefreshRotationCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        let Some(renew) = &tokens.recipe.renew else {
            return Ok(CheckAnswer::NotTried(
                "No exchange of refresh tokens is known: name [token.renew] in the recipe.".into(),
            ));
        };
        let issued = tokens.sign_in(audit.account()).await?;
        let values = tokens.values(&issued);
        // Where the recipe says nowhere how it is sent, it is sent as a bearer.
        let json = renew.json.as_ref().map(ToString::to_string);
        let mut texts = renew.form.values().chain(renew.headers.values());
        let names_refresh = texts.any(|text| text.contains("{refresh}"))
            || json.is_some_and(|json| json.contains("{refresh}"));
        let mut statuses = Vec::new();
        for _ in 0..2 {
            // The token is sent in the body and in the cookie: the API reads one of the two.
            let mut person = audit.person();
            let mut prepared = person.prepare(renew, &values).await?;
            if let Some(refresh) = issued.refresh.as_deref().filter(|_| !names_refresh) {
                prepared = prepared.with("authorization", &format!("Bearer {refresh}"));
            }
            let call = prepared.call()?.with_cookie(issued.cookie.clone());
            let exchange = person.call(call).await?;
            statuses.push(exchange.reply.status);
            let renewed = exchange.reply.status == 200 && tokens.access_in(&exchange).is_some();
            match (statuses.len(), renewed) {
                (1, false) => {
                    let says = format!(
                        "The exchange of a refresh token was answered {}.",
                        statuses[0]
                    );
                    return Ok(CheckAnswer::CannotTell(says));
                }
                (2, true) => {
                    let says = "The same refresh token gave a new access token a second time.";
                    let shown = audit.shown(&exchange, &[]);
                    return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
                }
                _ => {}
            }
        }
        let says = "The second use of a refresh token is refused.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}

//! Whether a token in the address is accepted, under the names that APIs use.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::tokens;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JwtTransportCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-transport",
    title: "A token travels in its header only",
    subject: CheckSubject::Defence(Name::JwtTransport),
    gains: "Whoever sees an address with the token, in a history, a log or a Referer, is the user until it expires.",
    keys: &["JWT-QUERY"],
    standards: &[],
    requests: 4,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for JwtTransportCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };

        let issued = tokens.sign_in(audit.account()).await?;
        let names = ["access_token", "token", "jwt", "auth"];
        for name in names {
            let path = format!("{}?{name}={}", tokens.page(), issued.access);
            let exchange = audit.person().get(&path).await?;
            if tokens.shows(&exchange, audit.account()) {
                let says = format!("A token in the address is accepted, as {name}.");
                let shown = audit.shown(&exchange, &[]);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        Ok(CheckAnswer::NotFound {
            tries: names.len(),
            of: "names in the address: none is read as a token",
        })
    }
}

//! How long an access token counts, as it says itself. Whether the API obeys that shows only to those who
//! wait.

use std::time::Duration;

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject, Worst};
use super::super::tokens;
use super::super::wire::AuditError;
use super::super::{token_times, tokens::Tokens};
use crate::defences::policy::Name;

pub(super) struct JwtLifetimeCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-lifetime",
    title: "An access token expires within a day",
    subject: CheckSubject::Other {
        worst: Worst::Note,
        near: Name::JwtExpiry,
    },
    gains: "Whoever copied a token is the user for as long as it counts, unless the API keeps a list of those that were signed out.",
    keys: &["JWT-EXP"],
    standards: &["ASVS 9.2.1", "CWE-613"],
    requests: 0,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

/// The longest lifetime that is no note. The frameworks' defaults are minutes, and one day is far above.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[async_trait]
impl Check for JwtLifetimeCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };
        let issued = tokens.sign_in(audit.account()).await?;
        if !token_times::is_jwt(&issued.access) {
            let says = "The access token is no JWT, so it says nothing of its end.";
            return Ok(CheckAnswer::CannotTell(says.into()));
        }
        let says = match token_times::lifetime(&issued.access, &issued.exchange.reply) {
            None => "The access token does not say when it expires.",
            Some(time) if time > A_DAY => "The access token counts for more than a day.",
            Some(_) => {
                return Ok(CheckAnswer::NotFound {
                    tries: 1,
                    of: "access token: it says that it expires within a day",
                });
            }
        };
        let shown = audit.shown(&issued.exchange, &[]);
        Ok(CheckAnswer::Lacking(CheckEvidence::new(says, shown)))
    }
}

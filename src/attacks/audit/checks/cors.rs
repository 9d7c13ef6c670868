//! Whether pages of other origins may read a user's data: the headers of CORS, with credentials.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct CorsCheck;

const CARD: CheckCard = CheckCard {
    name: "cors",
    title: "No other origin may read the user's data",
    subject: CheckSubject::Defence(Name::Cors),
    gains: "A page of another origin that the user opens reads their data with their cookie.",
    keys: &["CORS-REFLECT"],
    standards: &[],
    requests: 4,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for CorsCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let path = match &audit.plan.recipe.data {
            Some(data) => audit.wire.path(data),
            None => audit.plan.home.clone(),
        };
        let name = audit.wire.target().host_name.clone();
        let scheme = audit.wire.target().scheme.as_str();
        let origins = [
            format!("{scheme}://evil.example"),
            "null".to_owned(),
            format!("{scheme}://{name}.evil.example"),
            format!("{scheme}://evil-{name}"),
        ];
        let mut person = audit.signed_in(audit.account()).await?;
        for origin in &origins {
            let call = Call::get(&*path).with("origin", origin);
            let exchange = person.call(call).await?;
            let reflects = exchange.header("access-control-allow-origin") == Some(&**origin);
            let with_cookie = exchange.header("access-control-allow-credentials") == Some("true");
            if reflects && with_cookie {
                let says = "The answer lets a foreign origin read it, with the user's cookie.";
                let heads = [
                    "access-control-allow-origin",
                    "access-control-allow-credentials",
                ];
                let shown = audit.shown(&exchange, &heads);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        Ok(CheckAnswer::NotFound {
            tries: origins.len(),
            of: "foreign origins: none may read",
        })
    }
}

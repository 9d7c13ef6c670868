//! Whether another site can sign a user in to the attacker's account: the sign-in without its token, with
//! the headers of that other site, and from a jar without a cookie.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject, Worst};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct LoginCsrfCheck;

const CARD: CheckCard = CheckCard {
    name: "login-csrf",
    title: "A foreign form signs nobody in",
    subject: CheckSubject::Other {
        worst: Worst::Flaw,
        near: Name::CsrfToken,
    },
    gains: "A form of another site signs the user in to the attacker's account, where they leave what the attacker then reads.",
    keys: &["CSRF-LOGIN"],
    standards: &["ASVS 3.5.1", "CWE-352"],
    requests: 3,
};

#[async_trait]
impl Check for LoginCsrfCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let (mut person, mut victim) = (audit.person(), audit.person());
        let values = audit.account().values();
        for step in &audit.plan.recipe.sign_in_first {
            let honest = person.prepare(step, &values).await?;
            person.call(honest.clone().call()?).await?;
            let forged = change::from_another_site(honest.without_hidden());
            victim.call(forged.call()?).await?;
        }
        let prepared = person.prepare(&audit.plan.sign_in, &values).await?;
        if prepared.json.is_some() {
            return Ok(CheckAnswer::NotTried(
                "The sign-in takes JSON, which no form of another site sends.".into(),
            ));
        }
        let forged = change::from_another_site(prepared.without_hidden());
        let exchange = victim.call(forged.call()?).await?;
        let home = victim.get(&audit.plan.home).await?;
        if audit.plan.shows(&home, audit.account()) {
            let says = "The sign-in worked without a token and with the headers of another site.";
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = format!("The forged sign-in was answered {}.", exchange.reply.status);
        Ok(CheckAnswer::Strong(says))
    }
}

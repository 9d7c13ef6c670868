//! Whether another site can sign a user in to the attacker's account: the sign-in without its token, with
//! the headers of that other site, and from a jar without a cookie. A sign-in that takes JSON is also asked
//! whether it takes what a form can send.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject, Worst};
use super::super::prepared::Prepared;
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
    sign_ins: 2,
    needs: &[],
    mend: None,
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
        let takes_json = prepared.json.is_some();
        let mut forgeries = vec![prepared.clone().without_hidden()];
        if takes_json {
            forgeries = foreign_forms_of(prepared);
        }
        let mut status = 0;
        for forged in forgeries {
            let forged = change::from_another_site(forged);
            let exchange = victim.call(forged.call()?).await?;
            status = exchange.reply.status;
            let home = victim.get(&audit.plan.home).await?;
            if audit.plan.shows(&home, audit.account()) {
                let says = match takes_json {
                    true => "The sign-in takes JSON, and a form of another site also signed in.",
                    false => {
                        "The sign-in worked without a token and with the headers of another site."
                    }
                };
                let shown = audit.shown(&exchange, &[]);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        let says = format!("The forged sign-in was answered {status}.");
        Ok(CheckAnswer::Strong(says))
    }
}

/// What a form of another site can send in place of JSON: its members as fields, and its text under the
/// type `text/plain`.
fn foreign_forms_of(prepared: Prepared) -> Vec<Prepared> {
    let json = prepared.json.clone().unwrap_or_default();
    let members = json.as_object().into_iter().flatten();
    let fields =
        members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let bare = prepared.without_token().without("content-type");
    let as_fields = Prepared {
        fields: fields.collect(),
        json: None,
        ..bare.clone()
    };
    vec![as_fields, bare.with("content-type", "text/plain")]
}

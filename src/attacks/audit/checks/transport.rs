//! Whether the application also works unencrypted, beside https. Its own user asks: what an unencrypted
//! answer contains, everyone on the line reads as well.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::wire::AuditError;
use crate::client::caller::Call;
use crate::defences::facts::Scheme;
use crate::defences::policy::Name;

pub(super) struct TransportCheck;

const CARD: CheckCard = CheckCard {
    name: "transport",
    title: "The application works over https only",
    subject: CheckSubject::Defence(Name::Transport),
    gains: "An attacker on the network leads the user to an http address, and reads page and cookie.",
    keys: &["LO-DOWNGRADE", "HJ-SNIFF"],
    standards: &[],
    requests: 1,
    sign_ins: 1,
    needs: &[CheckNeed::SecondScheme],
    mend: None,
};

#[async_trait]
impl Check for TransportCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        if !(audit.wire.speaks(Scheme::Http) && audit.wire.speaks(Scheme::Https)) {
            return Ok(CheckAnswer::NotTried(
                "Only one address is known: name the other one as beside in the recipe.".into(),
            ));
        }
        let mut person = audit.signed_in(audit.account()).await?;
        let call = Call::get(&*audit.plan.home).over(Scheme::Http);
        let exchange = person.call(call).await?;
        if audit.plan.shows(&exchange, audit.account()) {
            let says = "The page of a signed-in user is answered unencrypted.";
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = format!(
            "Over plain http the page is answered {}.",
            exchange.reply.status
        );
        Ok(CheckAnswer::Strong(says))
    }
}

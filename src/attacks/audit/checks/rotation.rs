//! Whether the sign-in renews the session id. Where it does not, the id from before is planted by an
//! attacker and opens the user's session afterwards (session fixation).

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::person::header_of;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct RotationCheck;

const CARD: CheckCard = CheckCard {
    name: "rotation",
    title: "The sign-in gives the session another id",
    subject: CheckSubject::Defence(Name::Rotation),
    gains: "An attacker who planted an id in the user's browser is signed in as soon as the user is.",
    keys: &["SID-ROTATE", "SID-PREPOST"],
    standards: &[],
    requests: 2,
    sign_ins: 2,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for RotationCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(name) = audit.seen.session_name().map(str::to_owned) else {
            return Ok(audit.no_session_cookie());
        };
        let mut person = audit.person();
        let values = audit.account().values();
        let prepared = audit
            .plan
            .prepare_sign_in(&mut person, &audit.plan.sign_in, &values)
            .await?;
        let Some(before) = person.cookie(&audit.plan.home, &name) else {
            let says = "A stranger has no session, so there is no id to plant; the sign-in sets the first one.";
            return Ok(CheckAnswer::Strong(says.into()));
        };
        let planted = person.cookies(&audit.plan.home);
        person.call(prepared.call()?).await?;
        audit.wire.mask.note(&before, "id from before the sign-in");
        // The attacker has what the stranger had; where that is not enough, also the other cookies of
        // the attacker's account. Those of the user would open the page by themselves.
        let mut tried = vec![planted.clone()];
        if let Some(attacker) = audit.second() {
            let own = audit.signed_in(attacker).await?;
            let mut beside = own.cookies(&audit.plan.home);
            beside.retain(|(other, _)| planted.iter().all(|(name, _)| name != other));
            beside.extend(planted);
            tried.push(beside);
        }
        for cookies in tried {
            let (opens, exchange) = audit.opens(audit.account(), header_of(&cookies)).await?;
            if opens {
                let says =
                    "The id from before the sign-in opens the page of the user who signed in.";
                let shown = audit.shown(&exchange, &[]);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        let says = "The id from before the sign-in is nobody's afterwards.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}

//! Whether another role gives the session another id. An administrator changes the role of a user who is
//! signed in, and the id from before is tried on a page that only the new role opens.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{
    Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject, Worst,
};
use super::super::mends::CheckMend;
use super::super::role_change::RoleChange;
use super::super::wire::AuditError;
use crate::client::caller::Call;
use crate::defences::Elsewhere;
use crate::defences::policy::Name;

pub(super) struct RoleChangeCheck;

const CARD: CheckCard = CheckCard {
    name: "role-change",
    title: "Another role gives the session another id",
    subject: CheckSubject::Other {
        worst: Worst::Note,
        near: Name::Rotation,
    },
    gains: "An id that leaked while its user had few rights has the rights of the new role as soon as the user gets it.",
    keys: &["SID-PRIV"],
    standards: &["CWE-384"],
    requests: 10,
    sign_ins: 2,
    needs: &[CheckNeed::RoleChange, CheckNeed::Destruction],
    mend: Some(&MEND),
};

const MEND: CheckMend = CheckMend {
    general: "Give every session of a user another id, or end it, when the user's role changes.",
    elsewhere: Elsewhere {
        flask: "Nothing built in: keep a number in the account and in the session, raise it with the role, and \
                end a session whose number is another one.",
        express: "Nothing built in: keep a number in the account and in req.session, raise it with the role, \
                  and call req.session.regenerate(callback) where the two differ.",
        django: "Nothing built in for a role: delete the user's sessions when it changes, or call \
                 request.session.cycle_key() at the user's next request.",
        spring: "sessionRegistry.getAllSessions(principal, false), then expireNow() on each; needs \
                 maximumSessions to be set",
        rocket: "No built-in session: issue a new id at the user's next request, and delete the old record.",
    },
};

#[async_trait]
impl Check for RoleChangeCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let mut change = match RoleChange::begin(audit).await? {
            Ok(change) => change,
            Err(answer) => return Ok(answer),
        };
        let opens = change.recipe.opens.clone();
        let page = audit.wire.path(&opens);
        let mut user = audit.signed_in(audit.account()).await?;
        if user.get(&page).await?.reply.status == 200 {
            return Ok(CheckAnswer::CannotTell(format!(
                "{opens} opens without the new role: name another page in [role-change]."
            )));
        }
        let copied = user.cookie_header(&page);
        let seen = change.during(async || {
            // The user's own request comes first: many applications renew an id at the next one.
            let own = user.get(&page).await?;
            let call = Call::get(&*page).with_cookie(copied);
            Ok((own, audit.person().call(call).await?))
        });
        let (own, old) = seen.await?;
        if old.reply.status == 200 {
            let says =
                format!("The cookie from before the change of the role opens {opens} after it.");
            let shown = audit.shown(&old, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        if own.reply.status != 200 {
            return Ok(CheckAnswer::CannotTell(format!(
                "After the change of the role {opens} is answered {} to its user: the session ended, or the \
                 role counts from the next sign-in on.",
                own.reply.status
            )));
        }
        let says = "The user has the new role, and the cookie from before it is refused.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}

//! Whether an id that a visitor invented becomes the id of a session (session adoption).
//!
//! A stranger opens the sign-in page with an invented id. A server that opens sessions for strangers must
//! answer with an id that it made itself. Where it opens none, the id is brought to a sign-in.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct AdoptionCheck;

const CARD: CheckCard = CheckCard {
    name: "adoption",
    title: "An invented session id is not taken over",
    subject: CheckSubject::Defence(Name::Adoption),
    gains: "An attacker makes up an id, plants it in the user's browser, and waits until the user signs in with it, where the sign-in does not renew it.",
    keys: &["SID-STRICT"],
    standards: &[],
    requests: 2,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for AdoptionCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(name) = audit.seen.session_name().map(str::to_owned) else {
            return Ok(audit.no_session_cookie());
        };
        let own = audit.seen.cookie(&name).unwrap_or_default();
        let invented = invent(own);
        audit.wire.mask.note(&invented, "invented id");
        let mut person = audit.person();
        person.plant(&format!("{name}={invented}; Path=/; Secure"));
        let values = audit.account().values();
        if audit.seen.before.iter().any(|(before, _)| *before == name) {
            let page = audit.plan.sign_in.page.as_deref().unwrap_or("/");
            let answer = person.get(&audit.wire.path(page)).await?;
            if person.cookie(&audit.plan.home, &name).as_deref() != Some(&*invented) {
                let says = "The server answered an invented id with one that it made itself.";
                return Ok(CheckAnswer::Strong(says.into()));
            }
            let shown = audit.shown(&answer, &["set-cookie"]);
            let says = "A stranger keeps an id that they invented: the server sets no other one.";
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let prepared = audit
            .plan
            .prepare_sign_in(&mut person, &audit.plan.sign_in, &values)
            .await?;
        let answer = person.call(prepared.call()?).await?;
        if person.cookie(&audit.plan.home, &name).as_deref() == Some(&*invented) {
            let (opens, _) = audit
                .opens(audit.account(), person.cookie_header(&audit.plan.home))
                .await?;
            if opens {
                let shown = audit.shown(&answer, &["set-cookie"]);
                let says =
                    "The session that the sign-in opened has an id that a stranger invented.";
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        let says = "The sign-in set an id of the server's own in place of an invented one.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}

/// An id of the same form as this one that the server has never seen: its letters in another order.
fn invent(own: &str) -> String {
    let mut letters: Vec<char> = own.chars().rev().collect();
    let length = letters.len().max(1);
    letters.rotate_left(length / 3);
    if letters.iter().collect::<String>() == own || letters.len() < 4 {
        return format!("{own}7");
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_id_is_another_one() {
        for own in ["", "1", "aaaa", "1001", "abcdefgh"] {
            assert_ne!(invent(own), own);
            assert!(!invent(own).is_empty());
        }
    }
}

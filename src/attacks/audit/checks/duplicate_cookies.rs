//! Whether a request with two session cookies is refused. A server that takes one of them takes the one
//! that a sibling host has planted, in some order.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::person::header_of;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct DuplicateCookiesCheck;

const CARD: CheckCard = CheckCard {
    name: "duplicate-cookies",
    title: "Two session cookies are refused",
    subject: CheckSubject::Defence(Name::DuplicateCookies),
    gains: "Somebody who controls another host of the same site puts their own session in front of the user's, who then works in the attacker's account.",
    keys: &["CK-DUP"],
    standards: &[],
    requests: 2,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for DuplicateCookiesCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(name) = audit.seen.session_name().map(str::to_owned) else {
            return Ok(audit.no_session_cookie());
        };
        let person = audit.signed_in(audit.account()).await?;
        let cookies = person.cookies(&audit.plan.home);
        let own: Vec<_> = cookies
            .iter()
            .filter(|(own, _)| *own == name)
            .cloned()
            .collect();
        let own = [own, audit.seen.beside(&name, cookies)].concat();
        let own = header_of(&own).unwrap_or_default();
        audit.wire.mask.note(PLANTED, "planted");
        for header in [
            format!("{own}; {name}={PLANTED}"),
            format!("{name}={PLANTED}; {own}"),
        ] {
            let (opens, exchange) = audit.opens(audit.account(), Some(header)).await?;
            if opens {
                let says = "Of two session cookies the server takes one, without a word.";
                let shown = audit.shown(&exchange, &[]);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        let says = "A request with two session cookies opened nothing, in either order.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}

/// A value that is nobody's.
const PLANTED: &str = "cGxhbnRlZC1ieS1hLXNpYmxpbmc";

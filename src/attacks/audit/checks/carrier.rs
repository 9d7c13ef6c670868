//! Whether a session id in the address counts. It is tried under the cookie's own name, under the names
//! that frameworks use, and as a parameter of the path.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::person::header_of;
use super::super::wire::AuditError;
use crate::client::caller::Call;
use crate::defences::policy::Name;
use url::form_urlencoded::byte_serialize;

pub(super) struct CarrierCheck;

const CARD: CheckCard = CheckCard {
    name: "carrier",
    title: "The session id travels in the cookie only",
    subject: CheckSubject::Defence(Name::Carrier),
    gains: "Whoever sees an address with the id, in a history, a log or a Referer, is the user; and a link with the attacker's id plants it.",
    keys: &["SID-URL"],
    standards: &[],
    requests: 8,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for CarrierCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(name) = audit.seen.session_name().map(str::to_owned) else {
            return Ok(audit.no_session_cookie());
        };
        let person = audit.signed_in(audit.account()).await?;
        let cookies = person.cookies(&audit.plan.home);
        let id = person.cookie(&audit.plan.home, &name).unwrap_or_default();
        // The others stay: the id alone changes its place.
        let others = audit.seen.beside(&name, cookies);
        let encoded: String = byte_serialize(id.as_bytes()).collect();
        let mut tries = 0;
        let home = &audit.plan.home;
        let names = NAMES.iter().copied().chain([&*name]);
        let addresses = names.map(|name| format!("{home}?{name}={encoded}"));
        let addresses: Vec<String> = addresses
            .chain([format!("{home};jsessionid={encoded}")])
            .collect();
        for address in addresses {
            tries += 1;
            let call = Call::get(&*address).with_cookie(header_of(&others));
            let exchange = audit.person().call(call).await?;
            if audit.plan.shows(&exchange, audit.account()) {
                let says =
                    "An address with the session id opens the page of its user without the cookie.";
                let mut shown = audit.shown(&exchange, &[]);
                // An id may be too short to be known everywhere.
                shown.curl = shown
                    .curl
                    .replace(&format!("={encoded}"), &format!("=<{name}>"));
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        Ok(CheckAnswer::NotFound {
            tries,
            of: "places in the address: none is read as a session id",
        })
    }
}

/// The names under which applications take an id from the address.
const NAMES: [&str; 6] = [
    "sid",
    "session",
    "session_id",
    "sessionid",
    "PHPSESSID",
    "token",
];

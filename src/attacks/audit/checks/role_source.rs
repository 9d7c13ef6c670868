//! Whether the application believes a role that a cookie names. The page for administrators must be
//! refused first, and open with the edited cookie.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::person::header_of;
use super::super::wire::AuditError;
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct RoleSourceCheck;

const CARD: CheckCard = CheckCard {
    name: "role-source",
    title: "The role is not read from a cookie",
    subject: CheckSubject::Defence(Name::RoleSource),
    gains: "A user writes admin into a cookie and has the rights of an administrator.",
    keys: &["CK-TAMPER"],
    standards: &[],
    requests: 13,
    sign_ins: 1,
    needs: &[CheckNeed::AdminPage],
    mend: None,
};

#[async_trait]
impl Check for RoleSourceCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(page) = &audit.plan.recipe.admin_page else {
            return Ok(CheckAnswer::NotTried(
                "No page for administrators is known: name it as admin-page in the recipe.".into(),
            ));
        };
        let page = audit.wire.path(page);
        let mut person = audit.signed_in(audit.account()).await?;
        let before = person.get(&page).await?.reply.status;
        if before == 200 {
            return Ok(CheckAnswer::CannotTell(
                "The page for administrators is open to the account of the audit.".into(),
            ));
        }
        let cookies = person.cookies(&page);
        let is_role = |(name, value): &&(String, String)| {
            let name = name.to_ascii_lowercase();
            NAMES.iter().any(|known| name.contains(known))
                || VALUES.contains(&&*value.to_ascii_lowercase())
        };
        let named = cookies.iter().filter(is_role).map(|(name, _)| name.clone());
        let names: Vec<String> = named.chain(["role".to_owned()]).collect();
        let mut tries = 0;
        for name in names {
            for value in ["admin", "administrator", "true", "1"] {
                tries += 1;
                let mut edited = cookies.clone();
                edited.retain(|(other, _)| *other != name);
                edited.push((name.clone(), value.to_owned()));
                let call = Call::get(&*page).with_cookie(header_of(&edited));
                let exchange = audit.person().call(call).await?;
                if exchange.reply.status == 200 {
                    let says = format!("The page for administrators opens with {name}={value}.");
                    let shown = audit.shown(&exchange, &[]);
                    return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
                }
            }
        }
        Ok(CheckAnswer::NotFound {
            tries,
            of: "edited cookies: the page for administrators stays closed",
        })
    }
}

/// What such a cookie is usually called.
const NAMES: [&str; 5] = ["role", "admin", "level", "group", "permission"];

/// What it usually says.
const VALUES: [&str; 8] = [
    "user", "student", "member", "customer", "guest", "admin", "false", "staff",
];

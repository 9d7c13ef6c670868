//! What the browser still holds of the user after the sign-out: the session's cookies, and what scripts of
//! the pages have stored.

use async_trait::async_trait;

use super::super::Audit;
use super::super::audit_window::AuditWindow;
use super::super::check::{
    Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject, Worst,
};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct LeftInBrowserCheck;

const CARD: CheckCard = CheckCard {
    name: "left-in-browser",
    title: "The sign-out leaves nothing of the user in the browser",
    subject: CheckSubject::Other {
        worst: Worst::Note,
        near: Name::ClearSiteData,
    },
    gains: "The next person at the computer reads what pages stored while the user was signed in.",
    keys: &["LO-CSD"],
    standards: &[],
    requests: 8,
    sign_ins: 0,
    needs: &[CheckNeed::Browser],
    mend: None,
};

/// The names of everything that scripts of this origin have stored.
const STORED: &str = "[...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort()";

#[async_trait]
impl Check for LeftInBrowserCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(sign_out) = &audit.plan.sign_out else {
            let says = "No sign-out was found: name it in [sign-out] of the recipe.";
            return Ok(CheckAnswer::NotTried(says.into()));
        };
        let user = match AuditWindow::signed_in(audit, audit.account()).await? {
            Ok(user) => user,
            Err(answer) => return Ok(answer),
        };
        let stored: Vec<String> = user.window().run(STORED).await?;
        if !user.sign_out(sign_out).await? {
            let says =
                "The sign-out has no form on a page that a browser could send: name its page.";
            return Ok(CheckAnswer::NotTried(says.into()));
        }
        let mut left: Vec<String> = user.window().run(STORED).await?;
        left.retain(|name| stored.contains(name));
        let cookies = user
            .window()
            .cookies(&user.address(&audit.plan.home))
            .await?;
        let session = cookies.iter().filter(|cookie| {
            let before = audit.seen.cookie(&cookie.name);
            before.is_some() && audit.seen.session.contains(&cookie.name)
        });
        let session: Vec<&str> = session.map(|cookie| &*cookie.name).collect();
        if left.is_empty() && session.is_empty() {
            return Ok(CheckAnswer::NotFound {
                tries: 1,
                of: "sign-out: it left no cookie of the session and nothing that a page had stored",
            });
        }
        let mut says = format!("In {} the sign-out leaves", user.version());
        if !session.is_empty() {
            says.push_str(&format!(" a cookie named {}", session.join(", ")));
        }
        if !left.is_empty() {
            let and = if session.is_empty() { "" } else { " and" };
            says.push_str(&format!("{and} what pages stored as {}", left.join(", ")));
        }
        says.push('.');
        Ok(CheckAnswer::Lacking(CheckEvidence::without_exchange(says)))
    }
}

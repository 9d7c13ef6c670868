//! Whether a link of another site signs the user out: a GET is enough, without a token.
//!
//! It is a note. The attacker gets nothing of the user's, and the user loses what they were doing.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change::as_foreign_link;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject, Worst};
use super::super::mends::CheckMend;
use super::super::person::without_query_tokens;
use super::super::wire::AuditError;
use crate::defences::Elsewhere;
use crate::defences::policy::Name;

pub(super) struct SignOutByLinkCheck;

const CARD: CheckCard = CheckCard {
    name: "sign-out-by-link",
    title: "A link of another site signs nobody out",
    subject: CheckSubject::Other {
        worst: Worst::Note,
        near: Name::SafeMethods,
    },
    gains: "A link on any page signs the user out, and a picture does where SameSite is missing: what they had not saved is lost.",
    keys: &["CSRF-LOGOUT", "CSRF-GET"],
    standards: &["CWE-352"],
    requests: 4,
    sign_ins: 1,
    needs: &[],
    mend: Some(&MEND),
};

const MEND: CheckMend = CheckMend {
    general: "Let the sign-out take POST only, from a form with a CSRF token.",
    elsewhere: Elsewhere {
        flask: "@app.post(\"/logout\"), and a form with {{ csrf_token() }} of Flask-WTF in place of the link",
        express: "app.post('/logout', …) behind the check of the CSRF token, and a form in place of the link",
        django: "LogoutView takes POST only since 5.0: <form method=\"post\"> with {% csrf_token %}",
        spring: "While CSRF protection is on, /logout takes POST only, the default: a form with the token",
        rocket: "#[post(\"/logout\", …)] with the guard that checks the token, and a form in place of the link",
    },
};

#[async_trait]
impl Check for SignOutByLinkCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(sign_out) = &audit.plan.sign_out else {
            return Ok(CheckAnswer::NotTried(
                "No sign-out was found: name it in [sign-out] of the recipe.".into(),
            ));
        };
        let mut person = audit.signed_in(audit.account()).await?;
        let prepared = person.prepare(sign_out, &audit.account().values()).await?;
        if prepared.json.is_some() {
            let says = "The sign-out takes JSON, which no link sends.";
            return Ok(CheckAnswer::NotTried(says.into()));
        }
        let mut link = as_foreign_link(prepared);
        link.path = without_query_tokens(&link.path);
        let exchange = person.call(link.call()?).await?;
        let after = person.get(&audit.plan.home).await?;
        if audit.plan.shows(&after, audit.account()) {
            return Ok(CheckAnswer::Strong(format!(
                "A link of another site to the sign-out was answered {}, and its user is still signed in.",
                exchange.reply.status
            )));
        }
        if is_strict(audit) {
            let says = "A link signs out, and no link of another site carries the session's cookie, which is \
                        SameSite=Strict.";
            return Ok(CheckAnswer::Strong(says.into()));
        }
        let says = "A GET without a token signed the user out, as a link of another site sends it.";
        let shown = audit.shown(&exchange, &[]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)))
    }
}

/// Whether no cookie of the session goes with a link of another site.
fn is_strict(audit: &Audit) -> bool {
    let lines = audit.seen.session_lines();
    let mut lines = lines.iter();
    lines.any(|cookie| {
        let same_site = cookie.same_site();
        same_site.is_some_and(|it| it.to_string().eq_ignore_ascii_case("strict"))
    })
}

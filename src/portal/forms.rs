//! The table of the portal's forms: which page shows each, and what may be kept of what was typed.
//!
//! The lists of fields are what keeps passwords and tokens out of drafts and out of pages that
//! repeat what was typed. Read `outlived.rs` next.

use rocket::Request;

/// A form on the portal's pages.
#[derive(Debug)]
pub(super) struct PortalForm {
    /// Where it is sent, without bench and variant.
    pub action: &'static str,
    /// The page that shows it.
    pub page: &'static str,
    /// What may be kept of it: never a password, never a token.
    pub kept: &'static [&'static str],
    /// What has not happened where it was refused.
    pub not_done: &'static str,
    /// Whether it is of use to somebody signed in only.
    pub needs_account: bool,
}

/// The sign-in form's address and page.
pub(super) const SIGN_IN: &str = "/login";

/// Every form of the portal.
pub(super) const FORMS: [PortalForm; 8] = [
    PortalForm {
        needs_account: false,
        ..form(
            SIGN_IN,
            SIGN_IN,
            "Nobody was signed in",
            &["username", "remember"],
        )
    },
    PortalForm {
        needs_account: false,
        ..form("/logout", "/dashboard", "You were not signed out", &[])
    },
    form("/board", "/board", "The notice was not posted", &["text"]),
    form(
        "/transfer",
        "/dashboard",
        "No transfer was made",
        &["to", "amount"],
    ),
    form(
        "/preferences",
        "/dashboard",
        "The preference was not saved",
        &["large_text"],
    ),
    form(
        "/password",
        "/password",
        "Your password was not changed",
        &[],
    ),
    form(
        "/sessions",
        "/sessions",
        "No session was ended",
        &["handle"],
    ),
    form(
        "/browsers/forget",
        "/sessions",
        "No browser was forgotten",
        &[],
    ),
];

const fn form(
    action: &'static str,
    page: &'static str,
    not_done: &'static str,
    kept: &'static [&'static str],
) -> PortalForm {
    PortalForm {
        action,
        page,
        kept,
        not_done,
        needs_account: true,
    }
}

impl PortalForm {
    /// The form that is sent to this path, without bench and variant.
    pub fn sent_to(action: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.action == action)
    }

    /// The form that a request sends.
    pub fn of(request: &Request<'_>) -> Option<&'static Self> {
        // The router has put `/portal` in the place of bench and variant.
        let path = request.uri().path();
        Self::sent_to(path.as_str().strip_prefix("/portal")?)
    }

    /// What somebody may want to copy of a body.
    pub fn typed_of(&self, body: &str) -> Vec<(&'static str, String)> {
        let mut fields = self.kept_of(body);
        fields.retain(|(name, _)| !CHOSEN.contains(name));
        fields
    }

    /// What may be kept of a body, in the order of the table, without empty fields.
    pub fn kept_of(&self, body: &str) -> Vec<(&'static str, String)> {
        let values = self.kept.iter().map(|name| (*name, value(body, name)));
        values
            .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
            .collect()
    }
}

/// Fields that are chosen or ticked, and not typed.
const CHOSEN: [&str; 3] = ["remember", "large_text", "handle"];

/// The first value of a field of a URL-encoded form.
pub(super) fn value(body: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(body.as_bytes())
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_password_nor_a_token_is_kept_of_any_form() {
        let body = "username=a&password=s3cret&current=s3cret&new=s3cret&csrf_token=t0ken&\
                    text=hello&to=alice&amount=5&handle=others&remember=1&large_text=1&draft=d";
        for form in &FORMS {
            let kept = format!("{:?}", form.kept_of(body));
            assert!(
                !kept.contains("s3cret") && !kept.contains("t0ken"),
                "{kept}"
            );
            assert_eq!(form.kept_of(body).len(), form.kept.len(), "{}", form.action);
        }
        let board = PortalForm::sent_to("/board").unwrap();
        assert_eq!(
            board.kept_of("text=a%20b&text=c"),
            [("text", "a b".to_owned())]
        );
        assert_eq!(board.kept_of("text="), []);
        assert!(PortalForm::sent_to("/boards").is_none());
    }
}

//! Signing out. The cookie is always removed. Whether the record is removed is the defence
//! `sign-out`.

use rocket::http::{Header, Status};
use rocket::{FromForm, Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use crate::defences::policy::Name;
use crate::portal::body::{Checked, FormBody};
use crate::web::problem::{Problem, ProblemDetail};
use crate::web::with_cookies::{WithCookies, WithHeaders};

/// The page after it, with the removal of the cookies and the header of `clear-site-data`.
type LoggedOut = WithCookies<WithHeaders<Template>>;

#[derive(FromForm)]
struct LogoutForm {
    #[expect(dead_code, reason = "the form has no field")]
    csrf_token: Option<String>,
}

#[post("/logout", data = "<checked>")]
async fn log_out(
    visitor: Visitor<'_>,
    checked: Result<Checked<'_, FormBody<LogoutForm>>, ()>,
) -> Result<LoggedOut, Problem> {
    match checked {
        Ok(checked) => end(checked.visitor).await,
        // A visitor whose session is over already has nothing that a forged request could end.
        Err(()) if visitor.session.is_none() => {
            visitor.context.take_problem();
            end(visitor).await
        }
        Err(()) => Err(visitor
            .context
            .take_problem()
            .unwrap_or_else(Problem::not_found)),
    }
}

#[get("/logout")]
async fn log_out_by_get(visitor: Visitor<'_>) -> Result<LoggedOut, Problem> {
    if visitor.world.probe.safe_methods().allows_get() {
        return end(visitor).await;
    }
    Err(only_post(
        "Signing out changes something, so it takes POST.",
    ))
}

/// 405 for a change that was asked for by GET.
pub(super) fn only_post(because: &str) -> Problem {
    let next = "Use the form or the button on the page.";
    let mut problem = Problem::new(Status::MethodNotAllowed, "Wrong method", because, next);
    problem.defence = Some(Name::SafeMethods);
    problem.detail = Box::new(ProblemDetail::Allow("POST".into()));
    problem
}

async fn end(mut visitor: Visitor<'_>) -> Result<LoggedOut, Problem> {
    // The session goes on under its new id, and the browser must keep that to end it.
    if visitor.replaced {
        return Err(Problem::replaced());
    }
    #[derive(Serialize)]
    struct LoggedOutPage {
        what_happened: &'static str,
        /// Nothing where there was no session: then nothing is known of any record.
        record_removed: Option<bool>,
    }
    let record_removed = match visitor.session.take() {
        Some(session) => Some(visitor.world.sign_out(&session).await?),
        None => None,
    };
    let clear_site_data = visitor.world.probe.clear_site_data();
    let clear = clear_site_data.header(&visitor.context.host_name);
    let clear = clear.map(|value| Header::new("clear-site-data", value));
    let what_happened = match record_removed {
        Some(true) => {
            "The cookie was taken back and the session's record was removed from the server."
        }
        Some(false) => "The cookie was taken back. The session's record is still on the server.",
        None => {
            "No session came with this request, so nothing was removed from the server. Perhaps you \
             signed out in another tab."
        }
    };
    let page = LoggedOutPage {
        what_happened,
        record_removed,
    };
    let page = visitor.page("pages/portal/logged_out.html", "Signed out", None, page);
    let cookies = visitor.removed_cookies();
    Ok(WithCookies::new(WithHeaders::new(page, clear), cookies))
}

pub(super) fn routes() -> Vec<Route> {
    routes![log_out, log_out_by_get]
}

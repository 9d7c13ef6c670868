//! Signing out. The cookie always goes; whether the record goes is the defence `sign-out`.

use crate::web::template::Template;
use rocket::http::Status;
use rocket::{FromForm, Route, get, post, routes};
use serde::Serialize;

use super::Visitor;
use crate::portal::body::{Checked, FormBody};
use crate::web::problem::{More, Problem};
use crate::web::reply::Reply;

#[derive(FromForm)]
struct Nothing {
    #[expect(dead_code, reason = "the form has no field of its own")]
    csrf_token: Option<String>,
}

#[post("/logout", data = "<checked>")]
async fn log_out(
    visitor: Visitor<'_>,
    checked: Result<Checked<'_, FormBody<Nothing>>, ()>,
) -> Result<Template, Reply> {
    match checked {
        Ok(checked) => end(checked.visitor).await,
        // Somebody whose session is over already has nothing that a forged request could end.
        Err(()) if visitor.session.is_none() => {
            visitor.context.take_problem();
            end(visitor).await
        }
        Err(()) => Err(visitor
            .context
            .take_problem()
            .unwrap_or_else(Problem::not_found)
            .into()),
    }
}

#[get("/logout")]
async fn log_out_by_get(visitor: Visitor<'_>) -> Result<Template, Reply> {
    if visitor.world.probe.safe_methods().allows_get() {
        return end(visitor).await;
    }
    Err(only_post("Signing out changes something, so it takes POST.").into())
}

/// 405 for a change that was asked for by GET.
pub(super) fn only_post(because: &str) -> Problem {
    let next = "Use the form or the button on the page.";
    let mut problem = Problem::new(Status::MethodNotAllowed, "Wrong method", because, next);
    problem.defence = Some("safe-methods");
    problem.more = Box::new(More::Allow("POST".into()));
    problem
}

async fn end(mut visitor: Visitor<'_>) -> Result<Template, Reply> {
    #[derive(Serialize)]
    struct Page {
        what_happened: &'static str,
        record_removed: bool,
    }
    let record_removed = match visitor.session.take() {
        Some(session) => visitor.world.sign_out(&session).await?,
        None => true,
    };
    visitor.take_back_cookies();
    if let Some(value) = visitor
        .world
        .probe
        .clear_site_data()
        .header(&visitor.context.host_name)
    {
        visitor.context.set_header("clear-site-data", value);
    }
    let what_happened = if record_removed {
        "The cookie was taken back and the session's record was removed from the server."
    } else {
        "The cookie was taken back. The session's record is still on the server."
    };
    let page = Page {
        what_happened,
        record_removed,
    };
    Ok(visitor.page("pages/portal/logged_out.html", "Signed out", None, page))
}

pub(super) fn routes() -> Vec<Route> {
    routes![log_out, log_out_by_get]
}

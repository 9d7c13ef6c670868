//! The sign-in page. Its first visit opens an anonymous session, which is what fixation plants.

use crate::web::template::Template;
use rocket::http::Status;
use rocket::{FromForm, Route, get, post, routes};
use serde::Serialize;

use super::Visitor;
use super::sign_in::{self, Check};
use crate::portal::body::{Checked, FormBody};
use crate::web::reply::Reply;

#[derive(Serialize, Default)]
struct LoginPage<'p> {
    error: Option<&'p str>,
    username: &'p str,
    retry_after: Option<u64>,
    expired: bool,
}

#[get("/login?<expired>")]
async fn form(mut visitor: Visitor<'_>, expired: Option<&str>) -> Result<Template, Reply> {
    visitor.ensure_session().await?;
    let known = visitor
        .world
        .known_browser(visitor.browser_cookie())
        .await?;
    let username = known.as_ref().map_or("", |known| &known.browser.user);
    let page = LoginPage {
        username,
        expired: expired.is_some(),
        ..LoginPage::default()
    };
    Ok(visitor.page("pages/portal/login.html", "Sign in", None, page))
}

#[derive(FromForm)]
struct Credentials {
    username: String,
    password: String,
    /// A box that is ticked is there, whatever its value; one that is not is missing.
    remember: Option<String>,
}

#[post("/login", data = "<checked>")]
async fn log_in(
    checked: Checked<'_, FormBody<Credentials>>,
) -> Result<Reply, Result<(Status, Template), Reply>> {
    let Checked {
        mut visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let failed = |visitor: &Visitor<'_>, status, error, retry_after| {
        let page = LoginPage {
            error,
            username: &sent.username,
            retry_after,
            expired: false,
        };
        (
            status,
            visitor.page("pages/portal/login.html", "Sign in", None, page),
        )
    };
    let account = match sign_in::check(&visitor, &sent.username, &sent.password).await {
        Ok(Check::Right(account)) => account,
        Ok(Check::Wrong(message)) => {
            // The form is shown again, so it needs a session for its token.
            visitor
                .ensure_session()
                .await
                .map_err(|error| Err(error.into()))?;
            return Err(Ok(failed(
                &visitor,
                Status::Unauthorized,
                Some(message),
                None,
            )));
        }
        Ok(Check::Wait(wait)) => {
            visitor.context.note_refusal("throttle");
            let seconds = sign_in::seconds(wait);
            visitor
                .context
                .set_header("retry-after", seconds.to_string());
            let error = Some("Too many failed attempts for this account.");
            let page = failed(&visitor, Status::TooManyRequests, error, Some(seconds));
            return Err(Ok(page));
        }
        Err(error) => return Err(Err(error.into())),
    };
    let mut remembered = None;
    if sent.remember.is_some() {
        // Before the sign-in: where the store fails here, nobody has been signed in.
        let world = &visitor.world;
        let line = world.remember_browser(&account.user, &visitor.label).await;
        remembered = Some(line.map_err(|error| Err(error.into()))?);
    }
    sign_in::sign_in(&visitor, &account)
        .await
        .map_err(|problem| Err(problem.into()))?;
    if let Some(line) = remembered {
        visitor.context.set_cookie(line);
    }
    Ok(Reply::redirect(visitor.context, "/dashboard"))
}

pub(super) fn routes() -> Vec<Route> {
    routes![form, log_in]
}

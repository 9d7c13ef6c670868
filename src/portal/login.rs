//! The sign-in page. Its first visit opens an anonymous session, which is what fixation plants.

use rocket::http::{Header, Status};
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use super::sign_in::{self, PasswordCheck};
use crate::defences::policy::Name;
use crate::portal::body::{Checked, FormBody};
use crate::web::problem::Problem;
use crate::web::with_cookies::{WithCookies, WithHeaders};

#[derive(Serialize, Default)]
struct SignInPage<'p> {
    error: Option<&'p str>,
    username: &'p str,
    retry_after: Option<u64>,
    expired: bool,
}

#[get("/login?<expired>")]
async fn form(
    mut visitor: Visitor<'_>,
    expired: Option<&str>,
) -> Result<WithCookies<Template>, Problem> {
    let cookie = visitor.ensure_session().await?;
    let known = visitor
        .world
        .known_browser(visitor.browser_cookie())
        .await?;
    let username = known.as_ref().map_or("", |known| &known.browser.user);
    let page = SignInPage {
        username,
        expired: expired.is_some(),
        ..SignInPage::default()
    };
    Ok(WithCookies::new(show(&visitor, page), cookie))
}

fn show(visitor: &Visitor<'_>, page: SignInPage<'_>) -> Template {
    visitor.page("pages/portal/login.html", "Sign in", None, page)
}

#[derive(FromForm)]
struct LoginForm {
    username: String,
    password: String,
    /// A box that is ticked is there, whatever its value; one that is not is missing.
    remember: Option<String>,
}

/// How a sign-in is answered.
#[derive(Responder)]
enum LoginAnswer {
    /// The dashboard comes next, with the cookies of the new session.
    SignedIn(WithCookies<Redirect>),
    /// The form is shown again, with a session for its token.
    WrongPassword(WithCookies<(Status, Template)>),
    /// Nothing was checked. `Retry-After` says when the next attempt will be.
    Throttled(WithHeaders<(Status, Template)>),
}

#[post("/login", data = "<checked>")]
async fn log_in(checked: Checked<'_, FormBody<LoginForm>>) -> Result<LoginAnswer, Problem> {
    let Checked {
        mut visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let failed = |error, retry_after| SignInPage {
        error: Some(error),
        username: &sent.username,
        retry_after,
        expired: false,
    };
    let account = match sign_in::check(&visitor, &sent.username, &sent.password).await? {
        PasswordCheck::Right(account) => account,
        PasswordCheck::Wrong(message) => {
            let cookie = visitor.ensure_session().await?;
            let page = show(&visitor, failed(message, None));
            let page = (Status::Unauthorized, page);
            return Ok(LoginAnswer::WrongPassword(WithCookies::new(page, cookie)));
        }
        PasswordCheck::Wait(wait) => {
            visitor.context.note_refusal(Name::Throttle);
            let seconds = sign_in::seconds(wait);
            let error = "Too many failed attempts for this account.";
            let page = show(&visitor, failed(error, Some(seconds)));
            let page = (Status::TooManyRequests, page);
            let retry_after = Header::new("retry-after", seconds.to_string());
            return Ok(LoginAnswer::Throttled(WithHeaders::new(
                page,
                [retry_after],
            )));
        }
    };
    let mut remembered = None;
    if sent.remember.is_some() {
        // Before the sign-in: where the store fails here, nobody has been signed in.
        let world = &visitor.world;
        let cookie = world.remember_browser(&account.user, &visitor.label);
        remembered = Some(cookie.await?);
    }
    let cookies = sign_in::sign_in(&visitor, &account).await?;
    let cookies = cookies.into_iter().chain(remembered);
    let dashboard = visitor.context.redirect("/dashboard");
    Ok(LoginAnswer::SignedIn(WithCookies::new(dashboard, cookies)))
}

pub(super) fn routes() -> Vec<Route> {
    routes![form, log_in]
}

//! The sign-in page. Its first visit opens an anonymous session, which is what fixation plants.

use rocket::http::{Header, Status};
use rocket::response::Redirect;
use rocket::{Either, FromForm, Responder, Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use super::refill::Refill;
use super::sign_in::{self, PasswordCheck};
use crate::base::event::{EndReason, Fingerprint};
use crate::defences::policy::Name;
use crate::portal::body::{Checked, FormBody};
use crate::web::problem::Problem;
use crate::web::with_cookies::{WithCookies, WithHeaders};

#[derive(Serialize, Default)]
struct SignInPage {
    refill: Refill,
    retry_after: Option<u64>,
    /// Why the session ended that the visitor had.
    ended: Option<&'static str>,
    /// Whether a form came without the cookie of its session, of which no end is known.
    no_cookie: bool,
    /// Whether the visitor may choose to stay signed in.
    asks_permanent: bool,
}

/// `expired` says that a page was left because its session had ended, and `session` is the
/// fingerprint of that session. Where its cookie came along, that is the session. `draft` is what was
/// typed into a form that outlived its session, or, with `no_cookie`, that came without its cookie.
#[get("/login?<expired>&<no_cookie>&<session>&<draft>")]
async fn form(
    mut visitor: Visitor<'_>,
    expired: Option<&str>,
    no_cookie: Option<&str>,
    session: Option<&str>,
    draft: Option<&str>,
) -> Result<Either<Redirect, WithCookies<Template>>, Problem> {
    if let (Some(user), Some(_)) = (visitor.user(), visitor.draft(draft)) {
        // Signed in meanwhile, in another tab.
        let next = visitor.after_sign_in(user, draft);
        return Ok(Either::Left(visitor.context.redirect(&next)));
    }
    let mut ended = None;
    if expired.is_some() {
        let asked = session.and_then(Fingerprint::parse);
        let reason = match visitor.ended.clone().or(asked) {
            Some(session) => visitor.world.why_ended(&session).await?,
            None => None,
        };
        ended = Some(in_words(reason));
    }
    let cookie = visitor.ensure_session().await?;
    let known = visitor
        .world
        .known_browser(visitor.browser_cookie())
        .await?;
    let mut refill = visitor.refill_sign_in(draft);
    if let (None, Some(known)) = (refill.typed("username"), &known) {
        refill = refill.with("username", &known.browser.user);
    }
    let page = SignInPage {
        refill,
        ended,
        no_cookie: no_cookie.is_some(),
        ..SignInPage::default()
    };
    let page = WithCookies::new(show(&visitor, page), cookie);
    Ok(Either::Right(page))
}

/// Why a session ended, to its user.
const fn in_words(reason: Option<EndReason>) -> &'static str {
    match reason {
        Some(EndReason::SignOut) => "You signed out, perhaps in another tab of this browser.",
        Some(EndReason::EndedByUser) => "It was ended from another session of the same user.",
        Some(EndReason::PasswordChange) => "The password was changed in another session.",
        Some(EndReason::IdleTimeout) => "It was unused for too long.",
        Some(EndReason::AbsoluteTimeout) => "It reached its time limit, however much it was used.",
        Some(EndReason::FromTheFuture) => {
            "The lab's clock went back to before it was opened, so its times said nothing."
        }
        // Anonymous sessions give way to newer ones, and what is long ago is forgotten.
        Some(EndReason::Ceiling) | None => "The portal no longer knows why.",
    }
}

fn show(visitor: &Visitor<'_>, mut page: SignInPage) -> Template {
    page.asks_permanent = visitor.world.probe.persistence().asks();
    let title = page.refill.title("Sign in");
    visitor.page("pages/portal/login.html", &title, None, page)
}

/// What a browser that sends no cookie is told.
const NO_COOKIE: &str = "No cookie came back with this form, so you would not stay signed in. Allow \
                         cookies for this site. A Secure cookie comes back over https only.";

#[derive(FromForm)]
struct LoginForm {
    #[field(default = "")]
    username: String,
    #[field(default = "")]
    password: String,
    /// A box that is ticked is there, whatever its value; one that is not is missing.
    remember: Option<String>,
    permanent: Option<String>,
    /// The page's own form says that a cookie was set beside it. It is the same in every form.
    cookie_was_set: Option<String>,
    /// What waits for the sign-in.
    draft: Option<String>,
}

/// How a sign-in is answered.
#[derive(Responder)]
enum LoginAnswer {
    /// The dashboard comes next, or the form that waits, with the cookies of the new session.
    SignedIn(WithCookies<Redirect>),
    /// The browser keeps no cookie, so it would not stay signed in. Nothing was checked.
    WithoutCookie(WithCookies<(Status, Template)>),
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
    let draft = sent.draft.as_deref();
    let failed = |error, fields, retry_after| {
        let mut refill = Refill::failed(error, fields).with("username", &sent.username);
        for (box_of, ticked) in [("remember", &sent.remember), ("permanent", &sent.permanent)] {
            if let Some(ticked) = ticked {
                refill = refill.with(box_of, ticked);
            }
        }
        SignInPage {
            refill: refill.sent_with(draft),
            retry_after,
            ..SignInPage::default()
        }
    };
    if sent.cookie_was_set.is_some() && !visitor.id_came {
        // Signing in would lead to the dashboard, and from there to an empty form.
        let cookie = visitor.ensure_session().await?;
        let page = show(&visitor, failed(NO_COOKIE, &[], None));
        let page = (Status::BadRequest, page);
        return Ok(LoginAnswer::WithoutCookie(WithCookies::new(page, cookie)));
    }
    let account = match sign_in::check(&visitor, &sent.username, &sent.password).await? {
        PasswordCheck::Right(account) => account,
        PasswordCheck::Wrong(message) => {
            let cookie = visitor.ensure_session().await?;
            let page = show(&visitor, failed(message, &["username", "password"], None));
            let page = (Status::Unauthorized, page);
            return Ok(LoginAnswer::WrongPassword(WithCookies::new(page, cookie)));
        }
        PasswordCheck::Wait(wait) => {
            visitor.context.note_refusal(Name::Throttle);
            let seconds = sign_in::seconds(wait);
            let error = "Too many failed attempts for this account.";
            let page = show(&visitor, failed(error, &[], Some(seconds)));
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
        let cookie = world.remember_browser(&account.user, &visitor.source.label);
        remembered = Some(cookie.await?);
    }
    let probe = visitor.world.probe;
    visitor
        .source
        .keep_signed_in(sent.permanent.is_some(), probe);
    let cookies = sign_in::sign_in(&visitor, &account).await?;
    let cookies = cookies.into_iter().chain(remembered);
    let next = visitor.after_sign_in(&account.user, draft);
    let next = visitor.context.redirect(&next);
    Ok(LoginAnswer::SignedIn(WithCookies::new(next, cookies)))
}

pub(super) fn routes() -> Vec<Route> {
    routes![form, log_in]
}

//! Choosing a new password, and what happens to the sessions that the old one opened.

use std::borrow::Cow;

use rocket::http::Status;
use rocket::{FromForm, Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use super::password_text::{PASSWORD_LIMIT, normalized};
use super::refill::Refill;
use super::sign_in::{self, PasswordCheck};
use crate::defences::policy::Name;
use crate::portal::body::{Checked, FormBody};
use crate::web::interrupted::Interrupted;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithCookies;

/// The shortest new password, in characters (ASVS 6.2.1 asks for 8 at least).
const SHORTEST: usize = 8;

#[derive(Serialize, Default)]
struct PasswordPage {
    refill: Refill,
    done: bool,
    others_ended: Option<usize>,
}

fn show(visitor: &Visitor<'_>, page: PasswordPage) -> Template {
    let title = page.refill.title("Change your password");
    visitor.page("pages/portal/password.html", &title, None, page)
}

#[get("/password?<draft>")]
async fn form(visitor: Visitor<'_>, draft: Option<&str>) -> Result<Template, Interrupted> {
    visitor.account().await?;
    let page = PasswordPage {
        refill: visitor.refill("/password", draft),
        ..PasswordPage::default()
    };
    Ok(show(&visitor, page))
}

#[derive(FromForm)]
struct NewPassword {
    current: String,
    new: String,
}

#[post("/password", data = "<checked>")]
async fn change(
    checked: Checked<'_, FormBody<NewPassword>>,
) -> Result<WithCookies<(Status, Template)>, Interrupted> {
    let Checked {
        mut visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let user = visitor.account().await?.user;
    let again = |visitor: &Visitor<'_>, status, error: String, fields| {
        let page = PasswordPage {
            refill: Refill::failed(error, fields),
            ..PasswordPage::default()
        };
        WithCookies::new((status, show(visitor, page)), None)
    };
    let new = normalized(&sent.new).filter(|new| new.chars().count() >= SHORTEST);
    let Some(new) = new.map(Cow::into_owned) else {
        let error = format!(
            "A new password holds at least {SHORTEST} characters and at most {PASSWORD_LIMIT} bytes."
        );
        let status = Status::UnprocessableEntity;
        return Ok(again(&visitor, status, error, &["new"]));
    };
    let mut account = match sign_in::check(&visitor, &user, &sent.current).await? {
        PasswordCheck::Right(account) => account,
        PasswordCheck::Wrong(_) => {
            let error = "The current password is not right.".to_owned();
            return Ok(again(&visitor, Status::Forbidden, error, &["current"]));
        }
        PasswordCheck::Wait(wait) => return Err(too_many(wait).into()),
    };
    let storage = visitor.world.probe.password_storage();
    let bench = visitor.world.bench;
    let cost = bench.hash_cost();
    let hashed = bench.hash(move |memory| storage.store(&new, cost, memory));
    account.record.password = hashed.await.map_err(Problem::from)?.map_err(|error| {
        log::error!("a password could not be hashed: {error}");
        let because = "The password could not be hashed.";
        let next = "Try again in a moment. Your old password still holds.";
        Problem::new(Status::ServiceUnavailable, "Not changed", because, next)
    })?;
    let Some(session) = &visitor.session else {
        return Err(Problem::signed_out().into());
    };
    let Some(changed) = visitor.world.change_password(session, &account).await? else {
        return Err(Problem::conflict().into());
    };
    let mut cookie = None;
    if let Some(session) = changed.renewed {
        cookie = Some(visitor.session_cookie(&session));
        visitor.session = Some(session);
    }
    let page = PasswordPage {
        refill: Refill::default(),
        done: true,
        others_ended: Some(changed.ended),
    };
    let page = (Status::Ok, show(&visitor, page));
    Ok(WithCookies::new(page, cookie))
}

/// 429: the password was guessed too often.
pub(in crate::portal) fn too_many(wait: std::time::Duration) -> Problem {
    let seconds = sign_in::seconds(wait);
    let because = "Too many failed attempts for this account.";
    let next = format!("Wait {seconds} seconds, then try again.");
    let mut problem = Problem::new(Status::TooManyRequests, "Too many attempts", because, next);
    problem.retry_after = Some(seconds);
    problem.defence = Some(Name::Throttle);
    problem
}

pub(super) fn routes() -> Vec<Route> {
    routes![form, change]
}

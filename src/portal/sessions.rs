//! A user's own sessions and remembered browsers: to see them, and to end them with the password.

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, FromForm, Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use super::password::too_many;
use super::refill::Refill;
use super::sign_in::{self, PasswordCheck};
use crate::base::event::EndReason;
use crate::portal::body::{Checked, FormBody};
use crate::web::interrupted::Interrupted;
use crate::web::visible_time::date_and_time;

#[derive(Serialize)]
struct OwnSessionView {
    handle: String,
    label: String,
    created: String,
    seen: String,
    current: bool,
}

#[derive(Serialize)]
struct BrowserView {
    handle: String,
    label: String,
    remembered: String,
}

#[derive(Serialize)]
struct SessionsPage {
    sessions: Vec<OwnSessionView>,
    browsers: Vec<BrowserView>,
    refill: Refill,
}

async fn show(visitor: &Visitor<'_>, refill: Refill) -> Result<Template, Interrupted> {
    let world = &visitor.world;
    let user = visitor.account().await?.user;
    let current = visitor.session.as_ref().map(|session| &session.key);
    let sessions = world.sessions(Some(&user)).await?;
    let sessions = sessions
        .iter()
        .map(|listed| OwnSessionView {
            handle: listed.handle(world),
            label: listed.record.client.clone(),
            created: date_and_time(listed.record.created),
            seen: date_and_time(listed.last_used),
            current: current == Some(&listed.key),
        })
        .collect();
    let browsers = world.browsers_of(&user).await?;
    let browsers = browsers
        .into_iter()
        .map(|known| BrowserView {
            handle: world.fingerprint_of(&known.key).0,
            label: known.browser.label,
            remembered: date_and_time(known.browser.remembered),
        })
        .collect();
    let title = refill.title("Your sessions");
    let page = SessionsPage {
        sessions,
        browsers,
        refill,
    };
    Ok(visitor.page("pages/portal/sessions.html", &title, None, page))
}

#[get("/sessions?<draft>")]
async fn list(visitor: Visitor<'_>, draft: Option<&str>) -> Result<Template, Interrupted> {
    show(&visitor, visitor.refill("/sessions", draft)).await
}

#[derive(FromForm)]
struct SessionChoice {
    handle: String,
    password: String,
}

/// Ends one session, or all others and the user's tokens: `handle` is `others`.
#[post("/sessions", data = "<checked>")]
async fn end(
    checked: Checked<'_, FormBody<SessionChoice>>,
) -> Result<Either<Redirect, (Status, Template)>, Interrupted> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let user = visitor.account().await?.user;
    match sign_in::check(&visitor, &user, &sent.password).await? {
        PasswordCheck::Right(_) => {}
        PasswordCheck::Wrong(_) => {
            let error = "The password is not right. No session ended.";
            let refill = Refill::failed(error, &["password"]).with("handle", &sent.handle);
            let page = show(&visitor, refill).await?;
            return Ok(Either::Right((Status::Forbidden, page)));
        }
        PasswordCheck::Wait(wait) => return Err(too_many(wait).into()),
    }
    let world = &visitor.world;
    let current = visitor.session.as_ref().map(|session| session.key.clone());
    let others = sent.handle == "others";
    let mut chosen = world.sessions(Some(&user)).await?;
    if others {
        chosen.retain(|listed| Some(&listed.key) != current.as_ref());
    } else {
        chosen.retain(|listed| listed.handle(world) == sent.handle);
    }
    // A token is another way to be signed in, and no token says which browser has it.
    let tokens_ended = others && world.end_tokens_of(&user).await?;
    if chosen.is_empty() && !tokens_ended {
        let error = "There is no such session. It may be over.";
        let page = show(&visitor, Refill::failed(error, &["handle"])).await?;
        return Ok(Either::Right((Status::NotFound, page)));
    }
    let reason = EndReason::EndedByUser;
    if others {
        world.end_all(&user, current.as_ref(), reason).await?;
    } else {
        world.end(&chosen, reason).await?;
    }
    Ok(Either::Left(visitor.context.redirect("/sessions")))
}

#[derive(FromForm)]
struct BrowserChoice {
    handle: String,
}

#[post("/browsers/forget", data = "<checked>")]
async fn forget_browser(
    checked: Checked<'_, FormBody<BrowserChoice>>,
) -> Result<Redirect, Interrupted> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let user = visitor.account().await?.user;
    visitor.world.forget_browser(&user, &sent.handle).await?;
    Ok(visitor.context.redirect("/sessions"))
}

pub(super) fn routes() -> Vec<Route> {
    routes![list, end, forget_browser]
}

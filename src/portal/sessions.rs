//! A user's own sessions and remembered browsers: to see them, and to end them with the password.

use crate::web::template::Template;
use rocket::http::Status;
use rocket::{FromForm, Route, get, post, routes};
use serde::Serialize;

use super::Visitor;
use super::password::too_many;
use super::sign_in::{self, Check};
use crate::base::event::EndReason;
use crate::portal::body::{Checked, FormBody};
use crate::web::reply::Reply;
use crate::web::visible_time::date_and_time;

#[derive(Serialize)]
struct SessionView {
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
struct SessionsPage<'p> {
    sessions: Vec<SessionView>,
    browsers: Vec<BrowserView>,
    error: Option<&'p str>,
}

async fn show(visitor: &Visitor<'_>, error: Option<&str>) -> Result<Template, Reply> {
    let world = &visitor.world;
    let user = visitor.account().await?.user;
    let current = visitor.session.as_ref().map(|session| &session.key);
    let sessions = world.sessions(Some(&user)).await?;
    let sessions = sessions
        .iter()
        .map(|listed| SessionView {
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
    let page = SessionsPage {
        sessions,
        browsers,
        error,
    };
    Ok(visitor.page("pages/portal/sessions.html", "Your sessions", None, page))
}

#[get("/sessions")]
async fn list(visitor: Visitor<'_>) -> Result<Template, Reply> {
    show(&visitor, None).await
}

#[derive(FromForm)]
struct Ending {
    handle: String,
    password: String,
}

/// Ends one session, or all others: `handle` is `others`.
#[post("/sessions", data = "<checked>")]
async fn end(
    checked: Checked<'_, FormBody<Ending>>,
) -> Result<Result<Reply, (Status, Template)>, Reply> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let user = visitor.account().await?.user;
    match sign_in::check(&visitor, &user, &sent.password).await? {
        Check::Right(_) => {}
        Check::Wrong(_) => {
            let page = show(
                &visitor,
                Some("The password is not right. No session ended."),
            )
            .await?;
            return Ok(Err((Status::Forbidden, page)));
        }
        Check::Wait(wait) => return Err(too_many(&visitor, wait).into()),
    }
    let world = &visitor.world;
    let current = visitor.session.as_ref().map(|session| session.key.clone());
    let mut chosen = world.sessions(Some(&user)).await?;
    if sent.handle == "others" {
        chosen.retain(|listed| Some(&listed.key) != current.as_ref());
    } else {
        chosen.retain(|listed| listed.handle(world) == sent.handle);
    }
    if chosen.is_empty() {
        let page = show(&visitor, Some("There is no such session. It may be over.")).await?;
        return Ok(Err((Status::NotFound, page)));
    }
    let reason = EndReason::EndedByUser;
    if sent.handle == "others" {
        world.end_all(&user, current.as_ref(), reason).await?;
    } else {
        world.end(&chosen, reason).await?;
    }
    Ok(Ok(Reply::redirect(visitor.context, "/sessions")))
}

#[derive(FromForm)]
struct Forgetting {
    handle: String,
}

#[post("/browsers/forget", data = "<checked>")]
async fn forget_browser(checked: Checked<'_, FormBody<Forgetting>>) -> Result<Reply, Reply> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let user = visitor.account().await?.user;
    visitor.world.forget_browser(&user, &sent.handle).await?;
    Ok(Reply::redirect(visitor.context, "/sessions"))
}

pub(super) fn routes() -> Vec<Route> {
    routes![list, end, forget_browser]
}

//! The notice board: where stored scripting happens, or not.

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{FromForm, Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use crate::defences::{Defence, Output};
use crate::portal::body::{Checked, FormBody};
use crate::session::notices::TEXT_LIMIT;
use crate::web::interrupted::Interrupted;
use crate::web::problem::Problem;
use crate::web::visible_time::time_of_day;

#[derive(Serialize)]
struct NoticeView {
    author: String,
    when: String,
    html: String,
}

#[derive(Serialize)]
struct BoardPage {
    notices: Vec<NoticeView>,
    raw: bool,
}

#[get("/board")]
async fn board(visitor: Visitor<'_>) -> Result<Template, Interrupted> {
    visitor.account().await?;
    let output = visitor.world.probe.output();
    let notices = visitor.world.notices().await?;
    let notices = notices
        .into_iter()
        .map(|notice| NoticeView {
            author: notice.author,
            when: time_of_day(notice.at),
            html: output.html(&notice.text).into_owned(),
        })
        .collect();
    let page = BoardPage {
        notices,
        raw: output == Output::WEAK,
    };
    Ok(visitor.page("pages/portal/board.html", "Notice board", None, page))
}

#[derive(FromForm)]
struct Posting {
    text: String,
}

#[post("/board", data = "<checked>")]
async fn post_notice(checked: Checked<'_, FormBody<Posting>>) -> Result<Redirect, Interrupted> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let account = visitor.account().await?;
    let length = sent.text.chars().count();
    if length == 0 || length > TEXT_LIMIT {
        let because = format!("A notice holds 1 to {TEXT_LIMIT} characters, yours {length}.");
        let next = "Go back and change the text.";
        let status = Status::UnprocessableEntity;
        return Err(Problem::new(status, "The notice was not posted", because, next).into());
    }
    visitor.world.post_notice(&account.user, &sent.text).await?;
    Ok(visitor.context.redirect("/board"))
}

pub(super) fn routes() -> Vec<Route> {
    routes![board, post_notice]
}

//! The notice board: where stored scripting happens, or not.

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, FromForm, Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use super::refill::Refill;
use crate::defences::{Defence, Output};
use crate::portal::body::{Checked, FormBody};
use crate::session::notices::TEXT_LIMIT;
use crate::web::interrupted::Interrupted;
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
    refill: Refill,
}

#[get("/board?<draft>")]
async fn board(visitor: Visitor<'_>, draft: Option<&str>) -> Result<Template, Interrupted> {
    visitor.account().await?;
    show(&visitor, visitor.refill("/board", draft)).await
}

async fn show(visitor: &Visitor<'_>, refill: Refill) -> Result<Template, Interrupted> {
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
    let title = refill.title("Notice board");
    let page = BoardPage {
        notices,
        raw: output == Output::WEAK,
        refill,
    };
    Ok(visitor.page("pages/portal/board.html", &title, None, page))
}

#[derive(FromForm)]
struct Posting {
    text: String,
}

#[post("/board", data = "<checked>")]
async fn post_notice(
    checked: Checked<'_, FormBody<Posting>>,
) -> Result<Either<Redirect, (Status, Template)>, Interrupted> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let account = visitor.account().await?;
    // A browser sends each end of a line as two characters, and counts it as one.
    let length = sent.text.replace("\r\n", "\n").chars().count();
    if length == 0 || length > TEXT_LIMIT {
        let error = format!(
            "The notice was not posted. It must have 1 to {TEXT_LIMIT} characters, and has {length}."
        );
        let refill = Refill::failed(error, &["text"]).with("text", &sent.text);
        let page = show(&visitor, refill).await?;
        return Ok(Either::Right((Status::UnprocessableEntity, page)));
    }
    visitor.world.post_notice(&account.user, &sent.text).await?;
    Ok(Either::Left(visitor.context.redirect("/board")))
}

pub(super) fn routes() -> Vec<Route> {
    routes![board, post_notice]
}

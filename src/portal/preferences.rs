//! A preference that has to be kept somewhere: in the record, or in a signed cookie.

use rocket::{FromForm, Route, post, routes};

use crate::portal::body::{Checked, FormBody};
use crate::session::record::SessionRecord;
use crate::web::reply::Reply;

#[derive(FromForm)]
struct Preferences {
    /// A box that is ticked is there, whatever its value; one that is not is missing.
    large_text: Option<String>,
}

#[post("/preferences", data = "<checked>")]
async fn save(checked: Checked<'_, FormBody<Preferences>>) -> Result<Reply, Reply> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    let account = visitor.account().await?;
    let large_text = sent.large_text.is_some();
    if let Some(session) = &visitor.session {
        let change = |record: &mut SessionRecord| record.large_text = large_text;
        visitor.world.change_record(session, change).await?;
    }
    visitor.hand_out_claims(&account, large_text);
    Ok(Reply::redirect(visitor.context, "/dashboard"))
}

pub(super) fn routes() -> Vec<Route> {
    routes![save]
}

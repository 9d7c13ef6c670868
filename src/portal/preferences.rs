//! A preference that has to be kept somewhere: in the record, or in a signed cookie.

use rocket::response::Redirect;
use rocket::{FromForm, Route, post, routes};

use crate::portal::body::{Checked, FormBody};
use crate::session::record::SessionRecord;
use crate::web::interrupted::Interrupted;
use crate::web::with_cookies::WithCookies;

#[derive(FromForm)]
struct Preferences {
    /// A box that is ticked is there, whatever its value; one that is not is missing.
    large_text: Option<String>,
}

#[post("/preferences", data = "<checked>")]
async fn save(
    checked: Checked<'_, FormBody<Preferences>>,
) -> Result<WithCookies<Redirect>, Interrupted> {
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
    let cookies = visitor.claim_cookies(&account, large_text);
    let redirect = visitor.context.redirect("/dashboard");
    Ok(WithCookies::new(redirect, cookies))
}

pub(super) fn routes() -> Vec<Route> {
    routes![save]
}

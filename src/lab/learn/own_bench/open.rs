//! `/open`: where a link leads that works once. One button exchanges it for a key of the bench.

use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::InClass;
use crate::lab::page::fields;
use crate::session::bench::Benches;
use crate::session::bench::owners::Judged;
use crate::web::bench_control::{control_cookie, too_many_wrong};
use crate::web::context::RequestContext;
use crate::web::page::Frame;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithCookies;

/// Asks, and changes nothing.
#[get("/open?<key>")]
fn ask(_class: InClass, context: &RequestContext, key: Option<&str>) -> Template {
    #[derive(Serialize)]
    struct OpenBenchPage<'p> {
        frame: Frame,
        key: &'p str,
    }
    let page = OpenBenchPage {
        frame: Frame::at(context, "Open your bench").without_menu(),
        key: key.unwrap_or_default(),
    };
    Template::render("pages/lab/open_bench.html", page)
}

/// Exchanges the key of the link for the cookie.
#[post("/open", data = "<form>")]
async fn exchange(
    _class: InClass,
    context: &RequestContext,
    benches: &State<Arc<Benches>>,
    form: Capped<String>,
) -> Result<WithCookies<Redirect>, Problem> {
    let form = fields(&form);
    let key = form.get("key").map(String::as_str).unwrap_or_default();
    let stays = form.get("stays").is_some_and(|stays| stays == "1");
    let bench = context.bench.name();
    let secret = match benches.owners().exchange(bench, key).await? {
        Judged::Right(secret) => secret,
        Judged::Wrong => return Err(used()),
        Judged::OneOfManyWrong => return Err(too_many_wrong()),
    };
    let cookie = control_cookie(bench, &secret, stays);
    let to = Redirect::to(format!("{}/bench", context.base()));
    Ok(WithCookies::new(to, [cookie]))
}

fn used() -> Problem {
    Problem::new(
        Status::Forbidden,
        "This link does not work",
        "A link works once, and a newer link to the same bench ends it.",
        "If you have not opened it yourself, somebody else has: make a new link on the page Your bench, \
         with the choice that ends all keys, or ask the teacher for one.",
    )
}

pub(super) fn routes() -> Vec<Route> {
    routes![ask, exchange]
}

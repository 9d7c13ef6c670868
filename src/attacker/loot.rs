//! `/loot`: what the catcher received, newest first. Everything in it came from strangers, so it is
//! shown as text and never as markup.

use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page;
use crate::base::addresses::Listener;
use crate::base::event::ClientKind;
use crate::session::bench::loot::{Caught, KEPT, LARGEST};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::visible_time::time_of_day;

/// The headers in which a browser says where a request comes from.
const TELLING: [(&str, &str); 7] = [
    ("origin", "Origin"),
    ("referer", "Referer"),
    ("sec-fetch-site", "Sec-Fetch-Site"),
    ("sec-fetch-mode", "Sec-Fetch-Mode"),
    ("sec-fetch-dest", "Sec-Fetch-Dest"),
    ("sec-fetch-user", "Sec-Fetch-User"),
    ("cookie", "Cookie"),
];

#[derive(Serialize)]
struct NameAndValue {
    name: String,
    value: Option<String>,
}

#[derive(Serialize)]
struct CaughtView {
    id: u64,
    time: String,
    client: &'static str,
    method: String,
    target: String,
    /// The pairs of the query, decoded: a stolen cookie can be read here.
    query: Vec<NameAndValue>,
    telling: Vec<NameAndValue>,
    others: Vec<NameAndValue>,
    body: String,
    cut: bool,
}

impl CaughtView {
    fn new(caught: &Caught) -> Self {
        let client = match caught.client {
            ClientKind::Browser => "a browser",
            ClientKind::Curl => "curl",
            ClientKind::PowerShell => "PowerShell",
            ClientKind::Lab => "the lab itself",
            ClientKind::Other => "another program",
        };
        let telling = TELLING.map(|(key, name)| NameAndValue {
            name: name.to_owned(),
            value: value_of(caught, key),
        });
        let is_telling = |name: &str| TELLING.iter().any(|(key, _)| *key == name);
        let others = caught.headers.iter().filter(|(name, _)| !is_telling(name));
        let (_, query) = caught.target.split_once('?').unwrap_or_default();
        Self {
            id: caught.id,
            time: time_of_day(caught.at),
            client,
            method: caught.method.clone(),
            target: caught.target.clone(),
            query: url::form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| field(&name, &value))
                .collect(),
            telling: telling.into(),
            others: others.map(|(name, value)| field(name, value)).collect(),
            body: caught.body.clone(),
            cut: caught.cut,
        }
    }
}

fn field(name: &str, value: &str) -> NameAndValue {
    NameAndValue {
        name: name.to_owned(),
        value: Some(value.to_owned()),
    }
}

/// Every value of a header, one after the other.
fn value_of(caught: &Caught, key: &str) -> Option<String> {
    let mut values = caught.headers.iter().filter(|(name, _)| name == key);
    let first = values.next()?.1.clone();
    Some(values.fold(first, |all, (_, value)| format!("{all}, {value}")))
}

#[derive(Serialize)]
struct LootPage {
    caught: Vec<CaughtView>,
    count: u64,
    kept: usize,
    largest: usize,
    catcher: String,
}

#[get("/loot")]
async fn show(context: &RequestContext) -> Result<Template, Problem> {
    let loot = context.bench.loot();
    let origin = context.addresses.origin(Listener::Attacker);
    let page = LootPage {
        count: loot.count().await?,
        caught: loot.caught().await?.iter().map(CaughtView::new).collect(),
        kept: KEPT,
        largest: LARGEST,
        catcher: format!("{origin}{}/collect", context.base()),
    };
    Ok(page::plain(
        context,
        "pages/attacker/loot.html",
        "Loot",
        page,
    ))
}

#[derive(Serialize)]
struct LootCount {
    count: u64,
}

/// How many requests came so far: the page loads itself again when there are more.
#[get("/loot/count")]
async fn count(context: &RequestContext) -> Result<Json<LootCount>, Problem> {
    let count = context.bench.loot().count().await?;
    Ok(Json(LootCount { count }))
}

/// One request for a program to read.
#[derive(Serialize)]
struct LootEntry {
    target: String,
    referer: Option<String>,
    body: String,
}

/// Everything that is kept, as JSON for the attacker's own programs.
#[get("/loot/list")]
async fn list(context: &RequestContext) -> Result<Json<Vec<LootEntry>>, Problem> {
    let caught = context.bench.loot().caught().await?.into_iter();
    let entry = |caught: Caught| LootEntry {
        referer: value_of(&caught, "referer"),
        target: caught.target,
        body: caught.body,
    };
    Ok(Json(caught.map(entry).collect()))
}

/// The router lets only requests of this site's own pages in.
#[post("/loot/clear")]
async fn clear(context: &RequestContext) -> Result<Redirect, Problem> {
    context.bench.loot().clear().await?;
    Ok(Redirect::to(format!("{}/loot", context.base())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, count, list, clear]
}

//! `/loot`: what the catcher received, newest first, and what a thief does with it. Everything in it
//! came from strangers, so it is shown as text and never as markup.
//!
//! [`super::stolen`] finds the ids and tokens in it, [`super::thief`] uses them.

use std::collections::HashMap;
use std::sync::Arc;

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page;
use super::stolen::{Carrier, StolenSecret, secrets};
use super::thief::{self, ThiefsAnswer};
use crate::base::addresses::Listener;
use crate::base::event::ClientKind;
use crate::client::LabClient;
use crate::defences::policy::Variant;
use crate::session::bench::PerBench;
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

/// What the thief of each bench did last.
#[derive(Debug, Default)]
pub struct LastThefts(PerBench<Arc<Theft>>);

/// What a thief did with a caught request.
#[derive(Debug)]
struct Theft {
    caught: u64,
    variant: Variant,
    answer: ThiefsAnswer,
}

/// The same for the page.
#[derive(Serialize)]
struct TheftView {
    caught: u64,
    variant: String,
    is_in: bool,
    says: String,
    sent: String,
    received: String,
}

/// A stolen id or token, as the page shows it.
#[derive(Serialize)]
struct StolenView {
    /// Its place among those of its request.
    at: usize,
    what: &'static str,
    value: String,
    /// What the thief opens with it.
    opens: &'static str,
    /// The variants that may accept it, the likeliest first.
    variants: Vec<String>,
    curl: String,
}

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
    stolen: Vec<StolenView>,
    /// The pairs of the query, decoded: a stolen cookie can be read here.
    query: Vec<NameAndValue>,
    telling: Vec<NameAndValue>,
    others: Vec<NameAndValue>,
    body: String,
    cut: bool,
}

impl CaughtView {
    fn new(context: &RequestContext, caught: &Caught) -> Self {
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
            stolen: stolen(context, caught),
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

fn stolen(context: &RequestContext, caught: &Caught) -> Vec<StolenView> {
    let found = secrets(caught, context.bench.name()).into_iter();
    let view = |(at, secret): (usize, StolenSecret)| {
        let likeliest = secret
            .variants
            .first()
            .copied()
            .unwrap_or(Variant::Insecure);
        let (what, opens) = match &secret.carrier {
            Carrier::Cookie(_) | Carrier::Address => ("Session id", "the dashboard"),
            Carrier::Bearer => ("Token", "the profile"),
        };
        StolenView {
            at,
            what,
            opens,
            curl: thief::as_curl(context, &secret, likeliest),
            variants: secret.variants.iter().map(Variant::to_string).collect(),
            value: secret.value,
        }
    };
    found.enumerate().map(view).collect()
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
    theft: Option<TheftView>,
    caught: Vec<CaughtView>,
    count: u64,
    kept: usize,
    largest: usize,
    catcher: String,
}

#[get("/loot?<opened>")]
async fn show(
    context: &RequestContext,
    thefts: &State<LastThefts>,
    opened: Option<u64>,
) -> Result<Template, Problem> {
    let loot = context.bench.loot();
    let origin = context.addresses.origin(Listener::Attacker);
    let theft = thefts.0.read(context.bench.name());
    let theft = theft.filter(|theft| Some(theft.caught) == opened);
    let caught = loot.caught().await?;
    let page = LootPage {
        theft: theft.map(|theft| TheftView {
            caught: theft.caught,
            variant: theft.variant.to_string(),
            is_in: theft.answer.is_in,
            says: theft.answer.says.clone(),
            sent: theft.answer.sent.clone(),
            received: theft.answer.received.clone(),
        }),
        count: loot.count().await?,
        caught: caught
            .iter()
            .map(|one| CaughtView::new(context, one))
            .collect(),
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

/// The thief uses a stolen id or token. The router lets only requests of this site's own pages in, and
/// what is sent goes to the portal of this lab only.
#[post("/loot/open", data = "<form>")]
async fn open(
    context: &RequestContext,
    thefts: &State<LastThefts>,
    client: &State<LabClient>,
    form: &str,
) -> Result<Redirect, Problem> {
    let fields: HashMap<String, String> = url::form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect();
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<u64>().ok());
    let gone = || {
        let because = "The request with this id is no longer among the loot.";
        let next = "Go back to the loot, which shows what is there.";
        Problem::new(Status::NotFound, "Nothing to open", because, next)
    };
    let caught = context.bench.loot().caught().await?;
    let id = number("caught").ok_or_else(gone)?;
    let caught = caught.iter().find(|one| one.id == id).ok_or_else(gone)?;
    let at = number("at").and_then(|at| usize::try_from(at).ok());
    let mut found = secrets(caught, context.bench.name()).into_iter();
    let secret = at.and_then(|at| found.nth(at)).ok_or_else(gone)?;
    let variant = match fields.get("variant") {
        Some(name) => name.parse().map_err(|_| Problem::unknown_variant(name))?,
        None => secret.variants.first().copied().ok_or_else(gone)?,
    };
    let answer = thief::open(context, client, &secret, variant).await;
    let answer = answer.map_err(|error| {
        log::error!("the thief's request failed: {error}");
        let next = "Look whether another program has taken one of the lab's ports.";
        let because = "The lab could not reach its own portal.";
        Problem::new(Status::BadGateway, "No answer", because, next)
    })?;
    let theft = Theft {
        caught: id,
        variant,
        answer,
    };
    thefts.0.insert(context.bench.name(), Arc::new(theft));
    Ok(Redirect::to(format!("{}/loot?opened={id}", context.base())))
}

/// The router lets only requests of this site's own pages in.
#[post("/loot/clear")]
async fn clear(context: &RequestContext, thefts: &State<LastThefts>) -> Result<Redirect, Problem> {
    context.bench.loot().clear().await?;
    thefts.0.remove(context.bench.name());
    Ok(Redirect::to(format!("{}/loot", context.base())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, count, list, open, clear]
}

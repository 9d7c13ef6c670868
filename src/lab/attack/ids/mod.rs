//! `/ids`: what two hundred session ids from the weak and from the strong source look like.
//!
//! The ids are collected over real connections, from the sign-in pages of two benches that are
//! deleted afterwards: `insecure`, and `only-id-source`, which differs from it in nothing but the source.

mod analysis;

use std::sync::{Arc, OnceLock};

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Either, Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::{Deserialize, Serialize};

use crate::attacks::matrix::throw_away_name;
use crate::client::caller::{Caller, Portal};
use crate::client::{ClientError, LabClient};
use crate::defences::facts::Scheme;
use crate::defences::policy::{Name, Variant};
use crate::lab::page;
use crate::session::bench::{Benches, PerBench};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::visible_time::date_and_time;
use analysis::IdsPicture;

/// How many ids are collected from each source.
const COLLECTED: usize = 200;

/// The last ids of all benches.
#[derive(Debug, Default)]
pub struct LastIds(PerBench<Arc<CollectedIds>>);

/// The ids of both sources.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct CollectedIds {
    /// The day on which they were recorded; none for those that the student had collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded_on: Option<String>,
    weak: SourceIds,
    strong: SourceIds,
}

/// The ids of one source, and the one that came after them.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SourceIds {
    ids: Vec<String>,
    next: String,
}

impl CollectedIds {
    /// The ids that came with this program, for those who have not collected any yet. All of them
    /// have expired. `GET /ids?format=json` is how they were written.
    fn recorded() -> Option<&'static Self> {
        static RECORDED: OnceLock<Option<CollectedIds>> = OnceLock::new();
        let read = || serde_json::from_str(include_str!("recorded.json")).ok();
        RECORDED.get_or_init(read).as_ref()
    }

    fn pictures(&self) -> Vec<IdsPicture> {
        let picture = |kind, of: &SourceIds| analysis::picture(kind, &of.ids, &of.next);
        vec![picture("weak", &self.weak), picture("strong", &self.strong)]
    }
}

/// The ids of `COLLECTED` sign-in pages, and the one that came next.
async fn collect(
    door: &LabClient,
    portal: &Portal,
    benches: &Benches,
    variant: Variant,
) -> Result<SourceIds, ClientError> {
    let bench = throw_away_name();
    let mut ids = Vec::with_capacity(COLLECTED + 1);
    let mut result = Ok(());
    while ids.len() <= COLLECTED {
        let mut visitor = Caller::new(door.clone(), portal.clone(), Scheme::Http, &bench, variant);
        if let Err(error) = visitor.get("/login").await {
            result = Err(error);
            break;
        }
        ids.push(
            visitor
                .session_cookie()
                .map(|(_, id)| id)
                .unwrap_or_default(),
        );
    }
    benches.discard(&bench).await;
    result?;
    let next = ids.pop().unwrap_or_default();
    Ok(SourceIds { ids, next })
}

#[derive(Serialize)]
struct IdsPage {
    collected: usize,
    pictures: Vec<IdsPicture>,
    /// The day, where they are the recorded ones.
    recorded_on: Option<String>,
}

#[get("/ids?<format>")]
fn show(
    context: &RequestContext,
    last: &State<LastIds>,
    format: Option<&str>,
) -> Either<Template, Json<CollectedIds>> {
    let own = last.0.read(context.bench.name());
    let ids = own.as_deref().or(CollectedIds::recorded());
    if format == Some("json")
        && let Some(ids) = ids
    {
        let mut ids = ids.clone();
        let now = date_and_time(context.now);
        let today = now.split(' ').next().map(str::to_owned);
        ids.recorded_on = ids.recorded_on.or(today);
        return Either::Right(Json(ids));
    }
    let page = IdsPage {
        collected: COLLECTED,
        pictures: ids.map(CollectedIds::pictures).unwrap_or_default(),
        recorded_on: ids.and_then(|ids| ids.recorded_on.clone()),
    };
    Either::Left(page::render(
        context,
        "pages/lab/ids.html",
        "Session ids",
        page,
    ))
}

#[post("/ids")]
async fn run(
    context: &RequestContext,
    last: &State<LastIds>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
) -> Result<Redirect, Problem> {
    let portal = Portal::of(&context.addresses);
    let failed = |error: ClientError| {
        log::error!("the ids could not be collected: {error}");
        let next = "Look whether another program has taken one of the lab's ports.";
        let because = "The lab could not reach its own portal.";
        Problem::new(Status::BadGateway, "No answer", because, next)
    };
    let weak = collect(lab_client, &portal, benches, Variant::Insecure).await;
    let strong = Variant::Only(Name::IdSource);
    let strong = collect(lab_client, &portal, benches, strong).await;
    let ids = CollectedIds {
        recorded_on: None,
        weak: weak.map_err(failed)?,
        strong: strong.map_err(failed)?,
    };
    last.0.insert(context.bench.name(), Arc::new(ids));
    Ok(Redirect::to(format!("{}/ids", context.base())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, run]
}

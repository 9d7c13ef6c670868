//! `/ids`: what two hundred session ids from the weak and from the strong source look like.
//!
//! The ids are collected over real connections, from the sign-in pages of two benches that are
//! deleted afterwards: `insecure`, and `only-id-source`, which differs from it in nothing but the source.

mod analysis;

use std::sync::Arc;

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::attacks::matrix::throw_away_name;
use crate::client::caller::{Caller, Portal};
use crate::client::{ClientError, LabClient};
use crate::defences::facts::Scheme;
use crate::defences::policy::{Name, Variant};
use crate::lab::page;
use crate::session::bench::{Benches, PerBench};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use analysis::IdsPicture;

/// How many ids are collected from each source.
const COLLECTED: usize = 200;

/// The pictures of all benches.
#[derive(Debug, Default)]
pub struct LastIdsPictures(PerBench<Arc<[IdsPicture; 2]>>);

/// The ids of `COLLECTED` sign-in pages, and the one that came next.
async fn collect(
    door: &LabClient,
    portal: &Portal,
    benches: &Benches,
    variant: Variant,
) -> Result<(Vec<String>, String), ClientError> {
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
    Ok((ids, next))
}

#[derive(Serialize)]
struct IdsPage {
    collected: usize,
    pictures: Vec<IdsPicture>,
}

#[get("/ids")]
fn show(context: &RequestContext, pictures: &State<LastIdsPictures>) -> Template {
    let both = pictures.0.read(context.bench.name());
    let pictures = both.map(|both| both.to_vec()).unwrap_or_default();
    let page = IdsPage {
        collected: COLLECTED,
        pictures,
    };
    page::render(context, "pages/lab/ids.html", "Session ids", page)
}

#[post("/ids")]
async fn run(
    context: &RequestContext,
    pictures: &State<LastIdsPictures>,
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
    let sources = [
        ("weak", Variant::Insecure),
        ("strong", Variant::Only(Name::IdSource)),
    ];
    let mut found = Vec::new();
    for (kind, variant) in sources {
        let (ids, next) = collect(lab_client, &portal, benches, variant)
            .await
            .map_err(failed)?;
        found.push(analysis::picture(kind, &ids, &next));
    }
    if let Ok(both) = <[IdsPicture; 2]>::try_from(found) {
        pictures.0.insert(context.bench.name(), Arc::new(both));
    }
    Ok(Redirect::to(format!("{}/ids", context.base())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, run]
}

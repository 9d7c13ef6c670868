//! `/compare`: the insecure and the hardened portal next to each other.
//!
//! One click performs an action on both sides. The server acts as a client of its own portal, by the
//! front door, with a cookie jar for each side, and shows the bytes that went over the sockets. What
//! the student's own browser and curl did stands below.

mod act;
mod side;
mod view;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use crate::web::template::Template;
use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use tokio::sync::Mutex;

use crate::base::bench_name::BenchName;
use crate::client::LabClient;
use crate::client::caller::Portal;
use crate::lab::Store;
use crate::lab::page;
use crate::lab::page::fields;
use crate::session::bench::BENCH_LIMIT;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use act::Action;
use side::Sides;

/// The two sides of every bench that compared something.
#[derive(Debug, Default)]
pub struct Comparisons(std::sync::Mutex<HashMap<BenchName, Arc<Mutex<Sides>>>>);

impl Comparisons {
    fn of(&self, context: &RequestContext, lab_client: &LabClient) -> Arc<Mutex<Sides>> {
        let bench = context.bench.name();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= BENCH_LIMIT && !all.contains_key(bench) {
            // As many as there are benches: all start anew.
            all.clear();
        }
        let new = || Sides::new(lab_client, &Portal::of(&context.addresses), bench);
        all.entry(bench.clone())
            .or_insert_with(|| Arc::new(Mutex::new(new())))
            .clone()
    }
}

#[get("/compare")]
async fn compare(
    context: &RequestContext,
    comparisons: &State<Comparisons>,
    lab_client: &State<LabClient>,
    store: &State<Store>,
) -> Result<Template, Problem> {
    let sides = comparisons.of(context, lab_client);
    let sides = sides.lock().await;
    let page = view::page(context, &sides, store).await?;
    Ok(page::render(
        context,
        "pages/lab/compare.html",
        "Compare",
        page,
    ))
}

#[post("/compare", data = "<form>")]
async fn perform(
    context: &RequestContext,
    form: Capped<String>,
    comparisons: &State<Comparisons>,
    lab_client: &State<LabClient>,
) -> Result<Redirect, Problem> {
    let form = fields(&form);
    let name = form.get("action").map(String::as_str).unwrap_or_default();
    let Some(action) = Action::parse(name) else {
        let next = format!("Send one of: {}.", Action::NAMES.join(", "));
        let status = Status::UnprocessableEntity;
        return Err(Problem::new(
            status,
            "Unknown action",
            "No action has that name.",
            next,
        ));
    };
    let sides = comparisons.of(context, lab_client);
    let mut sides = sides.lock().await;
    act::perform(action, context, &mut sides, lab_client).await?;
    Ok(Redirect::to(format!("{}/compare", context.base())))
}

#[get("/compare/live")]
async fn live(context: &RequestContext) -> Result<Json<HashMap<String, view::Own>>, Problem> {
    let mut both = HashMap::new();
    for (variant, _) in side::VARIANTS {
        both.insert(
            variant.to_string(),
            view::own(&context.bench, variant).await?,
        );
    }
    Ok(Json(both))
}

pub(super) fn routes() -> Vec<Route> {
    routes![compare, perform, live]
}

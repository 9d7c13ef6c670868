//! `/compare`: the insecure and the hardened portal next to each other.
//!
//! One click performs an action on both sides. The server acts as a client of the portal over
//! real sockets, with a cookie jar for each side, and shows the bytes. Below them the page shows what
//! the student's own browser and curl did.

mod act;
mod side;
mod verdict;
mod view;

use std::collections::HashMap;
use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use tokio::sync::Mutex;

use crate::base::bench_name::BenchName;
use crate::client::LabClient;
use crate::client::caller::Portal;
use crate::lab::Store;
use crate::lab::page;
use crate::lab::page::fields;
use crate::session::bench::PerBench;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use act::Action;
use side::Sides;

/// The two sides of every bench that compared something.
#[derive(Debug, Default)]
pub struct ComparedSides(PerBench<Arc<Mutex<Sides>>>);

impl ComparedSides {
    fn of(&self, context: &RequestContext, lab_client: &LabClient) -> Arc<Mutex<Sides>> {
        let bench = context.bench.name();
        let new = || Sides::new(lab_client, &Portal::of(&context.addresses), bench);
        self.0
            .read_or_insert_with(bench, || Arc::new(Mutex::new(new())))
    }

    /// Empties both cookie jars of a bench, and forgets what was done with them.
    pub fn forget(&self, bench: &BenchName) {
        self.0.remove(bench);
    }
}

#[get("/compare")]
async fn compare(
    context: &RequestContext,
    compared: &State<ComparedSides>,
    lab_client: &State<LabClient>,
    store: &State<Store>,
) -> Result<Template, Problem> {
    let sides = compared.of(context, lab_client);
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
    compared: &State<ComparedSides>,
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
    let sides = compared.of(context, lab_client);
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

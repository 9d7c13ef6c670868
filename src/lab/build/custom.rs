//! The student's own mix of defences. What was chosen comes back whatever happened, so that nothing
//! is chosen twice.

use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::custom_attack::{self, MixJobs};
use crate::base::addresses::Listener;
use crate::client::LabClient;
use crate::defences::policy::{Name, Policy, PolicyConflict, conflicts};
use crate::defences::price;
use crate::lab::page;
use crate::lab::page::fields;
use crate::session::bench::{Benches, PerBench};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// The mix that every bench had before the last change, to take that back.
#[derive(Debug, Default)]
pub(super) struct EarlierMixes(PerBench<Policy>);

#[derive(Serialize)]
struct ArmView {
    slug: &'static str,
    description: &'static str,
    chosen: bool,
    weak: bool,
}

#[derive(Serialize)]
struct DefenceView {
    slug: &'static str,
    title: &'static str,
    coins: u32,
    pays_for: &'static str,
    arms: Vec<ArmView>,
}

/// How many defences of a policy are strong, how many weak, and what the strong ones cost.
#[derive(Serialize)]
struct Tally {
    strong: usize,
    weak: usize,
    price: u32,
}

impl Tally {
    fn of(policy: &Policy) -> Self {
        let all = Name::ALL.iter();
        let strong = all.filter(|name| policy.is_strong(**name)).count();
        Self {
            strong,
            weak: Name::ALL.len() - strong,
            price: price::of_policy(policy),
        }
    }
}

/// A conflict, with the switches that it is about.
#[derive(Serialize)]
struct ConflictView {
    message: String,
    defence: &'static str,
    needs: &'static str,
}

impl ConflictView {
    fn of(conflict: PolicyConflict) -> Self {
        Self {
            message: conflict.to_string(),
            defence: conflict.defence.slug(),
            needs: conflict.needs.slug(),
        }
    }
}

#[derive(Serialize)]
struct CustomPage {
    defences: Vec<DefenceView>,
    error: Option<String>,
    conflicts: Vec<ConflictView>,
    /// The defence that the error is about.
    wrong: Option<&'static str>,
    saved: bool,
    summary: Tally,
    /// The mix before the last change.
    earlier: Option<Tally>,
    url: String,
}

/// What the page shows besides the choices.
#[derive(Default)]
struct Shown {
    error: Option<String>,
    conflicts: Vec<ConflictView>,
    saved: bool,
    earlier: Option<Tally>,
}

fn show(context: &RequestContext, policy: &Policy, shown: Shown) -> Template {
    let view = |name: &Name| {
        let arms = name
            .arms()
            .into_iter()
            .enumerate()
            .map(|(at, arm)| ArmView {
                slug: arm.slug,
                description: arm.description,
                chosen: policy.arm(*name) == arm,
                weak: at == 0,
            });
        DefenceView {
            slug: name.slug(),
            title: name.lesson().title,
            coins: name.price().coins(),
            pays_for: name.price().pays_for(),
            arms: arms.collect(),
        }
    };
    let page = CustomPage {
        defences: Name::ALL.iter().map(view).collect(),
        error: shown.error,
        wrong: shown.conflicts.first().map(|conflict| conflict.defence),
        conflicts: shown.conflicts,
        saved: shown.saved,
        summary: Tally::of(policy),
        earlier: shown.earlier,
        url: format!(
            "{}{}/custom/",
            context.addresses.origin(Listener::PortalHttps),
            context.base()
        ),
    };
    let title = if page.error.is_some() {
        "Error: Own mix"
    } else {
        "Own mix"
    };
    page::render(context, "pages/lab/custom.html", title, page)
}

#[get("/custom?<saved>")]
fn form(context: &RequestContext, earlier: &State<EarlierMixes>, saved: Option<&str>) -> Template {
    let saved = saved.is_some();
    let earlier = earlier.0.read(context.bench.name()).filter(|_| saved);
    let shown = Shown {
        saved,
        earlier: earlier.as_ref().map(Tally::of),
        ..Shown::default()
    };
    show(context, &context.bench.custom(), shown)
}

/// The choices of a form, on top of what was saved, and the names of defences whose arm does not
/// exist.
fn chosen(
    sent: &std::collections::HashMap<String, String>,
    before: Policy,
) -> (Policy, Vec<&'static str>) {
    let mut policy = before;
    let mut unknown = Vec::new();
    for name in Name::ALL {
        let Some(arm) = sent.get(name.slug()) else {
            continue;
        };
        match policy.choose(*name, arm) {
            Some(chosen) => policy = chosen,
            None => unknown.push(name.slug()),
        }
    }
    (policy, unknown)
}

#[post("/custom", data = "<form>")]
async fn save(
    context: &RequestContext,
    form: Capped<String>,
    earlier: &State<EarlierMixes>,
    jobs: &State<MixJobs>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
) -> Result<Either<Redirect, (Status, Template)>, Problem> {
    let sent = fields(&form);
    let bench = context.bench.name();
    let before = context.bench.custom();
    let (policy, unknown) = match sent.get("preset").map(String::as_str) {
        Some("insecure") => (Policy::INSECURE, Vec::new()),
        Some("hardened") => (Policy::HARDENED, Vec::new()),
        Some("earlier") => (earlier.0.read(bench).unwrap_or(before), Vec::new()),
        _ => chosen(&sent, before),
    };
    let again = |status: Status, shown: Shown| {
        let page = show(context, &policy, shown);
        Ok(Either::Right((status, page)))
    };
    if !unknown.is_empty() {
        let error = format!("{} has no such arm. Nothing was saved.", unknown.join(", "));
        let shown = Shown {
            error: Some(error),
            ..Shown::default()
        };
        return again(Status::UnprocessableEntity, shown);
    }
    let found: Vec<ConflictView> = conflicts(&policy).map(ConflictView::of).collect();
    if !found.is_empty() {
        let shown = Shown {
            error: Some("Nothing was saved.".into()),
            conflicts: found,
            ..Shown::default()
        };
        return again(Status::UnprocessableEntity, shown);
    }
    if let Err(error) = context.bench.set_custom(policy).await {
        log::error!("a mix was not saved: {error}");
        let why =
            "The store does not answer. Nothing was saved. Your choices are below: save again.";
        let shown = Shown {
            error: Some(why.into()),
            ..Shown::default()
        };
        return again(Status::ServiceUnavailable, shown);
    }
    if policy != before {
        earlier.0.insert(bench, before);
    }
    let base = context.base();
    Ok(Either::Left(Redirect::to(
        match sent.get("then").map(String::as_str) {
            Some("attack") => {
                let model = custom_attack::last_model(context, jobs);
                custom_attack::begin(context, jobs, lab_client, benches, model, true);
                format!("{base}/custom/attack")
            }
            _ => format!("{base}/custom?saved=1"),
        },
    )))
}

pub(super) fn routes() -> Vec<Route> {
    routes![form, save]
}

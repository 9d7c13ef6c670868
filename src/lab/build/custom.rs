//! The student's own mix of defences.

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::base::addresses::Listener;
use crate::defences::policy::{Name, Policy, conflict};
use crate::defences::price;
use crate::lab::page;
use crate::lab::page::fields;
use crate::session::bench::PerBench;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// The mix that a preset replaced, on each bench, so that one press loses no work.
#[derive(Debug, Default)]
pub struct EarlierMixes(PerBench<Policy>);

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

#[derive(Serialize)]
struct Summary {
    strong: usize,
    weak: usize,
    price: u32,
}

#[derive(Serialize)]
struct CustomPage {
    defences: Vec<DefenceView>,
    error: Option<String>,
    /// The defence that the error is about.
    wrong: Option<&'static str>,
    saved: bool,
    /// How many arms of the mix that a preset replaced are strong, where that can be taken back.
    earlier: Option<usize>,
    summary: Summary,
    url: String,
}

/// The error is a sentence, and the defence that it is about.
fn show(
    context: &RequestContext,
    policy: &Policy,
    error: Option<(String, Name)>,
    saved: bool,
    earlier: Option<Policy>,
) -> Template {
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
    let strong = strong_arms(policy);
    let page = CustomPage {
        defences: Name::ALL.iter().map(view).collect(),
        wrong: error.as_ref().map(|(_, name)| name.slug()),
        error: error.map(|(error, _)| error),
        saved,
        earlier: earlier
            .filter(|earlier| earlier != policy)
            .map(|earlier| strong_arms(&earlier)),
        summary: Summary {
            strong,
            weak: Name::ALL.len() - strong,
            price: price::of_policy(policy),
        },
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

fn strong_arms(policy: &Policy) -> usize {
    let names = Name::ALL.iter();
    names.filter(|name| policy.is_strong(**name)).count()
}

#[get("/custom?<saved>")]
fn form(context: &RequestContext, saved: Option<&str>, mixes: &State<EarlierMixes>) -> Template {
    let earlier = mixes.0.read(context.bench.name());
    let policy = context.bench.custom();
    show(context, &policy, None, saved.is_some(), earlier)
}

#[post("/custom", data = "<form>")]
async fn save(
    context: &RequestContext,
    form: Capped<String>,
    mixes: &State<EarlierMixes>,
) -> Result<Either<Redirect, (Status, Template)>, Problem> {
    let sent = fields(&form);
    let before = context.bench.custom();
    let earlier = mixes.0.read(context.bench.name());
    let again = |policy: &Policy, error: String, name: Name| {
        let page = show(context, policy, Some((error, name)), false, earlier);
        Ok(Either::Right((Status::UnprocessableEntity, page)))
    };
    let preset = sent.get("preset").map(String::as_str);
    let policy = match preset {
        Some("earlier") => earlier.unwrap_or(before),
        Some("insecure") => Policy::INSECURE,
        Some("hardened") => Policy::HARDENED,
        _ => {
            let mut policy = before;
            for name in Name::ALL {
                let Some(arm) = sent.get(name.slug()) else {
                    continue;
                };
                policy = match policy.choose(*name, arm) {
                    Some(policy) => policy,
                    None => {
                        let error = format!("{} has no such arm. Nothing was saved.", name.slug());
                        return again(&before, error, *name);
                    }
                };
            }
            policy
        }
    };
    if let Some(conflict) = conflict(&policy) {
        let error = format!("{conflict}. Nothing was saved.");
        return again(&policy, error, conflict.defence);
    }
    context.bench.set_custom(policy).await?;
    if preset.is_some() && policy != before {
        mixes.0.insert(context.bench.name(), before);
    }
    Ok(Either::Left(Redirect::to(format!(
        "{}/custom?saved=1",
        context.base()
    ))))
}

pub(super) fn routes() -> Vec<Route> {
    routes![form, save]
}

//! The student's own mix of defences.

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::base::addresses::Listener;
use crate::defences::policy::{Name, Policy, conflict};
use crate::lab::page;
use crate::lab::page::fields;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

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
    arms: Vec<ArmView>,
}

#[derive(Serialize)]
struct Summary {
    strong: usize,
    weak: usize,
}

#[derive(Serialize)]
struct CustomPage {
    defences: Vec<DefenceView>,
    error: Option<String>,
    saved: bool,
    summary: Summary,
    url: String,
}

fn show(context: &RequestContext, policy: &Policy, error: Option<String>, saved: bool) -> Template {
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
            arms: arms.collect(),
        }
    };
    let strong = Name::ALL
        .iter()
        .filter(|name| policy.is_strong(**name))
        .count();
    let page = CustomPage {
        defences: Name::ALL.iter().map(view).collect(),
        error,
        saved,
        summary: Summary {
            strong,
            weak: Name::ALL.len() - strong,
        },
        url: format!(
            "{}{}/custom/",
            context.addresses.origin(Listener::PortalHttps),
            context.base()
        ),
    };
    page::render(context, "pages/lab/custom.html", "Own mix", page)
}

#[get("/custom?<saved>")]
fn form(context: &RequestContext, saved: Option<&str>) -> Template {
    show(context, &context.bench.custom(), None, saved.is_some())
}

#[post("/custom", data = "<form>")]
async fn save(
    context: &RequestContext,
    form: Capped<String>,
) -> Result<Either<Redirect, (Status, Template)>, Problem> {
    let sent = fields(&form);
    let before = context.bench.custom();
    let again = |policy: &Policy, error: String| {
        let page = show(context, policy, Some(error), false);
        Ok(Either::Right((Status::UnprocessableEntity, page)))
    };
    let policy = match sent.get("preset").map(String::as_str) {
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
                        return again(&before, error);
                    }
                };
            }
            policy
        }
    };
    if let Some(conflict) = conflict(&policy) {
        return again(&policy, format!("{conflict}. Nothing was saved."));
    }
    context.bench.set_custom(policy).await?;
    Ok(Either::Left(Redirect::to(format!(
        "{}/custom?saved=1",
        context.base()
    ))))
}

pub(super) fn routes() -> Vec<Route> {
    routes![form, save]
}

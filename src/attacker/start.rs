//! The attacker's start page lists the tricks. The sibling lists only its own.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::{AttackerRole, TRICKS, page};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct OfferedTrick {
    path: &'static str,
    title: &'static str,
    description: &'static str,
}

#[derive(Serialize)]
struct StartPage {
    tricks: Vec<OfferedTrick>,
    other: Vec<OfferedTrick>,
    caught: usize,
}

#[get("/")]
async fn start(context: &RequestContext) -> Result<Template, Problem> {
    let mine = AttackerRole::of(context);
    let offered = |role| {
        let tricks = TRICKS.iter().filter(move |trick| trick.role == role);
        tricks
            .map(|trick| OfferedTrick {
                path: trick.path,
                title: trick.title,
                description: trick.description,
            })
            .collect()
    };
    let (title, other) = match mine {
        AttackerRole::Attacker => ("Attacker's site", offered(AttackerRole::Sibling)),
        AttackerRole::Sibling => ("A sibling in the attacker's hands", Vec::new()),
    };
    let page = StartPage {
        tricks: offered(mine),
        other,
        caught: context.bench.loot().caught().await?.len(),
    };
    Ok(page::plain(
        context,
        "pages/attacker/start.html",
        title,
        page,
    ))
}

pub(super) fn routes() -> Vec<Route> {
    routes![start]
}

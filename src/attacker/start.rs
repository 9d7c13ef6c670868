//! The attacker's start page: his tricks. The sibling lists its own only.

use crate::web::template::Template;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::{Role, TRICKS, page};
use crate::web::context::RequestContext;
use crate::web::reply::Reply;

#[derive(Serialize)]
struct Offered {
    path: &'static str,
    title: &'static str,
    description: &'static str,
}

#[derive(Serialize)]
struct StartPage {
    tricks: Vec<Offered>,
    other: Vec<Offered>,
    caught: usize,
}

#[get("/")]
async fn start(context: &RequestContext) -> Result<Template, Reply> {
    let mine = Role::of(context);
    let offered = |role| {
        let tricks = TRICKS.iter().filter(move |trick| trick.role == role);
        tricks
            .map(|trick| Offered {
                path: trick.path,
                title: trick.title,
                description: trick.description,
            })
            .collect()
    };
    let (title, other) = match mine {
        Role::Attacker => ("The attacker's site", offered(Role::Sibling)),
        Role::Sibling => ("A sibling in the attacker's hands", Vec::new()),
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

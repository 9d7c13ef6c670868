//! The lab's front page.

use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::worksheets::index::{SheetRow, rows};
use crate::defences::password_storage::DEMO_PASSWORDS;
use crate::lab::{Lessons, Store, page};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::variant_list::VariantList;

#[derive(Serialize)]
struct AccountView {
    user: &'static str,
    password: &'static str,
    what: &'static str,
}

#[derive(Serialize)]
struct HomePage {
    accounts: Vec<AccountView>,
    store: String,
    sheets: Vec<SheetRow>,
    variants: VariantList,
}

#[get("/")]
async fn home(
    context: &RequestContext,
    store: &State<Store>,
    lessons: &State<Lessons>,
) -> Result<Template, Problem> {
    let what = |user| match user {
        "student123" => "you, in most exercises",
        "apiuser" => "a program that uses the API",
        "mallory" => "the attacker",
        "admin" => "an administrator",
        _ => "a neighbour",
    };
    let accounts = DEMO_PASSWORDS
        .iter()
        .map(|(user, password)| AccountView {
            user,
            password,
            what: what(user),
        })
        .collect();
    let home = HomePage {
        accounts,
        store: store.of(context.bench.name()),
        sheets: rows(context, lessons).await?,
        variants: VariantList::all(),
    };
    Ok(page::render(
        context,
        "pages/lab/home.html",
        "Session Lab",
        home,
    ))
}

pub(super) fn routes() -> Vec<Route> {
    routes![home]
}

//! `/glossary`: every word that the lab uses in its own sense.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::lab::page;
use crate::web::context::RequestContext;
use crate::worksheets::glossary::entries;

#[derive(Serialize)]
struct GlossaryPage {
    words: Vec<GlossaryWord>,
}

#[derive(Serialize)]
struct GlossaryWord {
    word: &'static str,
    slug: &'static str,
    html: &'static str,
}

#[get("/glossary")]
fn show(context: &RequestContext) -> Template {
    let words = entries().iter().map(|entry| GlossaryWord {
        word: &entry.word,
        slug: &entry.slug,
        html: &entry.html,
    });
    let page = GlossaryPage {
        words: words.collect(),
    };
    page::render(context, "pages/lab/glossary.html", "Glossary", page)
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

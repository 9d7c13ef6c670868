//! The defences, each with its lesson and its own source.

use crate::web::template::Template;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::page;
use crate::policy::Name;
use crate::portal::Stop;
use crate::web::addresses::Listener;
use crate::web::place::Place;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct Listed {
    slug: &'static str,
    title: &'static str,
    file: &'static str,
}

#[derive(Serialize)]
struct DefencesPage {
    defences: Vec<Listed>,
}

#[get("/defences")]
fn list(place: &Place) -> Template {
    let defences = Name::ALL
        .iter()
        .map(|name| Listed {
            slug: name.slug(),
            title: name.lesson().title,
            file: name.file(),
        })
        .collect();
    page::render(
        place,
        "pages/lab/defences.html",
        "Defences",
        DefencesPage { defences },
    )
}

#[derive(Serialize)]
struct Setting {
    framework: &'static str,
    setting: &'static str,
}

#[derive(Serialize)]
struct Try {
    without_url: String,
    only_url: String,
}

#[derive(Serialize)]
struct DefencePage {
    slug: &'static str,
    title: &'static str,
    protects: &'static str,
    does_not_stop: &'static str,
    needs: Vec<&'static str>,
    standards: &'static [&'static str],
    arms: Vec<crate::defences::ArmText>,
    elsewhere: [Setting; 5],
    file: &'static str,
    source: &'static str,
    r#try: Try,
    /// Whether the token workbench shows it.
    workbench: bool,
}

#[get("/defences/<slug>")]
fn defence(place: &Place, slug: &str) -> Result<Template, Stop> {
    let Some(name) = Name::ALL.iter().copied().find(|name| name.slug() == slug) else {
        return Err(Problem::not_found().into());
    };
    let lesson = name.lesson();
    let setting = |framework, setting| Setting { framework, setting };
    let elsewhere = &lesson.elsewhere;
    let portal = place.addresses.origin(Listener::PortalHttps);
    let at = |variant: String| format!("{portal}{}/{variant}/", place.base());
    let page = DefencePage {
        slug: name.slug(),
        title: lesson.title,
        protects: lesson.protects,
        does_not_stop: lesson.does_not_stop,
        needs: lesson.needs.iter().map(|needed| needed.slug()).collect(),
        standards: lesson.standards,
        arms: name.arms(),
        elsewhere: [
            setting("Flask", elsewhere.flask),
            setting("Express", elsewhere.express),
            setting("Django", elsewhere.django),
            setting("Spring", elsewhere.spring),
            setting("Rocket", elsewhere.rocket),
        ],
        file: name.file(),
        source: name.source(),
        r#try: Try {
            without_url: at(format!("without-{}", name.slug())),
            only_url: at(format!("only-{}", name.slug())),
        },
        workbench: super::jwt::shows(name),
    };
    Ok(page::render(
        place,
        "pages/lab/defence.html",
        lesson.title,
        page,
    ))
}

pub(super) fn routes() -> Vec<Route> {
    routes![list, defence]
}

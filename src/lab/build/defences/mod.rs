//! The defences, each with its lesson and its own source. Colours and line numbers are in
//! `source.rs`, what each is good for in `stops.rs`.

mod colours;
mod source;
mod stops;

use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::base::addresses::Listener;
use crate::defences::ArmText;
use crate::defences::policy::{Name, Policy};
use crate::lab::defence_groups::DefenceGroup;
use crate::lab::{Lessons, page};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::standards::{self, Standard};
pub use source::Sources;

#[derive(Serialize)]
struct Group {
    title: &'static str,
    id: String,
    defences: Vec<ListedDefence>,
}

#[derive(Serialize)]
struct ListedDefence {
    slug: &'static str,
    title: &'static str,
    file: &'static str,
    description: &'static str,
    weak: ArmText,
    strong: ArmText,
}

impl ListedDefence {
    fn new(name: &Name) -> Self {
        let lesson = name.lesson();
        let arm = |policy: &Policy| policy.arm(*name);
        Self {
            slug: name.slug(),
            title: lesson.title,
            file: name.file(),
            description: first_sentence(lesson.protects),
            weak: arm(&Policy::INSECURE),
            strong: arm(&Policy::HARDENED),
        }
    }
}

fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}

fn groups() -> Vec<Group> {
    let of = |group: DefenceGroup| Group {
        title: group.title,
        id: group.slug(),
        defences: group.defences.iter().map(ListedDefence::new).collect(),
    };
    DefenceGroup::all().map(of).collect()
}

#[get("/defences")]
fn list(context: &RequestContext) -> Template {
    #[derive(Serialize)]
    struct DefencesPage {
        groups: Vec<Group>,
        count: usize,
    }
    page::render(
        context,
        "pages/lab/defences.html",
        "Defences",
        DefencesPage {
            groups: groups(),
            count: Name::ALL.len(),
        },
    )
}

#[derive(Serialize)]
struct Setting {
    framework: &'static str,
    setting: &'static str,
}

#[derive(Serialize)]
struct Try {
    without: String,
    only: String,
    without_url: String,
    only_url: String,
}

#[derive(Serialize)]
struct TaughtBy {
    slug: String,
    heading: String,
}

#[derive(Serialize)]
struct DefencePage<'s> {
    slug: &'static str,
    title: &'static str,
    protects: &'static str,
    does_not_stop: &'static str,
    needs: Vec<&'static str>,
    standards: Vec<&'static Standard>,
    arms: Vec<ArmText>,
    stops: Vec<stops::Stops>,
    shown: Vec<stops::Shown>,
    sheets: Vec<TaughtBy>,
    elsewhere: [Setting; 5],
    file: &'static str,
    /// What the file says of its decision.
    decision: Vec<source::Piece>,
    /// The functions that hold the arms.
    deciding: Vec<&'s [source::SourceLine]>,
    /// The whole file.
    lines: &'s [source::SourceLine],
    r#try: Try,
    /// Whether the token workbench shows it.
    workbench: bool,
}

#[get("/defences/<slug>")]
fn defence(
    context: &RequestContext,
    sources: &State<Sources>,
    lessons: &State<Lessons>,
    slug: &str,
) -> Result<Template, Problem> {
    let Some(name) = Name::ALL.iter().copied().find(|name| name.slug() == slug) else {
        return Err(Problem::not_found());
    };
    let lesson = name.lesson();
    let setting = |framework, setting| Setting { framework, setting };
    let elsewhere = &lesson.elsewhere;
    let portal = context.addresses.origin(Listener::PortalHttps);
    let at = |variant: &str| format!("{portal}{}/{variant}/", context.base());
    let (without, only) = (format!("without-{slug}"), format!("only-{slug}"));
    let source = sources.of(name);
    let sheets = lessons.library().sheets().iter();
    let sheets = sheets.filter(|sheet| sheet.front.defences.contains(&name));
    let page = DefencePage {
        slug: name.slug(),
        title: lesson.title,
        protects: lesson.protects,
        does_not_stop: lesson.does_not_stop,
        needs: lesson.needs.iter().map(|needed| needed.slug()).collect(),
        standards: standards::rows_of(lesson.standards),
        arms: name.arms(),
        stops: stops::stops(name),
        shown: stops::shown(name),
        sheets: sheets
            .map(|sheet| TaughtBy {
                slug: sheet.slug.clone(),
                heading: sheet.heading(),
            })
            .collect(),
        elsewhere: [
            setting("Flask", elsewhere.flask),
            setting("Express", elsewhere.express),
            setting("Django", elsewhere.django),
            setting("Spring", elsewhere.spring),
            setting("Rocket", elsewhere.rocket),
        ],
        file: name.file(),
        decision: source::decision(name.source()),
        deciding: source.deciding().collect(),
        lines: &source.lines,
        r#try: Try {
            without_url: at(&without),
            only_url: at(&only),
            without,
            only,
        },
        workbench: crate::lab::inspect::jwt::shows(name),
    };
    Ok(page::render(
        context,
        "pages/lab/defence.html",
        lesson.title,
        page,
    ))
}

pub(super) fn routes() -> Vec<Route> {
    routes![list, defence]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defence_stands_in_one_group_in_the_order_of_the_course() {
        let groups = groups();
        let listed = groups.iter().flat_map(|group| &group.defences);
        let listed: Vec<&str> = listed.map(|defence| defence.slug).collect();
        let all: Vec<&str> = Name::ALL.iter().map(|name| name.slug()).collect();
        assert_eq!(listed, all);
        assert!(groups.iter().all(|group| group.defences.len() > 1));
    }
}

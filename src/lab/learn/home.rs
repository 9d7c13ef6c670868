//! The lab's front page: the two portals, what is next, and the map of the course.

use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::class::notice;
use super::worksheets::index::{SheetRow, rows};
use super::worksheets::next_step::{NextStep, next};
use crate::defences::password_storage::DEMO_PASSWORDS;
use crate::lab::{Lessons, Store, page};
use crate::web::context::RequestContext;
use crate::web::lab_pages::PageGroup;
use crate::web::problem::Problem;
use crate::worksheets::sheet::CourseStage;

#[derive(Serialize)]
struct AccountView {
    user: &'static str,
    password: &'static str,
    what: &'static str,
}

/// A part of the course with its sheets.
#[derive(Serialize)]
struct StageView {
    title: &'static str,
    sheets: Vec<SheetRow>,
}

/// A group of the lab's pages.
#[derive(Serialize)]
struct GroupView {
    name: &'static str,
    pages: Vec<GroupPage>,
}

#[derive(Serialize)]
struct GroupPage {
    name: &'static str,
    href: String,
    summary: &'static str,
}

#[derive(Serialize)]
struct HomePage {
    next: Option<NextStep>,
    stages: Vec<StageView>,
    groups: Vec<GroupView>,
    accounts: Vec<AccountView>,
    store: String,
    /// The class that the bench is in.
    class: Option<String>,
    /// What was just done: the clock moved, or the bench reset.
    done: Option<HomeMessage>,
}

/// What was just done, and led here.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum HomeMessage {
    ClockMoved,
    BenchReset,
}

#[get("/?<done>")]
async fn home(
    context: &RequestContext,
    store: &State<Store>,
    lessons: &State<Lessons>,
    done: Option<&str>,
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
        next: next(context, lessons).await?,
        stages: stages(rows(context, lessons).await?),
        groups: groups(context),
        accounts,
        store: store.of(context.bench.name()),
        class: notice::class_name(context).await?,
        done: match done {
            Some("clock") => Some(HomeMessage::ClockMoved),
            Some("reset") => Some(HomeMessage::BenchReset),
            _ => None,
        },
    };
    Ok(page::render(
        context,
        "pages/lab/home.html",
        "Session Lab",
        home,
    ))
}

fn stages(mut rows: Vec<SheetRow>) -> Vec<StageView> {
    let stages = CourseStage::ALL.into_iter().map(|stage| StageView {
        title: stage.title(),
        sheets: rows.extract_if(.., |row| row.stage == stage).collect(),
    });
    stages.filter(|stage| !stage.sheets.is_empty()).collect()
}

fn groups(context: &RequestContext) -> Vec<GroupView> {
    let prefix = context.bench.name().prefix();
    let groups = PageGroup::ALL.into_iter().map(|group| GroupView {
        name: group.name(),
        pages: group
            .pages()
            .map(|page| GroupPage {
                name: page.name,
                href: page.href(&context.addresses, &prefix),
                summary: page.summary,
            })
            .collect(),
    });
    groups.collect()
}

pub(super) fn routes() -> Vec<Route> {
    routes![home]
}

//! `/coverage`: every row of the catalogue that can be tried in this lab, with a link, its standards'
//! ids and the test that proves it; below them, what each id asks. The rows are in
//! `src/worksheets/catalogue/`, the ids in `src/worksheets/standards/`.

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Either, Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::attacker::{AttackerRole, TRICKS};
use crate::base::addresses::Listener;
use crate::lab::page;
use crate::web::context::RequestContext;
use crate::web::page::certificate_file;
use crate::web::problem::Problem;
use crate::worksheets::catalogue::{AREAS, Area, CatalogueRow, TryIt};
use crate::worksheets::standards::{self, Standard, StandardSource};

/// One way to try a row: links to follow, or a command to type.
#[derive(Serialize)]
struct TryView {
    what: &'static str,
    links: Vec<TryLink>,
    command: Option<CommandView>,
}

#[derive(Serialize)]
struct TryLink {
    label: String,
    href: String,
}

#[derive(Serialize)]
struct CommandView {
    line: String,
    prints: &'static str,
    means: &'static str,
}

#[derive(Serialize)]
struct RowView {
    key: &'static str,
    title: &'static str,
    area: &'static str,
    try_it: Vec<TryView>,
    standards: &'static [&'static str],
    proof: &'static str,
}

#[derive(Serialize)]
struct AreaView {
    slug: &'static str,
    title: &'static str,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct AreaLink {
    slug: &'static str,
    title: &'static str,
    count: usize,
    here: bool,
}

/// The ids of one document that are shown.
#[derive(Serialize)]
struct AskedView {
    source: &'static StandardSource,
    rows: Vec<&'static Standard>,
}

#[derive(Serialize)]
struct CoveragePage {
    areas: Vec<AreaView>,
    /// What the ids that are shown ask.
    asked: Vec<AskedView>,
    menu: Vec<AreaLink>,
    all: usize,
    chosen: bool,
}

#[get("/coverage?<area>&<format>")]
fn show(
    context: &RequestContext,
    area: Option<&str>,
    format: Option<&str>,
) -> Result<Either<Template, Json<Vec<RowView>>>, Problem> {
    let chosen = match area {
        None => None,
        Some(slug) => Some(AREAS.iter().find(|a| a.slug == slug).ok_or_else(unknown)?),
    };
    let shown = AREAS
        .iter()
        .filter(|area| chosen.is_none_or(|one| one.slug == area.slug));
    let areas: Vec<AreaView> = shown.map(|area| area_view(context, area)).collect();
    if format == Some("json") {
        let rows = areas.into_iter().flat_map(|area| area.rows);
        return Ok(Either::Right(Json(rows.collect())));
    }
    let menu = AREAS.iter().map(|area| AreaLink {
        slug: area.slug,
        title: area.title,
        count: area.rows.len(),
        here: chosen.is_some_and(|one| one.slug == area.slug),
    });
    let page = CoveragePage {
        asked: asked(&areas, chosen.is_none()),
        areas,
        menu: menu.collect(),
        all: AREAS.iter().map(|area| area.rows.len()).sum(),
        chosen: chosen.is_some(),
    };
    let title = "Coverage";
    Ok(Either::Left(page::render(
        context,
        "pages/lab/coverage.html",
        title,
        page,
    )))
}

/// The whole table of standards, or of one area the rows that are cited in it.
fn asked(areas: &[AreaView], whole: bool) -> Vec<AskedView> {
    let cited = |row: &&Standard| {
        let mut rows = areas.iter().flat_map(|area| &area.rows);
        whole || rows.any(|shown| shown.standards.contains(&row.id))
    };
    let of = |source: &'static StandardSource| AskedView {
        source,
        rows: standards::rows_in(source).filter(cited).collect(),
    };
    let all = standards::SOURCES.iter().map(of);
    all.filter(|view| !view.rows.is_empty()).collect()
}

fn unknown() -> Problem {
    let known: Vec<&str> = AREAS.iter().map(|area| area.slug).collect();
    let next = format!("The areas are {}.", known.join(", "));
    let because = "The catalogue has no area of that name.";
    let status = Status::UnprocessableEntity;
    Problem::new(status, "There is no such area", because, next)
}

fn area_view(context: &RequestContext, area: &'static Area) -> AreaView {
    let rows = area.rows.iter().map(|row| row_view(context, area, row));
    AreaView {
        slug: area.slug,
        title: area.title,
        rows: rows.collect(),
    }
}

fn row_view(context: &RequestContext, area: &Area, row: &'static CatalogueRow) -> RowView {
    RowView {
        key: row.key,
        title: row.title,
        area: area.slug,
        try_it: row.try_it.iter().map(|way| way_of(context, way)).collect(),
        standards: row.standards,
        proof: row.proof,
    }
}

fn way_of(context: &RequestContext, way: &'static TryIt) -> TryView {
    let addresses = &context.addresses;
    let prefix = context.base();
    let link = |label: &str, href: String| TryLink {
        label: label.to_owned(),
        href,
    };
    let (what, links) = match way {
        TryIt::Attack(name) => {
            let href = format!("{prefix}/matrix#{name}");
            ("attack", vec![link(name, href)])
        }
        TryIt::Page(path) => ("page", vec![link(path, format!("{prefix}{path}"))]),
        TryIt::Defence(name) => {
            let href = format!("{prefix}/defences/{}", name.slug());
            ("defence", vec![link(name.slug(), href)])
        }
        TryIt::Trick(path) => {
            let trick = TRICKS.iter().find(|trick| trick.path == *path);
            let origin = match trick.map(|trick| trick.role) {
                Some(AttackerRole::Sibling) => addresses.sibling(Listener::Attacker),
                _ => addresses.origin(Listener::Attacker),
            };
            let label = trick.map_or(*path, |trick| trick.title);
            let href = format!("{origin}{prefix}{path}");
            ("attacker's page", vec![link(label, href)])
        }
        TryIt::Portal(path) => {
            let side = |listener, variant: &str| {
                let origin = addresses.origin(listener);
                link(variant, format!("{origin}{prefix}/{variant}{path}"))
            };
            let sides = vec![
                side(Listener::PortalHttp, "insecure"),
                side(Listener::PortalHttps, "hardened"),
            ];
            (*path, sides)
        }
        TryIt::Shell(command) if is_out_of_reach(context, command.line) => {
            ("in a terminal, with a lab on your own computer", Vec::new())
        }
        TryIt::Shell(_) => ("in a terminal", Vec::new()),
    };
    let command = match way {
        TryIt::Shell(command) if !is_out_of_reach(context, command.line) => Some(CommandView {
            line: real(context, command.line),
            prints: command.prints,
            means: command.means,
        }),
        _ => None,
    };
    TryView {
        what,
        links,
        command,
    }
}

/// The certificate's file, as the rows name it.
const CERT: &str = certificate_file(false);

/// Whether a command uses files of the lab that a student of a class does not have.
fn is_out_of_reach(context: &RequestContext, line: &str) -> bool {
    context.addresses.is_class() && line.replace(CERT, "").contains("lab-data/")
}

/// A command with the addresses of this lab and bench in place of their names.
fn real(context: &RequestContext, line: &str) -> String {
    let addresses = &context.addresses;
    let sibling = addresses.sibling(Listener::Attacker);
    let beside = addresses.beside_sibling(Listener::PortalHttp);
    let prefix = context.base();
    let names = [
        ("{http}", addresses.origin(Listener::PortalHttp) + &prefix),
        (CERT, certificate_file(addresses.is_class()).to_owned()),
        ("{https}", addresses.origin(Listener::PortalHttps) + &prefix),
        ("{beside}", beside + &prefix),
        ("{origin of the sibling}", sibling.clone()),
        ("{sibling}", sibling + &prefix),
    ];
    let put = |line: String, (name, address): &(&str, String)| line.replace(name, address);
    names.iter().fold(line.to_owned(), put)
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

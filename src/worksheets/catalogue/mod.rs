//! The catalogue: what this lab shows of session security, row by row, each with the place where it
//! can be tried, the standards' ids, and the test that proves it.
//!
//! The ids are rows of [`crate::worksheets::standards`]. A row without a proof does
//! not get in: `tests/lab/worksheets/catalogue.rs` looks every proof up in the list of tests. Read `cookies.rs`
//! first; [`crate::lab`] shows the catalogue at `/coverage`. To add a row, write it into the list
//! of its area.

mod authentication;
mod cookies;
mod ids;
mod lifetime;
mod logs;
mod pages;
mod requests;
mod tokens;

use crate::defences::policy::Name;
use crate::worksheets::standards::Subject;

/// One row: something that goes wrong with sessions, and can be tried here.
#[derive(Debug)]
pub struct CatalogueRow {
    /// Its key in the catalogue of the course, as in `CK-SECURE`.
    pub key: &'static str,
    /// What goes wrong, or what must hold, in plain words.
    pub title: &'static str,
    /// Where to try it, the best place first.
    pub try_it: &'static [TryIt],
    /// What it is about: its standards are cited for this.
    pub about: &'static [Subject],
    /// The requirements and weaknesses that name it.
    pub standards: &'static [&'static str],
    /// The test that fails when this is not true: its path in the list of tests.
    pub proof: &'static str,
}

/// Where a row is tried.
#[derive(Clone, Copy, Debug)]
pub enum TryIt {
    /// An attack of the matrix, by its name.
    Attack(&'static str),
    /// One of the lab's own pages, by its path.
    Page(&'static str),
    /// A page of the attacker's site, by its path.
    Trick(&'static str),
    /// A page of the portal, by its path, on both sides.
    Portal(&'static str),
    /// A defence's page, with the variants that single it out.
    Defence(Name),
    /// A command for a shell.
    Shell(&'static ShellCommand),
}

/// A command for a shell in the folder where the lab was started.
///
/// `{http}`, `{https}`, `{beside}` (the portal beside the sibling, unencrypted) and `{sibling}` mean
/// addresses of the running lab, with the bench, and `{origin of the sibling}` its origin.
#[derive(Debug)]
pub struct ShellCommand {
    /// What to type.
    pub line: &'static str,
    /// What it prints.
    pub prints: &'static str,
    /// What that means.
    pub means: &'static str,
}

/// A part of the catalogue.
#[derive(Debug)]
pub struct Area {
    /// Its name in addresses.
    pub slug: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    pub rows: &'static [CatalogueRow],
}

/// The areas, in the order of the course.
pub const AREAS: &[Area] = &[
    Area {
        slug: "cookies",
        title: "Cookie attributes",
        rows: cookies::ROWS,
    },
    Area {
        slug: "ids",
        title: "Session ids",
        rows: ids::ROWS,
    },
    Area {
        slug: "lifetime",
        title: "Lifetime and sign-out",
        rows: lifetime::ROWS,
    },
    Area {
        slug: "authentication",
        title: "Authentication",
        rows: authentication::ROWS,
    },
    Area {
        slug: "requests",
        title: "CSRF and CORS",
        rows: requests::ROWS,
    },
    Area {
        slug: "tokens",
        title: "Tokens",
        rows: tokens::ROWS,
    },
    Area {
        slug: "pages",
        title: "XSS and headers",
        rows: pages::ROWS,
    },
    Area {
        slug: "logs",
        title: "Logs and errors",
        rows: logs::ROWS,
    },
];

/// Every row, in the order of the areas.
pub fn rows() -> impl Iterator<Item = &'static CatalogueRow> {
    AREAS.iter().flat_map(|area| area.rows)
}

/// The row of that key.
pub fn find(key: &str) -> Option<&'static CatalogueRow> {
    rows().find(|row| row.key == key)
}

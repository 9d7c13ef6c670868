//! The standards that the course cites: what each requirement asks or each weakness is, in the
//! lab's own words, and the subjects for which it may be cited.
//!
//! The table has one row for each id. Whatever cites one, a defence, an attack, a sheet or a row of
//! the catalogue, has subjects ([`Subject`]), and an id is cited only where it shares one with them.
//! So a requirement about the audience of a token cannot be cited for its issuer. Each row was read
//! in its source, in the edition that [`SOURCES`] names. `tests/lab/worksheets/standards.rs` holds
//! this.
//!
//! To add an id, read it in its source, then write its row into the list of that source.

mod asvs;
mod cwe;
mod ietf;
mod nist;
mod subject;
mod wstg;

use serde::Serialize;

pub use subject::Subject;

/// One requirement, test or weakness of a standard.
#[derive(Debug, Serialize)]
pub struct Standard {
    /// Its id as texts write it, as in `ASVS 7.2.4`.
    pub id: &'static str,
    /// What it asks, or what the weakness is.
    pub asks: &'static str,
    /// What it may be cited for.
    #[serde(skip)]
    pub about: &'static [Subject],
}

/// A document whose ids are cited.
#[derive(Debug, Serialize)]
pub struct StandardSource {
    /// How its ids begin.
    pub begins: &'static str,
    /// Its title and edition.
    pub title: &'static str,
    /// What it is, where that is not obvious: a draft, a list of weaknesses, a guide for testers.
    pub status: &'static str,
}

/// The documents, in the order of the table.
pub const SOURCES: &[StandardSource] = &[
    StandardSource {
        begins: "ASVS ",
        title: "OWASP Application Security Verification Standard 5.0.0",
        status: "Requirements to verify.",
    },
    StandardSource {
        begins: "WSTG-",
        title: "OWASP Web Security Testing Guide, read on 2026-08-19",
        status: "Tests to do, each for one kind of weakness.",
    },
    StandardSource {
        begins: "CWE-",
        title: "Common Weakness Enumeration 4.14",
        status: "Names of weaknesses. It requires nothing.",
    },
    StandardSource {
        begins: "NIST SP ",
        title: "NIST SP 800-63B-4 (2025) and SP 800-57 Part 1 Revision 5 (2020)",
        status: "Guidelines for agencies in the United States, used widely.",
    },
    StandardSource {
        begins: "RFC 6265bis",
        title: "draft-ietf-httpbis-rfc6265bis-22, read on 2026-07-01",
        status: "A draft that will replace RFC 6265. It was approved on 2025-12-02. On 2026-11-30 it \
                 still had no number. A further draft, draft-ietf-httpbis-layered-cookies-02 of \
                 2026-05-21, is to replace it later.",
    },
    StandardSource {
        begins: "RFC ",
        title: "RFCs of the IETF",
        status: "Published, with these numbers. The successor of RFC 8725, \
                 draft-ietf-oauth-rfc8725bis, was still a draft on 2026-11-30.",
    },
];

// Writes the rows of one list, one line for the id and its subjects, one for the text.
macro_rules! table {
    ($($id:literal [$($subject:ident),+] $asks:literal)+) => {
        pub(super) const ROWS: &[super::Standard] = &[$(super::Standard {
            id: $id,
            asks: $asks,
            about: &[$(super::Subject::$subject),+],
        }),+];
    };
}
use table;

const TABLE: [&[Standard]; 5] = [asvs::ROWS, wstg::ROWS, cwe::ROWS, nist::ROWS, ietf::ROWS];

/// Every row, in the order of the sources.
pub fn all() -> impl Iterator<Item = &'static Standard> {
    TABLE.into_iter().flatten()
}

/// The rows of a document: those whose ids begin as it says, and not as one before it says.
pub fn rows_in(source: &StandardSource) -> impl Iterator<Item = &'static Standard> {
    let of = |id: &str| SOURCES.iter().find(|one| id.starts_with(one.begins));
    all().filter(move |row| of(row.id).is_some_and(|one| one.begins == source.begins))
}

/// The row of that id.
pub fn find(id: &str) -> Option<&'static Standard> {
    all().find(|row| row.id == id)
}

/// The rows of these ids, in their order. An id that is not in the table has none.
pub fn rows_of<T: AsRef<str>>(ids: &[T]) -> Vec<&'static Standard> {
    ids.iter().filter_map(|id| find(id.as_ref())).collect()
}

/// Why this id must not be cited for these subjects, if so.
///
/// # Errors
/// The id is not in the table, or its row is about something else.
pub fn check(id: &str, cited_for: &[Subject]) -> Result<(), String> {
    let Some(row) = find(id) else {
        return Err(format!("{id} is not in the table of standards"));
    };
    if row.about.iter().any(|subject| cited_for.contains(subject)) {
        return Ok(());
    }
    Err(format!(
        "{id} is about {:?}, and is cited for {cited_for:?}",
        row.about
    ))
}

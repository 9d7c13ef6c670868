//! *Learn*: the front page, the worksheets, the class, a student's bench in it, the glossary, what is not
//! taught, the pictures of DevTools and the certificate.

pub(super) mod certificate;
pub(super) mod class;
pub(super) mod glossary;
pub(super) mod home;
pub mod names;
pub(super) mod not_taught;
pub(super) mod own_bench;
pub(super) mod pictures;
pub(super) mod worksheets;

use rocket::{Build, Rocket};

/// Mounts the pages of this group.
pub(super) fn mount(rocket: Rocket<Build>) -> Rocket<Build> {
    rocket
        .mount("/", home::routes())
        .mount("/", worksheets::routes())
        .mount("/", class::routes())
        .mount("/", own_bench::routes())
        .mount("/", glossary::routes())
        .mount("/", not_taught::routes())
        .mount("/", pictures::routes())
        .mount("/", names::routes())
        .mount("/", certificate::routes())
}

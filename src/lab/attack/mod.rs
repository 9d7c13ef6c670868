//! *Attack*: run one attack or all of them, and the exercises around fixation, SameSite, ids and the
//! café.

pub(super) mod cafe;
mod card;
pub(super) mod fixation;
pub(super) mod ids;
pub(super) mod matrix;
pub(super) mod run;
pub(super) mod same_site;
pub(super) mod stolen_backup;

use rocket::{Build, Rocket};

/// Mounts the pages of this group.
pub(super) fn mount(rocket: Rocket<Build>) -> Rocket<Build> {
    rocket
        .manage(matrix::MatrixJobs::default())
        .manage(run::LastRuns::default())
        .manage(ids::LastIds::default())
        .manage(fixation::Walkthroughs::default())
        .mount("/", run::routes())
        .mount("/", matrix::routes())
        .mount("/", fixation::routes())
        .mount("/", same_site::routes())
        .mount("/", ids::routes())
        .mount("/", cafe::routes())
        .mount("/", stolen_backup::routes())
}

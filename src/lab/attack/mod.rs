//! *Attack*: run one attack or all of them, play one on a stage, and the exercises around SameSite,
//! ids and the café.

mod browser_runs;
pub(super) mod cafe;
mod card;
pub(super) mod ids;
pub(super) mod matrix;
mod play;
pub(super) mod run;
mod run_queue;
mod runner;
mod runs;
pub(super) mod same_site;
pub(super) mod stolen_backup;
mod threats;

use rocket::{Build, Rocket};

/// Mounts the pages of this group.
pub(super) fn mount(rocket: Rocket<Build>) -> Rocket<Build> {
    rocket
        .manage(matrix::MatrixJobs::default())
        .manage(runs::LastRuns::default())
        .manage(browser_runs::BrowserRuns::default())
        .manage(run_queue::RunQueue::default())
        .manage(ids::LastIds::default())
        .mount("/", run::routes())
        .mount("/", matrix::routes())
        .mount("/", browser_runs::routes())
        .mount("/", play::routes())
        .mount("/", same_site::routes())
        .mount("/", ids::routes())
        .mount("/", cafe::routes())
        .mount("/", stolen_backup::routes())
}

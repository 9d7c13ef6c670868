//! *Build*: the defences with their source, the student's own mix, its audit, and what the lab covers.

pub(super) mod audit;
pub(super) mod coverage;
pub(super) mod custom;
pub(super) mod custom_attack;
pub(super) mod defences;

use rocket::{Build, Rocket};

/// Mounts the pages of this group.
pub(super) fn mount(rocket: Rocket<Build>) -> Rocket<Build> {
    rocket
        .manage(defences::Sources::default())
        .manage(custom_attack::MixJobs::default())
        .manage(audit::AuditJobs::default())
        .mount("/", audit::routes())
        .manage(custom::EarlierMixes::default())
        .mount("/", defences::routes())
        .mount("/", custom::routes())
        .mount("/", custom_attack::routes())
        .mount("/", coverage::routes())
}

//! The lab's own pages, in four groups by what a student does: `learn`, `attack`, `inspect` and
//! `build`. Read `inspect/compare/mod.rs` first.
//!
//! They have their own origin, so that a script on the portal's notice board cannot move the clock.
//! [`diagrams`] draws; `job.rs` runs what takes longer than a request; [`Store`] and [`Lessons`] are
//! what several pages share.

mod attachment;
mod attack;
mod build;
mod clock;
mod defence_groups;
mod delete_bench;
pub mod diagrams;
mod find;
mod health;
mod inspect;
mod job;
mod learn;
mod lessons;
mod page;
mod start_over;
mod store;

use std::sync::Arc;

use rocket::{Build, Rocket};

pub use learn::names::arrival_routes;
pub use learn::names::class_hosts::ClassHosts;
pub use learn::worksheets::keeper::StepKeeper;
pub use lessons::Lessons;
pub use store::Store;

use crate::attacker::sniffing_proxy::capture::Captures;
use crate::base::tls::Certificate;
use crate::classroom::member::class_members::ClassMembers;
use crate::client::LabClient;
use crate::same_site as experiment;
use crate::same_site::measured::MeasuredTables;
use crate::session::bench::Benches;
use crate::storage::health::Health;

/// What the lab's pages work with.
pub struct LabState {
    /// Where sessions are stored.
    pub store: Store,
    /// Whether the store works.
    pub health: Arc<Health>,
    /// The worksheets, and whose machine this is.
    pub lessons: Lessons,
    /// What a class's network must know.
    pub class_hosts: ClassHosts,
    /// The certificate in use.
    pub certificate: Arc<Certificate>,
    /// The client by which pages act on the portal.
    pub lab_client: LabClient,
    /// What went through the café.
    pub captures: Arc<Captures>,
    /// Every bench.
    pub benches: Arc<Benches>,
    /// What browsers sent on `/same-site`.
    pub same_site: MeasuredTables,
    /// The classes that benches are in.
    pub members: ClassMembers,
}

/// Mounts the lab's own pages.
pub fn mount(rocket: Rocket<Build>, state: LabState) -> Rocket<Build> {
    let rocket = rocket
        .manage(state.store)
        .manage(state.health)
        .manage(state.lessons)
        .manage(state.class_hosts)
        .manage(state.certificate)
        .manage(state.lab_client)
        .manage(state.captures)
        .manage(state.benches)
        .manage(state.same_site)
        .manage(state.members);
    let rocket = build::mount(inspect::mount(attack::mount(learn::mount(rocket))));
    rocket
        .mount("/", clock::routes())
        .mount("/", delete_bench::routes())
        .mount("/", find::routes())
        .mount("/", health::routes())
        .mount("/", health::own_routes())
        .mount("/", start_over::routes())
}

/// What the portal's listeners answer outside the variants, and what that works with.
pub struct PortalPagesState {
    /// The certificate in use.
    pub certificate: Arc<Certificate>,
    /// Whether the store works.
    pub health: Arc<Health>,
    /// What browsers sent on `/same-site`.
    pub same_site: MeasuredTables,
}

/// Mounts what the portal's listeners answer outside the variants.
pub fn mount_on_portal(rocket: Rocket<Build>, state: PortalPagesState) -> Rocket<Build> {
    rocket
        .manage(state.certificate)
        .manage(state.health)
        .manage(state.same_site)
        .mount("/", learn::certificate::routes())
        .mount("/", inspect::own_request::routes())
        .mount("/", experiment::portal_routes())
        .mount("/", health::routes())
}

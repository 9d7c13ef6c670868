//! The lab's own pages: what a student reads beside the portal, on an origin of their own, so that a
//! script on the portal's notice board cannot move the clock. Read `inspect/compare/mod.rs` first.

mod attack;
mod build;
mod clock;
mod delete_bench;
pub mod diagrams;
mod health;
mod inspect;
mod learn;
mod page;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rocket::{Build, Rocket};
use serde::Serialize;

use crate::base::bench_name::BenchName;
use crate::base::tls::Certificate;
use crate::client::LabClient;
use crate::defences::policy::Variant;
use crate::same_site as experiment;
use crate::same_site::measured::MeasuredTables;
use crate::session::bench::Benches;
use crate::sniffing_proxy::capture::Captures;
use crate::storage::health::Health;
use crate::storage::redis;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::report::Attested;

/// Where sessions are kept.
#[derive(Clone, Debug)]
pub struct Store {
    /// In words.
    pub description: String,
    /// In one word.
    pub medium: &'static str,
    /// The folder, where there is one.
    pub folder: Option<PathBuf>,
    /// Whether several labs may share it: then it is a Redis.
    pub shared: bool,
}

/// Where a world's session records lie, and how a student lists them there.
#[derive(Clone, Debug, Serialize)]
struct Shelved {
    /// What a record's name is.
    called: &'static str,
    /// What stands before each name.
    #[serde(skip)]
    before: String,
    /// The folder of the files.
    folder: Option<String>,
    /// The pattern of the keys in Redis.
    pattern: Option<String>,
}

impl Store {
    /// Where a bench's sessions are kept, in words.
    fn of(&self, bench: &BenchName) -> String {
        match &self.folder {
            Some(folder) => format!(
                "files in {}",
                folder.join("sessions").join(bench.as_str()).display()
            ),
            None => self.description.clone(),
        }
    }

    /// Where a world's session records lie.
    fn sessions(&self, bench: &BenchName, variant: Variant) -> Shelved {
        let nowhere = Shelved {
            called: "Name",
            before: String::new(),
            folder: None,
            pattern: None,
        };
        if self.shared {
            let before = redis::session_keys(bench, variant);
            return Shelved {
                called: "Key",
                pattern: Some(format!("{before}*")),
                before,
                ..nowhere
            };
        }
        let Some(folder) = &self.folder else {
            return nowhere;
        };
        let world = folder.join("sessions").join(bench.as_str());
        let world = world.join(variant.to_string());
        Shelved {
            called: "File",
            folder: Some(world.display().to_string()),
            ..nowhere
        }
    }
}

/// The worksheets of a lab.
#[derive(Clone, Debug)]
pub struct Lessons {
    library: Arc<OnceLock<SheetLibrary>>,
    /// Whose machine runs the lab.
    pub attested: Attested,
    /// The data folder, as the sheets name it.
    pub folder: PathBuf,
}

impl Lessons {
    /// The worksheets of a folder, or without one the built-in ones.
    pub fn new(library: Option<SheetLibrary>, attested: Attested, folder: PathBuf) -> Self {
        let library = Arc::new(library.map_or_else(OnceLock::new, OnceLock::from));
        Self {
            library,
            attested,
            folder,
        }
    }

    /// The sheets. The built-in ones are read when they are first asked for: the start need not wait
    /// for them, and a lab that serves no sheet does not hold them in memory.
    pub fn library(&self) -> &SheetLibrary {
        self.library.get_or_init(SheetLibrary::built_in)
    }
}

/// What the lab's pages work with.
pub struct LabState {
    /// Where sessions are kept.
    pub store: Store,
    /// Whether the store works.
    pub health: Arc<Health>,
    /// The worksheets, and whose machine this is.
    pub lessons: Lessons,
    /// The certificate in use.
    pub certificate: Arc<Certificate>,
    /// The client by which pages act on the portal.
    pub lab_client: LabClient,
    /// What went through the café.
    pub captures: Arc<Captures>,
    /// Every bench.
    pub benches: Arc<Benches>,
    /// What browsers were seen to send on `/same-site`.
    pub same_site: MeasuredTables,
}

/// Mounts the lab's own pages.
pub fn mount(rocket: Rocket<Build>, state: LabState) -> Rocket<Build> {
    let rocket = rocket
        .manage(state.store)
        .manage(state.health)
        .manage(state.lessons)
        .manage(state.certificate)
        .manage(state.lab_client)
        .manage(state.captures)
        .manage(state.benches)
        .manage(state.same_site);
    let rocket = build::mount(inspect::mount(attack::mount(learn::mount(rocket))));
    rocket
        .mount("/", clock::routes())
        .mount("/", delete_bench::routes())
        .mount("/", health::routes())
        .mount("/", health::own_routes())
}

/// What the portal's listeners answer outside the variants, and what that works with.
pub struct PortalPagesState {
    /// The certificate in use.
    pub certificate: Arc<Certificate>,
    /// Whether the store works.
    pub health: Arc<Health>,
    /// What browsers were seen to send on `/same-site`.
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

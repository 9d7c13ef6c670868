//! The lab's own pages: what a student reads beside the portal, on an origin of their own, so that a
//! script on the portal's notice board cannot move the clock. Read `compare/mod.rs` first.

mod attack;
mod cafe;
mod certificate;
mod clock;
mod compare;
mod coverage;
mod custom;
mod custom_attack;
mod defences;
mod discard;
mod evidence;
mod fixation;
mod headers;
mod health;
mod home;
mod ids;
mod inspect;
mod jwt;
mod leak;
mod lives;
mod matrix;
mod page;
mod pictures;
mod same_site;
mod stateless;
mod wire;
mod worksheets;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rocket::{Build, Rocket};
use serde::Serialize;

use crate::app::Parts;
use crate::bench::BenchName;
use crate::policy::Variant;
use crate::same_site as experiment;
use crate::storage::redis;
use crate::worksheets::report::Attested;
use crate::worksheets::shelf::Shelf;

/// Where sessions are kept.
#[derive(Clone, Debug)]
pub struct Store {
    /// In words.
    pub says: String,
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
            None => self.says.clone(),
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
    shelf: Arc<OnceLock<Shelf>>,
    /// Whose machine runs the lab.
    pub attested: Attested,
    /// The data folder, as the sheets name it.
    pub folder: PathBuf,
}

impl Lessons {
    /// The worksheets of a folder, or without one the built-in ones.
    pub fn new(shelf: Option<Shelf>, attested: Attested, folder: PathBuf) -> Self {
        let shelf = Arc::new(shelf.map_or_else(OnceLock::new, OnceLock::from));
        Self {
            shelf,
            attested,
            folder,
        }
    }

    /// The sheets. The built-in ones are read when they are first asked for: the start need not wait
    /// for them, and a lab that serves no sheet does not hold them in memory.
    pub fn shelf(&self) -> &Shelf {
        self.shelf.get_or_init(Shelf::built_in)
    }
}

/// Mounts the lab's own pages.
pub fn mount(rocket: Rocket<Build>, parts: &Parts) -> Rocket<Build> {
    rocket
        .manage(parts.store.clone())
        .manage(Arc::clone(&parts.health))
        .manage(parts.lessons.clone())
        .manage(Arc::clone(&parts.certificate))
        .manage(parts.front_door.clone())
        .manage(Arc::clone(&parts.captures))
        .manage(compare::Comparisons::default())
        .manage(matrix::Runs::default())
        .manage(attack::LastRuns::default())
        .manage(defences::Sources::default())
        .manage(custom_attack::MixRuns::default())
        .manage(ids::Pictures::default())
        .manage(fixation::Walkthroughs::default())
        .manage(stateless::Comparisons::default())
        .manage(Arc::clone(&parts.benches))
        .mount("/", home::routes())
        .mount("/", compare::routes())
        .mount("/", evidence::routes())
        .mount("/", wire::routes())
        .mount("/", leak::routes())
        .mount("/", clock::routes())
        .mount("/", custom::routes())
        .mount("/", custom_attack::routes())
        .mount("/", defences::routes())
        .mount("/", matrix::routes())
        .mount("/", attack::routes())
        .mount("/", coverage::routes())
        .mount("/", ids::routes())
        .mount("/", fixation::routes())
        .mount("/", stateless::routes())
        .mount("/", jwt::routes())
        .mount("/", same_site::routes())
        .mount("/", cafe::routes())
        .mount("/", certificate::routes())
        .mount("/", worksheets::routes())
        .mount("/", pictures::routes())
        .mount("/", discard::routes())
        .mount("/", health::routes())
        .mount("/", health::own_routes())
}

/// Mounts what the portal's listeners answer outside the variants.
pub fn mount_on_portal(rocket: Rocket<Build>, parts: &Parts) -> Rocket<Build> {
    rocket
        .manage(Arc::clone(&parts.certificate))
        .manage(Arc::clone(&parts.health))
        .manage(parts.front_door.clone())
        .mount("/", certificate::routes())
        .mount("/", inspect::routes())
        .mount("/", experiment::portal_routes())
        .mount("/", health::routes())
}

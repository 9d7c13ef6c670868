//! Where sessions are stored, as the pages tell it. Read `inspect/evidence.rs` next, which shows the records.

use std::path::PathBuf;

use serde::Serialize;

use crate::base::bench_name::BenchName;
use crate::defences::policy::Variant;
use crate::storage::redis;

/// Where sessions are stored.
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

/// Where the session records of a world are stored, and how a student lists them there.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SessionsLocation {
    /// What the name of a record is: a file or a key.
    pub(super) called: &'static str,
    /// The beginning of each name.
    #[serde(skip)]
    pub(super) name_prefix: String,
    /// The folder of the files.
    pub(super) folder: Option<String>,
    /// The pattern of the keys in Redis.
    pub(super) pattern: Option<String>,
}

impl Store {
    /// Where the sessions of a bench are stored, in words.
    pub(super) fn of(&self, bench: &BenchName) -> String {
        match &self.folder {
            Some(folder) => format!(
                "files in {}",
                folder.join("sessions").join(bench.as_str()).display()
            ),
            None => self.description.clone(),
        }
    }

    /// Where the session records of a world are stored.
    pub(super) fn sessions(&self, bench: &BenchName, variant: Variant) -> SessionsLocation {
        let memory = SessionsLocation {
            called: "Name",
            name_prefix: String::new(),
            folder: None,
            pattern: None,
        };
        if self.shared {
            let name_prefix = redis::session_keys(bench, variant);
            return SessionsLocation {
                called: "Key",
                pattern: Some(format!("{name_prefix}*")),
                name_prefix,
                ..memory
            };
        }
        let Some(folder) = &self.folder else {
            return memory;
        };
        let world = folder.join("sessions").join(bench.as_str());
        let world = world.join(variant.to_string());
        SessionsLocation {
            called: "File",
            folder: Some(world.display().to_string()),
            ..memory
        }
    }
}

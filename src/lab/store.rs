//! Where sessions are stored, as the pages tell it. Read `inspect/evidence.rs` next, which shows the records.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::base::bench_name::BenchName;
use crate::defences::policy::Variant;
use crate::storage::{RedisStorage, redis};

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
    /// That Redis, to read in.
    pub redis: Option<Arc<RedisStorage>>,
    /// Whether a class shares the lab: then pages tell no path of the server's, and no address of a Redis.
    pub class: bool,
}

/// Where the session records of a world are stored, and how a student lists them there.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SessionsLocation {
    /// What the name of a record is: a file or a key.
    pub(super) called: &'static str,
    /// The beginning of each name.
    #[serde(skip)]
    pub(super) name_prefix: String,
    /// The folder of the files, where the reader can look into it.
    pub(super) folder: Option<String>,
    /// The pattern of the keys in Redis.
    pub(super) pattern: Option<String>,
}

impl Store {
    /// Where the sessions of a bench are stored, in words.
    pub(super) fn of(&self, bench: &BenchName) -> String {
        if self.class {
            return format!("{} on the computer of the class", self.medium);
        }
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
        let Some(folder) = self.session_folder(bench, variant) else {
            return memory;
        };
        SessionsLocation {
            called: "File",
            folder: (!self.class).then(|| folder.display().to_string()),
            ..memory
        }
    }

    /// The folder of the session files of a world, where there are files.
    pub(super) fn session_folder(&self, bench: &BenchName, variant: Variant) -> Option<PathBuf> {
        let sessions = self.folder.as_ref()?.join("sessions");
        Some(sessions.join(bench.as_str()).join(variant.to_string()))
    }
}

//! `/session-files`: what the store holds of a bench's sessions, for those who cannot look into the
//! folder themselves. Worksheet 01.
//!
//! The page has three addresses, which are built like the folder: `/session-files` is for people,
//! `/session-files/VARIANT` answers as `ls` does, `/session-files/VARIANT/NAME.json` as `cat` does. Where
//! sessions are files, it reads the files themselves. Read [`super::evidence`] next, which explains the
//! records.

mod folder;

use rocket::http::Status;
use rocket::serde::json::serde_json;
use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use self::folder::{FolderError, SessionFolder};
use super::evidence;
use crate::base::clock::BenchTime;
use crate::base::event::ClientKind;
use crate::defences::policy::{PolicyProbe, Variant};
use crate::lab::page;
use crate::lab::store::{SessionsLocation, Store};
use crate::session::bench::Bench;
use crate::session::world::World;
use crate::storage::{RecordKey, RecordKind};
use crate::web::context::RequestContext;
use crate::web::page::VariantView;
use crate::web::problem::Problem;
use crate::web::visible_time::date_and_time;

/// How many records the page shows with their content: those that changed last.
const SHOWN: usize = 20;

/// The ending of a file of a record.
const ENDING: &str = ".json";

/// A stored session under its name, before its content is read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StoredName {
    /// With its ending.
    name: String,
    /// When it was written last.
    changed: BenchTime,
}

#[derive(Serialize)]
struct StoredSessionFile {
    name: String,
    changed: String,
    content: String,
}

/// The stored sessions of one variant on one bench: in files, or where the store has none.
enum StoredSessions<'b> {
    Files(SessionFolder),
    Records { bench: &'b Bench, variant: Variant },
}

impl<'b> StoredSessions<'b> {
    fn of(bench: &'b Bench, variant: Variant, store: &Store) -> Self {
        match store.session_folder(bench.name(), variant) {
            Some(folder) => Self::Files(SessionFolder::new(folder)),
            None => Self::Records { bench, variant },
        }
    }

    /// Every name, that of the newest first.
    async fn names(&self) -> Result<Vec<StoredName>, Problem> {
        let mut names = match self {
            Self::Files(folder) => folder.names().await?,
            Self::Records { bench, variant } => {
                let probe = PolicyProbe::new(bench.resolve(*variant).policy);
                let world = World::now(bench, *variant, &probe, ClientKind::Other);
                let listed = world.sessions(None).await?.into_iter();
                let named = listed.map(|one| StoredName {
                    name: format!("{}{ENDING}", one.key.name()),
                    changed: one.last_used,
                });
                named.collect()
            }
        };
        names.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| a.name.cmp(&b.name)));
        Ok(names)
    }

    /// What is stored under a name; `None` where there is nothing.
    async fn content(&self, name: &str) -> Result<Option<String>, Problem> {
        let Some(key) = self.key(name) else {
            return Ok(None);
        };
        match self {
            Self::Files(folder) => Ok(folder.read(&format!("{}{ENDING}", key.name())).await?),
            Self::Records { bench, .. } => {
                let stored = bench.storage().read(bench.name(), &key).await?;
                Ok(stored.map(|stored| readable(&stored.value)))
            }
        }
    }

    /// The key of a record, whose name has only what a file's name may have: no path leads elsewhere.
    fn key(&self, name: &str) -> Option<RecordKey> {
        let variant = match self {
            Self::Files(_) => None,
            Self::Records { variant, .. } => Some(*variant),
        };
        RecordKey::new(variant, RecordKind::Session, name.strip_suffix(ENDING)?)
    }
}

/// A record's JSON, a line a field.
fn readable(value: &[u8]) -> String {
    let parsed = serde_json::from_slice::<serde_json::Value>(value);
    let laid_out = parsed.and_then(|json| serde_json::to_string_pretty(&json));
    laid_out.unwrap_or_else(|_| String::from_utf8_lossy(value).into_owned()) + "\n"
}

impl From<FolderError> for Problem {
    fn from(error: FolderError) -> Self {
        log::error!("the session files cannot be read: {error}");
        Problem::new(
            Status::ServiceUnavailable,
            "The session files cannot be read",
            "The system does not let the lab read its own folder.",
            "Look at the lab's terminal: it says why.",
        )
    }
}

#[get("/session-files?<variant>")]
async fn session_files(
    context: &RequestContext,
    store: &State<Store>,
    variant: Option<&str>,
) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct SessionFilesPage {
        variant: VariantView,
        medium: &'static str,
        location: SessionsLocation,
        files: Vec<StoredSessionFile>,
        total: usize,
    }
    let bench = &*context.bench;
    let variant = evidence::parse(variant.unwrap_or("insecure"))?;
    let stored = StoredSessions::of(bench, variant, store);
    let names = stored.names().await?;
    let total = names.len();
    let mut files = Vec::new();
    for StoredName { name, changed } in names.into_iter().take(SHOWN) {
        // One that ended since it was listed is left out.
        if let Some(content) = stored.content(&name).await? {
            let changed = date_and_time(changed);
            files.push(StoredSessionFile {
                name,
                changed,
                content,
            });
        }
    }
    let page = SessionFilesPage {
        variant: VariantView::new(variant, &bench.resolve(variant).moved),
        medium: store.medium,
        location: store.sessions(bench.name(), variant),
        files,
        total,
    };
    let template = "pages/lab/session_files.html";
    Ok(page::render(context, template, "Session files", page))
}

/// The names of the files, one a line, in the order of `ls`.
#[get("/session-files/<variant>")]
async fn names(
    context: &RequestContext,
    store: &State<Store>,
    variant: &str,
) -> Result<String, Problem> {
    let stored = StoredSessions::of(&context.bench, evidence::parse(variant)?, store);
    let mut names: Vec<_> = stored
        .names()
        .await?
        .into_iter()
        .map(|one| one.name)
        .collect();
    names.sort();
    Ok(names.into_iter().map(|name| name + "\n").collect())
}

/// The content of one file, byte for byte where it is one.
#[get("/session-files/<variant>/<name>")]
async fn content(
    context: &RequestContext,
    store: &State<Store>,
    variant: &str,
    name: &str,
) -> Result<String, Problem> {
    let stored = StoredSessions::of(&context.bench, evidence::parse(variant)?, store);
    let found = stored.content(name).await?;
    found.ok_or_else(|| {
        let because = format!("No session of {variant} on this bench is stored as {name}.");
        let next = format!(
            "The names that there are: {}/session-files/{variant}",
            context.base()
        );
        let status = Status::NotFound;
        Problem::new(status, "There is no such session file", because, next)
    })
}

pub(super) fn routes() -> Vec<Route> {
    routes![session_files, names, content]
}

//! The classes of a desk, for subcommands: from the store of the lab, or from a file that was saved.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::app;
use crate::app::settings::flags::{ServeFlags, StoreName};
use crate::app::settings::{SessionStore, Settings};
use crate::base::private_file;
use crate::base::start_error::StartError;
use crate::classroom::desk::class_store::ClassRecords;
use crate::classroom::desk::{Desk, backup};
use crate::storage::file::LOCK_FILE;
use crate::worksheets::library::SheetLibrary;

/// Where the desk's classes are stored.
#[derive(Args, Clone, Debug, Default)]
pub struct DeskStoreFlags {
    /// Where the lab stores sessions, as --sessions of `serve` names it [default: file]
    #[arg(long, value_name = "STORE")]
    pub sessions: Option<StoreName>,
    /// With rediss://: the authority that signed its certificate, in PEM [default: those of the
    /// system]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub redis_ca: Option<PathBuf>,
    /// Data folder of the lab [default: ./lab-data]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
    /// Settings file [default: ./session-lab.toml if it exists]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

/// Opens the desk of a lab that is stopped, to read what it has.
///
/// # Errors
/// As [`open`], or there is no such lab.
pub async fn open_existing(flags: DeskStoreFlags) -> Result<Desk, StartError> {
    let (store, folder) = store_of(flags)?;
    if store == SessionStore::File {
        refuse_without_a_lab(&folder)?;
    }
    open_at(&store, &folder).await
}

/// Opens the desk of a lab that is stopped, or of a new one.
///
/// # Errors
/// The store cannot be used, or is in the memory of the lab.
pub async fn open(flags: DeskStoreFlags) -> Result<Desk, StartError> {
    let (store, folder) = store_of(flags)?;
    open_at(&store, &folder).await
}

/// A store that is opened makes its folder. A folder without a lab has no class.
fn refuse_without_a_lab(folder: &Path) -> Result<(), StartError> {
    let shown = folder.display();
    let message = if !folder.is_dir() {
        format!("there is no data folder {shown}")
    } else if !folder.join(LOCK_FILE).exists() {
        format!("no lab has stored anything in {shown}")
    } else {
        return Ok(());
    };
    let hint = "name the data folder of the lab with --data-dir FOLDER";
    Err(StartError::new(message, hint))
}

/// The store that has the classes, and the data folder.
fn store_of(flags: DeskStoreFlags) -> Result<(SessionStore, PathBuf), StartError> {
    let (store, folder) = Settings::load_store(ServeFlags {
        sessions: flags.sessions,
        redis_ca: flags.redis_ca,
        data_dir: flags.data_dir,
        config: flags.config,
        ..ServeFlags::default()
    })?;
    if store == SessionStore::Memory {
        let message =
            "classes in memory are in the process of the lab, and cannot be read from here";
        let hint = "start the lab with --sessions file; a class in memory is exported at the desk";
        return Err(StartError::new(message, hint));
    }
    Ok((store, folder))
}

async fn open_at(store: &SessionStore, folder: &Path) -> Result<Desk, StartError> {
    let (storage, _) = app::open_store(store, folder).await?;
    let desk = Desk::open(storage, SheetLibrary::default()).await;
    desk.map_err(|error| StartError::new(error.to_string(), "look at the store, then try again"))
}

/// The classes in a file: a backup of a desk, or a class as its page exports it.
///
/// # Errors
/// There is no such file, or it holds something else.
pub fn in_file(file: &Path) -> Result<Vec<ClassRecords>, StartError> {
    let hint = "name a class that the desk exported (Settings), or a backup of the desk";
    let text = private_file::read(file)?;
    let text = text.ok_or_else(|| {
        let message = format!("there is no file {}", file.display());
        StartError::new(message, hint)
    })?;
    backup::read(&text).map_err(|error| {
        let message = format!("{} holds no class: {error}", file.display());
        StartError::new(message, hint)
    })
}

/// The classes in this file, or without one in the store.
///
/// # Errors
/// Neither can be read.
pub async fn classes(
    file: Option<&Path>,
    flags: DeskStoreFlags,
) -> Result<Vec<ClassRecords>, StartError> {
    if let Some(file) = file {
        return in_file(file);
    }
    let desk = open_existing(flags).await.map_err(|error| StartError {
        hint: format!(
            "{}; while the lab runs, export the class at the desk (Settings) and name it with --class-file",
            error.hint
        ),
        ..error
    })?;
    let classes = desk.classes();
    Ok(classes.iter().map(|class| class.records()).collect())
}

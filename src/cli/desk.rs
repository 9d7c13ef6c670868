//! `session-lab desk backup FILE` and `restore FILE`, and `session-lab --desk --check`.
//!
//! With files the lab must not be running: one process at a time uses a data folder. Read
//! `desk/backup_file.rs` next.

mod backup_file;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueHint};

use super::doctor;
use crate::app;
use crate::app::settings::flags::{ServeFlags, StoreName};
use crate::app::settings::{SessionStore, Settings};
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::classroom::desk::{Desk, backup};
use crate::storage::file::LOCK_FILE;
use crate::worksheets::library::SheetLibrary;

/// The flags of `desk`.
#[derive(Args, Clone, Debug)]
pub struct DeskFlags {
    /// What to do
    #[command(subcommand)]
    pub command: DeskCommand,
}

/// The subcommands of `session-lab desk`.
#[derive(Clone, Debug, Subcommand)]
pub enum DeskCommand {
    /// Write every class of the desk into a new file; first stop a lab that stores in files
    Backup(BackupFlags),
    /// Bring every class of a backup back; a class that the desk has is never replaced
    Restore(BackupFlags),
}

/// The flags of `desk backup` and `desk restore`.
#[derive(Args, Clone, Debug)]
pub struct BackupFlags {
    /// The backup; it holds names and marks, so keep it where only you read it
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
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

/// Does what `session-lab desk` was asked for.
///
/// # Errors
/// The store or the file cannot be used.
pub async fn run(flags: DeskFlags) -> Result<(), StartError> {
    match flags.command {
        DeskCommand::Backup(flags) => back_up(flags).await,
        DeskCommand::Restore(flags) => restore(flags).await,
    }
}

/// Looks whether a lesson can begin: what `doctor` looks at, with the desk's ports.
///
/// # Errors
/// It cannot.
pub async fn check(flags: ServeFlags) -> Result<(), StartError> {
    if !flags.desk {
        let message = "--check looks at the teacher's desk, and --desk is missing";
        let hint = "write session-lab --desk --check; without a desk it is session-lab doctor";
        return Err(StartError::new(message, hint).usage());
    }
    doctor::run(flags).await
}

async fn back_up(flags: BackupFlags) -> Result<(), StartError> {
    let file = flags.file.clone();
    backup_file::check_new(&file)?;
    let (store, folder) = store_of(flags)?;
    if store == SessionStore::File {
        refuse_without_a_lab(&folder)?;
    }
    let desk = open(&store, &folder).await?;
    let text = backup::write(&desk)
        .map_err(|error| StartError::new(error.to_string(), "look at the store, then try again"))?;
    backup_file::write(&file, &text)?;
    let count = desk.classes().len();
    let are = if count == 1 {
        "class is"
    } else {
        "classes are"
    };
    tell(&format!("{count} {are} in {}\n", file.display()))
}

/// A store that is opened makes its folder. A backup of a folder without a lab would be empty.
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

async fn restore(flags: BackupFlags) -> Result<(), StartError> {
    let file = flags.file.clone();
    let text = backup_file::read(&file)?;
    let (store, folder) = store_of(flags)?;
    let desk = open(&store, &folder).await?;
    let restored = backup::restore(&desk, &text).await;
    let restored = restored.map_err(|error| StartError::new(error.to_string(), error.hint()))?;
    let were = if restored.restored == 1 {
        "class was"
    } else {
        "classes were"
    };
    tell(&format!("{} {were} restored\n", restored.restored))?;
    if restored.outlived == 0 {
        return Ok(());
    }
    let outlived = match restored.outlived {
        1 => "1 class was left out: the time for which it is kept is over".to_owned(),
        more => format!("{more} classes were left out: the time for which they are kept is over"),
    };
    tell(&format!("{outlived}. Delete the backup.\n"))
}

/// The store that has the classes, and the data folder.
fn store_of(flags: BackupFlags) -> Result<(SessionStore, PathBuf), StartError> {
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

async fn open(store: &SessionStore, folder: &Path) -> Result<Desk, StartError> {
    let (storage, _) = app::open_store(store, folder).await?;
    let desk = Desk::open(storage, SheetLibrary::default()).await;
    desk.map_err(|error| StartError::new(error.to_string(), "look at the store, then try again"))
}

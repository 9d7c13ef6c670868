//! `session-lab desk backup FILE` and `restore FILE`, and `session-lab --desk --check`.
//!
//! With files the lab must not be running: one process at a time uses a data folder. Read
//! `desk/backup_file.rs` next.

mod backup_file;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::desk_store::{self, DeskStoreFlags};
use super::doctor;
use crate::app::settings::flags::ServeFlags;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::classroom::desk::backup;

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
    #[command(flatten)]
    pub store: DeskStoreFlags,
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
    let desk = desk_store::open_existing(flags.store).await?;
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

async fn restore(flags: BackupFlags) -> Result<(), StartError> {
    let file = flags.file.clone();
    let text = backup_file::read(&file)?;
    let desk = desk_store::open(flags.store).await?;
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

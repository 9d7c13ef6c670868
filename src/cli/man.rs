//! `session-lab man`: the manual pages.
//!
//! They are made from the definition of the command line when they are asked for, so they are always
//! complete.

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, ValueHint};

use super::Cli;
use crate::base::print::say;
use crate::base::start_error::StartError;

/// The flags of `man`.
#[derive(Args, Clone, Debug)]
pub struct ManFlags {
    /// Folder for one page a subcommand, as in session-lab-attack.1 [default: print the main page]
    #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub folder: Option<PathBuf>,
}

/// Prints the main page, or writes the page of each subcommand to a folder.
///
/// # Errors
/// The folder cannot be made or written.
pub fn run(flags: &ManFlags) -> Result<(), StartError> {
    let Some(folder) = &flags.folder else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
        return rendered
            .map_err(|error| {
                let message = format!("cannot make the manual page: {error}");
                StartError::new(message, "run it again")
            })
            .and_then(|()| say(&String::from_utf8_lossy(&page)));
    };
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(|error| {
            let shown = folder.display();
            let message = format!("cannot write manual pages to {shown}: {error}");
            StartError::new(message, "name a folder that you may write to")
        })?;
    say(&format!(
        "man -l {}\n",
        folder.join("session-lab.1").display()
    ))
}

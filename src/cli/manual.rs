//! The manual pages and the completions of a shell, made from the definition of the command line.
//!
//! Both are made when they are asked for, so they cannot fall behind [`crate::cli`].

use std::fs;

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory as _};

use crate::attacks;
use crate::base::print::say;
use crate::base::start_error::StartError;
use crate::cli::{Cli, CompletionsFlags, ManFlags};
use crate::defences::policy::Variant;
use crate::worksheets::library::SheetLibrary;

const NAME: &str = "session-lab";

/// Prints what a shell needs to complete the command line: words, flags, and the names of the
/// attacks, variants and built-in worksheets.
///
/// # Errors
/// It cannot be written.
pub fn completions(flags: &CompletionsFlags) -> Result<(), StartError> {
    let mut script = Vec::new();
    clap_complete::generate(flags.shell, &mut command_with_names(), NAME, &mut script);
    say(&String::from_utf8_lossy(&script))
}

/// Prints the manual page, or writes the page of each command to a folder.
///
/// # Errors
/// The folder cannot be made or written.
pub fn pages(flags: &ManFlags) -> Result<(), StartError> {
    let Some(folder) = &flags.folder else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
        return rendered
            .map_err(|error| StartError::new(error.to_string(), "run it again"))
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

/// The command line as its definition has it, and with the names that it takes. Those are left out
/// of the definition because a wrong name gets an answer that tells more than clap's.
fn command_with_names() -> Command {
    let attacks = || PossibleValuesParser::new(attacks::ALL.iter().map(|one| one.card().name));
    let variants = || {
        let names: Vec<String> = Variant::all().map(|one| one.to_string()).collect();
        PossibleValuesParser::new(names)
    };
    let library = SheetLibrary::built_in();
    let sheets: Vec<String> = library
        .sheets()
        .iter()
        .map(|one| one.slug.clone())
        .collect();
    Cli::command()
        .mut_subcommand("attack", |attack| {
            attack
                .mut_arg("name", |name| name.value_parser(attacks()))
                .mut_arg("against", |against| against.value_parser(variants()))
        })
        .mut_subcommand("matrix", |matrix| {
            matrix
                .mut_arg("attack", |name| name.value_parser(attacks()))
                .mut_arg("variant", |variant| variant.value_parser(variants()))
        })
        .mut_subcommand("labs", |labs| {
            labs.mut_subcommand("print", |print| {
                print.mut_arg("sheet", |sheet| {
                    sheet.value_parser(PossibleValuesParser::new(sheets))
                })
            })
        })
}

//! `session-lab completions`: the script with which a shell completes the command line.
//!
//! It is made from the definition of the command line when it is asked for, so it is always complete.

use clap::builder::PossibleValuesParser;
use clap::{Args, Command, CommandFactory as _};

use super::Cli;
use crate::attacks;
use crate::base::print::say;
use crate::base::start_error::StartError;
use crate::defences::policy::Variant;
use crate::worksheets::library::SheetLibrary;

/// The flags of `completions`.
#[derive(Args, Clone, Debug)]
pub struct CompletionsFlags {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Prints the script: it completes subcommands, flags, and the names of attacks, variants and
/// built-in worksheets.
///
/// # Errors
/// It cannot be written.
pub fn run(flags: &CompletionsFlags) -> Result<(), StartError> {
    let mut script = Vec::new();
    let mut command = command_with_names();
    clap_complete::generate(flags.shell, &mut command, "session-lab", &mut script);
    say(&String::from_utf8_lossy(&script))
}

/// The definition of the command line with the names that it accepts. The definition itself leaves
/// them out, because the answer to a wrong name says more than clap's would.
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
        .mut_subcommand("audit", |audit| {
            audit.mut_arg("against", |against| against.value_parser(variants()))
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

//! The command line, as clap reads it.
//!
//! It only takes words apart: what a flag means, and what wins where the environment or a file
//! says something else, is decided in [`crate::app::settings`]. Secret keys have no flag on purpose,
//! because a command line is visible to every user of the machine in `ps`.

pub mod attacks;
pub mod labs;
pub mod manual;
pub mod running_lab;
pub mod store_stats;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};

use crate::app::settings::flags::{ServeFlags, StoreName};
use crate::browser::BrowserEngine;

/// A teaching lab for web session security. Never put it on the internet.
#[derive(Debug, Parser)]
#[command(name = "session-lab", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; `serve` when no word is given.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `serve`, for a command line without the word.
    #[command(flatten)]
    pub serve: ServeFlags,
}

/// The words after `session-lab`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the lab (the default)
    Serve(ServeFlags),
    /// Try one attack and print what was sent and received
    Attack(AttackFlags),
    /// Run every attack against every variant and compare with the rule
    Matrix(MatrixFlags),
    /// List the worksheets, print one, or verify a report
    Labs(LabsFlags),
    /// Look into the store of a lab, also while it runs
    Store(StoreFlags),
    /// Print a new 32-byte key for SESSION_LAB_SECRET_KEY or SESSION_LAB_JWT_SECRET_KEY
    Secret,
    /// Print what a shell needs to complete this command line
    Completions(CompletionsFlags),
    /// Print the manual page, or write one for each command
    Man(ManFlags),
}

impl Cli {
    /// The command asked for, `serve` being the silent one.
    pub fn into_command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}

/// What can be said to `attack`.
#[derive(Args, Clone, Debug)]
pub struct AttackFlags {
    /// Its name; without a name, the list of all
    pub name: Option<String>,
    /// The variant to attack: insecure, hardened, `without-<defence>` or `only-<defence>`
    #[arg(long, value_name = "VARIANT", default_value = "insecure")]
    pub against: String,
    /// A lab that runs on this computer, as in http://localhost:7070 [default: one of its own]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The browser for an attack that a browser decides [default: chromium]
    #[arg(long, value_name = "BROWSER")]
    pub browser: Option<BrowserEngine>,
    /// Write who sent what to whom into this file, as a drawing (SVG)
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// What can be said to `matrix`.
#[derive(Args, Clone, Debug)]
pub struct MatrixFlags {
    /// Only this attack; may be repeated
    #[arg(long, value_name = "NAME")]
    pub attack: Vec<String>,
    /// Only this variant; may be repeated
    #[arg(long, value_name = "VARIANT")]
    pub variant: Vec<String>,
    /// Run cells whose switch was never asked, too
    #[arg(long)]
    pub all: bool,
    /// Also run the attacks that a browser decides, in this one [without a name: chromium]
    #[arg(long, value_name = "BROWSER", num_args = 0..=1, default_missing_value = "chromium")]
    pub browser: Option<BrowserEngine>,
    /// With --browser: write how they ended to this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "browser")]
    pub record: Option<PathBuf>,
    /// A lab that runs on this computer, as in http://localhost:7070 [default: one of its own]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// What can be said to `labs`.
#[derive(Args, Clone, Debug)]
pub struct LabsFlags {
    /// What to do; without a word, the list of all sheets
    #[command(subcommand)]
    pub command: Option<LabsCommand>,
    /// Folder with worksheets of your own [default: the built-in ones]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, global = true)]
    pub labs: Option<PathBuf>,
}

/// The words after `session-lab labs`.
#[derive(Clone, Debug, Subcommand)]
pub enum LabsCommand {
    /// Print one sheet as HTML, for a browser to print
    Print(PrintFlags),
    /// Verify the codes of a report, without a lab that runs
    Verify(VerifyFlags),
}

/// What can be said to `labs print`.
#[derive(Args, Clone, Debug)]
pub struct PrintFlags {
    /// The sheet: 06, or 06-session-fixation
    pub sheet: String,
    /// With the answers and the teacher's notes
    #[arg(long)]
    pub answers: bool,
}

/// What can be said to `labs verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyFlags {
    /// The report in Markdown
    #[arg(value_hint = ValueHint::FilePath)]
    pub report: PathBuf,
    /// Data folder of the lab that wrote it, for its key [default: ./lab-data]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
}

/// What can be said to `store`.
#[derive(Args, Clone, Debug)]
pub struct StoreFlags {
    /// What to do
    #[command(subcommand)]
    pub command: StoreCommand,
}

/// The words after `session-lab store`.
#[derive(Clone, Debug, Subcommand)]
pub enum StoreCommand {
    /// Count sessions, records and events, by reading only
    Stats(StatsFlags),
}

/// What can be said to `store stats`.
#[derive(Args, Clone, Debug)]
pub struct StatsFlags {
    /// Where sessions are kept, as it was said to the lab [default: file]
    #[arg(long, value_name = "STORE")]
    pub sessions: Option<StoreName>,
    /// With rediss://: the authority behind its certificate, in PEM [default: those of the system]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub redis_ca: Option<PathBuf>,
    /// Data folder of the lab [default: ./lab-data]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
    /// Settings file [default: ./session-lab.toml where there is one]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Print JSON, for a program
    #[arg(long)]
    pub json: bool,
}

/// What can be said to `completions`.
#[derive(Args, Clone, Debug)]
pub struct CompletionsFlags {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// What can be said to `man`.
#[derive(Args, Clone, Debug)]
pub struct ManFlags {
    /// Folder that gets the page of each command, as in session-lab-attack.1 [default: print one]
    #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub folder: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn flags(words: &[&str]) -> ServeFlags {
        let cli = Cli::try_parse_from([&["session-lab"], words].concat()).unwrap();
        match cli.into_command() {
            Command::Serve(flags) => flags,
            _ => panic!("not serve: {words:?}"),
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_is_the_default_and_its_flags_work_with_and_without_the_word() {
        assert_eq!(flags(&[]), ServeFlags::default());
        let bare = flags(&["--lab-port", "0", "--sessions", "memory", "--open"]);
        assert_eq!(
            bare,
            flags(&["serve", "--lab-port", "0", "--sessions", "memory", "--open"])
        );
        assert_eq!((bare.lab_port, bare.open), (Some(0), true));
    }

    #[test]
    fn debug_does_not_show_the_password_of_a_redis() {
        let given = flags(&["--sessions", "redis://:hunter2@localhost"]);
        assert!(!format!("{given:?}").contains("hunter2"));
    }

    #[test]
    fn secret_is_a_command_without_flags() {
        let cli = Cli::try_parse_from(["session-lab", "secret"]).unwrap();
        assert!(matches!(cli.into_command(), Command::Secret));
        assert!(Cli::try_parse_from(["session-lab", "secret", "--open"]).is_err());
        assert!(Cli::try_parse_from(["session-lab", "--open", "secret"]).is_err());
    }

    #[test]
    fn what_clap_refuses_exits_with_2() {
        for words in [
            &["--nonsense"][..],
            &["--lab-port", "70000"],
            &["--bind", "here"],
            &["nonsense"],
            &["--secret-key", "x"],
        ] {
            let refused = Cli::try_parse_from([&["session-lab"], words].concat()).unwrap_err();
            assert_eq!(refused.exit_code(), 2, "{words:?}");
        }
    }
}

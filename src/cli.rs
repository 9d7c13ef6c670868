//! The command line: one file for each subcommand, with its flags and what it does.
//!
//! Here are the list of subcommands and the way to each. What a flag of `serve` means, and what wins
//! where the environment or a file says something else, is decided in [`crate::app::settings`]. Secret
//! keys have no flag on purpose, because every user of the machine can see a command line in `ps`.

pub mod attack;
pub mod audit;
pub mod completions;
pub mod desk;
pub mod desk_store;
pub mod doctor;
pub mod guess;
pub mod labs;
mod log_filter;
pub mod man;
pub mod matrix;
mod progress;
pub mod running_lab;
mod runtime;
pub mod same_site;
pub mod secret;
pub mod store_stats;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};

use self::attack::AttackFlags;
use self::audit::AuditFlags;
use self::completions::CompletionsFlags;
use self::desk::DeskFlags;
use self::guess::GuessFlags;
use self::labs::LabsFlags;
use self::man::ManFlags;
use self::matrix::MatrixFlags;
use self::runtime::block_on;
use self::same_site::SameSiteFlags;
use crate::app;
use crate::app::settings::Settings;
use crate::app::settings::flags::{ServeFlags, StoreName};
use crate::base::start_error::StartError;

/// A teaching lab for web session security. Never put it on the internet.
#[derive(Debug, Parser)]
#[command(name = "session-lab", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without a subcommand it is `serve`
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// The flags of `serve`, for a command line without a subcommand
    #[command(flatten)]
    pub serve: ServeFlags,
}

/// The subcommands of `session-lab`.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Start the lab (the default)
    Serve(ServeFlags),
    /// Try one attack and print what was sent and received
    Attack(AttackFlags),
    /// Audit your own application on this computer
    Audit(AuditFlags),
    /// Run every attack against every variant and compare with the rule
    Matrix(MatrixFlags),
    /// Measure in a browser which cookies SameSite lets it send
    SameSite(SameSiteFlags),
    /// List the worksheets, print one, or verify a report
    Labs(LabsFlags),
    /// Try the words of a list on the passwords of a stolen table, offline
    Guess(GuessFlags),
    /// Look into the store of a lab; the lab may be running
    Store(StoreFlags),
    /// Back up the teacher's desk, or restore it
    Desk(DeskFlags),
    /// Say whether the lab can run on this computer, with the flags of `serve`; nothing is changed
    Doctor(ServeFlags),
    /// Print a new 32-byte key for SESSION_LAB_SECRET_KEY or SESSION_LAB_JWT_SECRET_KEY
    Secret,
    /// Print the script with which a shell completes this command line
    Completions(CompletionsFlags),
    /// Print the manual page, or write one for each subcommand
    Man(ManFlags),
}

impl Cli {
    /// The subcommand asked for. Without one it is `serve`.
    pub fn into_command(self) -> CliCommand {
        self.command.unwrap_or(CliCommand::Serve(self.serve))
    }
}

impl CliCommand {
    /// Runs the subcommand to its end.
    ///
    /// # Errors
    /// What its own file says. The error has a message, a hint and an exit code.
    pub fn run(self) -> Result<(), StartError> {
        log_filter::start(&self);
        match self {
            Self::Serve(flags) if flags.check => block_on(desk::check(flags)),
            Self::Serve(flags) => {
                Settings::load(flags).and_then(|settings| block_on(app::serve(settings)))
            }
            Self::Attack(flags) => block_on(attack::run(flags)),
            Self::Audit(flags) => block_on(audit::run(flags)),
            Self::Matrix(flags) => block_on(matrix::run(flags)),
            Self::SameSite(flags) => block_on(same_site::run(flags)),
            Self::Labs(flags) => block_on(labs::run(flags)),
            Self::Guess(flags) => guess::run(&flags),
            Self::Store(flags) => block_on(store_stats::store(flags)),
            Self::Desk(flags) => block_on(desk::run(flags)),
            Self::Doctor(flags) => block_on(doctor::run(flags)),
            Self::Secret => secret::run(),
            Self::Completions(flags) => completions::run(&flags),
            Self::Man(flags) => man::run(&flags),
        }
    }
}

/// The flags of `store`.
#[derive(Args, Clone, Debug)]
pub struct StoreFlags {
    /// What to do
    #[command(subcommand)]
    pub command: StoreCommand,
}

/// The subcommands of `session-lab store`.
#[derive(Clone, Debug, Subcommand)]
pub enum StoreCommand {
    /// Count sessions, records and events; nothing is changed
    Stats(StatsFlags),
}

/// The flags of `store stats`.
#[derive(Args, Clone, Debug)]
pub struct StatsFlags {
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
    /// Print JSON, for a program
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn flags(words: &[&str]) -> ServeFlags {
        let cli = Cli::try_parse_from([&["session-lab"], words].concat()).unwrap();
        match cli.into_command() {
            CliCommand::Serve(flags) => flags,
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
        assert!(matches!(cli.into_command(), CliCommand::Secret));
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

//! The program `session-lab`: parse the command line, run, print the error, exit code.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use clap::Parser as _;
use session_lab::app::settings::Settings;
use session_lab::base::keys;
use session_lab::base::start_error::StartError;
use session_lab::cli::{Cli, Command, manual, store_stats};
use session_lab::{app, cli};

/// What hashing or writing may still take once the listeners are closed; the whole stop has 2 s.
const LAST_WORK: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let command = Cli::parse().into_command();
    log_for(&command);
    let run = match command {
        Command::Serve(flags) => Settings::load(flags).and_then(|set| on_runtime(app::serve(set))),
        Command::Attack(flags) => on_runtime(cli::attacks::attack(flags)),
        Command::Matrix(flags) => on_runtime(cli::attacks::matrix(flags)),
        Command::Labs(flags) => cli::labs::labs(flags),
        Command::Store(flags) => on_runtime(store_stats::store(flags)),
        Command::Secret => print_secret(),
        Command::Completions(flags) => manual::completions(&flags),
        Command::Man(flags) => manual::pages(&flags),
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("session-lab: error: {}", error.message);
            eprintln!("session-lab: hint: {}", error.hint);
            ExitCode::from(error.code)
        }
    }
}

/// A lab that is served logs its audit trail and what went wrong; a command only errors. The
/// variable `SESSION_LAB_LOG` says otherwise.
fn log_for(command: &Command) {
    const SERVED: &str = "error,session_lab::app=warn,session_lab::storage=warn,\
                          session_lab::session::world=warn,audit=info";
    let usual = if matches!(command, Command::Serve(_)) {
        SERVED
    } else {
        "error"
    };
    let filter = env_logger::Env::new().filter_or("SESSION_LAB_LOG", usual);
    // Rocket names the address of every request that it cannot route, and an address may hold an id.
    env_logger::Builder::from_env(filter)
        .filter_module("rocket", log::LevelFilter::Off)
        .init();
}

fn on_runtime(work: impl Future<Output = Result<(), StartError>>) -> Result<(), StartError> {
    // Rocket's own attribute would read Rocket.toml and ROCKET_* before the lab has a say.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| {
        let hint = "look at the limits: ulimit -a";
        StartError::new(format!("cannot start threads: {error}"), hint)
    })?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_WORK);
    result
}

fn print_secret() -> Result<(), StartError> {
    writeln!(io::stdout(), "{}", keys::new_secret()?).map_err(|error| {
        StartError::new(
            format!("cannot print the key: {error}"),
            "run session-lab secret alone",
        )
    })
}

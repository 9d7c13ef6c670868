//! The program `session-lab`: parse the command line, run, print the error, exit code.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use clap::Parser as _;
use session_lab::{
    app,
    cli::{Cli, Command, ServeFlags},
    keys,
    settings::Settings,
    start_error::StartError,
};

/// What hashing or writing may still take once the listeners are closed; the whole stop has 2 s.
const LAST_WORK: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let run = match Cli::parse().into_command() {
        Command::Serve(flags) => serve(flags),
        Command::Secret => print_secret(),
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

/// What is logged unless the variable says otherwise: the audit trail, and what went wrong.
const LOGGED: &str = "error,session_lab::app=warn,session_lab::storage=warn,\
                      session_lab::world=warn,audit=info";

fn serve(flags: ServeFlags) -> Result<(), StartError> {
    let filter = env_logger::Env::new().filter_or("SESSION_LAB_LOG", LOGGED);
    // Rocket names the address of every request that it cannot route, and an address may hold an id.
    env_logger::Builder::from_env(filter)
        .filter_module("rocket", log::LevelFilter::Off)
        .filter_module("rocket_dyn_templates", log::LevelFilter::Error)
        .init();
    let settings = Settings::load(flags)?;
    // Rocket's own attribute would read Rocket.toml and ROCKET_* before the lab has a say.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            StartError::new(
                format!("cannot start threads: {error}"),
                "look at the limits: ulimit -a",
            )
        })?;
    let result = runtime.block_on(app::serve(settings));
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

//! A class of simulated labs against a desk, by the protocol: they join, work through three steps of
//! two sheets, vote once if a question is put, and poll as labs do. Prints medians and 99th percentiles.
//!
//! ```sh
//! cargo bench --bench class -- 'https://127.0.0.1:7072/K7Q2MA?pin=…' --labs 300 --seconds 60
//! ```
//!
//! The class must join freely, without PINs. Nothing is measured of a browser, and every connection is
//! a handshake, as with real labs.

mod simulated_lab;
mod timings;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use session_lab::classroom::member::https_desk::HttpsDesk;
use session_lab::classroom::member::invitation::Invitation;
use tokio::task::JoinSet;

use crate::simulated_lab::SimulatedLab;
use crate::timings::Timings;

/// A class of simulated labs against a desk.
#[derive(Debug, Parser)]
#[command(name = "class")]
struct LoadFlags {
    /// The link of the class, with its pin
    link: String,
    /// How many labs join
    #[arg(long, default_value_t = 300)]
    labs: u32,
    /// For how many seconds they work and poll, after the last has joined
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How often each polls, in milliseconds
    #[arg(long, default_value_t = 3_000)]
    every: u64,
    /// Within how many seconds they join, one after the other
    #[arg(long, default_value_t = 30)]
    joining: u64,
    /// What `cargo bench` adds by itself
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = LoadFlags::parse();
    match run(&flags).await {
        Ok(timings) => {
            print!("{timings}");
            ExitCode::from(u8::from(timings.errors() > 0))
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

async fn run(flags: &LoadFlags) -> Result<Arc<Timings>, String> {
    let invitation = Invitation::parse(&flags.link).map_err(|error| error.to_string())?;
    let pin = invitation
        .pin
        .ok_or("the link has no pin: copy the whole link")?;
    let desk = HttpsDesk::new(&invitation.desk, pin).map_err(|error| error.to_string())?;
    let (desk, timings) = (Arc::new(desk), Arc::<Timings>::default());
    let joining = Duration::from_secs(flags.joining);
    let mut labs = JoinSet::new();
    for number in 0..flags.labs {
        let lab = SimulatedLab::new(number, desk.clone(), timings.clone())?;
        let code = invitation.code.clone();
        let (begin, every) = (joining * number / flags.labs.max(1), flags.every);
        let end = joining + Duration::from_secs(flags.seconds);
        labs.spawn(async move {
            tokio::time::sleep(begin).await;
            let work = lab.run(&code, Duration::from_millis(every.max(100)));
            // What is under way at the end is not an error.
            let _ = tokio::time::timeout(end.saturating_sub(begin), work).await;
        });
    }
    while labs.join_next().await.is_some() {}
    Ok(timings)
}

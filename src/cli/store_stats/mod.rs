//! `session-lab store stats`: what a store holds, counted beside a lab that runs.
//!
//! [`crate::storage::stats`] is how the stores tell of what they hold; `tally` counts it, `table`
//! prints it for people. No id and no key is printed.

mod table;
mod tally;

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use self::tally::{BenchStats, SessionCounts, Tally};
use crate::app::settings::flags::ServeFlags;
use crate::app::settings::{SessionStore, Settings};
use crate::base::clock::BenchTime;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::cli::{StatsFlags, StoreCommand, StoreFlags};
use crate::storage::redis::Address;
use crate::storage::{file, redis};
use crate::web::visible_time::date_and_time;

/// All that is printed.
#[derive(Debug, Serialize)]
struct StoreReport {
    asked_at: String,
    /// Where the sessions are kept, in words and without a password.
    store: String,
    benches: Vec<BenchStats>,
    total: SessionCounts,
    /// Session records that cannot be read.
    unreadable: usize,
    #[serde(flatten)]
    room: Room,
}

/// How much room it takes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Room {
    Disk {
        files: usize,
        bytes: u64,
    },
    /// What Redis did not say is left out.
    Redis {
        used_bytes: Option<u64>,
        /// None where there is no limit.
        limit_bytes: Option<u64>,
        /// What a session takes on the average of those that were weighed.
        bytes_a_session: Option<u64>,
        weighed: u64,
    },
}

/// Does what `session-lab store` was asked for.
///
/// # Errors
/// The settings make no sense, or the store cannot be read.
pub async fn store(flags: StoreFlags) -> Result<(), StartError> {
    let StoreCommand::Stats(flags) = flags.command;
    let json = flags.json;
    let (store, folder) = Settings::load_store(of_serve(flags))?;
    let now = BenchTime::now(Duration::ZERO);
    let mut tally = Tally::at(now);
    let (description, room) = match store {
        SessionStore::Memory => {
            let message =
                "sessions in memory are in the process of the lab, and cannot be read from here";
            let hint = "look at /evidence of the lab that runs, or start it with --sessions file";
            return Err(StartError::new(message, hint));
        }
        SessionStore::File => in_files(&folder, &mut tally)?,
        SessionStore::Redis(address) => in_redis(address, &mut tally).await?,
    };
    let unreadable = tally.unreadable();
    let (benches, total) = tally.finish();
    let report = StoreReport {
        asked_at: rfc_3339(now),
        store: description,
        benches,
        total,
        unreadable,
        room,
    };
    tell(&if json {
        // Invariant: names, numbers and texts always become JSON.
        serde_json::to_string_pretty(&report).expect("a report becomes JSON") + "\n"
    } else {
        table::of(&report)
    })
}

fn of_serve(flags: StatsFlags) -> ServeFlags {
    ServeFlags {
        sessions: flags.sessions,
        redis_ca: flags.redis_ca,
        data_dir: flags.data_dir,
        config: flags.config,
        ..ServeFlags::default()
    }
}

fn in_files(folder: &Path, tally: &mut Tally) -> Result<(String, Room), StartError> {
    let disk = file::stats::read(folder, tally).map_err(|error| {
        let hint = "name the data folder of the lab (--data-dir), as the user who runs the lab";
        StartError::new(error.to_string(), hint)
    })?;
    let room = Room::Disk {
        files: disk.files,
        bytes: disk.bytes,
    };
    Ok((format!("files in {}", folder.display()), room))
}

async fn in_redis(address: Address, tally: &mut Tally) -> Result<(String, Room), StartError> {
    let description = address.to_string();
    let memory = redis::stats::read(address, tally)
        .await
        .map_err(|error| StartError::new(error.to_string(), error.hint()))?;
    let room = Room::Redis {
        used_bytes: memory.used,
        limit_bytes: memory.limit.filter(|limit| *limit > 0),
        bytes_a_session: memory.weight.checked_div(memory.weighed),
        weighed: memory.weighed,
    };
    Ok((description, room))
}

/// A moment as programs read it.
fn rfc_3339(at: BenchTime) -> String {
    date_and_time(at).replace(' ', "T") + "Z"
}

//! What happens by itself: expired records are swept, idle benches leave memory, and the times at
//! which sessions were last seen are written to disk.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::listeners::told_to_stop;
use crate::bench::Benches;
use crate::storage::FileStorage;

/// How often the upkeep runs.
const EVERY: Duration = Duration::from_secs(5);
/// How many records one bite sweeps, so that other requests get their turn in between.
const BITE: usize = 200;
/// How long a bench's records stay in memory unused.
const UNUSED: Duration = Duration::from_secs(3600);

/// Runs until the lab stops; then writes a last time.
pub fn spawn(
    benches: Arc<Benches>,
    files: Option<Arc<FileStorage>>,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let stopping = tokio::select! {
                () = told_to_stop(&mut stopped) => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            if let Some(files) = &files {
                if let Err(error) = files.flush().await {
                    log::error!("{error}");
                }
                if !stopping {
                    files.unload_idle(UNUSED).await;
                }
            }
            if stopping {
                return;
            }
            sweep(&benches).await;
        }
    })
}

async fn sweep(benches: &Benches) {
    for bench in benches.in_use().await {
        loop {
            match bench.storage().sweep(bench.name(), bench.now(), BITE).await {
                Ok(swept) if swept == BITE => tokio::task::yield_now().await,
                Ok(_) => break,
                Err(error) => {
                    log::error!("{error}");
                    break;
                }
            }
        }
    }
}

//! Whether the store works. It is found out twice a second, so that `/healthz` itself asks nobody.
//!
//! A Redis is asked each time. Files are not: they have failed when a request could not write one,
//! and until the same folder takes a file again. Memory never fails.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::base::shutdown::wait_for_shutdown;
use crate::storage::{FileStorage, RedisStorage, Trouble};

/// How often the store is looked at. Unless its address says otherwise, an answer of Redis takes half
/// a second at most, so what is wrong shows after a second, and so does its end.
const EVERY: Duration = Duration::from_millis(500);

/// What is known of the store.
#[derive(Debug)]
pub struct Health {
    works: AtomicBool,
    /// What is wrong, and since when.
    trouble: Mutex<Option<(Trouble, Instant)>>,
}

/// What is looked at.
pub enum Watched {
    /// Nothing: memory never fails.
    Memory,
    /// The files of a data folder.
    Files(Arc<FileStorage>),
    /// A Redis.
    Redis(Arc<RedisStorage>),
}

impl Default for Health {
    fn default() -> Self {
        Self {
            works: AtomicBool::new(true),
            trouble: Mutex::default(),
        }
    }
}

impl Health {
    /// What is wrong, since when and what to do, in plain words; nothing where the store works.
    pub fn trouble(&self) -> Option<String> {
        if self.works.load(Ordering::Relaxed) {
            return None;
        }
        let (trouble, since) = (*self.lock())?;
        let Trouble { what, next } = trouble;
        let seconds = since.elapsed().as_secs();
        Some(format!(
            "The session store {what}. It has been so for {seconds} s, and nobody can sign in.\n\
             {next} The lab's log names the cause. The lab goes on by itself.\n"
        ))
    }

    fn note(&self, found: Option<Trouble>) {
        let mut known = self.lock();
        let before = known.map(|(trouble, _)| trouble);
        let since = known.map_or_else(Instant::now, |(_, since)| since);
        *known = found.map(|trouble| (trouble, since));
        self.works.store(found.is_none(), Ordering::Relaxed);
        match found {
            Some(Trouble { what, .. }) if found != before => {
                log::warn!("/healthz says 503: the session store {what}");
            }
            None if before.is_some() => log::warn!("/healthz says ok again"),
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Trouble, Instant)>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at the store until the lab stops. It changes nothing there.
pub fn watch(
    health: Arc<Health>,
    watched: Watched,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = wait_for_shutdown(&mut stopped) => {}
            () = look(&health, &watched) => {}
        }
    })
}

async fn look(health: &Health, watched: &Watched) {
    let mut known = None;
    loop {
        let found = match watched {
            Watched::Memory => return,
            Watched::Files(files) => files.trouble().await,
            Watched::Redis(redis) => redis.trouble(known).await,
        };
        health.note(found);
        known = found;
        tokio::time::sleep(EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_that_changes_has_lasted_since_it_began() {
        let health = Health::default();
        assert_eq!(health.trouble(), None);
        let silent = Trouble {
            what: "does not answer",
            next: "Start it.",
        };
        let full = Trouble {
            what: "is full",
            next: "Make room.",
        };
        health.note(Some(silent));
        let (_, since) = health.lock().expect("a trouble");
        health.note(Some(full));
        assert_eq!(health.lock().expect("a trouble"), (full, since));
        let description = health.trouble().expect("a trouble");
        assert!(description.starts_with("The session store is full. It has been so for 0 s"));
        assert!(description.contains("\nMake room. "), "{description}");
        health.note(None);
        assert_eq!(health.trouble(), None);
    }
}

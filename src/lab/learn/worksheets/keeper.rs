//! Stores what the journal shows of steps, before the journal forgets it.
//!
//! A page derives progress from the journal, and stores nothing. A student may do a sheet without a
//! look at it, and go on until the journal has dropped its beginning. So now and then, while a bench's
//! journal grows, the steps that it shows as done are stored. How far it had grown is remembered in
//! memory only: after a restart, and at another lab on the same store, it is done once more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Request, Response};

use super::Lessons;
use crate::base::addresses::Site;
use crate::session::bench::{Bench, PerBench};
use crate::storage::StorageError;
use crate::web::context::RequestContext;
use crate::worksheets::progress_tracker::store_news;

/// After how many requests the keeper looks how far the journal has grown. The question costs a call of
/// the store, and a few requests do not fill the journal.
const REQUESTS: u64 = 64;

/// By how many events the journal has grown when steps are stored: few of the 10 000 that it keeps.
const GROWN: u64 = 500;

/// What is known of one bench.
#[derive(Debug, Default)]
struct Growth {
    requests: AtomicU64,
    /// The newest event when steps were last stored.
    stored_to: AtomicU64,
}

/// The fairing that does it, one for all sites.
#[derive(Clone, Debug)]
pub struct StepKeeper {
    lessons: Lessons,
    growth: Arc<PerBench<Arc<Growth>>>,
}

impl StepKeeper {
    /// Stores the steps of these worksheets.
    pub fn new(lessons: Lessons) -> Self {
        let growth = Arc::default();
        Self { lessons, growth }
    }

    async fn store(&self, bench: &Bench) -> Result<(), StorageError> {
        let growth = self.growth.read_or_insert_with(bench.name(), Arc::default);
        if !(growth.requests.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(REQUESTS) {
            return Ok(());
        }
        let last = bench.last_event().await?.0;
        let before = growth.stored_to.load(Ordering::Relaxed);
        // A journal that was deleted begins anew.
        if last >= before && last - before < GROWN {
            return Ok(());
        }
        // Of several requests at once one does it.
        let claimed =
            (growth.stored_to).compare_exchange(before, last, Ordering::Relaxed, Ordering::Relaxed);
        if claimed.is_err() {
            return Ok(());
        }
        let stored = store_news(bench, self.lessons.library()).await;
        if stored.is_err() {
            growth.stored_to.store(before, Ordering::Relaxed);
        }
        stored
    }
}

#[rocket::async_trait]
impl Fairing for StepKeeper {
    fn info(&self) -> Info {
        Info {
            name: "StepKeeper",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, _: &mut Response<'r>) {
        let Some(context) = RequestContext::of(request) else {
            return;
        };
        // Looking at the lab's own pages stores nothing.
        let looks =
            context.listener.site() == Site::Lab && request.method() != rocket::http::Method::Post;
        if looks || context.bench.is_thrown_away() {
            return;
        }
        if let Err(error) = self.store(&context.bench).await {
            error.report();
        }
    }
}

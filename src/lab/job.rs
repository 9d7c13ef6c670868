//! Work that a page starts and then watches: `/matrix`, `/custom/attack`, and attacks in a browser.
//!
//! A POST starts a job, the page polls its progress, and the job stops some seconds after the last
//! poll, so that a tab somebody closed does not keep the cores busy.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::base::bench_name::BenchName;
use crate::session::bench::PerBench;

/// How long a job continues after the last poll: enough to reload a page by hand, where no script
/// polls.
const PATIENCE: Duration = Duration::from_secs(15);

/// The last job of a bench. The lock makes "is one running?" and "start one" a single step.
type JobSlot<T> = Arc<Mutex<Option<Arc<Job<T>>>>>;

/// The jobs of one page, at most one for each bench. `T` is what the page shows of a job.
#[derive(Debug)]
pub(super) struct Jobs<T> {
    slots: PerBench<JobSlot<T>>,
    patience: Duration,
}

impl<T> Default for Jobs<T> {
    fn default() -> Self {
        Self {
            slots: PerBench::default(),
            patience: PATIENCE,
        }
    }
}

/// A job that is running, or that has ended.
#[derive(Debug)]
pub(super) struct Job<T> {
    progress: Mutex<T>,
    polled: Mutex<Instant>,
    task: OnceLock<AbortHandle>,
}

impl<T> Jobs<T> {
    /// The last job of a bench. Asking counts as a poll.
    pub(super) fn poll(&self, bench: &BenchName) -> Option<Arc<Job<T>>> {
        let slot = self.slots.read(bench)?;
        let job = lock(&slot).clone()?;
        *lock(&job.polled) = Instant::now();
        Some(job)
    }

    /// Starts a job, unless one is running on this bench.
    pub(super) fn start<W>(
        &self,
        bench: &BenchName,
        progress: T,
        work: impl FnOnce(Arc<Job<T>>) -> W,
    ) where
        T: Send + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        let slot = self.slots.read_or_insert_with(bench, JobSlot::default);
        let mut last = lock(&slot);
        if last.as_ref().is_some_and(|job| job.is_running()) {
            return;
        }
        let job = Arc::new(Job {
            progress: Mutex::new(progress),
            polled: Mutex::new(Instant::now()),
            task: OnceLock::new(),
        });
        let (work, watched, patience) = (work(job.clone()), job.clone(), self.patience);
        let task = tokio::spawn(async move {
            tokio::select! {
                () = work => {}
                () = watched.unwatched(patience) => {}
            }
        });
        // The job is new, so nothing was set before.
        let _ = job.task.set(task.abort_handle());
        *last = Some(job);
    }

    /// Ends the work of a bench's job, where it is still running.
    pub(super) fn cancel(&self, bench: &BenchName) {
        let Some(slot) = self.slots.read(bench) else {
            return;
        };
        if let Some(task) = lock(&slot).as_ref().and_then(|job| job.task.get()) {
            task.abort();
        }
    }
}

impl<T> Job<T> {
    /// Whether the work has neither ended nor been stopped.
    pub(super) fn is_running(&self) -> bool {
        self.task.get().is_some_and(|task| !task.is_finished())
    }

    /// Changes what the page shows.
    pub(super) fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut lock(&self.progress));
    }

    /// What the page shows.
    pub(super) fn progress(&self) -> T
    where
        T: Clone,
    {
        lock(&self.progress).clone()
    }

    /// Returns when nobody has polled for this long.
    async fn unwatched(&self, patience: Duration) {
        loop {
            let deadline = *lock(&self.polled) + patience;
            if Instant::now() >= deadline {
                return;
            }
            tokio::time::sleep_until(deadline).await;
        }
    }
}

// What the locks guard is valid at every step, so a panic elsewhere does no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ended<T>(job: &Job<T>) {
        while job.is_running() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn one_job_runs_on_a_bench_and_another_one_after_it() {
        let (jobs, bench) = (Jobs::default(), BenchName::local());
        assert!(jobs.poll(&bench).is_none());
        let (end, wait) = tokio::sync::oneshot::channel::<()>();
        jobs.start(&bench, 1, |job| async move {
            let _ = wait.await;
            job.update(|n| *n += 1);
        });
        jobs.start(&bench, 10, |_| async {});
        let first = jobs.poll(&bench).expect("a job");
        assert!(first.is_running());
        assert_eq!(first.progress(), 1, "the second one was not started");
        end.send(()).expect("it waits");
        ended(&first).await;
        assert_eq!(first.progress(), 2);
        jobs.start(&bench, 10, |_| async {});
        let next = jobs.poll(&bench).expect("a job");
        assert_eq!(next.progress(), 10);
        ended(&next).await;
    }

    #[tokio::test]
    async fn a_job_that_somebody_cancels_ends_at_once() {
        let (jobs, bench) = (Jobs::default(), BenchName::local());
        jobs.cancel(&bench);
        jobs.start(&bench, 1, |_| std::future::pending());
        let job = jobs.poll(&bench).expect("a job");
        assert!(job.is_running());
        jobs.cancel(&bench);
        ended(&job).await;
        assert_eq!(job.progress(), 1, "what it had found is still there");
    }

    #[tokio::test]
    async fn a_job_that_nobody_polls_is_stopped_in_the_middle() {
        let jobs = Jobs {
            slots: PerBench::default(),
            patience: Duration::ZERO,
        };
        let bench = BenchName::local();
        jobs.start(&bench, 0, |job| async move {
            std::future::pending::<()>().await;
            job.update(|n| *n += 1);
        });
        let job = jobs.poll(&bench).expect("a job");
        ended(&job).await;
        assert_eq!(job.progress(), 0);
    }
}

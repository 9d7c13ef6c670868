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
    begun: Instant,
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

    /// Stops the job of a bench, if one is running. What it has found stays.
    pub(super) fn stop(&self, bench: &BenchName) {
        let slot = self.slots.read(bench);
        let job = slot.and_then(|slot| lock(&slot).clone());
        if let Some(task) = job.as_ref().and_then(|job| job.task.get()) {
            task.abort();
        }
    }

    /// Starts a job in place of one that may be running on this bench.
    pub(super) fn restart<W>(
        &self,
        bench: &BenchName,
        progress: T,
        work: impl FnOnce(Arc<Job<T>>) -> W,
    ) where
        T: Send + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        self.stop(bench);
        let slot = self.slots.read_or_insert_with(bench, JobSlot::default);
        self.begin(&mut lock(&slot), progress, work);
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
        self.begin(&mut last, progress, work);
    }

    fn begin<W>(
        &self,
        last: &mut Option<Arc<Job<T>>>,
        progress: T,
        work: impl FnOnce(Arc<Job<T>>) -> W,
    ) where
        T: Send + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        let job = Arc::new(Job {
            progress: Mutex::new(progress),
            begun: Instant::now(),
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

    /// How long the rest takes if it goes on as before; `None` where nothing is known yet, or
    /// nothing is left.
    pub(super) fn time_left(&self, done: usize, of: usize) -> Option<Duration> {
        time_left(self.begun.elapsed(), done, of)
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

fn time_left(elapsed: Duration, done: usize, of: usize) -> Option<Duration> {
    let (done, left) = (
        u32::try_from(done).ok()?,
        u32::try_from(of.checked_sub(done)?).ok()?,
    );
    let each = elapsed.checked_div(done)?;
    (left > 0).then(|| each.saturating_mul(left))
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

    #[test]
    fn the_rest_takes_as_long_for_each_part_as_what_was_done() {
        let minute = Duration::from_secs(60);
        assert_eq!(time_left(minute, 20, 80), Some(3 * minute));
        assert_eq!(time_left(minute, 0, 80), None);
        assert_eq!(time_left(minute, 80, 80), None);
    }

    #[tokio::test]
    async fn a_job_is_stopped_and_what_it_found_stays() {
        let (jobs, bench) = (Jobs::default(), BenchName::local());
        jobs.stop(&bench);
        jobs.start(&bench, 0, |job| async move {
            job.update(|n| *n += 1);
            std::future::pending::<()>().await;
        });
        let job = jobs.poll(&bench).expect("a job");
        while job.progress() == 0 {
            tokio::task::yield_now().await;
        }
        jobs.stop(&bench);
        ended(&job).await;
        assert_eq!(job.progress(), 1);
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

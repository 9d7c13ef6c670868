//! Whose attack runs next, where a class shares the lab's cores.
//!
//! A bench has one run at a time, waiting or under way, so turns in the order of arrival are fair by
//! bench: nobody who asks often comes before somebody who asks once. On a student's own computer nobody waits.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::http::Status;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::base::bench_name::BenchName;
use crate::web::problem::Problem;

/// How many run at once. One that waits for an answer leaves its core to the other.
const AT_ONCE: usize = 2;

/// How many benches may wait or run: more than a class has.
const MOST: usize = 100;

/// The turns of a class.
#[derive(Debug)]
pub(super) struct RunQueue {
    turns: Arc<Semaphore>,
    benches: Arc<Mutex<HashSet<BenchName>>>,
    /// The turn of a whole matrix, which takes minutes. A bench has one such job at most.
    matrix: Arc<Semaphore>,
}

impl Default for RunQueue {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            benches: Arc::default(),
            matrix: Arc::new(Semaphore::new(1)),
        }
    }
}

/// A bench's turn, from its place in the queue to the end of its run.
#[derive(Debug)]
pub(super) struct RunTurn {
    _place: Place,
    _permit: OwnedSemaphorePermit,
}

/// A bench that waits or runs. It leaves when this goes, also where the browser has gone away.
#[derive(Debug)]
struct Place {
    benches: Arc<Mutex<HashSet<BenchName>>>,
    bench: BenchName,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut benches = self.benches.lock().unwrap_or_else(PoisonError::into_inner);
        benches.remove(&self.bench);
    }
}

impl RunQueue {
    /// Waits for the bench's turn.
    ///
    /// # Errors
    /// The bench waits or runs already (429), or too many do (503).
    pub async fn turn(&self, bench: &BenchName) -> Result<RunTurn, Problem> {
        let place = self.enter(bench)?;
        let permit = self.turns.clone().acquire_owned().await;
        let permit = permit.map_err(|_| {
            let because = "The lab is stopping.";
            let status = Status::ServiceUnavailable;
            Problem::new(status, HEADING, because, "Start the lab again.")
        })?;
        Ok(RunTurn {
            _place: place,
            _permit: permit,
        })
    }

    /// The turn of a whole matrix, in the order of arrival.
    pub fn matrix(&self) -> Arc<Semaphore> {
        self.matrix.clone()
    }

    fn enter(&self, bench: &BenchName) -> Result<Place, Problem> {
        let mut benches = self.benches.lock().unwrap_or_else(PoisonError::into_inner);
        if benches.len() >= MOST {
            let because = format!("{MOST} benches of the class wait for an attack already.");
            let status = Status::ServiceUnavailable;
            return Err(waiting(status, because));
        }
        if !benches.insert(bench.clone()) {
            let because = "An attack of this bench runs, or waits for its turn.".to_owned();
            return Err(waiting(Status::TooManyRequests, because));
        }
        Ok(Place {
            benches: self.benches.clone(),
            bench: bench.clone(),
        })
    }
}

const HEADING: &str = "The attack was not run";

fn waiting(status: Status, because: String) -> Problem {
    let next = "Wait some seconds, then run it again.";
    Problem {
        retry_after: Some(5),
        ..Problem::new(status, HEADING, because, next)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn bench(number: usize) -> BenchName {
        format!("team-{number}").parse().unwrap()
    }

    #[tokio::test]
    async fn a_bench_has_one_place_and_gets_it_back() {
        let queue = RunQueue::default();
        let turn = queue.turn(&bench(1)).await.unwrap();
        let refused = queue.turn(&bench(1)).await.unwrap_err();
        assert_eq!(refused.status, Status::TooManyRequests);
        assert_eq!(refused.retry_after, Some(5));
        drop(turn);
        assert!(queue.turn(&bench(1)).await.is_ok());
    }

    #[tokio::test]
    async fn turns_come_in_the_order_of_arrival_and_one_who_leaves_gives_way() {
        let queue = RunQueue::default();
        let first = queue.turn(&bench(1)).await.unwrap();
        let _second = queue.turn(&bench(2)).await.unwrap();
        let (three, four) = (bench(3), bench(4));
        let mut third = Box::pin(queue.turn(&three));
        let mut fourth = Box::pin(queue.turn(&four));
        assert!((&mut third).now_or_never().is_none());
        assert!((&mut fourth).now_or_never().is_none());
        drop(first);
        assert!((&mut fourth).now_or_never().is_none(), "it came later");
        drop(third);
        assert!((&mut fourth).now_or_never().is_some());
        assert!(queue.enter(&three).is_ok(), "who left has no place");
    }

    #[tokio::test]
    async fn the_queue_has_a_bound() {
        let queue = RunQueue::default();
        let places: Vec<_> = (0..MOST).map(|at| queue.enter(&bench(at))).collect();
        assert!(places.iter().all(Result::is_ok));
        let refused = queue.turn(&bench(MOST)).await.unwrap_err();
        assert_eq!(refused.status, Status::ServiceUnavailable);
    }
}

//! Whose hash is next: one bench after the other, however many each of them has waiting.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::base::bench_name::BenchName;

/// How many hashes of one bench may wait: a class of students who sign in on it at the same moment,
/// three times over. On two cores they take about two seconds.
pub const WAITING_A_BENCH: usize = 100;

/// A bench has as many hashes waiting as it may.
#[derive(Debug, thiserror::Error)]
#[error("{WAITING_A_BENCH} password checks of this bench are waiting already")]
pub struct QueueFull;

/// The turns, of which there are as many as threads.
#[derive(Debug)]
pub(super) struct Turns(Mutex<Queues>);

#[derive(Debug)]
struct Queues {
    /// Turns that nobody has. Above 0 nobody waits.
    free: usize,
    waiting: HashMap<BenchName, VecDeque<oneshot::Sender<Turn>>>,
    /// The benches that have somebody waiting, the one whose turn is next first.
    order: VecDeque<BenchName>,
}

/// The right to use one thread. Dropped, it goes to the next who waits.
#[derive(Debug)]
pub(super) struct Turn(Option<Arc<Turns>>);

impl Turns {
    pub(super) fn new(threads: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Queues {
            free: threads,
            waiting: HashMap::new(),
            order: VecDeque::new(),
        })))
    }

    /// Waits for a turn. A caller that is dropped meanwhile gives its place up.
    pub(super) async fn take(self: &Arc<Self>, bench: &BenchName) -> Result<Turn, QueueFull> {
        let told = {
            let mut queues = self.lock();
            if queues.free > 0 {
                queues.free -= 1;
                return Ok(Turn(Some(self.clone())));
            }
            queues.join(bench)?
        };
        // A sender is dropped only with its bench's queue, and those end with the last turn.
        told.await.map_err(|_| QueueFull)
    }

    // The queues are valid at every step, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queues {
    fn join(&mut self, bench: &BenchName) -> Result<oneshot::Receiver<Turn>, QueueFull> {
        let queue = self.waiting.entry(bench.clone()).or_default();
        if queue.is_empty() {
            self.order.push_back(bench.clone());
        }
        if queue.len() >= WAITING_A_BENCH {
            // Those who left do not count.
            queue.retain(|waiting| !waiting.is_closed());
        }
        if queue.len() >= WAITING_A_BENCH {
            return Err(QueueFull);
        }
        let (tell, told) = oneshot::channel();
        queue.push_back(tell);
        Ok(told)
    }

    /// Takes the next who waits out of the queues. The bench goes to the end of the line.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let bench = self.order.pop_front()?;
        let queue = self.waiting.get_mut(&bench)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&bench);
        } else {
            self.order.push_back(bench);
        }
        next
    }
}

impl Turn {
    /// Whether somebody waits for a turn.
    pub(super) fn is_awaited(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|turns| !turns.lock().order.is_empty())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(turns) = self.0.take() else {
            return;
        };
        loop {
            let next = {
                let mut queues = turns.lock();
                let next = queues.next();
                if next.is_none() {
                    queues.free += 1;
                    return;
                }
                next
            };
            let turn = Turn(Some(turns.clone()));
            // One who left returns the turn, which then is the next one's.
            match next.map(|next| next.send(turn)) {
                Some(Err(mut returned)) => returned.0 = None,
                Some(Ok(())) | None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    type Waiting = Pin<Box<dyn Future<Output = Result<Turn, QueueFull>>>>;

    fn waits(turns: &Arc<Turns>, bench: &str) -> Waiting {
        let (turns, bench) = (turns.clone(), bench.parse::<BenchName>().expect("a name"));
        let mut waiting: Waiting = Box::pin(async move { turns.take(&bench).await });
        assert!(poll(&mut waiting).is_none(), "no turn is free");
        waiting
    }

    fn poll(waiting: &mut Waiting) -> Option<Result<Turn, QueueFull>> {
        match waiting
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    async fn first(turns: &Arc<Turns>) -> Turn {
        let bench = "first".parse().expect("a name");
        turns.take(&bench).await.expect("a free turn")
    }

    #[tokio::test]
    async fn a_bench_with_many_waiting_gives_way_to_another_after_each_of_them() {
        let turns = Turns::new(1);
        let turn = first(&turns).await;
        let mut many: Vec<_> = (0..WAITING_A_BENCH).map(|_| waits(&turns, "a")).collect();
        let mut other = waits(&turns, "b");
        drop(turn);
        let turn = poll(&mut many[0]).expect("its turn").expect("a turn");
        assert!(turn.is_awaited());
        assert!(poll(&mut other).is_none(), "one thread only");
        drop(turn);
        assert!(poll(&mut many[1]).is_none(), "the other bench is next");
        let turn = poll(&mut other).expect("its turn").expect("a turn");
        drop(turn);
        assert!(poll(&mut many[1]).is_some());
    }

    #[tokio::test]
    async fn beyond_its_bound_only_the_bench_that_filled_the_queue_is_refused() {
        let turns = Turns::new(1);
        let _turn = first(&turns).await;
        let mut many: Vec<_> = (0..WAITING_A_BENCH).map(|_| waits(&turns, "a")).collect();
        let a = "a".parse().expect("a name");
        assert!(turns.take(&a).await.is_err());
        let _other = waits(&turns, "b");
        // One who leaves makes room.
        many.pop();
        let _again = waits(&turns, "a");
        assert!(turns.take(&a).await.is_err());
    }

    #[tokio::test]
    async fn a_turn_passes_over_those_who_left_and_is_free_in_the_end() {
        let turns = Turns::new(1);
        let turn = first(&turns).await;
        let left: Vec<_> = (0..5).map(|_| waits(&turns, "a")).collect();
        let mut stays = waits(&turns, "b");
        drop(left);
        drop(turn);
        // It was given to one who then leaves without having looked.
        drop(poll(&mut stays).expect("its turn"));
        assert_eq!(turns.lock().free, 1);
        assert!(turns.lock().waiting.is_empty());
        drop(first(&turns).await);
    }
}

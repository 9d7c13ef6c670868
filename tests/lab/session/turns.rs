//! Requests that take turns, in an order that is the same for the same seed.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures::task::AtomicWaker;

/// A request under way.
pub type Task<'t, T> = Pin<Box<dyn Future<Output = T> + 't>>;

/// Lets the tasks go on by turns, each up to its next pause; the seed decides whose turn it is. A task
/// that waits for another one or for the disk has no turn before it is woken, as in every executor. Asked
/// all the time, 150 of them would take the processor from the one that they wait for.
pub async fn take_turns<T>(seed: u64, tasks: Vec<Task<'_, T>>) -> Vec<T> {
    let mut dice = Dice(seed);
    let mut done: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    let somebody_woke = Arc::new(AtomicWaker::new());
    let mut waiting: Vec<_> = tasks
        .into_iter()
        .enumerate()
        .map(|(place, task)| (place, task, TaskWake::new(&somebody_woke)))
        .collect();
    let mut turn = 0;
    std::future::poll_fn(|cx| {
        somebody_woke.register(cx.waker());
        // Often one goes on for a while, so that another is interrupted in the middle.
        if dice.roll(3) == 0 {
            turn = dice.roll(waiting.len());
        }
        let mut from_there = (turn..turn + waiting.len()).map(|place| place % waiting.len());
        let Some(next) = from_there.find(|next| waiting[*next].2.take()) else {
            return Poll::Pending;
        };
        turn = next;
        let waker = Waker::from(waiting[turn].2.clone());
        let polled = waiting[turn]
            .1
            .as_mut()
            .poll(&mut Context::from_waker(&waker));
        if let Poll::Ready(result) = polled {
            done[waiting.swap_remove(turn).0] = Some(result);
        }
        if waiting.is_empty() {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    done.into_iter().map(Option::unwrap).collect()
}

/// Whether a task was woken since its last turn, and whom to tell.
struct TaskWake {
    woken: AtomicBool,
    somebody_woke: Arc<AtomicWaker>,
}

impl TaskWake {
    /// Every task has a first turn.
    fn new(somebody_woke: &Arc<AtomicWaker>) -> Arc<Self> {
        Arc::new(Self {
            woken: AtomicBool::new(true),
            somebody_woke: somebody_woke.clone(),
        })
    }

    fn take(&self) -> bool {
        self.woken.swap(false, Ordering::SeqCst)
    }
}

impl Wake for TaskWake {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.somebody_woke.wake();
    }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }
}

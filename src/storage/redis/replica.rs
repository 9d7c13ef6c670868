//! Waiting until a replica has what was written, so that a fail-over does not bring back what
//! ended.
//!
//! A commit that writes or removes a record answers which history this Redis writes
//! (`master_replid`) where a replica is connected, and nothing where none is. Then it counts as
//! done only when a replica has confirmed it, within the time of the call; else the answer is
//! [`StorageError::Unreachable`](crate::storage::StorageError). The rule knows no kinds: a
//! sign-out, a rotation, a new password and a token on the denylist are all commits. Only one that
//! adds nothing but events to the journal, a touch and a sweep do not wait: none of them ends
//! anything that still counts.
//!
//! `WAIT` holds up its connection, and waits for the writes of that connection only. So it has its
//! own one, with a small write before it ([`MARKER`]): replicas take writes in the order in
//! which the primary made them, and one that has the marker has all commits that were answered
//! before it. One `WAIT` serves all who came before it began.
//!
//! What is promised: where an end was answered and a replica was connected, a replica has it. With
//! one replica that is the one that a fail-over makes primary. The same holds for what was begun:
//! anyone who was told that they are signed in still is. What is not promised:
//!
//! - With more replicas, that the one that confirmed is elected. Sentinel takes the one that has read
//!   most, if all have the same `replica-priority` and it can reach that one. `min-replicas-to-write`
//!   with the number of all replicas, and `min-replicas-max-lag`, narrow that to the seconds of the
//!   lag, and do not close it.
//! - Anything while no replica is connected: nothing waits then, and a replica that comes back with
//!   old data may be elected. With `min-replicas-to-write 1` such a primary refuses writes, and
//!   the end says 503.
//! - An end that was answered with 503. The primary may have done it, and anyone who asks again finds
//!   nothing left to end.
//! - An answer other than 503 while a replica is connected and does not answer. The primary gives it up
//!   after `repl-timeout`, a minute unless that is set; then nothing waits for it.
//! - That the replica keeps it after a loss of power: that is `appendfsync`.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, cmd, pipe};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::error::in_words;
use super::target::RedisTarget;

/// A write that comes after all that were answered; it answers which history it belongs to.
const MARKER: &str = include_str!("scripts/marker.lua");

/// What the marker is called.
const MARKER_KEY: &str = "lab:marker";

/// How often a connection is made for one wait: the one that was idle may have broken meanwhile.
const TRIES: usize = 2;

/// The second connection, and those who wait on it.
#[derive(Default)]
pub struct Replicas {
    turn: Mutex<ReplicaWait>,
}

/// What the one whose turn it is holds.
#[derive(Default)]
struct ReplicaWait {
    connection: Option<MultiplexedConnection>,
    confirmed: Option<Confirmed>,
}

/// The last time that a replica had everything.
struct Confirmed {
    /// Everything that was answered before this.
    began: Instant,
    /// The history that it belongs to.
    history: String,
}

impl Replicas {
    /// Waits until a replica has what was answered so far on this history, or until the deadline.
    /// If not, it says why.
    pub async fn confirm(
        &self,
        target: &RedisTarget,
        history: &str,
        deadline: Instant,
    ) -> Result<(), String> {
        let answered = Instant::now();
        let mut turn = self.turn.lock().await;
        if let Some(last) = &turn.confirmed
            && last.began >= answered
        {
            return same(history, &last.history);
        }
        for left in (0..TRIES).rev() {
            let began = Instant::now();
            match turn.wait(target, deadline).await {
                Ok((0, _)) => return Err("no replica confirmed in time that it has this".into()),
                Ok((_, found)) => {
                    let ended = same(history, &found);
                    let history = found;
                    turn.confirmed = Some(Confirmed { began, history });
                    return ended;
                }
                Err(error) if left == 0 || !error.is_connection_dropped() => {
                    return Err(in_words(&error));
                }
                Err(_) => {}
            }
        }
        Err("no connection holds".into())
    }
}

impl ReplicaWait {
    /// How many replicas have the marker, at least one unless the time is up, and its history.
    async fn wait(
        &mut self,
        target: &RedisTarget,
        deadline: Instant,
    ) -> RedisResult<(u64, String)> {
        // Taken out, so that nobody is served by one on which an old question is still open.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => target.connect().await?,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        // 0 would mean forever.
        let left = left.max(Duration::from_millis(1)).as_millis();
        let mut questions = pipe();
        questions.cmd("EVAL").arg(MARKER).arg(1).arg(MARKER_KEY);
        let mut wait = cmd("WAIT");
        wait.arg(1).arg(u64::try_from(left).unwrap_or(1));
        questions.add_command(wait);
        let (history, copies) = questions.query_async(&mut connection).await?;
        self.connection = Some(connection);
        Ok((copies, history))
    }
}

/// Where a fail-over came between the commit and the marker, the marker says nothing of the commit.
fn same(written: &str, confirmed: &str) -> Result<(), String> {
    if written == confirmed {
        Ok(())
    } else {
        Err("another Redis became the primary meanwhile".into())
    }
}

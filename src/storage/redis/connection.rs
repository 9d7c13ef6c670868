//! The one connection to Redis that all requests share, and how it is found again when it is lost.
//!
//! Whatever happens, an answer or an error comes within the timeout of the address. A
//! connection that broke, that did not answer in time or that turned out to be read-only is given
//! up, and the next call makes a new one; with Sentinels it asks them again where the primary is,
//! so a fail-over is followed. The crate's own connection manager waits longer than that, and knows
//! no Sentinels. The log gets one line when the connection is lost, one more where Redis then says
//! what is wrong (another password, say), and one when it answers again.
//!
//! Next: `target.rs`, which makes a connection; `start.rs`, the first one; `replica.rs`, what else
//! a commit waits for.

use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue, RedisError, RedisResult, ScriptInvocation};
use tokio::time::{Instant, timeout, timeout_at};

use super::error::{in_words, is_lost, too_slow};
use super::replica::Replicas;
use super::target::RedisTarget;
use crate::storage::StorageError;
use crate::storage::memory::lock;
use crate::storage::report;

/// How long a commit may take that clears a bench. Nobody may meet a bench that is half cleared, so
/// it is one script, and Redis answers nobody else meanwhile: half a million records take this long.
pub const CLEAR: Duration = Duration::from_secs(5);

/// The last part of a call's time. It begins when this process gets to look: where it had no turn
/// for a while itself, what came meanwhile is still taken.
const LAST_LOOK: Duration = Duration::from_millis(100);

/// The code of the error by which Redis says that it has no memory left for a write.
const NO_ROOM: &str = "OOM";

/// What Redis is asked.
pub enum RedisRequest<'a> {
    /// A command that changes nothing.
    Command(Cmd),
    /// A script that changes nothing, or nothing more the second time.
    Repeatable(ScriptInvocation<'a>),
    /// A script that must not run twice.
    Once(ScriptInvocation<'a>),
}

/// The way to Redis.
pub struct RedisConnection {
    target: RedisTarget,
    /// How long a call may take.
    limit: Duration,
    state: Mutex<ConnectionState>,
    /// Held by the one who makes a connection.
    connecting: tokio::sync::Mutex<()>,
    replicas: Replicas,
}

#[derive(Default)]
struct ConnectionState {
    current: Option<MultiplexedConnection>,
    /// Counts the connections, so that nobody gives up a newer one than the one that failed.
    number: u64,
    /// Why the last attempt failed, and when. Those who waited for it fail with it.
    failed: Option<(Instant, RedisError)>,
    /// What the log says of a connection that is lost; everybody gets the same answer until there
    /// is another.
    lost: Option<String>,
}

impl RedisConnection {
    /// A link that begins with a connection that was just made.
    pub fn new(target: RedisTarget, first: MultiplexedConnection, limit: Duration) -> Self {
        let state = ConnectionState {
            current: Some(first),
            ..ConnectionState::default()
        };
        Self {
            target,
            limit,
            state: Mutex::new(state),
            connecting: tokio::sync::Mutex::default(),
            replicas: Replicas::default(),
        }
    }

    /// Asks Redis. What may be asked again is, once, when the connection turns out to be broken:
    /// the first request after a restart of Redis need not fail.
    ///
    /// # Errors
    /// Redis did not answer in time, or not as it should. Whether it did what it was asked is not
    /// known then.
    pub async fn ask<T: FromRedisValue>(&self, ask: RedisRequest<'_>) -> Result<T, StorageError> {
        self.ask_within(self.limit, ask).await
    }

    /// Runs the script of a commit, and waits until a replica has what it wrote, where one is
    /// connected. Says whether it was done. `at_least` is how much time it has, where that is more
    /// than a call's.
    ///
    /// # Errors
    /// As [`RedisConnection::ask`], or no replica confirmed it in time.
    pub async fn commit(
        &self,
        script: ScriptInvocation<'_>,
        at_least: Duration,
    ) -> Result<bool, StorageError> {
        let limit = self.limit.max(at_least);
        let deadline = deadline(limit);
        let (done, history): (bool, String) =
            self.ask_within(limit, RedisRequest::Once(script)).await?;
        if !history.is_empty() {
            let confirmed = pin!(self.replicas.confirm(&self.target, &history, deadline));
            let confirmed = in_time(deadline, confirmed).await;
            confirmed
                .unwrap_or_else(|| Err(in_words(&too_slow(limit))))
                .map_err(|why| {
                    StorageError::Unreachable(format!("{}: {why}", self.target.address()))
                })?;
        }
        Ok(done)
    }

    async fn ask_within<T: FromRedisValue>(
        &self,
        limit: Duration,
        ask: RedisRequest<'_>,
    ) -> Result<T, StorageError> {
        let deadline = deadline(limit);
        let mut answer = self.ask_once(&ask, limit, deadline).await;
        let again = !matches!(ask, RedisRequest::Once(_)) && Instant::now() < deadline;
        if again && answer.as_ref().is_err_and(is_lost) {
            answer = self.ask_once(&ask, limit, deadline).await;
        }
        answer.map_err(|error| {
            let lost = lock(&self.state).lost.clone();
            let why = || format!("{}: {}", self.target.address(), in_words(&error));
            let said = lost.unwrap_or_else(why);
            match error.code() {
                Some(NO_ROOM) => StorageError::Full(said),
                _ => StorageError::Unreachable(said),
            }
        })
    }

    async fn ask_once<T: FromRedisValue>(
        &self,
        ask: &RedisRequest<'_>,
        limit: Duration,
        deadline: Instant,
    ) -> RedisResult<T> {
        let connected = timeout_at(deadline, self.connection(deadline)).await;
        let (number, mut connection) = connected.unwrap_or_else(|_| Err(too_slow(limit)))?;
        let answer = pin!(async {
            match ask {
                RedisRequest::Command(command) => command.query_async(&mut connection).await,
                RedisRequest::Repeatable(script) | RedisRequest::Once(script) => {
                    script.invoke_async(&mut connection).await
                }
            }
        });
        let answer = in_time(deadline, answer).await;
        let answer = answer.unwrap_or_else(|| Err(too_slow(limit)));
        if let Err(error) = &answer
            && is_lost(error)
        {
            self.give_up(number, error);
        }
        answer
    }

    /// The connection, made anew where there is none, and its number.
    async fn connection(&self, deadline: Instant) -> RedisResult<(u64, MultiplexedConnection)> {
        if let Some(found) = lock(&self.state).current() {
            return Ok(found);
        }
        let asked = Instant::now();
        let _turn = self.connecting.lock().await;
        {
            let state = lock(&self.state);
            if let Some(found) = state.current() {
                return Ok(found);
            }
            if let Some((when, error)) = &state.failed
                && *when >= asked
            {
                return Err(error.clone());
            }
        }
        // A little earlier than the call itself, which can then still say why not.
        let made = pin!(self.target.connect());
        let made = timeout_at(deadline - LAST_LOOK.min(self.limit / 4), made).await;
        let made = made.unwrap_or_else(|_| Err(too_slow(self.limit)));
        let mut state = lock(&self.state);
        match made {
            Ok(connection) => {
                state.number += 1;
                state.current = Some(connection.clone());
                if let Some(lost) = state.lost.take() {
                    report::is_over(&lost);
                    log::warn!("{} answers again", self.target.address());
                }
                Ok((state.number, connection))
            }
            Err(error) => {
                // Redis itself says what is wrong, which is more than that nobody answers.
                if !error.is_io_error() {
                    self.note_loss(&mut state, &error);
                }
                state.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    fn give_up(&self, number: u64, why: &RedisError) {
        let mut state = lock(&self.state);
        if state.number != number || state.current.take().is_none() {
            return;
        }
        if state.lost.is_none() {
            self.note_loss(&mut state, why);
        }
    }

    fn note_loss(&self, state: &mut ConnectionState, why: &RedisError) {
        let lost = format!("{} is lost: {}", self.target.address(), in_words(why));
        if state.lost.as_ref() == Some(&lost) {
            return;
        }
        if report::is_new(&lost) {
            log::warn!("{lost}");
        }
        if let Some(before) = state.lost.replace(lost) {
            report::is_over(&before);
        }
    }
}

impl ConnectionState {
    fn current(&self) -> Option<(u64, MultiplexedConnection)> {
        let connection = self.current.clone()?;
        Some((self.number, connection))
    }
}

/// When a call that begins now must be done.
fn deadline(limit: Duration) -> Instant {
    Instant::now() + limit.saturating_sub(LAST_LOOK)
}

/// What comes by the deadline, or is there at the last look.
async fn in_time<T>(deadline: Instant, mut answer: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match timeout_at(deadline, &mut answer).await {
        Ok(answer) => Some(answer),
        Err(_) => timeout(LAST_LOOK, answer).await.ok(),
    }
}

//! The transcript of an attack: what the narrator says, and every request with its answer, in
//! order.
//!
//! The command line prints it, the attack's page shows it as text, `lab/diagrams` draws it, and a play
//! goes through its `beats`. The actors write to it and know nothing else of the [`Scenario`](super::scenario::Scenario) they act
//! in. It is the second half of every proof: a reader can see that the evidence came from an
//! answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::browser::BrowserError;
use crate::client::{ClientError, HttpExchange};

/// Why an attack could not be tried to its end. This is never the work of a defence.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The lab did not answer the lab's own client.
    #[error(transparent)]
    LabClient(#[from] ClientError),
    /// The browser failed, or none is installed.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A step that is no part of the attack failed, such as a victim's own sign-in. If it counted
    /// as "stopped", every broken portal would be a safe one.
    #[error("{0}")]
    Unexpected(String),
}

/// One entry of a transcript.
#[derive(Clone, Debug)]
pub enum TranscriptLine {
    /// What the narrator says: one or two sentences in the present tense.
    Narration(String),
    /// A cookie that somebody put into an actor's jar by hand: no answer set it.
    Planted {
        /// Whose jar it is.
        actor: &'static str,
        /// The cookie as a `Set-Cookie` line.
        cookie: String,
    },
    /// What one actor sent and received.
    Exchange {
        /// The actor's name, as in `victim`.
        actor: &'static str,
        /// The bytes that went over the socket.
        exchange: Box<HttpExchange>,
    },
}

/// A session that the server holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSession {
    /// Its fingerprint, as in the journal.
    pub fingerprint: String,
    /// The fingerprint of the session whose place it took.
    pub rotated_from: Option<String>,
    /// Who is signed in with it.
    pub user: Option<String>,
}

/// Somebody who looks into the server while an attack runs: the lab, for the stage of a play. The
/// attack learns nothing of it.
#[async_trait]
pub trait ServerWatch: std::fmt::Debug + Send + Sync {
    /// The sessions that the server holds now, newest first.
    async fn sessions(&self) -> Vec<HeldSession>;
}

/// What the server held after so many lines.
#[derive(Clone, Debug)]
pub struct ServerLook {
    /// How many lines the transcript had.
    pub lines: usize,
    /// The sessions, newest first.
    pub sessions: Vec<HeldSession>,
}

/// What was said and sent so far. Actors of one scenario share it, so it locks itself.
#[derive(Debug, Default)]
pub struct Transcript {
    lines: Mutex<Vec<TranscriptLine>>,
    watch: Option<Arc<dyn ServerWatch>>,
    looks: Mutex<Vec<ServerLook>>,
}

impl Transcript {
    /// A transcript beside which the server is watched.
    pub fn watched_by(watch: Arc<dyn ServerWatch>) -> Self {
        Self {
            watch: Some(watch),
            ..Self::default()
        }
    }

    /// Adds what the narrator says.
    pub fn narrate(&self, text: impl Into<String>) {
        self.add(TranscriptLine::Narration(text.into()));
    }

    /// Adds a cookie that was put into a jar by hand.
    pub fn plant(&self, actor: &'static str, cookie: impl Into<String>) {
        let cookie = cookie.into();
        self.add(TranscriptLine::Planted { actor, cookie });
    }

    /// Adds a request and its answer.
    pub fn record(&self, actor: &'static str, exchange: HttpExchange) {
        let exchange = Box::new(exchange);
        self.add(TranscriptLine::Exchange { actor, exchange });
    }

    /// Looks at what the server holds now, where somebody watches it.
    pub async fn look(&self) {
        if let Some(watch) = &self.watch {
            let sessions = watch.sessions().await;
            let lines = lock(&self.lines).len();
            lock(&self.looks).push(ServerLook { lines, sessions });
        }
    }

    fn add(&self, line: TranscriptLine) {
        lock(&self.lines).push(line);
    }

    /// A copy of all lines so far.
    pub fn lines(&self) -> Vec<TranscriptLine> {
        lock(&self.lines).clone()
    }

    /// What the server held, look by look; nothing where nobody watches it.
    pub fn looks(&self) -> Vec<ServerLook> {
        lock(&self.looks).clone()
    }
}

// What the locks guard is valid at every step, so a panic elsewhere does no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

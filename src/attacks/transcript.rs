//! The transcript of an attack: what the narrator says, and every request with its answer, in
//! order.
//!
//! The command line prints it, the attack's page shows it as text, and `lab/diagrams` draws it. The
//! actors write to it and know nothing else of the [`Scenario`](super::scenario::Scenario) they act
//! in. It is the second half of every proof: a reader can see that the evidence came from an
//! answer.

use std::sync::{Mutex, PoisonError};

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
    /// What one actor sent and received.
    Exchange {
        /// The actor's name, as in `victim`.
        actor: &'static str,
        /// The bytes that went over the socket.
        exchange: Box<HttpExchange>,
    },
}

/// What was said and sent so far. Actors of one scenario share it, so it locks itself.
#[derive(Debug, Default)]
pub struct Transcript(Mutex<Vec<TranscriptLine>>);

impl Transcript {
    /// Adds what the narrator says.
    pub fn narrate(&self, text: impl Into<String>) {
        self.add(TranscriptLine::Narration(text.into()));
    }

    /// Adds a request and its answer.
    pub fn record(&self, actor: &'static str, exchange: HttpExchange) {
        let exchange = Box::new(exchange);
        self.add(TranscriptLine::Exchange { actor, exchange });
    }

    fn add(&self, line: TranscriptLine) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    /// A copy of all lines so far.
    pub fn lines(&self) -> Vec<TranscriptLine> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

//! What the stage of a play shows, as the template reads it.

use serde::Serialize;

use super::marks::{Mark, Secret};

/// One beat, as the stage shows it.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::lab::attack) struct StageBeat {
    /// What the narrator says.
    pub(super) says: String,
    pub(super) continued: bool,
    pub(super) messages: Vec<BeatMessage>,
    pub(super) victim: PersonPane,
    pub(super) attacker: PersonPane,
    pub(super) server: ServerPane,
}

/// The pane of a person.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct PersonPane {
    /// Whether this person does something in this beat.
    pub(super) acts: bool,
    pub(super) holds: Vec<HeldSecret>,
    /// How many older secrets are not shown.
    pub(super) more: usize,
}

/// A secret that a person holds.
#[derive(Clone, Debug, Serialize)]
pub(super) struct HeldSecret {
    pub(super) mark: Mark,
    pub(super) words: String,
    /// Who is signed in with it on the server.
    pub(super) opens: Option<String>,
    /// Whether the attacker is the victim with it.
    pub(super) stolen: bool,
}

/// The pane of the server.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ServerPane {
    pub(super) acts: bool,
    pub(super) sessions: Vec<SessionRow>,
    /// How many older sessions are not shown.
    pub(super) more: usize,
}

/// A session on the server.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SessionRow {
    pub(super) mark: Mark,
    pub(super) user: Option<String>,
    /// The session whose place it took.
    pub(super) from: Option<Mark>,
}

/// What happened in a beat.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub(super) enum BeatMessage {
    /// A cookie was put into a jar by hand.
    Planted {
        who: &'static str,
        mark: Option<Mark>,
        words: String,
    },
    /// So many requests that are not shown.
    Fold { count: usize },
    /// A request and its answer.
    Exchange(Box<ExchangeMessage>),
}

/// A request and its answer.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ExchangeMessage {
    pub(super) who: &'static str,
    pub(super) whom: &'static str,
    pub(super) unencrypted: bool,
    pub(super) asks: String,
    pub(super) brings: Vec<MarkedWords>,
    /// What else the request brings, in words.
    pub(super) beside: String,
    pub(super) answers: Option<String>,
    /// What the page says, in its heading.
    pub(super) says: Option<String>,
    pub(super) sets: Vec<MarkedWords>,
}

/// A letter, and what it is.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MarkedWords {
    pub(super) mark: Mark,
    pub(super) words: String,
}

impl MarkedWords {
    pub(super) fn of(secret: &Secret) -> Self {
        Self {
            mark: secret.mark.clone(),
            words: secret.words(),
        }
    }
}

//! An attack's card as pages show it.

use serde::Serialize;

use crate::attacks::{Card, Engine};
use crate::defences::policy::Name;

/// A card, with the defences by their slugs.
#[derive(Serialize)]
pub(super) struct CardView {
    pub name: &'static str,
    title: &'static str,
    needs_browser: bool,
    victim: &'static str,
    means: &'static str,
    evidence: &'static str,
    when_stopped: &'static str,
    stopped_by: Vec<Vec<&'static str>>,
    shows: &'static [&'static str],
    standards: &'static [&'static str],
}

impl CardView {
    pub fn of(card: &'static Card) -> Self {
        let slugs = |set: &&[Name]| set.iter().map(|name| name.slug()).collect();
        Self {
            name: card.name,
            title: card.title,
            needs_browser: card.engine == Engine::Browser,
            victim: card.victim,
            means: card.means,
            evidence: card.evidence,
            when_stopped: card.when_stopped,
            stopped_by: card.stopped_by.iter().map(slugs).collect(),
            shows: card.shows,
            standards: card.standards,
        }
    }
}

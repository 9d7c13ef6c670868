//! What an attack is: a card that describes it, and a program that tries it.
//!
//! The card makes a claim ([`Card::stopped_by`]) and the program tests it. `matrix.rs` compares the
//! two in every variant. Next: `fixation.rs`, the shortest complete example.

use async_trait::async_trait;

use super::scenario::Scenario;
use super::transcript::ScenarioError;
use crate::defences::policy::{Name, Policy};

/// What decides whether an attack succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The server alone. The lab's own client sends every request, and curl could.
    Http,
    /// A rule that browsers enforce, such as `SameSite`. Only a real browser can show it: a program
    /// that imitates one shows what its author believes of browsers.
    Browser,
}

/// What is known about an attack before it runs.
#[derive(Debug)]
pub struct Card {
    /// The attack's name in addresses and on the command line.
    pub name: &'static str,
    /// The attack in a few words.
    pub title: &'static str,
    /// What decides it.
    pub engine: Engine,
    /// The victim's state before the attack.
    pub victim: &'static str,
    /// How the attacker plants or obtains what the attack needs.
    pub means: &'static str,
    /// What counts as success.
    pub evidence: &'static str,
    /// Minimal sets of strong arms; each set alone stops the attack. Two sets are defence in depth:
    /// the attack falls to either. One set with two arms means that neither is enough without the
    /// other.
    pub stopped_by: &'static [&'static [Name]],
    /// What stopped it, in a sentence.
    pub when_stopped: &'static str,
    /// The keys of the rows in `worksheets/catalogue` that it shows.
    pub shows: &'static [&'static str],
    /// The requirements of standards that it breaks.
    pub standards: &'static [&'static str],
}

impl Card {
    /// Whether the attack succeeds under a policy, by the rule: exactly when no set of arms that
    /// stops it is wholly strong.
    pub fn succeeds_under(&self, policy: &Policy) -> bool {
        !self
            .stopped_by
            .iter()
            .any(|set| set.iter().all(|name| policy.is_strong(*name)))
    }
}

/// How an attack ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The attacker has what they wanted. The text is the evidence.
    Succeeded(String),
    /// The attacker does not have it. The text says what happened instead. A portal that broke is
    /// not "stopped" but an error: see [`ScenarioError`].
    Stopped(String),
}

impl Outcome {
    /// How an attack on the victim's credit ended. Credit that fell is evidence that no answer can
    /// fake: the forged request was carried out. Credit that rose or stayed is not a success.
    pub fn of_credit(before: u64, after: u64, when_stopped: &str) -> Self {
        if after < before {
            Outcome::Succeeded(format!(
                "The victim's credit fell from {before} to {after}."
            ))
        } else {
            Outcome::Stopped(when_stopped.to_owned())
        }
    }

    /// Whether the attacker has what they wanted.
    pub const fn succeeded(&self) -> bool {
        matches!(self, Outcome::Succeeded(_))
    }

    /// The evidence, or what happened instead.
    pub fn message(&self) -> &str {
        match self {
            Outcome::Succeeded(text) | Outcome::Stopped(text) => text,
        }
    }
}

/// A program that tries one exploit.
///
/// It must send every request over a socket, like a student's curl or browser. It must end by
/// itself. It may send a header that only browsers write only where its card names the browsers.
#[async_trait]
pub trait Attack: Send + Sync {
    /// What is known before it runs.
    fn card(&self) -> &'static Card;

    /// Tries it on a fresh bench.
    ///
    /// # Errors
    /// The portal does not answer, or a step that is no part of the attack failed.
    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError>;
}

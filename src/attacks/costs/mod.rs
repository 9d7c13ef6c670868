//! What defences cost: measured like an attack, by requests on a bench that is thrown away, and
//! listed beside the matrix.
//!
//! A cost is no failure of a defence, and no row of the matrix: it is what an honest user pays for
//! it. A defence whose price nobody states is switched off by the first user who complains. A
//! student who knows the price can choose a limit that fits, or a softer form of the same defence.
//!
//! Each file says who pays, why the same rule that stops the attacker hits them, and how a portal
//! can soften it without helping the attacker.
//!
//! Nothing here is a fixed number. Each measure runs under every arm of its defence, everything
//! else being weak, and says what it saw. Read `stranger_locks_out.rs` first. To add a cost, write
//! its file and add one line to [`ALL`].

mod busy_user;
mod other_devices;
mod slow_writer;
mod stranger_locks_out;
mod tossed_duplicate;

use async_trait::async_trait;
use serde::Serialize;

use super::matrix::throw_away_name;
use super::scenario::{Scenario, ScenarioError, TargetLab};
use crate::defences::policy::{Name, Policy, Variant, conflict};

/// What is known of a cost before it is measured.
#[derive(Debug)]
pub struct CostCard {
    /// Its name in addresses.
    pub name: &'static str,
    /// The defence that has it.
    pub defence: Name,
    /// The cost in a few words.
    pub title: &'static str,
    /// What is done to measure it.
    pub how: &'static str,
    /// The rows of the catalogue that it shows.
    pub shows: &'static [&'static str],
}

/// A program that measures what a defence costs.
///
/// It must send every request over a socket, must end by itself, and must report what it saw.
#[async_trait]
pub trait DefenceCost: Send + Sync {
    /// What is known before it runs.
    fn card(&self) -> &'static CostCard;

    /// Measures it on a fresh bench, and says in a sentence or two what was seen. It has no success
    /// and no failure: under the weak arm it usually sees that nothing is paid, and that is the
    /// comparison.
    ///
    /// # Errors The portal does not answer, or a step that is no part of the measure went wrong.
    async fn measure(&self, scenario: &Scenario) -> Result<String, ScenarioError>;
}

/// Every cost.
pub const ALL: &[&dyn DefenceCost] = &[
    &stranger_locks_out::StrangerLocksOut,
    &tossed_duplicate::TossedDuplicate,
    &other_devices::OtherDevices,
    &slow_writer::SlowWriter,
    &busy_user::BusyUser,
];

/// What was measured under one arm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeasuredCost {
    /// The cost's name.
    pub cost: &'static str,
    /// The arm of its defence.
    pub arm: &'static str,
    /// Whether the measure came to its end.
    pub done: bool,
    /// What was seen, or what went wrong.
    pub description: String,
}

/// Measures every cost under every arm of its defence, and hands each to `done`.
pub async fn run(target: &TargetLab, mut done: impl FnMut(MeasuredCost)) {
    for cost in ALL {
        for arm in cost.card().defence.arms() {
            done(measure(*cost, arm.slug, target).await);
        }
    }
}

/// Measures one cost under one arm.
pub async fn measure(
    cost: &dyn DefenceCost,
    arm: &'static str,
    target: &TargetLab,
) -> MeasuredCost {
    let card = cost.card();
    let (variant, policy) = variant_of(card.defence, arm);
    let scenario = Scenario::new(target.clone(), throw_away_name(), variant);
    let chosen = match &policy {
        Some(policy) => scenario.choose(policy).await,
        None => Ok(()),
    };
    let found = match chosen {
        Ok(()) => cost.measure(&scenario).await,
        Err(error) => Err(error),
    };
    // A bench that stays is one of a thousand, and has no file.
    let _ = scenario.delete_bench().await;
    let (done, description) = match found {
        Ok(description) => (true, description),
        Err(error) => (false, format!("It could not be measured: {error}.")),
    };
    MeasuredCost {
        cost: card.name,
        arm,
        done,
        description,
    }
}

/// The variant in which a defence has this arm and everything else is weak; an arm between the
/// weak and the strong one is a mix.
fn variant_of(defence: Name, arm: &str) -> (Variant, Option<Policy>) {
    let arms = defence.arms();
    let is = |other: Option<&crate::defences::ArmText>| other.is_some_and(|o| o.slug == arm);
    if is(arms.first()) {
        return (Variant::Insecure, None);
    }
    if is(arms.last()) {
        return (Variant::Only(defence), None);
    }
    let mut policy = Policy::INSECURE.choose(defence, arm);
    while let Some(found) = policy.as_ref().and_then(conflict) {
        policy = policy.map(|policy| policy.with(found.needs, &Policy::HARDENED));
    }
    (Variant::Custom, policy)
}

//! What the defences cost, as the page of the matrix shows it.

use serde::Serialize;

use crate::attacks::costs::{ALL, CostCard, MeasuredCost};
use crate::defences::ArmText;

/// What a defence costs.
#[derive(Serialize)]
pub struct CostRow {
    name: &'static str,
    title: &'static str,
    how: &'static str,
    defence: &'static str,
    arms: Vec<CostArm>,
}

#[derive(Serialize)]
struct CostArm {
    slug: &'static str,
    kind: &'static str,
    /// `None` before it was measured.
    description: Option<String>,
}

/// Every cost, with what was measured of it.
pub fn rows(measured: &[MeasuredCost]) -> Vec<CostRow> {
    ALL.iter().map(|cost| row(cost.card(), measured)).collect()
}

fn row(card: &'static CostCard, measured: &[MeasuredCost]) -> CostRow {
    let arms = card.defence.arms();
    let last = arms.len().saturating_sub(1);
    let arm = |(at, arm): (usize, &ArmText)| CostArm {
        slug: arm.slug,
        kind: match at {
            0 => "weak",
            at if at == last => "strong",
            _ => "mixed",
        },
        description: measured
            .iter()
            .find(|one| one.cost == card.name && one.arm == arm.slug)
            .map(|one| one.description.clone()),
    };
    CostRow {
        name: card.name,
        title: card.title,
        how: card.how,
        defence: card.defence.slug(),
        arms: arms.iter().enumerate().map(arm).collect(),
    }
}

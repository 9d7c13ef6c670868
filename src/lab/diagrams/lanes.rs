//! The lanes of a sequence diagram: who took part, and the position of each. Next: `sequence.rs`.

use serde::Serialize;

use super::steps::{ATTACKERS_SITE, ELSEWHERE, LAB, PORTAL, SIBLING_HOST, SequenceStep};

/// Between the border and the first lane.
const MARGIN: i32 = 90;
/// Between two lanes, at least.
const GAP: i32 = 300;
/// The drawing's width, at least.
const LEAST_WIDTH: i32 = 960;
/// Half of the box with a lane's name.
const HALF_BOX: i32 = 75;

/// Somebody who took part: a person, or a site.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lane {
    /// Where its line is.
    pub x: i32,
    /// Where the box of its name begins.
    pub left: i32,
    pub name: String,
    /// `attacker` where it is in the attacker's hands.
    pub kind: &'static str,
}

/// The lanes in their places, and the width of the drawing. Those who ask are on the left, the
/// attacker on the right, and the portal between them.
pub(super) fn lanes(steps: &[SequenceStep]) -> (Vec<Lane>, i32) {
    let mut names: Vec<&str> = vec![PORTAL];
    for step in steps {
        if let SequenceStep::Exchange(exchange) = step {
            for name in [&*exchange.who, exchange.whom] {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    let place = |name: &str| match name {
        PORTAL => 1,
        SIBLING_HOST | ATTACKERS_SITE => 2,
        "attacker" => 3,
        LAB | ELSEWHERE => 4,
        _ => 0,
    };
    // The order of appearance stays within each place.
    names.sort_by_key(|name| place(name));
    let gaps = i32::try_from(names.len().saturating_sub(1))
        .unwrap_or(i32::MAX)
        .max(1);
    let width = (2 * MARGIN + gaps.saturating_mul(GAP)).max(LEAST_WIDTH);
    let lane = |(at, name): (i32, &str)| {
        let x = MARGIN + at * (width - 2 * MARGIN) / gaps;
        Lane {
            x,
            left: x - HALF_BOX,
            name: name.to_owned(),
            kind: if matches!(place(name), 2 | 3) {
                "attacker"
            } else {
                ""
            },
        }
    };
    ((0..).zip(names).map(lane).collect(), width)
}

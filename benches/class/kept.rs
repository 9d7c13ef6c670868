//! What the desk had before it was killed, and what it has after its next start.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::own_lab::{AcknowledgedItems, STEPS};

/// What was acknowledged and is missing, in words.
pub fn missing(before: &Value, after: &Value, told: &[AcknowledgedItems]) -> Vec<String> {
    let mut missing = Vec::new();
    let after = by_number(after);
    for (number, student) in by_number(before) {
        let Some(now) = after.get(&number) else {
            missing.push(format!("student {number} is gone"));
            continue;
        };
        for (lab, items) in object(&student["labs"]) {
            if now["labs"][lab].as_u64() < items.as_u64() {
                missing.push(format!("student {number}: items of {lab} are gone"));
            }
        }
        for (question, votes) in object(&student["votes"]) {
            if now["votes"][question] != *votes {
                missing.push(format!("student {number}: a vote is gone"));
            }
        }
        for (sheet, record) in object(&student["sheets"]) {
            for (step, state) in object(&record["steps"]) {
                let is_solved = |state: &Value| state["solved"].is_object();
                if is_solved(state) && !is_solved(&now["sheets"][sheet]["steps"][step]) {
                    missing.push(format!("student {number}: {step} of {sheet} is gone"));
                }
            }
        }
    }
    // What the labs were told counts, also where the export before the kill was older.
    for lab in told {
        let now = after.get(&u64::from(lab.student));
        let stored = now.and_then(|student| student["labs"][&lab.lab].as_u64());
        if stored.unwrap_or_default() < lab.items {
            missing.push(format!(
                "student {}: the desk acknowledged {} items and has {stored:?}",
                lab.student, lab.items
            ));
        }
    }
    missing
}

/// Who did not solve all steps, or did not join.
pub fn unsolved(export: &Value, all: u32) -> Vec<String> {
    let students = by_number(export);
    let mut unsolved = Vec::new();
    // One more has only voted, for the time that a vote takes.
    if students.len() != all as usize + 1 {
        unsolved.push(format!(
            "{} students of {all} are there",
            students.len().saturating_sub(1)
        ));
    }
    for (number, student) in &students {
        if student["name"] == crate::desk_view::PROBE {
            continue;
        }
        for (sheet, steps) in STEPS {
            for step in steps {
                if !student["sheets"][sheet]["steps"][step]["solved"].is_object() {
                    unsolved.push(format!("student {number}: {step} of {sheet} is not solved"));
                }
            }
        }
    }
    unsolved
}

fn by_number(export: &Value) -> BTreeMap<u64, &Value> {
    let students = export["students"].as_array().into_iter().flatten();
    let numbered = students.filter_map(|student| Some((student["number"].as_u64()?, student)));
    numbered.collect()
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

//! What a sheet consists of, in a list beside it: its sections and its steps.

use serde::Serialize;

use crate::worksheets::markdown::headings;
use crate::worksheets::progress::SheetProgress;
use crate::worksheets::sheet::{Sheet, SheetBlock};

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutlineRow {
    /// Where it leads on the page.
    id: String,
    /// The heading of a section; empty for a step.
    heading: String,
    /// The number of a step, from 1.
    step: Option<usize>,
    points: u32,
    solved: bool,
    /// Whether it is the first step that is not solved.
    next: bool,
}

/// The rows of a sheet, in order.
pub fn outline(sheet: &Sheet, progress: Option<&SheetProgress>) -> Vec<OutlineRow> {
    let mut rows = Vec::new();
    let mut steps = 0;
    let mut open_yet = false;
    for part in &sheet.parts {
        match &part.what {
            SheetBlock::Text(text) => {
                rows.extend(headings(text).into_iter().map(|heading| OutlineRow {
                    id: heading.id,
                    heading: heading.text,
                    step: None,
                    points: 0,
                    solved: false,
                    next: false,
                }));
            }
            SheetBlock::Step(step) => {
                steps += 1;
                let id = &step.common.id;
                let solved = progress.is_some_and(|progress| progress.steps.contains_key(id));
                let next = !solved && !open_yet;
                open_yet |= next;
                rows.push(OutlineRow {
                    id: id.clone(),
                    heading: String::new(),
                    step: Some(steps),
                    points: step.common.points,
                    solved,
                    next,
                });
            }
            _ => {}
        }
    }
    rows
}

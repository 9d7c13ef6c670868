//! What the items of a report change: numbers without gaps, each stored once.
//!
//! The desk's clock decides when something happened. The student's clock is kept beside it and only
//! shown. What a lab reports of a sheet, a step or a question that this desk does not have is
//! acknowledged and not kept: the student's lab may have newer sheets, and must not wait forever.

use super::student_record::{
    AnswerRecord, ReflectionRecord, RefusalRecord, ReportedTime, SheetRecord, StudentRecord,
};
use crate::base::clock::BenchTime;
use crate::classroom::protocol::{Happened, Item, LONGEST_TEXT, MOST_ITEMS, Report};
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::sheet::{Sheet, SheetBlock};

/// The longest reason of a refusal that is kept, in characters.
const LONGEST_REASON: usize = 400;

/// The most labs of one student, each with its numbers.
const MOST_LABS: usize = 8;

/// Why no item of a report is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Items between what is stored and the first one are missing.
    #[error("the report begins with item {first}, and item {stored} is the last that is stored")]
    Gap { first: u64, stored: u64 },
    /// The student has as many labs as the desk counts for.
    #[error("the student has {MOST_LABS} labs already")]
    TooManyLabs,
    /// The report is not what it must be.
    #[error("{0}")]
    Malformed(String),
}

/// Whether a report has items that are not stored yet.
///
/// # Errors
/// Items are missing, or something in the report cannot be.
pub fn brings_news(student: &StudentRecord, report: &Report) -> Result<bool, ReportError> {
    let malformed = |why: &str| Err(ReportError::Malformed(why.to_owned()));
    let is_lab = |lab: &str| lab.len() == 16 && lab.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_lab(&report.lab) {
        return malformed("the number of a lab is 16 hexadecimal digits");
    }
    if report.items.is_empty() {
        return Ok(false);
    }
    let (first, stored) = (report.first, student.stored(&report.lab));
    if first == 0 {
        return malformed("the first item ever has the number 1");
    }
    if report.items.len() > MOST_ITEMS {
        return malformed("a report has at most 200 items");
    }
    let is_too_long = |item: &Item| match &item.what {
        Happened::Reflected { text, .. } => text.len() > LONGEST_TEXT,
        _ => false,
    };
    if report.items.iter().any(is_too_long) {
        return malformed("a reflection is longer than 16 KiB");
    }
    if first > stored + 1 {
        return Err(ReportError::Gap { first, stored });
    }
    if !student.labs.contains_key(&report.lab) && student.labs.len() >= MOST_LABS {
        return Err(ReportError::TooManyLabs);
    }
    // 200 more than what is stored: no number of that size overflows.
    Ok(first + report.items.len() as u64 > stored + 1)
}

/// Stores the items of a report that are not stored yet.
///
/// # Errors
/// Items are missing, or something in the report cannot be. Then nothing is changed.
pub fn apply(
    student: &mut StudentRecord,
    library: &SheetLibrary,
    report: Report,
    now: BenchTime,
) -> Result<(), ReportError> {
    if brings_news(student, &report)? {
        let stored = student.stored(&report.lab);
        let known = usize::try_from(stored + 1 - report.first).unwrap_or(usize::MAX);
        let last = report.first + report.items.len() as u64 - 1;
        for item in report.items.into_iter().skip(known) {
            take(student, library, item, now);
        }
        student.labs.insert(report.lab, last);
    }
    student.clock_ahead = difference(report.sent_at, now);
    student.seen = Some(now);
    Ok(())
}

/// How many milliseconds a clock is ahead of the desk's.
pub fn difference(theirs: BenchTime, ours: BenchTime) -> i64 {
    let behind = i64::try_from(ours.since(theirs).as_millis()).unwrap_or(i64::MAX);
    let ahead = i64::try_from(theirs.since(ours).as_millis()).unwrap_or(i64::MAX);
    ahead.saturating_sub(behind)
}

fn take(student: &mut StudentRecord, library: &SheetLibrary, item: Item, now: BenchTime) {
    let at = ReportedTime {
        received: now,
        reported: item.at,
    };
    match item.what {
        Happened::Hand { up } => student.hand = up.then(|| student.hand.unwrap_or(now)),
        Happened::StartedAgain { sheet } => start_again(student, sheet.as_deref()),
        what => {
            let Some(sheet) = of_sheet(library, &what) else {
                return;
            };
            let kept = student.sheets.entry(sheet.slug.clone()).or_default();
            kept.moved = Some(now);
            let before = student.erased.get(&sheet.slug);
            note(kept, before, sheet, what, at);
        }
    }
}

/// The sheet that an item is about, where the desk has it.
fn of_sheet<'l>(library: &'l SheetLibrary, what: &Happened) -> Option<&'l Sheet> {
    let slug = match what {
        Happened::Begun { sheet }
        | Happened::Tried { sheet, .. }
        | Happened::Solved { sheet, .. }
        | Happened::Answered { sheet, .. }
        | Happened::Reflected { sheet, .. } => sheet,
        Happened::Hand { .. } | Happened::StartedAgain { .. } => return None,
    };
    // A number would also find a sheet, and then one sheet would be kept under two names.
    let sheet = library.find(slug).filter(|sheet| sheet.slug == *slug)?;
    Some(sheet)
}

fn note(
    kept: &mut SheetRecord,
    before: Option<&SheetRecord>,
    sheet: &Sheet,
    what: Happened,
    at: ReportedTime,
) {
    let has = |id: &str, is: fn(&SheetBlock) -> bool| {
        let mut parts = sheet.parts.iter().map(|part| &part.what);
        parts.any(|block| is(block) && block.common().is_some_and(|common| common.id == id))
    };
    let is_step = |id: &str| has(id, |block| matches!(block, SheetBlock::Step(_)));
    match what {
        Happened::Begun { .. } => {
            kept.begun.get_or_insert(at.received);
        }
        Happened::Tried {
            step,
            attempts,
            why,
            ..
        } if is_step(&step) => {
            let step = kept.steps.entry(step).or_default();
            step.attempts = step.attempts.max(attempts);
            let why = why.chars().take(LONGEST_REASON).collect();
            step.refuse(RefusalRecord { why, at });
        }
        Happened::Solved { step, attempts, .. } if is_step(&step) => {
            // What was in time before the sheet was started again is in time still.
            let earlier = before.and_then(|sheet| sheet.steps.get(&step)?.solved);
            let step = kept.steps.entry(step).or_default();
            step.attempts = step.attempts.max(attempts);
            step.solved.get_or_insert(earlier.unwrap_or(at));
        }
        Happened::Answered {
            question,
            right,
            tries,
            ..
        } if has(&question, |block| matches!(block, SheetBlock::Question(_))) => {
            let answer = AnswerRecord { right, tries, at };
            let kept = kept.answers.entry(question).or_insert(answer.clone());
            // The time of the first right answer counts.
            let at = if kept.right == Some(true) {
                kept.at
            } else {
                at
            };
            *kept = AnswerRecord { at, ..answer };
        }
        Happened::Reflected {
            reflection, text, ..
        } if has(&reflection, |block| {
            matches!(block, SheetBlock::Reflection(_))
        }) =>
        {
            let kept = kept.reflections.entry(reflection);
            let new = ReflectionRecord {
                text: String::new(),
                at,
                comment: None,
                points: None,
            };
            let kept = kept.or_insert(new);
            kept.text = text;
            kept.at = at;
        }
        _ => {}
    }
}

/// What a student erases is kept apart, so that the teacher can see it.
fn start_again(student: &mut StudentRecord, sheet: Option<&str>) {
    let erased = match sheet {
        None => std::mem::take(&mut student.sheets),
        Some(slug) => student.sheets.remove_entry(slug).into_iter().collect(),
    };
    student.erased.extend(erased);
}

//! The board: students by steps, as numbers and words. The page and its polls show the same rows.

use std::cmp::Reverse;
use std::time::Duration;

use serde::Serialize;

use super::class_record::ClassRecord;
use super::student_record::{SheetRecord, StudentRecord, StudentState};
use crate::base::clock::BenchTime;
use crate::web::visible_time::span;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::sheet::Sheet;

/// How many sheets are on the board at once: those in hand.
const MOST_SHEETS: usize = 4;

/// What the board shows.
#[derive(Clone, Debug, Serialize)]
pub struct BoardView {
    /// The sheets in hand.
    pub sheets: Vec<BoardSheet>,
    /// A row for each student, those who need help first.
    pub rows: Vec<BoardRow>,
    /// How many are members.
    pub members: usize,
    /// How many wait for approval.
    pub waiting: usize,
}

/// A sheet on the board.
#[derive(Clone, Debug, Serialize)]
pub struct BoardSheet {
    slug: String,
    heading: String,
    /// The ids of its steps.
    steps: Vec<String>,
}

/// A student on the board.
#[derive(Clone, Debug, Serialize)]
pub struct BoardRow {
    /// Their number at the desk.
    pub number: u32,
    /// Their name; on the projector a number in its place.
    pub name: String,
    /// How far their joining is.
    pub state: StudentState,
    /// What the teacher is told first, in a word: hand up, stuck, waiting, offline.
    pub needs: Option<&'static str>,
    /// Since when that is, or when something was last reported.
    pub last: String,
    /// A cell for each step of each sheet.
    pub cells: Vec<BoardCell>,
}

/// What a student has of one step.
#[derive(Clone, Debug, Serialize)]
pub struct BoardCell {
    /// `solved`, `tried` or nothing.
    state: Option<&'static str>,
    attempts: usize,
}

/// The board of a class.
pub fn of_class<'s>(
    class: &ClassRecord,
    students: impl Iterator<Item = &'s StudentRecord>,
    library: &SheetLibrary,
    now: BenchTime,
) -> BoardView {
    let students: Vec<&StudentRecord> = students
        .filter(|student| student.state != StudentState::Left)
        .collect();
    let sheets = in_hand(class, &students, library);
    let stuck = Duration::from_secs(u64::from(class.stuck_minutes) * 60);
    let mut rows: Vec<(u8, BenchTime, BoardRow)> = students
        .iter()
        .map(|student| row(student, &sheets, now, stuck))
        .collect();
    rows.sort_by(|(rank, since, a), (other, before, b)| {
        let by_need = rank.cmp(other).then(since.cmp(before));
        by_need.then_with(|| a.name.cmp(&b.name))
    });
    let count = |state| students.iter().filter(|s| s.state == state).count();
    BoardView {
        sheets: sheets.iter().map(|sheet| shown(sheet)).collect(),
        members: count(StudentState::Member),
        waiting: count(StudentState::Waiting),
        rows: rows.into_iter().map(|(_, _, row)| row).collect(),
    }
}

/// The same without names, in an order that tells nothing of who is who.
pub fn without_names(mut board: BoardView) -> BoardView {
    board.rows.retain(|row| row.state == StudentState::Member);
    // By what they have done, and not by number or name.
    board.rows.sort_by_key(|row| Reverse(row.solved()));
    for (place, row) in board.rows.iter_mut().enumerate() {
        row.number = 0;
        row.name = (place + 1).to_string();
        row.needs = None;
        row.last = String::new();
    }
    board
}

impl BoardRow {
    fn solved(&self) -> usize {
        let solved = self
            .cells
            .iter()
            .filter(|cell| cell.state == Some("solved"));
        solved.count()
    }
}

/// The sheet for now, and then those with the latest news.
fn in_hand<'l>(
    class: &ClassRecord,
    students: &[&StudentRecord],
    library: &'l SheetLibrary,
) -> Vec<&'l Sheet> {
    let moved = |sheet: &Sheet| {
        let records = students.iter().filter_map(|s| s.sheets.get(&sheet.slug));
        records.filter_map(|record| record.moved).max()
    };
    let is_now = |sheet: &Sheet| class.leads.now.as_deref() == Some(&*sheet.slug);
    let mut sheets: Vec<&Sheet> = library
        .sheets()
        .iter()
        .map(|sheet| &**sheet)
        .filter(|sheet| is_now(sheet) || moved(sheet).is_some())
        .collect();
    sheets.sort_by_key(|sheet| Reverse((is_now(sheet), moved(sheet))));
    sheets.truncate(MOST_SHEETS);
    sheets
}

fn shown(sheet: &Sheet) -> BoardSheet {
    BoardSheet {
        slug: sheet.slug.clone(),
        heading: sheet.heading(),
        steps: sheet.steps().map(|step| step.common.id.clone()).collect(),
    }
}

/// A row, with its rank among those who need help and since when.
fn row(
    student: &StudentRecord,
    sheets: &[&Sheet],
    now: BenchTime,
    stuck: Duration,
) -> (u8, BenchTime, BoardRow) {
    let moved = student.moved();
    let since = student.hand.or(moved).unwrap_or(BenchTime::FOREVER);
    let (rank, needs) = match student.state {
        StudentState::Waiting => (0, Some("waits for approval")),
        StudentState::Expected => (5, Some("not here yet")),
        StudentState::Left => (6, Some("left")),
        StudentState::Member if student.hand.is_some() => (1, Some("hand up")),
        StudentState::Member if student.is_offline(now) => (4, Some("offline")),
        StudentState::Member if student.is_stuck(now, stuck) => (2, Some("stuck")),
        StudentState::Member => (3, None),
    };
    let last = moved.map_or_else(String::new, |moved| {
        format!("{} ago", span(now.since(moved)))
    });
    let cells = sheets.iter().flat_map(|sheet| {
        let record = student.sheets.get(&sheet.slug);
        sheet.steps().map(move |step| cell(record, &step.common.id))
    });
    let row = BoardRow {
        number: student.number,
        name: student.name.clone(),
        state: student.state,
        needs,
        last,
        cells: cells.collect(),
    };
    (rank, since, row)
}

fn cell(record: Option<&SheetRecord>, step: &str) -> BoardCell {
    let step = record.and_then(|record| record.steps.get(step));
    let state = step.map(|step| match step.solved {
        Some(_) => "solved",
        None => "tried",
    });
    BoardCell {
        state,
        attempts: step.map_or(0, |step| step.attempts),
    }
}

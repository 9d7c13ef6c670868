//! The time line of a session: when it was opened, what happened to it, and when its limits are.
//!
//! Moments that are close together are drawn apart, so that their words can be read; what room is
//! left is shared out by the time between them.

use serde::Serialize;

use super::{Words, wrap};
use crate::base::clock::BenchTime;
use crate::web::visible_time::{date_and_time, time_of_day};

/// The width of a drawing.
const WIDTH: i32 = 1100;
/// Between the border and the first moment.
const MARGIN: i32 = 64;
/// Between two moments, at least.
const LEAST: i32 = 112;
/// What the open arrow of a session without a limit takes.
const ARROW: i32 = 150;
/// Where the line is.
const LINE: i32 = 64;
/// Between two lines of text.
const LEADING: i32 = 18;
/// How many letters fit beside each other at a moment.
const LETTERS: usize = 13;
/// How many marks are drawn of one session: the first ones and the last ones.
const MOST_MARKS: usize = 6;

/// What is known of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHistory {
    /// The mark that replaces its id, as in `#1a2b3c4d`.
    pub name: String,
    /// Whose it is, or was.
    pub user: Option<String>,
    /// What happened, in order.
    pub marks: Vec<Mark>,
    /// Whether it is over, and from when on.
    pub ended_at: Option<BenchTime>,
    /// The limits by their names, in the order of the page; `None` where there is none.
    pub limits: Vec<(&'static str, Option<BenchTime>)>,
}

/// Something that happened to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: BenchTime,
    /// What, in a word or two.
    pub what: &'static str,
    /// What is to be known of it, in a word or two.
    pub note: &'static str,
}

/// A time line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// A name that no other drawing of the page has.
    pub id: String,
    /// Session and user, in words.
    pub title: String,
    /// The width of the drawing.
    pub width: i32,
    pub height: i32,
    /// Where the line is.
    pub line: i32,
    /// Where the line of what was begins and ends.
    pub past: [i32; 2],
    /// Where the line of what may come begins and ends.
    pub ahead: Option<[i32; 2]>,
    /// The text at the open arrow of a session without a limit.
    pub open: Vec<Words>,
    /// The moments, from left to right.
    pub points: Vec<Point>,
    /// The same in sentences.
    pub said: Vec<String>,
}

/// A moment in its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Where it is.
    pub x: i32,
    /// `dot`, `ring` for the future, `now`, or `stop`.
    pub form: &'static str,
    /// The text above it.
    pub above: Vec<Words>,
    /// The text below it: the time, and a note.
    pub below: Vec<Words>,
}

/// A moment without its place.
struct TimelineMoment {
    at: BenchTime,
    form: &'static str,
    what: &'static str,
    note: &'static str,
}

impl Timeline {
    /// The drawing of a session at this moment of the bench's clock.
    pub fn new(life: &SessionHistory, now: BenchTime) -> Self {
        let moments = moments(life, now);
        let missing: Vec<&str> = match life.ended_at {
            Some(_) => Vec::new(),
            None => life
                .limits
                .iter()
                .filter(|(_, at)| at.is_none())
                .map(|(name, _)| *name)
                .collect(),
        };
        let end = WIDTH - MARGIN - if missing.is_empty() { 0 } else { ARROW };
        let places = places(&moments, end);
        let point = |(moment, x): (&TimelineMoment, &i32)| point(moment, *x, now);
        let points: Vec<Point> = moments.iter().zip(&places).map(point).collect();
        let of = |form: &str| {
            points
                .iter()
                .rev()
                .find(|point| point.form == form)
                .map(|point| point.x)
        };
        let first = places.first().copied().unwrap_or(MARGIN);
        let last = places.last().copied().unwrap_or(MARGIN);
        let until = of("stop").or(of("now")).unwrap_or(last);
        let to = if missing.is_empty() { last } else { WIDTH - 24 };
        let lowest = points
            .iter()
            .flat_map(|point| &point.below)
            .map(|words| words.y)
            .max();
        Self {
            id: life.name.trim_start_matches('#').to_owned(),
            title: title(life),
            width: WIDTH,
            height: lowest.unwrap_or(LINE) + 10,
            line: LINE,
            past: [first, until],
            ahead: (to > until).then_some([until, to]),
            open: open(&missing),
            said: said(&moments, &missing, now),
            points,
        }
    }
}

fn title(life: &SessionHistory) -> String {
    let user = life.user.as_deref();
    let state = match (life.ended_at, user) {
        (Some(_), Some(user)) => format!("of {user}, over"),
        (Some(_), None) => "anonymous, over".to_owned(),
        (None, Some(user)) => format!("of {user}, signed in"),
        (None, None) => "anonymous".to_owned(),
    };
    format!("Session {} {state}", life.name)
}

/// The moments of a life in their order. What happened at one moment keeps the order of the journal.
fn moments(life: &SessionHistory, now: BenchTime) -> Vec<TimelineMoment> {
    let marks = &life.marks;
    let left_out = marks.len().saturating_sub(MOST_MARKS);
    let kept = marks.iter().take(2).chain(marks.iter().skip(2 + left_out));
    let mut moments: Vec<TimelineMoment> = kept
        .map(|mark| TimelineMoment {
            at: mark.at,
            form: if life.ended_at == Some(mark.at) {
                "stop"
            } else {
                "dot"
            },
            what: mark.what,
            note: mark.note,
        })
        .collect();
    // Of several marks at the moment of its end the last one is the end.
    let ends = moments.iter().rposition(|moment| moment.form == "stop");
    for moment in moments.iter_mut().take(ends.unwrap_or_default()) {
        moment.form = "dot";
    }
    moments.push(TimelineMoment {
        at: now,
        form: "now",
        what: "now",
        note: "",
    });
    if life.ended_at.is_none() {
        let mut limits = life.limits.clone();
        limits.sort_by_key(|(_, at)| *at);
        let limits = limits
            .into_iter()
            .filter_map(|(what, at)| Some((what, at?)));
        moments.extend(limits.map(|(what, at)| TimelineMoment {
            at,
            form: "ring",
            what,
            note: "",
        }));
    }
    moments
}

/// The positions of the moments: each at least so far from the one before, and the rest by the time.
fn places(moments: &[TimelineMoment], end: i32) -> Vec<i32> {
    let gaps = i32::try_from(moments.len().saturating_sub(1)).unwrap_or(i32::MAX);
    let least = ((end - MARGIN) / gaps.max(1)).min(LEAST);
    let spare = f64::from(end - MARGIN - gaps * least);
    let span = |from: &TimelineMoment, to: &TimelineMoment| to.at.since(from.at).as_secs_f64();
    let whole: f64 = moments
        .windows(2)
        .map(|pair| span(&pair[0], &pair[1]))
        .sum();
    let mut x = f64::from(MARGIN);
    let mut places = vec![MARGIN];
    for pair in moments.windows(2) {
        let share = if whole > 0.0 {
            span(&pair[0], &pair[1]) / whole
        } else {
            0.0
        };
        x += f64::from(least) + spare * share;
        places.push(x as i32);
    }
    places
}

fn point(moment: &TimelineMoment, x: i32, now: BenchTime) -> Point {
    let above = wrap(moment.what, LETTERS);
    let top =
        LINE - 14 - LEADING * i32::try_from(above.len().saturating_sub(1)).unwrap_or_default();
    let time = if moment.form == "now" {
        String::new()
    } else {
        in_words(moment.at, now)
    };
    let below = wrap(&time, LETTERS)
        .into_iter()
        .chain(wrap(moment.note, LETTERS));
    Point {
        x,
        form: moment.form,
        above: stacked(above, top),
        below: stacked(below.collect(), LINE + 28),
    }
}

/// The time, with its day where it is another one.
fn in_words(at: BenchTime, now: BenchTime) -> String {
    let (day, today) = (date_and_time(at), date_and_time(now));
    match (day.split_once(' '), today.split_once(' ')) {
        (Some((day, _)), Some((today, _))) if day == today => time_of_day(at),
        _ => day,
    }
}

fn stacked(lines: Vec<String>, top: i32) -> Vec<Words> {
    let places = (0..).map(|at| top + at * LEADING);
    places
        .zip(lines)
        .map(|(y, description)| Words { y, description })
        .collect()
}

fn open(missing: &[&str]) -> Vec<Words> {
    let lines: Vec<String> = missing.iter().map(|name| format!("no {name}")).collect();
    stacked(lines, LINE + 28)
}

fn said(moments: &[TimelineMoment], missing: &[&str], now: BenchTime) -> Vec<String> {
    let said = |moment: &TimelineMoment| {
        let (time, what) = (in_words(moment.at, now), moment.what);
        match moment.note {
            _ if moment.form == "now" => "now".to_owned(),
            "" => format!("{time} {what}"),
            note => format!("{time} {what}, {note}"),
        }
    };
    let none = missing.iter().map(|name| format!("no {name}"));
    moments.iter().map(said).chain(none).collect()
}

#[cfg(test)]
mod tests;

//! A sequence diagram of an attack, from its transcript: a lane for everybody who took part, an
//! arrow for each request and each answer, and the narrator's lines across.
//!
//! The steps come from `steps.rs`; here they get their places. The drawing is as tall as it must be.

use serde::Serialize;

pub use super::lanes::Lane;
use super::lanes::lanes;
use super::steps::{self, SequenceStep};
use super::{MONO, SANS, Words, cut, letters, wrap};
use crate::attacks::Outcome;
use crate::attacks::transcript::TranscriptLine;
use crate::base::addresses::Addresses;

/// The size of the letters, in the drawing's own unit.
const SIZE: f64 = 15.0;
/// Between two lines of text.
const LEADING: i32 = 20;
/// Where the lanes begin, below their names.
const TOP: i32 = 46;

/// A sequence diagram.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sequence {
    /// The width of the drawing.
    pub width: i32,
    pub height: i32,
    /// Where the lanes end: above the box of the outcome.
    pub bottom: i32,
    /// Its name.
    pub title: String,
    /// What it shows, in a sentence.
    pub description: String,
    /// Who took part.
    pub lanes: Vec<Lane>,
    /// What happened, from top to bottom.
    pub rows: Vec<SequenceRow>,
}

/// A step in its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum SequenceRow {
    /// What the narrator says, in a box across all lanes.
    Note {
        /// The top of the box.
        y: i32,
        height: i32,
        lines: Vec<Words>,
    },
    /// A request and its answer.
    Call {
        /// `weak` or `strong` where it decided the attack.
        kind: &'static str,
        request: Arrow,
        /// The answer, where one came.
        answer: Option<Arrow>,
    },
    /// Requests that are not drawn.
    Fold {
        /// The line of its text.
        y: i32,
        /// How many there are.
        count: usize,
    },
    /// How it ended, in a box across all lanes.
    End {
        /// `weak` or `strong`.
        kind: &'static str,
        /// The top of the box.
        y: i32,
        height: i32,
        /// Its lines, the outcome first.
        lines: Vec<Words>,
    },
}

/// An arrow from one lane to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arrow {
    /// Where it begins.
    pub from: i32,
    /// Where it ends.
    pub to: i32,
    /// Where it is.
    pub y: i32,
    /// Where the back of its head is: left or right of its end.
    pub back: i32,
    /// The middle of its text.
    pub x: i32,
    /// The text above it.
    pub above: String,
    /// The text below it.
    pub below: String,
}

/// How an attack ended.
#[derive(Clone, Copy, Debug)]
pub struct End<'t> {
    /// Whether the attacker reached the goal.
    pub succeeded: bool,
    /// The evidence, or what came instead.
    pub description: &'t str,
}

impl<'t> End<'t> {
    /// How this one ended.
    pub fn of(outcome: &'t Outcome) -> Self {
        Self {
            succeeded: outcome.succeeded(),
            description: outcome.message(),
        }
    }
}

impl Sequence {
    /// The drawing of a transcript. Without an end the attack could not be tried to its end.
    pub fn new(
        title: &str,
        transcript: &[TranscriptLine],
        end: Option<End<'_>>,
        addresses: &Addresses,
    ) -> Self {
        let description = end.map_or_else(String::new, |end| {
            steps::hidden(end.description, transcript)
        });
        let end = end.map(|end| End {
            description: &description,
            ..end
        });
        Self::of(title, &steps::steps(transcript, addresses), end)
    }

    fn of(title: &str, steps: &[SequenceStep], end: Option<End<'_>>) -> Self {
        let (lanes, width) = lanes(steps);
        let mut pen = Pen {
            lanes,
            width,
            y: TOP + 22,
            rows: Vec::new(),
        };
        let outcome = end.map_or("", |end| if end.succeeded { "weak" } else { "strong" });
        let last = steps
            .iter()
            .rposition(|step| matches!(step, SequenceStep::Exchange(_)));
        for (at, step) in steps.iter().enumerate() {
            match step {
                SequenceStep::Note(text) => pen.note(text),
                SequenceStep::Fold(count) => pen.fold(*count),
                SequenceStep::Exchange(exchange) => {
                    let kind = if Some(at) == last { outcome } else { "" };
                    pen.call(exchange, kind);
                }
            }
        }
        let bottom = pen.y;
        if let Some(end) = end {
            pen.end(end, outcome);
        }
        Self {
            width,
            height: pen.y + 4,
            bottom,
            title: title.to_owned(),
            description: description(steps, end),
            lanes: pen.lanes,
            rows: pen.rows,
        }
    }
}

/// The drawing in a sentence or two.
fn description(steps: &[SequenceStep], end: Option<End<'_>>) -> String {
    let mut count = 0;
    for step in steps {
        count += match step {
            SequenceStep::Note(_) => 0,
            SequenceStep::Exchange(_) => 1,
            SequenceStep::Fold(more) => *more,
        };
    }
    let ended = match end {
        Some(End {
            succeeded: true,
            description,
        }) => format!(" The attack succeeded. {description}"),
        Some(End {
            succeeded: false,
            description,
        }) => format!(" The attack was stopped. {description}"),
        None => String::new(),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} request{plural} and what was answered, from top to bottom.{ended}")
}

/// Draws from top to bottom.
struct Pen {
    lanes: Vec<Lane>,
    width: i32,
    /// Where the next row begins.
    y: i32,
    rows: Vec<SequenceRow>,
}

impl Pen {
    /// A box of text across the drawing.
    fn boxed(&mut self, paragraphs: &[String]) -> (i32, i32, Vec<Words>) {
        let room = letters(self.width - 60, SIZE, SANS);
        let wrapped = paragraphs.iter().flat_map(|text| wrap(text, room));
        let top = self.y;
        let mut y = top + 4;
        let line = |description| {
            y += LEADING;
            Words { y, description }
        };
        let lines: Vec<Words> = wrapped.map(line).collect();
        let height = y + 12 - top;
        self.y = top + height + 18;
        (top, height, lines)
    }

    fn note(&mut self, text: &str) {
        let (y, height, lines) = self.boxed(&[text.to_owned()]);
        self.rows.push(SequenceRow::Note { y, height, lines });
    }

    fn end(&mut self, end: End<'_>, kind: &'static str) {
        let word = if end.succeeded {
            "The attack succeeded."
        } else {
            "The attack was stopped."
        };
        let (y, height, lines) = self.boxed(&[word.to_owned(), end.description.to_owned()]);
        self.rows.push(SequenceRow::End {
            kind,
            y,
            height,
            lines,
        });
    }

    fn fold(&mut self, count: usize) {
        let y = self.y + 10;
        self.y = y + 30;
        self.rows.push(SequenceRow::Fold { y, count });
    }

    fn call(&mut self, exchange: &steps::SequenceExchange, kind: &'static str) {
        let request = self.arrow(
            &exchange.who,
            exchange.whom,
            &exchange.asks,
            &exchange.brings,
        );
        let answer = exchange.answers.as_deref();
        let answer = answer.map(|status| {
            let mut arrow = self.arrow(exchange.whom, &exchange.who, status, &exchange.sets);
            // Both texts are in one column, beside the lane that asked.
            arrow.x = request.x;
            arrow
        });
        self.y += 12;
        self.rows.push(SequenceRow::Call {
            kind,
            request,
            answer,
        });
    }

    fn arrow(&mut self, from: &str, to: &str, above: &str, below: &str) -> Arrow {
        let at = |name: &str| {
            self.lanes
                .iter()
                .position(|lane| lane.name == name)
                .unwrap_or_default()
        };
        let (start, end) = (at(from), at(to));
        let ahead = end > start;
        let next = if ahead {
            start + 1
        } else {
            start.saturating_sub(1)
        };
        let (from, to, next) = (self.lanes[start].x, self.lanes[end].x, self.lanes[next].x);
        let room = letters((next - from).abs() - 24, SIZE, MONO);
        let y = self.y + LEADING + 4;
        self.y = y + if below.is_empty() { 14 } else { LEADING + 12 };
        Arrow {
            from,
            to,
            y,
            back: if ahead { -10 } else { 10 },
            x: (from + next) / 2,
            above: cut(above, room),
            below: cut(below, room),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::steps::{ATTACKERS_SITE, PORTAL};
    use super::*;

    fn exchange(who: &str, whom: &'static str) -> SequenceStep {
        SequenceStep::Exchange(steps::SequenceExchange {
            who: who.into(),
            whom,
            asks: "GET /a/very/long/path/that/does/not/fit/between/two/lanes/of/a/drawing".into(),
            brings: "no cookie".into(),
            answers: Some("200".into()),
            sets: String::new(),
        })
    }

    const STOPPED: End<'static> = End {
        succeeded: false,
        description: "It was refused.",
    };

    #[test]
    fn the_portal_stands_between_victim_and_attacker() {
        let steps = [
            exchange("attacker", ATTACKERS_SITE),
            exchange("attacker", PORTAL),
            exchange("victim", PORTAL),
        ];
        let drawing = Sequence::of("t", &steps, Some(STOPPED));
        let names: Vec<&str> = drawing.lanes.iter().map(|lane| &*lane.name).collect();
        assert_eq!(names, ["victim", PORTAL, ATTACKERS_SITE, "attacker"]);
        let kinds: Vec<&str> = drawing.lanes.iter().map(|lane| lane.kind).collect();
        assert_eq!(kinds, ["", "", "attacker", "attacker"]);
        assert!(
            drawing
                .description
                .starts_with("3 requests and what was answered")
        );
        assert!(
            drawing
                .description
                .ends_with("The attack was stopped. It was refused.")
        );
    }

    #[test]
    fn only_the_last_exchange_has_the_colour_of_the_outcome() {
        let steps = [
            exchange("victim", PORTAL),
            SequenceStep::Note("Now.".into()),
            exchange("attacker", PORTAL),
            SequenceStep::Fold(3),
        ];
        let kinds = Sequence::of("t", &steps, Some(STOPPED))
            .rows
            .into_iter()
            .filter_map(|row| match row {
                SequenceRow::Call { kind, .. } => Some(kind),
                _ => None,
            });
        assert_eq!(kinds.collect::<Vec<_>>(), ["", "strong"]);
    }

    #[test]
    fn a_long_text_is_cut_to_the_room_between_two_lanes() {
        let drawing = Sequence::of("t", &[exchange("victim", PORTAL)], None);
        let SequenceRow::Call { request, .. } = &drawing.rows[0] else {
            panic!("{drawing:?}");
        };
        let wide = request.above.chars().count() as f64 * SIZE * MONO;
        let half = f64::from(request.to - request.from) / 2.0;
        assert!(
            request.above.chars().count() > 20 && wide / 2.0 < half,
            "{request:?}"
        );
    }

    #[test]
    fn nobody_sent_anything_and_there_is_still_a_drawing() {
        let drawing = Sequence::of("t", &[], None);
        assert_eq!((drawing.lanes.len(), drawing.rows.len()), (1, 0));
        assert!(drawing.height > TOP);
    }
}

//! The diagram of a request's way: the positions of its lines and boxes. The template
//! `partials/wire_flow.html` draws them as SVG, in units that are pixels on the narrow drawing.

use serde::Serialize;

use super::cut;
use crate::lab::inspect::wire::flow::{ProbedDefence, StagePassed};

/// A diagram.
#[derive(Clone, Debug, Serialize)]
pub struct Drawing {
    /// `wide` or `narrow`.
    pub form: &'static str,
    /// The size.
    pub width: usize,
    /// The size.
    pub height: usize,
    /// What was asked, cut to the width.
    pub from: String,
    /// The stages, from the top.
    pub bands: Vec<Band>,
    /// Where the answer is written.
    pub end: usize,
}

/// A stage of the diagram.
#[derive(Clone, Debug, Serialize)]
pub struct Band {
    /// Its number, from 1.
    pub number: usize,
    /// Its name.
    pub title: &'static str,
    /// What was asked there, in a few words.
    pub count: String,
    /// Whether the request was refused before.
    pub not_reached: bool,
    /// The top.
    pub y: usize,
    /// The middle of the stage's name and of its number.
    pub middle: usize,
    /// Where the next one begins.
    pub below: usize,
    /// The defences.
    pub boxes: Vec<Placed>,
}

/// A defence on the diagram.
#[derive(Clone, Debug, Serialize)]
pub struct Placed {
    /// Left.
    pub x: usize,
    /// Top.
    pub y: usize,
    /// The size.
    pub width: usize,
    /// What is written in it.
    #[serde(flatten)]
    pub lit: ProbedDefence,
    /// The second line.
    pub line: String,
}

/// What is written below a defence's name: `strong: per-session`.
fn second_line(lit: &ProbedDefence) -> String {
    if lit.refused {
        format!("{}, refused here", lit.kind)
    } else {
        format!("{}: {}", lit.kind, lit.arm)
    }
}

/// The measures of one form.
struct Form {
    name: &'static str,
    width: usize,
    /// Where boxes begin.
    left: usize,
    /// How much a stage's name takes from the room above its boxes.
    above: usize,
}

const FORMS: [Form; 2] = [
    Form {
        name: "wide",
        width: 1000,
        left: 240,
        above: 0,
    },
    Form {
        name: "narrow",
        width: 326,
        left: 40,
        above: 46,
    },
];

/// The height of a box, and of a stage without one.
const BOX: usize = 50;
const GAP: usize = 8;
const PAD: usize = 10;
/// The room for the request above the stages, and for the answer below.
const END: usize = 44;
/// The width of a sign of the request (15 units high) and of a sign in a box (14 units high), in
/// tenths; the widest font of `--mono` needs 9.48 and 8.85.
const SIGN: usize = 95;
const SMALL_SIGN: usize = 89;
/// The icon and the edges.
const BESIDE: usize = 44;

/// The diagram for a wide window, and the one for a phone.
pub fn both(line: &str, stages: &[StagePassed]) -> [Drawing; 2] {
    FORMS.map(|form| draw(&form, line, stages))
}

fn draw(form: &Form, line: &str, stages: &[StagePassed]) -> Drawing {
    let mut y = END;
    let mut bands = Vec::new();
    for (at, stage) in stages.iter().enumerate() {
        let boxes = context(form, y + PAD + form.above, &stage.lit);
        let bottom = boxes.last().map_or(0, |last| last.y + BOX);
        let below = bottom.max(y + PAD + form.above.max(BOX)) + PAD;
        bands.push(Band {
            number: at + 1,
            title: stage.title,
            count: count(stage),
            not_reached: stage.not_reached,
            y,
            middle: y + PAD + form.above.max(BOX) / 2,
            below,
            boxes,
        });
        y = below;
    }
    Drawing {
        form: form.name,
        width: form.width,
        height: y + END,
        from: cut(line, (form.width - 50) * 10 / SIGN),
        bands,
        end: y,
    }
}

/// Boxes from left to right, in as many rows as they need.
fn context(form: &Form, top: usize, lit: &[ProbedDefence]) -> Vec<Placed> {
    let (mut x, mut y) = (form.left, top);
    let mut placed = Vec::new();
    for lit in lit {
        let line = second_line(lit);
        let signs = lit.slug.len().max(line.len());
        let width = (signs * SMALL_SIGN).div_ceil(10) + BESIDE;
        if x > form.left && x + width > form.width {
            (x, y) = (form.left, y + BOX + GAP);
        }
        placed.push(Placed {
            x,
            y,
            width,
            lit: lit.clone(),
            line,
        });
        x += width + GAP;
    }
    placed
}

fn count(stage: &StagePassed) -> String {
    let all = stage.lit.len() + stage.dark;
    match (stage.not_reached, stage.lit.len()) {
        (true, 0) => "not reached".into(),
        (_, 0) => "nothing asked".into(),
        (_, lit) => format!("{lit} of {all} asked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::RequestStage;
    use crate::defences::policy::Name;

    /// Every defence asked: the fullest diagram there is.
    fn everything() -> Vec<StagePassed> {
        let lit = |name: &Name| ProbedDefence {
            slug: name.slug(),
            kind: "strong",
            arm: name.arms().last().map_or("", |arm| arm.slug),
            description: "",
            refused: false,
        };
        let stage = |stage: RequestStage| StagePassed {
            title: stage.title(),
            description: stage.description(),
            lit: Name::ALL
                .iter()
                .filter(|name| name.lesson().stage == stage)
                .map(lit)
                .collect(),
            dark: 0,
            not_reached: false,
        };
        RequestStage::ALL.into_iter().map(stage).collect()
    }

    #[test]
    fn no_box_sticks_out_or_lies_on_another() {
        for drawing in both("GET /", &everything()) {
            let form = drawing.form;
            let mut shown = 0;
            let mut above = END;
            for band in &drawing.bands {
                assert_eq!(band.y, above, "{form}");
                above = band.below;
                for (at, one) in band.boxes.iter().enumerate() {
                    let name = one.lit.slug;
                    assert!(one.x + one.width <= drawing.width, "{form}: {name}");
                    assert!(one.y > band.y && one.y + BOX < band.below, "{form}: {name}");
                    let beside =
                        |other: &Placed| other.y != one.y || other.x + other.width <= one.x;
                    assert!(band.boxes[..at].iter().all(beside), "{form}: {name}");
                    let needed = (name.len() * SMALL_SIGN).div_ceil(10);
                    assert!(one.width >= needed + BESIDE, "{form}: {name}");
                }
                shown += band.boxes.len();
            }
            assert_eq!(shown, Name::ALL.len(), "{form}");
            assert_eq!(drawing.height, above + END, "{form}");
        }
    }

    #[test]
    fn a_long_address_is_shortened_to_the_width() {
        let [wide, narrow] = both(&"é".repeat(500), &everything());
        for drawing in [&wide, &narrow] {
            let signs = drawing.from.chars().count();
            assert!(signs * SIGN / 10 < drawing.width, "{}", drawing.form);
            assert!(drawing.from.ends_with('…'));
        }
        assert!(wide.from.len() > narrow.from.len());
        assert_eq!(both("GET /", &[])[0].from, "GET /");
    }

    #[test]
    fn a_stage_says_how_much_of_it_was_asked() {
        let mut stages = everything();
        stages[2].lit.truncate(1);
        stages[2].dark = 2;
        stages[3].lit.clear();
        stages[3].not_reached = true;
        stages[4].lit.clear();
        let [wide, _] = both("GET /", &stages);
        let counts: Vec<_> = wide.bands[2..5].iter().map(|b| b.count.as_str()).collect();
        assert_eq!(counts, ["1 of 3 asked", "not reached", "nothing asked"]);
    }
}

//! `/plays`: attacks on a stage, beat by beat, for a teacher at the projector.
//!
//! A play is an existing attack: its run has just been made on benches that are deleted afterwards,
//! against the insecure portal, against the hardened one and, where a single defence decides, against
//! the hardened one without it. `beats` cuts its transcript, [`stage`] says who holds what. Session
//! fixation has its own address, `/fixation`.

mod marks;
pub(super) mod stage;
pub(super) mod view;

use std::sync::Arc;

use rocket::response::Redirect;
use rocket::{Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use self::view::StageBeat;
use super::browser_runs::BrowserView;
use super::card::CardView;
use super::run::{RecordedOutcome, by_hand, known, recorded};
use super::runner::AttackRunner;
use super::runs::AttackRun;
use crate::attacks::{ALL, Attack, Card, Engine, find};
use crate::defences::policy::Variant;
use crate::lab::page;
use crate::web::context::RequestContext;
use crate::web::page::VariantView;
use crate::web::problem::Problem;

/// The plays to begin with. Every other attack can be played as well.
const FEATURED: [&str; 7] = [
    FIXATION,
    "xss-steals-cookie",
    "csrf-form",
    "replay-after-sign-out",
    "secure-cookie-over-http",
    "none-algorithm",
    "refresh-replay",
];

/// The play with its own address.
const FIXATION: &str = "fixation";

/// The variants of a play: the two portals and, where a single defence decides, the hardened portal
/// without it. There the attack succeeds although everything else is strong.
fn sides(card: &Card) -> Vec<Variant> {
    let mut all = vec![Variant::Insecure, Variant::Hardened];
    if let [[name]] = card.stopped_by {
        all.push(Variant::Without(*name));
    }
    all
}

/// The path of a play, without the bench.
pub(super) fn path(card: &Card) -> String {
    match card.name {
        FIXATION => "/fixation".to_owned(),
        name => format!("/plays/{name}"),
    }
}

#[derive(Serialize)]
struct PlaysPage {
    plays: Vec<PlayLink>,
    others: Vec<PlayLink>,
}

#[derive(Serialize)]
struct PlayLink {
    title: &'static str,
    href: String,
    evidence: &'static str,
    needs_browser: bool,
}

impl PlayLink {
    fn of(context: &RequestContext, card: &'static Card) -> Self {
        Self {
            title: card.title,
            href: format!("{}{}", context.base(), path(card)),
            evidence: card.evidence,
            needs_browser: card.engine == Engine::Browser,
        }
    }
}

#[get("/plays")]
fn list(context: &RequestContext) -> Template {
    let featured = FEATURED.iter().filter_map(|name| find(name));
    let others = ALL
        .iter()
        .filter(|attack| !FEATURED.contains(&attack.card().name));
    let page = PlaysPage {
        plays: featured
            .map(|attack| PlayLink::of(context, attack.card()))
            .collect(),
        others: others
            .map(|attack| PlayLink::of(context, attack.card()))
            .collect(),
    };
    page::render(context, "pages/lab/plays.html", "Plays", page)
}

/// Where a play is: the side, and the beat on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PlayPosition {
    side: usize,
    beat: usize,
}

impl PlayPosition {
    /// The next position, where there is one; `beats` are the numbers of the last beats.
    fn next(self, last_beats: &[usize]) -> Option<Self> {
        if self.beat < *last_beats.get(self.side)? {
            return Some(Self {
                beat: self.beat + 1,
                ..self
            });
        }
        let side = self.side + 1;
        (side < last_beats.len()).then_some(Self { side, beat: 0 })
    }

    /// The position before.
    fn back(self, last_beats: &[usize]) -> Option<Self> {
        if self.beat > 0 {
            return Some(Self {
                beat: self.beat - 1,
                ..self
            });
        }
        let side = self.side.checked_sub(1)?;
        let beat = *last_beats.get(side)?;
        Some(Self { side, beat })
    }
}

#[derive(Serialize)]
struct PlayPage<'p> {
    card: CardView,
    address: String,
    by_hand: Option<String>,
    browser: BrowserView,
    recorded: Vec<RecordedSide>,
    stage: Option<PlayView<'p>>,
}

/// How a play of a browser ended when it was recorded.
#[derive(Serialize)]
struct RecordedSide {
    against: String,
    outcomes: Vec<RecordedOutcome>,
}

#[derive(Serialize)]
struct PlayView<'p> {
    sides: Vec<PlaySide>,
    variant: VariantView,
    /// Whether this is the side on which only the deciding defence is weak.
    counter_experiment: bool,
    beat: usize,
    last: usize,
    shown: &'p StageBeat,
    has_victim: bool,
    /// How it ended, at its last beat.
    verdict: Option<PlayVerdict<'p>>,
    with: Option<&'p str>,
    back: Option<String>,
    next: Option<String>,
    /// Whether the next beat is on the next side.
    next_side: Option<String>,
}

#[derive(Serialize)]
struct PlaySide {
    name: String,
    kind: &'static str,
    href: String,
    current: bool,
    /// `weak` where it succeeded, `strong` where it was stopped; empty before the end.
    ended: &'static str,
}

#[derive(Serialize)]
struct PlayVerdict<'p> {
    succeeded: bool,
    message: &'p str,
}

/// The stage at a position; nothing where a side has not run.
fn stage<'p>(
    context: &RequestContext,
    address: &str,
    variants: &[Variant],
    runs: &'p [Arc<AttackRun>],
    asked: PlayPosition,
) -> Option<PlayView<'p>> {
    let last_beats: Vec<usize> = runs
        .iter()
        .map(|run| run.beats.len().saturating_sub(1))
        .collect();
    let side = asked.side.min(runs.len().checked_sub(1)?);
    let run = &runs[side];
    let last = last_beats[side];
    let at = PlayPosition {
        side,
        beat: asked.beat.min(last),
    };
    let view = |variant: Variant| VariantView::new(variant, &context.bench.resolve(variant).moved);
    let href = |to: PlayPosition| format!("{address}?side={}&beat={}", variants[to.side], to.beat);
    let ended = |side: usize| side < at.side || (side == at.side && at.beat == last);
    let sides = variants.iter().zip(runs).enumerate();
    let next = at.next(&last_beats);
    Some(PlayView {
        sides: sides
            .map(|(number, (variant, run))| PlaySide {
                name: variant.to_string(),
                kind: view(*variant).kind,
                href: href(PlayPosition {
                    side: number,
                    beat: if ended(number) { last_beats[number] } else { 0 },
                }),
                current: number == at.side,
                ended: match (ended(number), run.succeeded) {
                    (false, _) => "",
                    (true, true) => "weak",
                    (true, false) => "strong",
                },
            })
            .collect(),
        variant: view(run.variant),
        counter_experiment: matches!(run.variant, Variant::Without(_)),
        beat: at.beat,
        last,
        shown: run.beats.get(at.beat)?,
        has_victim: run.has_victim,
        verdict: (at.beat == last).then_some(PlayVerdict {
            succeeded: run.succeeded,
            message: &run.message,
        }),
        with: run.with.as_deref(),
        back: at.back(&last_beats).map(href),
        next_side: next
            .filter(|next| next.side != at.side)
            .map(|next| variants[next.side].to_string()),
        next: next.map(href),
    })
}

fn show_play(
    runner: &AttackRunner<'_>,
    attack: &'static dyn Attack,
    side: Option<&str>,
    beat: Option<usize>,
) -> Template {
    let (context, card) = (runner.context, attack.card());
    let variants = sides(card);
    let address = format!("{}{}", context.base(), path(card));
    let bench = context.bench.name();
    let runs = variants
        .iter()
        .map(|variant| runner.kept.find(bench, card.name, *variant));
    let runs: Option<Vec<Arc<AttackRun>>> = runs.collect();
    let side = side.and_then(|side| {
        let asked = |variant: &Variant| variant.to_string() == side;
        variants.iter().position(asked)
    });
    let asked = PlayPosition {
        side: side.unwrap_or_default(),
        beat: beat.unwrap_or_default(),
    };
    let recorded = variants.iter().map(|variant| RecordedSide {
        against: variant.to_string(),
        outcomes: recorded(card, *variant),
    });
    let page = PlayPage {
        card: CardView::of(card),
        by_hand: by_hand(context, card.name, Variant::Insecure),
        browser: runner.browsers.view(context, runner.lessons),
        recorded: recorded.collect(),
        stage: runs
            .as_deref()
            .and_then(|runs| stage(context, &address, &variants, runs, asked)),
        address,
    };
    page::render(context, "pages/lab/play.html", card.title, page)
}

#[get("/plays/<name>?<side>&<beat>")]
fn show(
    runner: AttackRunner<'_>,
    name: &str,
    side: Option<&str>,
    beat: Option<usize>,
) -> Result<Template, Problem> {
    Ok(show_play(&runner, known(name)?, side, beat))
}

#[get("/fixation?<side>&<beat>")]
fn show_fixation(
    runner: AttackRunner<'_>,
    side: Option<&str>,
    beat: Option<usize>,
) -> Result<Template, Problem> {
    Ok(show_play(&runner, known(FIXATION)?, side, beat))
}

/// Runs a play: the sides of an attack that the server alone decides at once, those of another one in
/// a browser.
async fn run_play(
    runner: &AttackRunner<'_>,
    name: &str,
    browser: Option<&str>,
) -> Result<Redirect, Problem> {
    let attack = known(name)?;
    let card = attack.card();
    let variants = sides(card);
    match card.engine {
        Engine::Http => runner.run_at_once(attack, &variants).await?,
        Engine::Browser => runner.start_browser(attack, variants, browser)?,
    }
    let base = runner.context.base();
    Ok(Redirect::to(format!("{base}{}?beat=1", path(card))))
}

#[post("/plays/<name>?<browser>")]
async fn run(
    runner: AttackRunner<'_>,
    name: &str,
    browser: Option<&str>,
) -> Result<Redirect, Problem> {
    run_play(&runner, name, browser).await
}

#[post("/fixation")]
async fn run_fixation(runner: AttackRunner<'_>) -> Result<Redirect, Problem> {
    run_play(&runner, FIXATION, None).await
}

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, show_fixation, run, run_fixation]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_play_goes_through_all_sides_forth_and_back() {
        let last_beats = [2, 1];
        let mut at = PlayPosition { side: 0, beat: 0 };
        let mut way = vec![at];
        while let Some(next) = at.next(&last_beats) {
            assert_eq!(next.back(&last_beats), Some(at));
            at = next;
            way.push(at);
        }
        assert_eq!(way.len(), 5);
        assert_eq!(at, PlayPosition { side: 1, beat: 1 });
        assert_eq!(way[0].back(&last_beats), None);
        assert_eq!(at.next(&[]), None);
    }

    #[test]
    fn the_featured_plays_are_attacks_and_a_single_defence_has_its_counter_experiment() {
        for name in FEATURED {
            assert!(find(name).is_some(), "{name}");
        }
        let names = |attack: &str| -> Vec<String> {
            let card = find(attack).expect(attack).card();
            sides(card).iter().map(Variant::to_string).collect()
        };
        assert_eq!(
            names(FIXATION),
            ["insecure", "hardened", "without-rotation"]
        );
        assert_eq!(names("csrf-form"), ["insecure", "hardened"]);
    }
}

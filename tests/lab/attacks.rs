//! The attacks and their matrix, run against the lab that all tests share.

pub mod audit;
mod cards;
mod catalogue;
mod costs;
mod drawings;
mod imports;
mod leak;
mod policies;
mod threat_models;

use session_lab::attacks::cell::{CellResult, MatrixCell};
use session_lab::attacks::matrix::{self, MatrixSelection};
use session_lab::attacks::{ALL, Attack, Engine, Outcome};
use session_lab::defences::policy::Variant;
use tokio::sync::OnceCell;

use crate::support::lab;

/// The attacks that need no browser. Those that do are shown in `browser/attacks.rs`.
fn decided_by_the_server() -> impl Iterator<Item = &'static dyn Attack> {
    let all = ALL.iter().copied();
    all.filter(|attack| attack.card().engine == Engine::Http)
}

/// Every cell as `session-lab matrix` finds it, once for all tests of this file: a cell whose switch
/// the attack never asked has the outcome of its base. `long::` runs each.
async fn cells() -> &'static [MatrixCell] {
    static CELLS: OnceCell<Vec<MatrixCell>> = OnceCell::const_new();
    CELLS.get_or_init(|| run(MatrixSelection::default())).await
}

async fn run(selection: MatrixSelection) -> Vec<MatrixCell> {
    let mut cells = Vec::new();
    matrix::run(&lab().target(), &selection, |cell| cells.push(cell)).await;
    cells
}

fn outcome(cell: &MatrixCell) -> &Outcome {
    let found = cell.outcome();
    found.unwrap_or_else(|| panic!("{} against {}: {cell:?}", cell.attack, cell.variant))
}

fn assert_right(cells: &[MatrixCell], is_right: impl Fn(&MatrixCell) -> bool) {
    let wrong = cells.iter().filter(|cell| !is_right(cell));
    let wrong: Vec<String> = wrong
        .map(|cell| {
            format!(
                "{} against {}: {:?}",
                cell.attack, cell.variant, cell.result
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_matrix_agrees_with_the_rule() {
    let cells = cells().await;
    assert_eq!(cells.len(), ALL.len() * matrix::variants().len());
    assert_right(cells, MatrixCell::agrees);
}

#[tokio::test]
async fn every_attack_succeeds_on_insecure_and_is_stopped_on_hardened() {
    for attack in decided_by_the_server().map(|attack| attack.card().name) {
        for (variant, succeeds) in [(Variant::Insecure, true), (Variant::Hardened, false)] {
            let mut mine = cells().await.iter();
            let cell = mine.find(|cell| cell.attack == attack && cell.variant == variant);
            let found = outcome(cell.expect("every cell"));
            assert_eq!(found.succeeded(), succeeds, "{attack}: {}", found.message());
        }
    }
}

/// What stops each attack alone. One defence is also necessary; of several none is.
const STOPPED_BY: &[(&str, &[&str])] = &[
    ("stolen-store", &["at-rest"]),
    ("stolen-password-table", &["password-storage"]),
    ("plain-http-downgrade", &["transport"]),
    // `host-prefix` brings `secure` along, without which it does not work.
    (
        "secure-cookie-over-http",
        &["secure", "host-prefix", "transport"],
    ),
    ("long-lived-cookie", &["persistence"]),
    ("xss-steals-cookie", &["http-only", "output", "csp"]),
    ("xss-rides-session", &["output", "csp"]),
    ("cookie-overflow", &["output", "csp"]),
    ("csrf-form", &["same-site", "csrf-token", "request-origin"]),
    ("csrf-link", &["safe-methods"]),
    ("login-csrf", &["csrf-token", "request-origin"]),
    ("csrf-from-sibling", &["csrf-token", "request-origin"]),
    // `json-only` brings `cors` along, without which it does not work.
    ("cors-read", &["json-only", "cors"]),
    ("method-override", &["safe-methods"]),
    (
        "text-plain-json",
        &["csrf-token", "request-origin", "json-only"],
    ),
    ("clickjacking", &["framing"]),
    ("fixation", &["rotation"]),
    ("planted-id", &["rotation", "host-prefix"]),
    ("cookie-tossing", &["duplicate-cookies", "host-prefix"]),
    ("id-in-referer", &["carrier", "referrer"]),
    ("id-prediction", &["id-source"]),
    ("replay-after-idle-limit", &["idle-timeout"]),
    ("replay-after-absolute-limit", &["absolute-timeout"]),
    ("replay-after-sign-out", &["sign-out"]),
    ("back-button", &["no-store"]),
    ("draft-after-sign-out", &["clear-site-data"]),
    (
        "old-session-after-password-change",
        &["sessions-on-password-change"],
    ),
    ("role-cookie-tampering", &["role-source"]),
    ("forged-signed-cookie", &["client-state", "signing-key"]),
    ("password-guessing", &["throttle"]),
    ("login-enumeration", &["login-errors"]),
    ("edited-payload", &["jwt-signature"]),
    ("none-algorithm", &["jwt-none"]),
    ("empty-signature", &["jwt-none"]),
    ("key-confusion", &["jwt-algorithm"]),
    ("dictionary-key", &[]),
    ("blank-key", &["jwt-kid"]),
    ("kid-to-empty-file", &["jwt-kid"]),
    ("inline-jwk", &[]),
    ("spoofed-jku", &[]),
    ("retired-key", &["key-rotation"]),
    ("expired-token", &["jwt-expiry"]),
    ("not-yet-valid", &["jwt-not-before"]),
    ("other-issuer", &["jwt-issuer"]),
    ("other-audience", &["jwt-audience"]),
    ("refresh-as-access", &["jwt-type"]),
    ("unknown-crit", &["jwt-crit"]),
    ("token-in-referer", &["referrer", "jwt-transport"]),
    (
        "xss-reads-local-storage",
        &["output", "csp", "token-storage"],
    ),
    ("replay-after-logout", &["jwt-revocation"]),
    ("replay-after-new-password", &["jwt-revocation"]),
    ("refresh-replay", &["refresh-rotation"]),
    ("stale-role", &["jwt-claims"]),
];

/// The defences of which each is necessary, where that does not follow from the list above: those
/// that stop an attack together only, and one that another brings along.
const TOGETHER: &[(&str, &[&str])] = &[
    // `only-json-only` has `cors` on, which alone stops it.
    ("cors-read", &["cors"]),
    ("dictionary-key", &["jwt-signature", "jwt-key"]),
    ("inline-jwk", &["jwt-signature", "jwt-key-source"]),
    ("spoofed-jku", &["jwt-signature", "jwt-key-source"]),
];

#[tokio::test]
async fn what_alone_stops_an_attack_or_lets_it_in_follows_from_its_sets() {
    let names: Vec<&str> = ALL.iter().map(|attack| attack.card().name).collect();
    let listed: Vec<&str> = STOPPED_BY.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, listed, "the attacks in the order of the course");

    for (name, stopped_by) in STOPPED_BY {
        let mine: Vec<&MatrixCell> = cells()
            .await
            .iter()
            .filter(|cell| cell.attack == *name)
            .collect();
        let (mut stopping, mut letting_in) = (Vec::new(), Vec::new());
        for cell in mine {
            // What needs a browser and was not recorded follows from the rule alone here; it is run
            // in `browser/attacks.rs`.
            match (cell.variant, cell.succeeded().unwrap_or(cell.expected)) {
                (Variant::Only(defence), false) => stopping.push(defence.slug()),
                (Variant::Without(defence), true) => letting_in.push(defence.slug()),
                _ => {}
            }
        }
        assert_eq!(stopping, *stopped_by, "{name}: sufficient");
        let together = TOGETHER.iter().find(|(attack, _)| attack == name);
        let necessary = match (together, stopped_by) {
            (Some((_, all)), _) => all,
            (None, [_]) => *stopped_by,
            (None, _) => &[],
        };
        assert_eq!(letting_in, necessary, "{name}: necessary");
    }
}

#[tokio::test]
async fn a_cell_that_is_not_run_has_the_outcome_that_running_it_gives() {
    let selection = |all| MatrixSelection {
        attacks: Some(vec!["login-enumeration", "replay-after-sign-out"]),
        all,
        ..MatrixSelection::default()
    };
    let (quick, each) = (run(selection(false)).await, run(selection(true)).await);
    let mut not_asked = 0;
    for cell in &quick {
        let same = |run: &&MatrixCell| (run.attack, run.variant) == (cell.attack, cell.variant);
        let run = each.iter().find(same).expect("every cell");
        assert_eq!(
            outcome(cell).succeeded(),
            outcome(run).succeeded(),
            "{} against {}",
            cell.attack,
            cell.variant
        );
        not_asked += usize::from(matches!(cell.result, CellResult::NotAsked(_)));
    }
    assert!(not_asked > 0 && not_asked < quick.len(), "{not_asked}");
}

#[tokio::test]
async fn a_selection_narrows_the_matrix() {
    let cells = run(MatrixSelection {
        attacks: Some(vec!["role-cookie-tampering"]),
        variants: Some(vec![Variant::Hardened]),
        all: false,
    })
    .await;
    let found: Vec<_> = cells
        .iter()
        .map(|cell| (cell.attack, cell.variant))
        .collect();
    assert_eq!(found, [("role-cookie-tampering", Variant::Hardened)]);
}

/// What `tests/run long` adds.
mod long {
    use super::*;
    use crate::browser::chromium::browser;

    /// Nothing is taken from the record or from another cell, also of the attacks of a browser.
    #[tokio::test]
    #[ignore = "long: about an hour; needs Chromium"]
    async fn every_cell_is_run_and_agrees_with_the_rule() {
        let all = MatrixSelection {
            all: true,
            ..MatrixSelection::default()
        };
        let target = lab().target().with_browser(browser().clone());
        let mut cells = Vec::new();
        matrix::run(&target, &all, |cell| cells.push(cell)).await;
        assert_eq!(cells.len(), ALL.len() * matrix::variants().len());
        assert_right(&cells, |cell| {
            matches!(cell.result, CellResult::Ran(_)) && cell.agrees()
        });
    }
}

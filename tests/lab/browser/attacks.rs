//! The attacks that a browser decides, in real Chromium: against `insecure`, against `hardened`, and
//! with each switch alone that their cards name.

use std::sync::Arc;

use session_lab::attacks::cell::MatrixCell;
use session_lab::attacks::matrix::{self, MatrixSelection, throw_away_name};
use session_lab::attacks::record::BrowserRecord;
use session_lab::attacks::scenario::Scenario;
use session_lab::attacks::{ALL, Card, Engine, Outcome, find};
use session_lab::browser::{Browser, BrowserOption};
use session_lab::defences::policy::{Name, Policy, Variant, resolve};

use super::chromium::browser;
use crate::support::lab;

/// The variants that show what a card claims.
fn variants(card: &Card) -> Vec<Variant> {
    let mut all = vec![Variant::Insecure, Variant::Hardened];
    for name in card.stopped_by.iter().copied().flatten() {
        all.push(Variant::Only(*name));
        all.push(Variant::Without(*name));
    }
    all
}

async fn shows_what_its_card_claims(attack: &str) {
    let chrome = browser();
    let card = find(attack).expect(attack).card();
    assert_eq!(card.engine, Engine::Browser);
    let selection = MatrixSelection {
        attacks: Some(vec![card.name]),
        variants: Some(variants(card)),
        all: true,
    };
    let mut cells: Vec<MatrixCell> = Vec::new();
    let target = lab().target().with_browser(chrome.clone());
    matrix::run(&target, &selection, |cell| cells.push(cell)).await;
    assert_eq!(cells.len(), matrix::size(&selection));
    for cell in &cells {
        let should = if cell.expected {
            "succeed"
        } else {
            "be stopped"
        };
        assert!(
            cell.agrees(),
            "{attack} against {} should {should}: {:?}",
            cell.variant,
            cell.result
        );
    }
    assert!(cells[0].succeeded() == Some(true) && cells[1].succeeded() == Some(false));
}

macro_rules! shown {
    ($($test:ident => $attack:literal),+ $(,)?) => {
        $(#[tokio::test]
        #[ignore = "needs Chromium"]
        async fn $test() {
            shows_what_its_card_claims($attack).await;
        })+

        /// Every attack that has a test above.
        const SHOWN: &[&str] = &[$($attack),+];
    };
}

shown! {
    secure_cookie_over_http => "secure-cookie-over-http",
    long_lived_cookie => "long-lived-cookie",
    xss_steals_cookie => "xss-steals-cookie",
    xss_rides_session => "xss-rides-session",
    cookie_overflow => "cookie-overflow",
    csrf_form => "csrf-form",
    csrf_link => "csrf-link",
    login_csrf => "login-csrf",
    csrf_from_sibling => "csrf-from-sibling",
    cors_read => "cors-read",
    clickjacking => "clickjacking",
    planted_id => "planted-id",
    cookie_tossing => "cookie-tossing",
    id_in_referer => "id-in-referer",
    back_button => "back-button",
    draft_after_sign_out => "draft-after-sign-out",
    token_in_referer => "token-in-referer",
    xss_reads_local_storage => "xss-reads-local-storage",
}

/// How an attack ends where one arm between the weak and the strong one is chosen.
async fn ends_under(attack: &str, preset: Policy, arms: &[(Name, &str)]) -> Outcome {
    let chrome = browser();
    let mut policy = preset;
    for (name, arm) in arms {
        policy = policy.choose(*name, arm).expect("an arm that it has");
    }
    let target = lab().target().with_browser(chrome.clone());
    let scenario = Scenario::new(target, throw_away_name(), Variant::Custom);
    scenario.choose(&policy).await.expect("no conflict");
    let ended = find(attack).expect(attack).run(&scenario).await;
    scenario.delete_bench().await.expect("it goes");
    ended.expect(attack)
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn strict_lets_a_form_of_the_sibling_through() {
    let arms = [(Name::SameSite, "strict")];
    let sibling = ends_under("csrf-from-sibling", Policy::INSECURE, &arms).await;
    assert!(sibling.succeeded(), "{}", sibling.message());
    let foreign = ends_under("csrf-form", Policy::INSECURE, &arms).await;
    assert!(!foreign.succeeded());
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_cookie_of_a_name_that_only_servers_may_write_is_not_planted_again() {
    let arms = [
        (Name::Secure, "present"),
        (Name::HttpOnly, "present"),
        (Name::HostPrefix, "host-http"),
    ];
    let ended = ends_under("cookie-overflow", Policy::INSECURE, &arms).await;
    assert!(!ended.succeeded(), "{}", ended.message());
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_foreign_form_with_a_cookie_that_asks_for_none_is_not_stopped_by_same_site() {
    let arms = [(Name::Secure, "present"), (Name::SameSite, "none")];
    let ended = ends_under("csrf-form", Policy::INSECURE, &arms).await;
    assert!(ended.succeeded(), "{}", ended.message());
}

/// The Back button in a browser that keeps no pages alive, so that only copies of answers are left.
async fn back_without_kept_pages(variant: Variant) -> Outcome {
    let settings = browser().settings().clone();
    let settings = settings.with_option(BrowserOption::NoBackForwardCache);
    let chrome = Browser::start(settings).await.expect("it starts");
    let target = lab().target().with_browser(Arc::new(chrome));
    let scenario = Scenario::new(target, throw_away_name(), variant);
    let attack = find("back-button").expect("it is there");
    let ended = attack.run(&scenario).await.expect("an end");
    scenario.delete_bench().await.expect("it goes");
    ended
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn over_http_the_back_button_finds_a_copy_of_the_answer_too_but_not_with_no_store() {
    let insecure = back_without_kept_pages(Variant::Insecure).await;
    let says = insecure.message();
    assert!(
        says.ends_with("from the ordinary cache of answers."),
        "{says}"
    );
    let stored = back_without_kept_pages(Variant::Only(Name::NoStore)).await;
    assert!(!stored.succeeded(), "{}", stored.message());
}

fn decided_by_a_browser() -> Vec<&'static Card> {
    let cards = ALL.iter().map(|attack| attack.card());
    cards
        .filter(|card| card.engine == Engine::Browser)
        .collect()
}

#[test]
fn every_attack_that_a_browser_decides_is_shown_in_one() {
    let names: Vec<&str> = decided_by_a_browser()
        .iter()
        .map(|card| card.name)
        .collect();
    assert_eq!(names, SHOWN);
}

#[test]
fn the_record_holds_what_every_card_claims_with_its_day_and_browser() {
    let record = BrowserRecord::stored();
    for card in decided_by_a_browser() {
        let runs = record.runs(card.name);
        let first = runs.first().expect(card.name);
        assert!(first.with.starts_with("Chromium "), "{}", first.with);
        for run in runs {
            assert_eq!(run.on.len(), "2026-11-21".len(), "{}", run.on);
        }
        for variant in variants(card) {
            let outcome = record.outcome(card, variant);
            let outcome = outcome.unwrap_or_else(|| panic!("{} against {variant}", card.name));
            let policy = resolve(variant, &Policy::INSECURE).policy;
            let expected = card.succeeds_under(&policy);
            assert_eq!(
                outcome.succeeded(),
                expected,
                "{} against {variant}",
                card.name
            );
        }
    }
}

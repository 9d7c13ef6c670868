//! What an attack sends and how it ends: within bounds, and with no header that its card hides.

use session_lab::attacks::Attack;
use session_lab::attacks::matrix::throw_away_name;
use session_lab::attacks::scenario::Scenario;
use session_lab::attacks::transcript::TranscriptLine;
use session_lab::client::HttpExchange;
use session_lab::defences::policy::Variant;

use super::decided_by_the_server;
use crate::support::lab;
use crate::support::tokens::part;

/// No attack needs more requests than this.
const MOST_REQUESTS: usize = 40;

async fn exchanges(attack: &dyn Attack, variant: Variant) -> Vec<HttpExchange> {
    let bench = throw_away_name();
    let scenario = Scenario::new(lab().target(), bench.clone(), variant);
    let name = attack.card().name;
    let ended = attack.run(&scenario).await;
    ended.unwrap_or_else(|error| panic!("{name}: {error}"));
    lab().benches.discard(&bench).await.expect("it was used");
    let sent = |line| match line {
        TranscriptLine::Exchange { exchange, .. } => Some(*exchange),
        TranscriptLine::Narration(_) | TranscriptLine::Planted { .. } => None,
    };
    scenario
        .transcript()
        .lines()
        .into_iter()
        .filter_map(sent)
        .collect()
}

#[tokio::test]
async fn every_attack_ends_after_a_bounded_number_of_requests() {
    for attack in decided_by_the_server() {
        for variant in [Variant::Insecure, Variant::Hardened] {
            let count = exchanges(attack, variant).await.len();
            let name = attack.card().name;
            assert!(
                (1..=MOST_REQUESTS).contains(&count),
                "{name}: {count} against {variant}"
            );
        }
    }
}

#[tokio::test]
async fn a_header_that_only_browsers_write_is_sent_where_the_card_names_the_browsers() {
    let mut as_a_browser = Vec::new();
    for attack in decided_by_the_server() {
        let sent = exchanges(attack, Variant::Insecure).await;
        let forged = |exchange: &HttpExchange| {
            let head = exchange.sent.to_ascii_lowercase();
            head.contains("\nsec-fetch-") || head.contains("\norigin: https://notes.")
        };
        if sent.iter().any(forged) {
            let card = attack.card();
            let named = ["Chromium", "Firefox", "Safari"].map(|name| card.means.contains(name));
            assert_eq!(named, [true; 3], "{}", card.name);
            as_a_browser.push(card.name);
        }
    }
    assert_eq!(as_a_browser, ["method-override", "text-plain-json"]);
}

#[tokio::test]
async fn guessing_is_over_at_the_first_429_and_finds_the_password_behind_five_failures() {
    let attack = session_lab::attacks::find("password-guessing").expect("it is there");
    let statuses = |exchanges: Vec<HttpExchange>| {
        let tries = exchanges.into_iter().filter(|e| e.sent.starts_with("POST"));
        tries.map(|exchange| exchange.status).collect::<Vec<_>>()
    };
    let hardened = statuses(exchanges(attack, Variant::Hardened).await);
    assert_eq!(hardened, [401, 401, 401, 401, 401, 429]);
    let insecure = statuses(exchanges(attack, Variant::Insecure).await);
    assert_eq!(insecure.last(), Some(&303));
    assert!(insecure.len() > 6, "{insecure:?}");
}

/// The header of the token that a request bears, where it bears one.
fn borne_header(exchange: &HttpExchange) -> Option<serde_json::Value> {
    let mut lines = exchange.sent.lines();
    let token = lines.find_map(|line| line.split_once("Bearer ").map(|(_, token)| token))?;
    (token.matches('.').count() == 2).then(|| part(token, 0))
}

#[tokio::test]
async fn the_forgery_without_a_signature_tries_four_spellings() {
    let attack = session_lab::attacks::find("none-algorithm").expect("it is there");
    let exchanges = exchanges(attack, Variant::Hardened).await;
    let headers = exchanges.iter().filter_map(borne_header);
    let spellings: Vec<String> = headers
        .map(|header| header["alg"].as_str().expect("a name").to_owned())
        .collect();
    assert_eq!(spellings, ["none", "None", "NONE", "nOnE"]);
}

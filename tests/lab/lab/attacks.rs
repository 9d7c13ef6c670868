//! The pages on which attacks run: one by one, the matrix, and the ids.

use std::time::Duration;

use serde_json::Value;
use session_lab::attacks::hands_on::{self, HandsOnPage};
use session_lab::attacks::{ALL, Engine};

use crate::support::bench;

#[tokio::test]
async fn an_attack_runs_by_a_click_and_shows_what_was_sent_and_received() {
    let bench = bench();
    let mut student = bench.student();
    for (against, end) in [
        ("insecure", "The attack succeeded."),
        ("hardened", "The attack was stopped."),
    ] {
        let path = format!("/attack/role-cookie-tampering?against={against}");
        let before = student.get(&path).await.body;
        assert!(!before.contains(end), "{before}");
        let started = student.post_form(&path, &[]).await;
        assert_eq!(started.status, 303, "{}", started.body);
        let page = student.get(&path).await.body;
        assert!(page.contains(end), "{page}");
        let cookie = format!("role_{against}_run-");
        for part in ["GET /b/run-", "HTTP/1.1 303", &cookie] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    let insecure = "/attack/role-cookie-tampering?against=insecure";
    let other = student.get(insecure).await.body;
    assert!(other.contains("The attack succeeded."), "both are kept");
    assert_eq!(
        bench.events("insecure").await,
        ["The attack role-cookie-tampering was tried and succeeded."],
        "it had its own bench"
    );
}

#[tokio::test]
async fn a_run_is_drawn_and_the_drawing_can_be_kept_as_a_file() {
    let bench = bench();
    let mut student = bench.student();
    let file = "/attack/fixation/sequence.svg?against=hardened";
    let none = student.get(file).await;
    assert_eq!(none.status, 404);
    assert!(none.body.contains("Run it on its page"), "{}", none.body);
    let path = "/attack/fixation?against=hardened";
    assert_eq!(student.post_form(path, &[]).await.status, 303);
    let page = student.get(path).await.body;
    let drawing = page
        .split("<svg class=\"drawing\"")
        .nth(1)
        .expect("a drawing");
    let drawing = drawing.split("</svg>").next().expect("its end");
    for part in [
        ">victim</text>",
        ">portal</text>",
        ">attacker</text>",
        ">POST /login</text>",
        "sets __Host-session_hardened",
        "The attack was stopped.",
        "class=\"call strong\"",
    ] {
        assert!(drawing.contains(part), "{part}: {drawing}");
    }
    assert!(
        !drawing.contains("style="),
        "the policy of the page forbids it"
    );
    let kept = student.get(file).await;
    assert_eq!(kept.status, 200);
    assert_eq!(kept.header("content-type"), Some("image/svg+xml"));
    let disposition = "attachment; filename=\"fixation-hardened.svg\"";
    assert_eq!(kept.header("content-disposition"), Some(disposition));
    assert!(kept.body.contains("@media (prefers-color-scheme: dark)"));
    assert!(
        !kept.body.contains("var("),
        "slides know no custom properties"
    );
}

#[tokio::test]
async fn what_cannot_be_run_is_refused_with_a_way_out() {
    let mut student = bench().student();
    for (path, status, says) in [
        ("/attack/nonsense", 404, "stolen-store, "),
        ("/attack/fixation?against=nonsense", 404, "without-"),
        ("/attack/csrf-form", 422, "in your browser"),
        ("/attack/fixation?against=custom", 422, "session-lab attack"),
    ] {
        let reply = student.post_form(path, &[]).await;
        assert_eq!(reply.status, status, "{path}");
        assert!(reply.body.contains(says), "{path}: {}", reply.body);
    }
}

#[tokio::test]
async fn every_attack_that_a_browser_decides_has_a_page_to_do_it_by_hand() {
    let bench = bench();
    for attack in ALL {
        let card = attack.card();
        let context = hands_on::page_for(card.name);
        assert!(
            context.is_some() || card.engine == Engine::Http,
            "{}",
            card.name
        );
        let reply = match context {
            Some(HandsOnPage::Lab(path)) => bench.student().get(path).await,
            Some(HandsOnPage::Attacker(path)) => bench.victim().get(path).await,
            Some(HandsOnPage::Sibling(path)) => bench.victim_at_sibling().get(path).await,
            None => continue,
        };
        assert_eq!(reply.status, 200, "{}", card.name);
        let page = bench.student().get(&format!("/attack/{}", card.name)).await;
        assert!(page.body.contains("Do it yourself"), "{}", card.name);
    }
}

#[tokio::test]
async fn only_the_bench_of_an_attack_can_be_thrown_away() {
    let bench = bench();
    let mut visitor = bench.visitor("insecure");
    visitor.sign_in().await;
    let path = "/discard?variant=insecure";
    assert_eq!(bench.student().post_form(path, &[]).await.status, 404);
    assert_eq!(
        visitor.get("/dashboard").await.status,
        200,
        "it is still there"
    );
}

#[tokio::test]
async fn the_weak_source_is_predicted_and_the_strong_one_is_not() {
    let mut student = bench().student();
    let started = student.post_form("/ids", &[]).await;
    assert_eq!(started.status, 303, "{}", started.body);
    let page = student.get("/ids").await.body;
    assert_eq!(
        page.matches("198 points in <b>1 place</b>").count(),
        1,
        "{page}"
    );
    assert_eq!(page.matches("<b>Predicted.</b>").count(), 1);
    assert_eq!(page.matches("<b>Not predicted.</b>").count(), 1);
    assert!(page.contains("<b>64 of 64</b>"));
}

/// Whether every arm that costs something has been measured, beside the first cells.
fn costs_are_measured(progress: &Value) -> bool {
    let costs = progress["costs"].as_array().expect("costs").iter();
    let mut arms = costs.flat_map(|cost| cost["arms"].as_array().expect("arms"));
    arms.clone().count() > 10 && arms.all(|arm| arm["description"].is_string())
}

/// What is said beside a threat is what the rows of the same answer say.
fn the_threat_table_counts_the_cells(threats: &Value, rows: &[Value]) {
    let threats = threats.as_array().expect("threats");
    assert_eq!(threats.len(), 3, "{threats:?}");
    let theft = threats.iter().find(|row| row["key"] == "hijacking");
    let theft = theft.expect("a row");
    let of_theft = |row: &&Value| {
        let mut attacks = theft["attacks"].as_array().expect("attacks").iter();
        attacks.any(|attack| attack["name"] == row["name"]) && row["insecure"] == "succeeds"
    };
    let tried: Vec<&Value> = rows.iter().filter(of_theft).collect();
    assert!(!tried.is_empty(), "260 cells are some of these rows");
    let measured = theft["measured"].as_array().expect("sentences");
    let hardened = tried.iter().filter(|row| row["hardened"] == "stopped");
    let known = tried.iter().filter(|row| row["hardened"] != "not run");
    let (stopped, of) = (hardened.count(), known.count());
    let expected = format!("Every defence together stops {stopped} of {of}.");
    assert!(
        measured.contains(&expected.clone().into()),
        "{expected} {theft}"
    );
    let whole: Vec<_> = tried
        .iter()
        .filter(|row| row["done"] == row["of"])
        .collect();
    if whole.len() == tried.len() {
        let alone = |row: &&&&Value| {
            let mut only = row["only"].as_array().expect("defences").iter();
            only.any(|slug| slug == "secure")
        };
        let stopped = whole.iter().filter(alone).count();
        let expected = format!("secure alone stops {stopped} of {}.", whole.len());
        assert!(
            measured.contains(&expected.clone().into()),
            "{expected} {theft}"
        );
    }
}

#[tokio::test]
async fn the_matrix_runs_while_somebody_looks_and_agrees_with_the_rule() {
    let mut student = bench().student();
    let before = student.get("/matrix/live").await.json();
    assert_eq!(
        (&before["done"], &before["running"]),
        (&0.into(), &false.into())
    );
    assert_eq!(student.post_form("/matrix", &[]).await.status, 303);
    assert_eq!(
        student.post_form("/matrix", &[]).await.status,
        303,
        "one run is enough"
    );
    let mut progress = student.get("/matrix/live").await.json();
    while progress["done"].as_u64() < Some(260) || !costs_are_measured(&progress) {
        assert_eq!(progress["running"], true, "{progress}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        progress = student.get("/matrix/live").await.json();
    }
    assert_eq!(progress["wrong"], 0, "{progress}");
    let page = student.get("/matrix").await.shown();
    assert!(page.contains("Retry-After"), "{page}");
    assert!(page.contains("Every defence together stops"), "{page}");

    let rows = progress["rows"].as_array().expect("rows");
    the_threat_table_counts_the_cells(&progress["threats"], rows);
    let row = rows
        .iter()
        .find(|row| row["done"] == row["of"])
        .expect("a whole row");
    assert_eq!(
        (&row["insecure"], &row["hardened"]),
        (&"succeeds".into(), &"stopped".into())
    );
    assert_ne!(row["only"].as_array().map(Vec::len), Some(0));
}

//! The pages on which attacks run: one by one, the matrix, and the ids.

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
    let recorded = student.get("/ids").await.shown();
    assert!(recorded.contains("Recorded on 20"), "{recorded}");
    let started = student.post_form("/ids", &[]).await;
    assert_eq!(started.status, 303, "{}", started.body);
    let page = student.get("/ids").await.body;
    assert_eq!(
        page.matches("198 points in <b>1 place</b>").count(),
        1,
        "{page}"
    );
    assert!(page.contains("Your last run."), "{page}");
    for page in [&recorded, &page] {
        assert_eq!(page.matches("Predicted. The next visitor").count(), 1);
        assert_eq!(page.matches("Not predicted.").count(), 1);
        assert!(page.contains("<b>64 of 64</b>"));
    }
    let ids = student.get("/ids?format=json").await.json();
    assert_eq!(ids["strong"]["ids"].as_array().map(Vec::len), Some(200));
}

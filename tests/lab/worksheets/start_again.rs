//! Nothing erases work in one press: a sheet that was started again can be restored. Issue 17.3.

use super::walk::Walk;
use crate::support::bench;

#[tokio::test]
async fn a_sheet_that_was_started_again_is_restored_and_that_is_taken_back() {
    let mut walk = Walk::begin("00").await;
    walk.do_steps().await;
    walk.answer().await;
    let points = walk.live().await["points"].clone();
    assert_ne!(points, 0);
    let report = async |walk: &Walk| {
        let report = walk.student().get(&walk.path("/report.md")).await.body;
        let answers = report.split("## Answers").nth(1).expect("answers");
        answers
            .split("Code of")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let before = report(&walk).await;

    walk.post(&walk.path("/reset"), &[]).await;
    assert_eq!(walk.live().await["points"], 0);
    // Twice in a row, a reset of the bench and a restart: it is still there.
    walk.post(&walk.path("/reset"), &[]).await;
    walk.post("/reset", &[]).await;
    walk.restart();
    let page = walk.student().get(&walk.path("")).await.body;
    let offered = format!("What was there before is kept: {points} of ");
    assert!(page.contains(&offered), "{page}");

    walk.post(&walk.path("/restore"), &[]).await;
    assert_eq!(walk.live().await["points"], points);
    assert_eq!(report(&walk).await, before);
    walk.post(&walk.path("/restore"), &[]).await;
    assert_eq!(walk.live().await["points"], 0);
    walk.post(&walk.path("/restore"), &[]).await;
    assert_eq!(walk.live().await["points"], points);
}

#[tokio::test]
async fn a_sheet_that_was_never_started_again_has_nothing_to_restore() {
    let bench = bench();
    let mut student = bench.student();
    let page = student.get("/labs/06-session-fixation").await.body;
    assert!(!page.contains("/restore"), "{page}");
    let reply = student
        .post_form("/labs/06-session-fixation/restore", &[])
        .await;
    assert_eq!(reply.status, 404, "{}", reply.body);
    // Nothing was done, so nothing is kept.
    student
        .post_form("/labs/06-session-fixation/reset", &[])
        .await;
    let page = student.get("/labs/06-session-fixation").await.body;
    assert!(!page.contains("/restore"), "{page}");
}

/// The first press on such a button opens the question; only the second one sends the form.
#[tokio::test]
async fn whatever_deletes_something_asks_first() {
    let bench = bench();
    let mut lab = bench.student();
    let mut attacker = bench.victim();
    for (page, sends) in [
        (
            lab.get("/labs/06-session-fixation").await,
            "/labs/06-session-fixation/reset\"",
        ),
        (
            lab.get("/evidence/hardened").await,
            "name=\"reset\" value=\"1\"",
        ),
        (lab.get("/cafe").await, "/cafe/forget\""),
        (attacker.get("/loot").await, "/loot/clear\""),
    ] {
        let (before, _) = page.body.split_once(sends).expect(&page.body);
        let question = before.rsplit("<details class=\"ask\"><summary>").next();
        let question = question.unwrap_or_default();
        assert!(
            question.len() < 600 && !question.contains("</details>"),
            "{sends}: {question}"
        );
    }
    // And no other template has such a form.
    let mut folders = vec![std::path::PathBuf::from("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a template");
            for form in text.split("<form").skip(1) {
                let tag = form.split('>').next().unwrap_or_default();
                for deletes in ["/reset\"", "/clear\"", "/forget\"", "/discard"] {
                    // One browser that is forgotten is one click on its own name.
                    let named = tag.contains("/browsers/forget");
                    assert!(!tag.contains(deletes) || named, "{}: {tag}", path.display());
                }
            }
        }
    }
}

#[tokio::test]
async fn a_preset_that_replaced_the_own_mix_is_taken_back() {
    let bench = bench();
    bench
        .choose("insecure", &[("rotation", "on-privilege-change")])
        .await;
    let mut student = bench.student();
    let chosen = async |student: &mut crate::support::Client| {
        let page = student.get("/custom").await.body;
        page.split("<div class=\"arms\">")
            .nth(1)
            .expect("the form")
            .to_owned()
    };
    let mine = chosen(&mut student).await;
    for preset in ["hardened", "earlier"] {
        let form = [("preset", preset.to_owned())];
        assert_eq!(student.post_form("/custom", &form).await.status, 303);
        assert_eq!(
            chosen(&mut student).await == mine,
            preset == "earlier",
            "{preset}"
        );
    }
    let page = student.get("/custom?saved=1").await.body;
    assert!(page.contains("Take it back: the mix before had"), "{page}");
}

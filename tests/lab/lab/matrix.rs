//! The matrix: what it shows before a run, its cells, its filter, and a run.

use std::time::Duration;

use session_lab::attacks::record::BrowserRecord;
use session_lab::attacks::{ALL, Engine};
use session_lab::defences::policy::{Name, Variant};

use crate::support::bench;

#[tokio::test]
async fn the_matrix_runs_while_somebody_looks_and_agrees_with_the_rule() {
    let mut student = bench().student();
    let before = student.get("/matrix/live").await.json();
    assert_eq!(
        (&before["done"], &before["running"]),
        (&0.into(), &false.into())
    );
    assert_eq!(before["status"], "Not run here yet.");
    assert_eq!(student.post_form("/matrix", &[]).await.status, 303);
    assert_eq!(
        student.post_form("/matrix", &[]).await.status,
        303,
        "one run is enough"
    );
    let mut progress = student.get("/matrix/live").await.json();
    while progress["done"].as_u64() < Some(260) {
        assert_eq!(progress["running"], true, "{progress}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        progress = student.get("/matrix/live").await.json();
    }
    assert_eq!(progress["mismatches"], 0, "{progress}");
    let status = progress["status"].as_str().expect("a text");
    assert!(status.contains(" left."), "an estimate: {status}");
    assert!(
        status.contains("Each ended as its attack's card says."),
        "{status}"
    );
    let mut table = student.get("/matrix/table/live").await.shown();
    while table.contains("not measured") {
        progress = student.get("/matrix/live").await.json();
        assert_eq!(progress["running"], true, "{progress}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        table = student.get("/matrix/table/live").await.shown();
    }
    assert!(!table.contains("<html"), "a part of the page");
    assert!(
        table.contains("Retry-After"),
        "the costs were measured: {table}"
    );
    assert!(
        table.contains("Every defence together stops"),
        "the older sheet's threats are counted: {table}"
    );

    assert_eq!(student.post_form("/matrix/stop", &[]).await.status, 303);
    let mut progress = student.get("/matrix/live").await.json();
    while progress["running"] == true {
        progress = student.get("/matrix/live").await.json();
    }
    let status = progress["status"].as_str().expect("a text");
    assert!(status.starts_with("The run was stopped after "), "{status}");

    // The first row of the run is whole: its cells are no longer only the card's.
    let first = ALL[0].card();
    let name = first.stopped_by[0][0].slug();
    let panel = format!("/matrix?cell={}.{name}", first.name);
    let page = student.get(&panel).await.shown();
    assert!(
        page.contains("Run here, in the last run of the matrix."),
        "{page}"
    );
}

#[tokio::test]
async fn a_cell_has_an_address_and_says_why() {
    let mut student = bench().student();
    let page = student.get("/matrix?cell=fixation.rotation").await.shown();
    for part in [
        "rotation stops it, and nothing else does.",
        "<code>only-rotation</code>",
        "<code>without-rotation</code>",
        "By the attack's card. It was not run here yet.",
        "/defences/rotation\">The defence, with its source",
        "/attack/fixation\">The attack",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let side = student.get("/matrix?cell=fixation.hardened").await.shown();
    assert!(
        side.contains("The attack is stopped against hardened."),
        "{side}"
    );
    let along = student
        .get("/matrix?cell=secure-cookie-over-http.host-prefix")
        .await
        .shown();
    assert!(along.contains("and secure, which moves along"), "{along}");
    let nothing = student.get("/matrix?cell=fixation.csp").await.shown();
    assert!(nothing.contains("csp has no effect on it."), "{nothing}");
    for wrong in [
        "fixation",
        "fixation.x",
        "x.rotation",
        "fixation.custom",
        ".",
        "%3Cb%3E.%3Cb%3E",
    ] {
        let address = format!("/matrix?cell={}", wrong);
        let reply = student.get(&address).await;
        assert_eq!(reply.status, 404, "{wrong}");
        assert!(
            reply.body.contains("There is no such cell"),
            "{}",
            reply.body
        );
    }
}

#[tokio::test]
async fn a_run_from_a_cell_comes_back_to_it_with_what_was_sent() {
    let bench = bench();
    let mut student = bench.student();
    let run = "/attack/fixation?against=without-rotation&cell=fixation.rotation";
    let reply = student.post_form(run, &[]).await;
    let back = format!("/b/{}/matrix?cell=fixation.rotation#cell", bench.name);
    assert_eq!(reply.header("location"), Some(back.as_str()));
    let page = student.get("/matrix?cell=fixation.rotation").await.shown();
    assert!(
        page.contains("The last run, against <code>without-rotation</code>"),
        "{page}"
    );
    assert!(page.contains("What was sent and received"), "{page}");
    assert!(page.contains("POST /b/run-"), "{page}");
    let other = student.get("/matrix?cell=fixation.adoption").await.body;
    assert!(!other.contains("The last run, against"), "not of this cell");
    let odd = "/attack/fixation?against=insecure&cell=//evil.example";
    assert_eq!(student.post_form(odd, &[]).await.status, 404);
}

#[tokio::test]
async fn what_a_browser_decides_shows_its_record_with_engine_and_day_at_once() {
    let mut student = bench().student();
    let page = student.get("/matrix").await.shown();
    for attack in ALL.iter().map(|attack| attack.card()) {
        let row = page.split(&format!("<tr id=\"{}\"", attack.name)).nth(1);
        let row = row
            .and_then(|rest| rest.split("</tr>").next())
            .expect("a row");
        let runs = BrowserRecord::stored().runs(attack.name);
        if attack.engine == Engine::Http {
            assert!(!row.contains("class=\"recorded\""), "{row}");
            continue;
        }
        for run in &runs {
            let version = run.with.split('.').next().expect("a version");
            assert!(row.contains(version) && row.contains(&run.on), "{row}");
            if run.outcome(attack, Variant::Insecure).is_some() {
                assert!(row.contains("against insecure, recorded"), "{row}");
            }
        }
        let panel = student
            .get(&format!("/matrix?cell={}.insecure", attack.name))
            .await
            .shown();
        for run in runs {
            let named = format!("in {} on {}", run.with, run.on);
            assert!(panel.contains(&named), "{named}: {panel}");
        }
    }
    assert!(
        !page.contains("wrong:") && !page.contains("0 wrong"),
        "{page}"
    );
    assert!(page.contains("then the card is wrong, or the defence does not do what its page says"));
}

#[tokio::test]
async fn the_map_is_grouped_and_a_filter_leaves_what_fits() {
    let mut student = bench().student();
    let all = student.get("/matrix").await.body;
    assert_eq!(all.matches("<tr id=\"").count(), ALL.len());
    for name in Name::ALL {
        let head = format!(">{}</span></th>", name.slug());
        assert!(all.contains(&head), "{head}");
    }
    let tokens = student.get("/matrix?group=tokens").await.body;
    let rows = tokens.matches("<tr id=\"").count();
    assert!((10..ALL.len()).contains(&rows), "{rows}");
    assert!(!tokens.contains("<tr id=\"fixation\""));
    let one = student.get("/matrix?text=NONE&group=tokens").await.body;
    assert!(
        one.contains("<tr id=\"jwt-none\"") || one.matches("<tr id=\"").count() < 4,
        "{one}"
    );
    let nothing = student.get("/matrix?text=%3Cb%3Ezzz").await.body;
    assert!(nothing.contains("No attack fits."), "{nothing}");
    assert!(!nothing.contains("<b>zzz"));
}

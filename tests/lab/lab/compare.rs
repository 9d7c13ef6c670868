//! The comparison: every action on both sides, and the evidence that each leaves on the page.

use crate::support::{TestBench, bench};

/// Performs an action, and returns the page.
async fn act(bench: &TestBench, action: &str) -> String {
    let mut student = bench.student();
    let reply = student
        .post_form("/compare", &[("action", action.to_owned())])
        .await;
    assert_eq!(reply.status, 303, "{action}: {}", reply.body);
    let back = format!("/b/{}/compare", bench.name);
    assert_eq!(reply.header("location"), Some(back.as_str()));
    student.get("/compare").await.shown()
}

/// What one side shows of the newest step of this name.
fn side<'p>(page: &'p str, step: &str, kind: &str) -> &'p str {
    let title = format!("<summary>{step}</summary>");
    let after = page
        .split(&title)
        .nth(1)
        .unwrap_or_else(|| panic!("no step {step}: {page}"));
    let step = after.split("</details>").next().unwrap_or_default();
    let card = format!("<article class=\"exchange card {kind}\">");
    let side = step
        .split(&card)
        .nth(1)
        .unwrap_or_else(|| panic!("no {kind} side: {step}"));
    side.split("</article>").next().unwrap_or_default()
}

/// The status line that a side shows of a step.
fn answered(page: &str, step: &str, kind: &str, status: &str) -> bool {
    side(page, step, kind).contains(&format!("HTTP/1.1 {status}"))
}

fn store<'p>(page: &'p str, variant: &str) -> &'p str {
    let store = page
        .split("What the server has stored</h2>")
        .nth(1)
        .expect("the store");
    let store = store.split("</section>").next().unwrap_or_default();
    let cards: Vec<&str> = store.split("<article").collect();
    let end = format!("</svg> {variant}</h3>");
    cards
        .into_iter()
        .find(|card| card.contains(&end))
        .expect("the side's store")
}

#[tokio::test]
async fn at_first_nothing_was_done() {
    let page = bench().student().get("/compare").await.body;
    assert!(page.contains("Nothing yet."));
    for variant in ["insecure", "hardened"] {
        assert!(store(&page, variant).contains("No record"), "{page}");
    }
}

#[tokio::test]
async fn the_set_cookie_lines_of_the_two_sides_differ() {
    let bench = bench();
    let page = act(&bench, "sign-in").await;
    let name = &bench.name;
    let line = |kind| {
        let lines: Vec<&str> = side(&page, "Sign in", kind)
            .split("<div class=\"line")
            .collect();
        let mut found = lines
            .into_iter()
            .filter(|line| line.contains(">Set-Cookie: "));
        found.next().expect("a line").to_owned()
    };
    let (weak, strong) = (line("weak"), line("strong"));
    let head = format!("Set-Cookie: session_insecure_{name}=");
    assert!(
        weak.contains(&head) && weak.contains("Max-Age=315360000"),
        "{weak}"
    );
    assert!(
        weak.contains("lacks __Host- name, Secure, HttpOnly, SameSite"),
        "{weak}"
    );
    assert!(weak.contains("outlives the browser"), "{weak}");
    let head = format!("Set-Cookie: __Host-session_hardened_{name}=");
    assert!(
        strong.contains(&head) && !strong.contains("Max-Age"),
        "{strong}"
    );
    assert!(
        strong.contains("has __Host- name, Secure, HttpOnly, SameSite"),
        "{strong}"
    );

    // What is shown was really sent, form and all.
    let sent = side(&page, "Sign in", "weak");
    assert!(
        sent.contains("POST /b/") && sent.contains("username=student123"),
        "{sent}"
    );
    assert!(side(&page, "Sign in", "strong").contains("csrf_token="));
    for kind in ["weak", "strong"] {
        assert!(answered(&page, "Open the sign-in page", kind, "200"));
        assert!(answered(&page, "Sign in", kind, "303"));
        assert!(answered(&page, "Follow to the dashboard", kind, "200"));
        assert!(
            side(&page, "Sign in", kind).contains("/defences/rotation"),
            "a reason each"
        );
    }
    for variant in ["insecure", "hardened"] {
        assert!(
            store(&page, variant).contains("<b>student123</b>"),
            "{page}"
        );
    }
    assert!(store(&page, "hardened").contains("rotated from"));
    assert!(!store(&page, "insecure").contains("rotated from"));
}

#[tokio::test]
async fn a_replay_opens_the_insecure_side_only() {
    let bench = bench();
    act(&bench, "sign-in").await;
    let page = act(&bench, "sign-out").await;
    for kind in ["weak", "strong"] {
        assert!(answered(&page, "Sign out", kind, "200"), "{page}");
        assert!(
            side(&page, "Sign out", kind).contains("Max-Age=0"),
            "both cookies go"
        );
    }
    assert!(side(&page, "Sign out", "strong").contains("Clear-Site-Data: "));
    assert!(!side(&page, "Sign out", "weak").contains("Clear-Site-Data: "));
    assert!(
        store(&page, "insecure").contains("<b>student123</b>"),
        "the record stays"
    );
    assert!(store(&page, "hardened").contains("No record"));

    let page = act(&bench, "replay").await;
    assert!(
        answered(&page, "Replay the old cookie", "weak", "200"),
        "{page}"
    );
    assert!(
        answered(&page, "Replay the old cookie", "strong", "303"),
        "{page}"
    );
    let seen = side(&page, "Replay the old cookie", "weak");
    assert!(
        seen.contains("Welcome to the Dashboard, student123!"),
        "{seen}"
    );
}

#[tokio::test]
async fn the_idle_and_the_absolute_limit_end_the_hardened_side_only() {
    for clock in ["clock", "clock-hour"] {
        let bench = bench();
        act(&bench, "sign-in").await;
        let page = act(&bench, "dashboard").await;
        assert!(
            answered(&page, "Load the dashboard", "strong", "200"),
            "{clock}"
        );
        let page = act(&bench, clock).await;
        let minutes = if clock == "clock" { 6 } else { 61 };
        let told = format!("the clock is {minutes} minutes ahead");
        assert!(side(&page, "Time passes on the bench's clock", "weak").contains(&told));
        let page = act(&bench, "dashboard").await;
        assert!(
            answered(&page, "Load the dashboard", "weak", "200"),
            "{clock}"
        );
        assert!(
            answered(&page, "Load the dashboard", "strong", "303"),
            "{clock}"
        );
        assert!(store(&page, "insecure").contains("<b>student123</b>"));
        assert!(store(&page, "hardened").contains("No record"));
    }
}

#[tokio::test]
async fn starting_over_forgets_the_steps_and_keeps_the_store() {
    let bench = bench();
    act(&bench, "sign-in").await;
    let page = act(&bench, "start-over").await;
    assert!(page.contains("Nothing yet."));
    assert!(store(&page, "hardened").contains("<b>student123</b>"));
    let page = act(&bench, "replay").await;
    for kind in ["weak", "strong"] {
        assert!(
            answered(&page, "Replay the old cookie", kind, "303"),
            "no cookie to replay"
        );
    }
}

#[tokio::test]
async fn an_action_that_does_not_exist_is_a_422_that_names_those_that_do() {
    let mut student = bench().student();
    for form in [&[("action", "hack".to_owned())][..], &[]] {
        let reply = student.post_form("/compare", form).await;
        assert_eq!(reply.status, 422);
        let names = "sign-in, dashboard, clock, clock-hour, sign-out, replay, start-over";
        assert!(reply.body.contains(names), "{}", reply.body);
    }
}

#[tokio::test]
async fn many_clicks_keep_the_newest_steps() {
    let bench = bench();
    act(&bench, "sign-in").await;
    let mut page = String::new();
    for _ in 0..14 {
        page = act(&bench, "dashboard").await;
    }
    assert_eq!(page.matches("<details class=\"step\"").count(), 12);
    // The sign-in and its page are the oldest, and forgotten.
    assert!(!page.contains("<summary>Sign in</summary>"), "{page}");
}

#[tokio::test]
async fn two_benches_compare_on_their_own() {
    let (one, other) = (bench(), bench());
    act(&one, "sign-in").await;
    assert!(
        other
            .student()
            .get("/compare")
            .await
            .body
            .contains("Nothing yet.")
    );
    assert_eq!(other.evidence("hardened").await["total"], 0);
}

#[tokio::test]
async fn the_reported_document_cookie_is_shown_on_both_sides() {
    let bench = bench();
    let told = |page: &str, variant: &str| {
        let own = page
            .split("Your own browser and curl</h2>")
            .nth(1)
            .expect("the section");
        let side = own
            .split(&format!("data-side=\"{variant}\""))
            .nth(1)
            .expect("the side");
        let seen = side.split("data-seen>").nth(1).expect("what was seen");
        seen.split("</p>").next().unwrap_or_default().to_owned()
    };
    let page = bench.student().get("/compare").await.body;
    assert!(told(&page, "hardened").contains("Not reported yet."));
    for (variant, cookie, text) in [
        (
            "insecure",
            "session_insecure=1001; a=2",
            "<code>session_insecure; a</code>",
        ),
        ("hardened", "", "<code>(empty)</code>"),
    ] {
        let report = serde_json::json!({"cookie": cookie});
        assert_eq!(
            bench
                .visitor(variant)
                .submit_json("/cookies", &report)
                .await
                .status,
            204
        );
        let page = bench.student().get("/compare").await.body;
        assert!(
            told(&page, variant).contains(text),
            "{variant}: {}",
            told(&page, variant)
        );
        let live = bench.student().get("/compare/live").await.json();
        assert!(
            live[variant]["document_cookie"]["time"].is_string(),
            "{live}"
        );
    }
}

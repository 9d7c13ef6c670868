//! Single questions, asked of plain applications that differ in one thing.

use std::time::Duration;

use session_lab::attacks::audit::CHECKS;
use session_lab::attacks::audit::check::CheckAnswer;

use super::applications::begin;
use super::plain_app::PlainApp;
use super::small_app::page;

/// What one check answers.
async fn asked(check: &str, app: PlainApp) -> CheckAnswer {
    let app = app.start();
    let mut audit = begin(&app.url()).await.expect("an audit");
    audit.wait = Some(Duration::from_millis(20));
    let found = CHECKS.iter().find(|one| one.card().name == check);
    let answer = found.expect("a check").run(&audit).await;
    answer.unwrap_or_else(|error| panic!("{check}: {error}"))
}

#[tokio::test]
async fn an_absolute_limit_alone_is_no_idle_limit() {
    let app = |idle, absolute| PlainApp {
        idle,
        absolute,
        ..PlainApp::default()
    };
    // The clock of the application is its requests. 20 come during the wait.
    let answer = asked("idle-timeout", app(15, u64::MAX)).await;
    assert!(matches!(answer, CheckAnswer::Strong(_)), "{answer:?}");
    let answer = asked("idle-timeout", app(u64::MAX, 15)).await;
    let CheckAnswer::CannotTell(says) = &answer else {
        panic!("{answer:?}");
    };
    assert!(says.contains("absolute"), "{says}");
    let answer = asked("idle-timeout", app(u64::MAX, u64::MAX)).await;
    assert!(matches!(answer, CheckAnswer::CannotTell(_)), "{answer:?}");
}

#[tokio::test]
async fn the_number_of_a_request_and_the_time_tell_no_name() {
    let numbered = |name: &str, now: u64| {
        let text = format!("Wrong name or password, {name}.<p>Request {now:x} at 10:{now}</p>");
        page("401 Unauthorized", "", &text)
    };
    let app = PlainApp {
        failure: Box::new(numbered),
        ..PlainApp::default()
    };
    let answer = asked("login-errors", app).await;
    assert!(matches!(answer, CheckAnswer::Strong(_)), "{answer:?}");

    let told = |name: &str, now: u64| {
        let because = match name.contains("@app.test") {
            true => "Wrong password.",
            false => "Nobody has this name.",
        };
        let text = format!("{because}<p>Request {now}</p>");
        page("401 Unauthorized", "", &text)
    };
    let app = PlainApp {
        failure: Box::new(told),
        ..PlainApp::default()
    };
    let CheckAnswer::Weak(evidence) = asked("login-errors", app).await else {
        panic!("two texts");
    };
    assert!(
        evidence.says.contains("Nobody has this name."),
        "{}",
        evidence.says
    );
}

#[tokio::test]
async fn a_name_that_the_time_tells_is_told() {
    let slow = |name: &str, _: u64| {
        if name.contains("@app.test") {
            // As long as a slow hash takes on a slow machine: the time is the application's mistake.
            std::thread::sleep(Duration::from_millis(300));
        }
        page("401 Unauthorized", "", "Wrong name or password.")
    };
    let app = PlainApp {
        failure: Box::new(slow),
        ..PlainApp::default()
    };
    let CheckAnswer::Weak(evidence) = asked("login-errors", app).await else {
        panic!("0.3 s are gross");
    };
    assert!(evidence.says.contains("times as long"), "{}", evidence.says);
}

#[tokio::test]
async fn a_sign_in_that_fails_names_its_cause_and_the_message_of_the_page() {
    let refused = |status: &'static str, text: &'static str| PlainApp {
        first: Box::new(move |asked, _| (asked.method == "POST").then(|| page(status, "", text))),
        ..PlainApp::default()
    };
    let captcha = PlainApp {
        beside_the_fields: "<label>What do you see? <input name=captcha></label>",
        ..refused("400 Bad Request", "Wrong letters.")
    };
    for (app, parts) in [
        (captcha, ["400 \"Wrong letters.\"", "CAPTCHA"]),
        (
            refused("423 Locked", "<p>Ask an <b>administrator</b>.</p>"),
            ["423 \"Ask an administrator", "unlock"],
        ),
        (
            refused("401 Unauthorized", "correct horse is wrong"),
            [
                "401 \"<password> is wrong\"",
                "check the name and the password",
            ],
        ),
        (
            refused("429 Too Many Requests", "Later."),
            ["429", "answered"],
        ),
    ] {
        let app = app.start();
        let error = begin(&app.url()).await.expect_err("no audit").to_string();
        for part in parts {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert!(!error.contains("horse"), "{error}");
    }
}

//! Single questions, asked of plain applications that differ in one thing.

use std::time::Duration;

use session_lab::attacks::audit::CHECKS;
use session_lab::attacks::audit::check::CheckAnswer;

use super::applications::begin;
use super::plain_app::PlainApp;

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

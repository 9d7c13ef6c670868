//! Applications that limit requests or fail: what they refuse then is no sign of a protection.

use session_lab::attacks::audit::report::AuditReport;
use session_lab::attacks::audit::run;

use super::applications::{audited, begin, verdict};
use super::plain_app::PlainApp;
use super::small_app::{Asked, page};

/// The report on an application that answers so from the first sign-out on; it also gets how many
/// requests came since.
async fn after_the_sign_out(
    mut answer: impl FnMut(u64) -> Option<&'static str> + Send + 'static,
) -> AuditReport {
    let mut since = 0;
    let first = move |asked: &Asked, _: u64| {
        if since > 0 || asked.path == "/logout" {
            since += 1;
            return answer(since).map(|status| page(status, "", "Not now."));
        }
        None
    };
    let app = PlainApp {
        first: Box::new(first),
        ..PlainApp::default()
    };
    audited(&app.start()).await
}

#[tokio::test]
async fn a_sign_out_that_is_refused_for_its_rate_does_not_hold() {
    // The copy of the cookie is turned away, and everything works again.
    let report = after_the_sign_out(|since| (since <= 3).then_some("429 Too Many Requests")).await;
    assert_eq!(verdict(&report, "sign-out"), "cannot tell", "{report:#?}");
    assert!(report.turned_away);
    assert_eq!(verdict(&report, "login-csrf"), "flaw", "{report:#?}");
}

#[tokio::test]
async fn nothing_holds_once_the_application_is_down_or_refuses_everybody() {
    for status in [
        "503 Service Unavailable",
        "500 Internal Server Error",
        "403 Forbidden",
    ] {
        let report = after_the_sign_out(move |_| Some(status)).await;
        assert_eq!(
            verdict(&report, "sign-out"),
            "cannot tell",
            "{status}: {report:#?}"
        );
        for check in ["login-csrf", "login-errors", "throttle", "cors"] {
            let word = verdict(&report, check);
            assert!(
                matches!(word, "cannot tell" | "not tried"),
                "{status}, {check}: {word}"
            );
        }
    }
}

#[tokio::test]
async fn a_cookie_makes_no_session_because_its_absence_was_answered_429() {
    let mut posts = 0;
    let first = move |asked: &Asked, _: u64| {
        posts += u32::from(asked.method == "POST");
        let is_strange = asked.path == "/" && asked.cookie("sid").is_none();
        (posts >= 2 && is_strange).then(|| page("429 Too Many Requests", "", "Slow down."))
    };
    let app = PlainApp {
        first: Box::new(first),
        ..PlainApp::default()
    };
    let app = app.start();
    let error = begin(&app.url()).await.expect_err("nothing can be told");
    assert!(error.to_string().contains("429"), "{error}");
}

#[tokio::test]
async fn a_limit_on_all_requests_is_no_limit_on_guesses() {
    for (refused, word) in [("/login", "holds"), ("", "cannot tell")] {
        let mut failures = 0;
        let first = move |asked: &Asked, _: u64| {
            failures += u32::from(asked.body.contains("secret=") && !asked.body.contains("+"));
            let is_refused = failures > 8 && asked.path.starts_with(refused);
            is_refused.then(|| page("429 Too Many Requests", "", "Slow down."))
        };
        let app = PlainApp {
            first: Box::new(first),
            ..PlainApp::default()
        };
        let app = app.start();
        let audit = begin(&app.url()).await.expect("an audit");
        let report = run::run(&audit, |_| {}).await;
        assert_eq!(verdict(&report, "throttle"), word, "{refused}: {report:#?}");
    }
}

#[tokio::test]
async fn an_application_that_says_when_to_come_again_is_obeyed_and_then_told() {
    let mut turned_away = 0;
    let mut since_sign_out = false;
    let first = move |asked: &Asked, _: u64| {
        // Once, for the copy of the cookie.
        let is_copy = since_sign_out && asked.path == "/" && asked.cookie("sid").is_some();
        since_sign_out |= asked.path == "/logout";
        let refuses = is_copy && turned_away == 0;
        turned_away += u32::from(refuses);
        refuses.then(|| page("429 Too Many Requests", "Retry-After: 1\r\n", "Slow down."))
    };
    let app = PlainApp {
        first: Box::new(first),
        ..PlainApp::default()
    };
    let begun = std::time::Instant::now();
    let report = audited(&app.start()).await;
    assert_eq!(verdict(&report, "sign-out"), "holds", "{report:#?}");
    assert!(!report.turned_away, "it was answered in the end");
    assert!(begun.elapsed() >= std::time::Duration::from_secs(1));
}

#[tokio::test]
async fn a_limit_on_guesses_that_says_when_it_ends_is_not_waited_for() {
    let mut failures = 0;
    let first = move |asked: &Asked, _: u64| {
        failures += u32::from(asked.body.contains("secret=") && !asked.body.contains("+"));
        let is_refused = failures > 8 && asked.method == "POST";
        is_refused.then(|| page("429 Too Many Requests", "Retry-After: 9\r\n", "Slow down."))
    };
    let app = PlainApp {
        first: Box::new(first),
        ..PlainApp::default()
    };
    let begun = std::time::Instant::now();
    let report = audited(&app.start()).await;
    assert_eq!(verdict(&report, "throttle"), "holds", "{report:#?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(9));
}

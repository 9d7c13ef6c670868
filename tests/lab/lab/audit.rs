//! The page `/audit`: a job with progress, cancel and report, on a variant of the lab's own portal.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Client, bench};

fn form(variant: &str) -> [(&'static str, String); 1] {
    [("variant", variant.to_owned())]
}

/// The audit of a bench, when it has ended.
async fn ended(student: &mut Client) -> Value {
    loop {
        let run = student.get("/audit/live").await.json();
        if run["running"] == false {
            return run;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_variant_is_audited_while_somebody_looks_and_its_flaw_is_on_the_page() {
    let bench = bench();
    let mut student = bench.student();
    assert_eq!(student.get("/audit/live").await.json(), Value::Null);
    let started = student.post_form("/audit", &form("without-framing")).await;
    assert_eq!(started.status, 303);
    let page = format!("/b/{}/audit", bench.name);
    assert_eq!(started.header("location"), Some(page.as_str()));
    let page = student.get("/audit").await.body;
    assert!(page.contains("checks begun"), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "without a script");
    assert!(page.contains("/static/js/audit.js"), "with one");

    let run = ended(&mut student).await;
    assert_eq!(
        (&run["flaws"], &run["notes"]),
        (&1.into(), &0.into()),
        "{run}"
    );
    let page = student.get("/audit").await.shown();
    assert!(page.contains("without-framing has 1 flaw"), "{page}");
    for part in ["/defences/framing", "/attack/clickjacking", "curl -i"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(
        !page.contains("http-equiv=\"refresh\""),
        "nothing more will come"
    );
    assert!(!page.contains("password123"), "{page}");
}

#[tokio::test]
async fn the_own_mix_is_audited_and_a_word_that_is_no_variant_is_not() {
    let bench = bench();
    let mut student = bench.student();
    let refused = student.post_form("/audit", &form("<nonsense>")).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.shown().contains("no variant of that name"),
        "{}",
        refused.body
    );
    assert_eq!(student.get("/audit/live").await.json(), Value::Null);

    bench
        .choose("hardened", &[("referrer", "unsafe-url")])
        .await;
    student.post_form("/audit", &form("custom")).await;
    let run = ended(&mut student).await;
    assert_eq!(
        (&run["flaws"], &run["notes"]),
        (&0.into(), &1.into()),
        "{run}"
    );
    let page = student.get("/audit").await.shown();
    assert!(page.contains("No flaw was found on custom"), "{page}");
    // The layers that hold are named, and the verdict comes first.
    assert!(page.contains("Beside it: "), "{page}");
    let form = page.find("id=\"variant\"").expect("a form");
    assert!(page.find("No flaw was found") < Some(form), "{page}");
}

#[tokio::test]
async fn an_audit_is_cancelled_and_says_so() {
    let bench = bench();
    let mut student = bench.student();
    student.post_form("/audit", &form("insecure")).await;
    let cancelled = student.post_form("/audit/cancel", &[]).await;
    assert_eq!(cancelled.status, 303);
    let run = ended(&mut student).await;
    assert_eq!(run["cancelled"], true, "{run}");
    let page = student.get("/audit").await.shown();
    assert!(page.contains("was cancelled"), "{page}");
}

//! The arms that only the student's own mix can have.

use serde_json::json;

use crate::support::{Reply, TestBench, bench};

async fn session_line(bench: &TestBench) -> String {
    let mut visitor = bench.visitor("custom");
    let reply = visitor.sign_in().await;
    let lines = reply.set_cookies();
    let line = lines.iter().find(|line| line.contains("session_custom"));
    line.expect("the session's line").to_string()
}

#[tokio::test]
async fn same_site_can_be_none_and_strict() {
    let bench = bench();
    for (arm, attribute) in [("none", "SameSite=None"), ("strict", "SameSite=Strict")] {
        bench.choose("hardened", &[("same-site", arm)]).await;
        let line = session_line(&bench).await;
        assert!(
            line.ends_with(&format!("; Secure; HttpOnly; {attribute}")),
            "{line}"
        );
    }
}

#[tokio::test]
async fn the_name_can_begin_with_host_http() {
    let bench = bench();
    bench
        .choose("hardened", &[("host-prefix", "host-http")])
        .await;
    let line = session_line(&bench).await;
    let name = format!("__Host-Http-session_custom_{}=", bench.name);
    assert!(line.starts_with(&name), "{line}");
    assert!(line.contains("; Path=/; Secure; HttpOnly"), "{line}");

    let mut visitor = bench.visitor("custom");
    visitor.sign_in().await;
    let bye = visitor.submit("/logout", &[]).await;
    let removal = format!("{name}; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
    assert_eq!(bye.set_cookies(), [removal.as_str()]);
}

#[tokio::test]
async fn a_locked_account_keeps_its_owner_out_for_an_hour() {
    let bench = bench();
    bench.choose("hardened", &[("throttle", "lock")]).await;
    let mut owner = bench.visitor("custom");
    let remember = [
        ("username", "student123"),
        ("password", "password123"),
        ("remember", "1"),
    ];
    owner.get("/login").await;
    assert_eq!(owner.submit("/login", &remember).await.status, 303);
    assert_eq!(owner.submit("/logout", &[]).await.status, 200);
    assert!(
        owner.cookie("browser_custom").is_some(),
        "the browser is known"
    );

    let mut stranger = bench.visitor("custom");
    for _ in 0..5 {
        assert_eq!(
            stranger.try_to_sign_in("student123", "wrong").await.status,
            401
        );
    }
    let reply = owner.try_to_sign_in("student123", "password123").await;
    assert_eq!(reply.status, 429, "the lock does not know its owner");
    let wait: u64 = reply
        .header("retry-after")
        .expect("how long")
        .parse()
        .expect("seconds");
    assert!((3590..=3600).contains(&wait), "{wait}");

    bench.wait_minutes(59).await;
    assert_eq!(
        owner
            .try_to_sign_in("student123", "password123")
            .await
            .status,
        429
    );
    bench.wait_minutes(1).await;
    assert_eq!(
        owner
            .try_to_sign_in("student123", "password123")
            .await
            .status,
        303
    );
}

/// The limits that a mix can have, in minutes; `None` is the lab's own of 30 days.
const IDLE: [(&str, Option<u64>); 7] = [
    ("five-minutes", Some(5)),
    ("fifteen-minutes", Some(15)),
    ("one-hour", Some(60)),
    ("two-hours", Some(120)),
    ("one-day", Some(24 * 60)),
    ("one-week", Some(7 * 24 * 60)),
    ("unlimited", None),
];

const DAYS_30: u64 = 30 * 24 * 60;

#[tokio::test]
async fn an_idle_limit_can_be_from_five_minutes_to_none() {
    for (arm, minutes) in IDLE {
        let bench = bench();
        let mix = [("idle-timeout", arm), ("absolute-timeout", "unlimited")];
        bench.choose("hardened", &mix).await;
        let mut student = bench.visitor("custom");
        student.sign_in().await;
        let left = student.get("/api/time_left").await.json();
        let seconds = minutes.map(|minutes| minutes * 60);
        match seconds {
            Some(limit) => {
                let idle = left["idle"].as_u64().expect("a limit");
                assert!((limit - 60..=limit).contains(&idle), "{arm}: {left}");
            }
            None => assert!(left["idle"].is_null(), "{arm}: {left}"),
        }
        assert!(left["absolute"].is_null(), "{arm}: {left}");
        let minutes = minutes.unwrap_or(DAYS_30);
        bench.wait_minutes(minutes - 1).await;
        assert!(student.whoami().await.is_some(), "{arm}: a minute before");
        if minutes < DAYS_30 {
            // That was a use, so the limit begins anew.
            bench.wait_minutes(minutes - 1).await;
            assert!(student.whoami().await.is_some(), "{arm}: used in time");
            bench.wait_minutes(minutes).await;
        } else {
            bench.wait_minutes(1).await;
        }
        assert_eq!(student.whoami().await, None, "{arm}: at the limit");
    }
}

#[tokio::test]
async fn an_absolute_limit_can_be_from_five_minutes_to_none() {
    for (arm, minutes) in IDLE {
        let bench = bench();
        let mix = [("idle-timeout", "unlimited"), ("absolute-timeout", arm)];
        bench.choose("hardened", &mix).await;
        let mut student = bench.visitor("custom");
        student.sign_in().await;
        let left = student.get("/api/time_left").await.json();
        assert_eq!(
            left["absolute"].is_u64(),
            minutes.is_some(),
            "{arm}: {left}"
        );
        let minutes = minutes.unwrap_or(DAYS_30);
        bench.wait_minutes(minutes - 1).await;
        assert!(student.whoami().await.is_some(), "{arm}: a minute before");
        bench.wait_minutes(1).await;
        assert_eq!(
            student.whoami().await,
            None,
            "{arm}: however much it was used"
        );
    }
}

#[tokio::test]
async fn a_mix_with_both_limits_ends_at_the_first() {
    let bench = bench();
    let mix = [
        ("idle-timeout", "two-hours"),
        ("absolute-timeout", "one-day"),
    ];
    bench.choose("insecure", &mix).await;
    let mut student = bench.visitor("custom");
    student.sign_in().await;
    for hour in 1..24 {
        bench.wait_minutes(60).await;
        assert!(student.whoami().await.is_some(), "after {hour} hours");
    }
    bench.wait_minutes(60).await;
    assert_eq!(student.whoami().await, None, "after 24 hours");
    student.sign_in().await;
    bench.wait_minutes(120).await;
    assert_eq!(student.whoami().await, None, "after two hours without use");
}

#[tokio::test]
async fn a_sign_in_can_be_permanent_where_the_mix_leaves_it_to_the_user() {
    let bench = bench();
    let arms = [
        ("persistence", "chosen-at-sign-in"),
        ("absolute-timeout", "one-week"),
        ("idle-timeout", "one-day"),
    ];
    bench.choose("hardened", &arms).await;
    let week = 7 * 24 * 3600;
    let mut student = bench.visitor("custom");
    let page = student.get("/login").await.body;
    assert!(page.contains("name=\"permanent\""), "{page}");
    let fields = [("username", "student123"), ("password", "password123")];
    let plain = student.submit("/login", &fields).await;
    assert_eq!(max_age(&plain), None, "it ends with the browser");
    assert_eq!(state(&bench).await, "signed in");

    let mut kept = bench.visitor("custom");
    kept.get("/login").await;
    let ticked = [&fields[..], &[("permanent", "1")]].concat();
    let permanent = kept.submit("/login", &ticked).await;
    assert_eq!(max_age(&permanent), Some(week));
    assert_eq!(state(&bench).await, "signed in, permanent");

    // A new id two days later keeps the choice, and the end of the session.
    for _ in 0..2 {
        bench.wait_minutes(24 * 60 - 60).await;
        assert!(kept.whoami().await.is_some());
    }
    let changed = [("current", "password123"), ("new", "an entirely new one")];
    let renewed = kept.submit("/password", &changed).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    // The password was just entered, so the week begins anew.
    assert_eq!(max_age(&renewed), Some(week));

    let mut program = bench.visitor("custom");
    let right = json!({"username": "apiuser", "password": "password123", "permanent": true});
    let signed_in = program.post_json("/api/login", &right).await;
    assert_eq!(max_age(&signed_in), Some(week));
}

#[tokio::test]
async fn where_the_policy_decides_the_users_choice_changes_nothing() {
    for (variant, age) in [("insecure", Some(315_360_000)), ("hardened", None)] {
        let bench = bench();
        let mut student = bench.visitor(variant);
        let page = student.get("/login").await.body;
        assert!(!page.contains("name=\"permanent\""), "{page}");
        let ticked = [
            ("username", "student123"),
            ("password", "password123"),
            ("permanent", "1"),
        ];
        assert_eq!(max_age(&student.submit("/login", &ticked).await), age);
        let sessions = bench.evidence(variant).await["sessions"].clone();
        assert_eq!(sessions[0]["state"], "signed in", "{variant}");
    }
}

/// The age in the line of the session's cookie.
fn max_age(reply: &Reply) -> Option<u64> {
    let lines = reply.set_cookies();
    let line = lines.iter().find(|line| line.contains("session_"));
    let line = line.expect("the session's line");
    let age = line
        .split("; ")
        .find_map(|part| part.strip_prefix("Max-Age="));
    age.map(|age| age.parse().expect("a number"))
}

async fn state(bench: &TestBench) -> String {
    let newest = bench.evidence("custom").await["sessions"][0]["state"].clone();
    newest.as_str().expect("a word").to_owned()
}

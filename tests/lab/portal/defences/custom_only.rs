//! The arms that only the student's own mix can have.

use crate::support::{TestBench, bench};

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

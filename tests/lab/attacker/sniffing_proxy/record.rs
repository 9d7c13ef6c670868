//! What the café keeps: how much, for whom, and what its page asks for.

use session_lab::attacker::sniffing_proxy::capture::{KEPT, LARGEST};

use super::*;

#[tokio::test]
async fn the_record_is_bounded_in_number_and_size() {
    let cafe = Cafe::open().await;
    let long = "x".repeat(12_000);
    for n in 0..=KEPT {
        let target = format!("/insecure/?n={n}");
        let request = Request::post(&target, &[FORM], &long);
        cafe.guest(Scheme::Http, request).await;
    }
    let kept = cafe.lab.captures.of(&BenchName::local());
    assert_eq!(kept.len(), KEPT);
    assert!(
        kept.iter()
            .all(|one| one.up.kept.len() == LARGEST && one.up.total > 12_000)
    );
    assert!(!cafe.bytes().contains("?n=0 "), "the oldest is gone");
}

#[tokio::test]
async fn a_record_belongs_to_its_bench_and_goes_with_its_reset() {
    let cafe = Cafe::open().await;
    cafe.guest(Scheme::Http, Request::get("/b/mine/insecure/"))
        .await;
    cafe.guest(Scheme::Http, Request::get("/b/other/insecure/"))
        .await;
    let count = |shown: serde_json::Value| shown["connections"].as_array().expect("a list").len();
    assert_eq!(count(cafe.shown("/b/mine").await), 1);
    assert_eq!(count(cafe.shown("").await), 0);

    let lab = cafe.lab.addresses.origin(Listener::Lab);
    let port = cafe.port_of(Listener::Lab);
    for (origin, status, left) in [("http://localhost:1", 403, 1), (&*lab, 303, 0)] {
        let headers = [FORM, ("origin", origin)];
        let reset = Request::post("/b/mine/reset", &headers, "");
        assert_eq!(cafe.send(Scheme::Http, port, reset).await.status, status);
        assert_eq!(count(cafe.shown("/b/mine").await), left);
    }
    assert_eq!(count(cafe.shown("/b/other").await), 1);
}

#[tokio::test]
async fn polling_brings_the_connections_only_when_something_changed() {
    let cafe = Cafe::open().await;
    let version = cafe.shown("").await["version"].as_u64().expect("a number");
    let target = format!("/cafe/live?seen={version}");
    let port = cafe.port_of(Listener::Lab);
    let poll = || async {
        cafe.send(Scheme::Http, port, Request::get(&target))
            .await
            .body
    };
    assert!(!poll().await.contains("connections"));
    cafe.guest(Scheme::Http, Request::get("/insecure/")).await;
    assert!(poll().await.contains("GET /insecure/"));
}

//! Which names the attacker's site answers to, and which role each of them plays.

use session_lab::base::addresses::Listener;

use crate::support::{Client, bench, lab};

#[tokio::test]
async fn the_attackers_names_are_answered_on_both_listeners_and_others_are_not() {
    for listener in [Listener::Attacker, Listener::AttackerTls] {
        let visitor = Client::new(listener, String::new());
        for name in ["127.0.0.1", "evil.localhost", "notes.portal.localhost"] {
            let reply = visitor.clone().at_host(name).get("/").await;
            assert_eq!(reply.status, 200, "{listener:?} {name}");
        }
        for name in ["localhost", "portal.localhost", "lab.test"] {
            let reply = visitor.clone().at_host(name).get("/").await;
            assert_eq!(reply.status, 421, "{listener:?} {name}");
            let right = lab().addresses.origin(listener);
            assert!(reply.body.contains(&format!("{right}/")), "{}", reply.body);
        }
    }
}

#[tokio::test]
async fn the_portal_does_not_answer_to_the_attackers_names() {
    for name in ["127.0.0.1", "evil.localhost", "notes.portal.localhost"] {
        let reply = bench().visitor("insecure").at_host(name).get("/").await;
        assert_eq!(reply.status, 421, "{name}");
    }
}

#[tokio::test]
async fn the_sibling_offers_sibling_tricks_only() {
    let bench = bench();
    let sibling = bench.victim_at_sibling().get("/").await;
    for (path, offered) in [
        ("/clickjacking", true),
        ("/tossing", true),
        ("/fixation", true),
        ("/csrf-form", false),
        ("/xss", false),
    ] {
        assert_eq!(
            sibling.body.contains(&format!("{path}\"")),
            offered,
            "{path}"
        );
    }
    let attacker = bench.victim().get("/").await;
    let prefix = bench.name.prefix();
    assert!(
        attacker
            .body
            .contains(&format!("href=\"{prefix}/csrf-form\""))
    );
    assert!(
        !attacker
            .body
            .contains(&format!("href=\"{prefix}/tossing\""))
    );
    let there = bench.victim_at_sibling().origin();
    assert!(
        attacker
            .body
            .contains(&format!("href=\"{there}{prefix}/tossing\""))
    );
}

#[tokio::test]
async fn a_trick_asked_for_in_the_wrong_role_is_found_at_the_right_host() {
    let bench = bench();
    let prefix = bench.name.prefix();
    let reply = bench.victim().get("/tossing?variant=only-secure").await;
    let there = bench.victim_at_sibling().origin();
    let to = format!("{there}{prefix}/tossing?variant=only-secure");
    assert_eq!((reply.status, reply.header("location")), (303, Some(&*to)));

    let reply = bench.victim_at_sibling().get("/xss").await;
    let there = bench.victim().origin();
    let to = format!("{there}{prefix}/xss");
    assert_eq!((reply.status, reply.header("location")), (303, Some(&*to)));
}

#[tokio::test]
async fn a_frame_of_a_portal_over_tls_stands_on_a_page_over_tls() {
    let bench = bench();
    let reply = bench
        .victim_at_sibling()
        .get("/clickjacking?variant=without-framing")
        .await;
    let there = lab()
        .addresses
        .origin_as(Listener::AttackerTls, "notes.portal.localhost");
    let prefix = bench.name.prefix();
    let to = format!("{there}{prefix}/clickjacking?variant=without-framing");
    assert_eq!((reply.status, reply.header("location")), (303, Some(&*to)));
}

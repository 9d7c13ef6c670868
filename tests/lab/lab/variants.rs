//! The variants in the address: what the closure moved, and names that are none.

use session_lab::base::addresses::Listener;
use session_lab::defences::policy::Variant;

use crate::support::{Client, bench};

#[tokio::test]
async fn an_unknown_variant_is_a_404_that_lists_the_known_ones() {
    let bench = bench();
    for listener in [Listener::PortalHttp, Listener::PortalHttps] {
        let mut visitor = Client::new(listener, bench.name.prefix());
        for wrong in [
            "/strong/",
            "/Insecure/",
            "/only-",
            "/without-everything/login",
            "/portal/login",
        ] {
            let reply = visitor.get(wrong).await;
            assert_eq!(reply.status, 404, "{wrong}");
            for variant in Variant::all() {
                let link = format!("/b/{}/{variant}/\"", bench.name);
                assert!(
                    reply.shown().contains(&link),
                    "{wrong}: {variant} is not linked"
                );
            }
            let asked = wrong.split('/').nth(1).expect("a name");
            assert!(
                reply.body.contains(&format!("<code>{asked}</code>")),
                "{wrong}"
            );
        }
    }
    let evidence = bench.student().get("/evidence/strong").await;
    assert_eq!(evidence.status, 404);
    assert!(
        evidence.body.contains("<code>without-csp</code>"),
        "{}",
        evidence.body
    );
}

#[tokio::test]
async fn every_variant_opens_its_front_page_and_its_sign_in() {
    let bench = bench();
    for variant in Variant::all() {
        let mut visitor = bench.visitor(&variant.to_string());
        assert_eq!(
            visitor.get("/").await.heading(),
            "Hello! Please login",
            "{variant}"
        );
        visitor.sign_in().await;
        let page = visitor.get("/").await;
        assert_eq!(
            page.heading(),
            "Welcome back, student123! (Session Active)",
            "{variant}"
        );
        assert!(
            page.body.contains(&format!("<b>{variant} portal</b>")),
            "{variant}"
        );
    }
}

#[tokio::test]
async fn what_the_closure_moved_is_shown_and_done() {
    let bench = bench();
    for (variant, says, secure) in [
        (
            "only-host-prefix",
            "all weak but host-prefix (and secure, which goes with it)",
            true,
        ),
        (
            "without-secure",
            "all strong but secure (and host-prefix, which goes with it)",
            false,
        ),
        ("only-secure", "all weak but secure", true),
        ("without-host-prefix", "all strong but host-prefix", true),
    ] {
        let mut visitor = bench.visitor(variant);
        let page = visitor.get("/login").await;
        assert!(
            page.body.contains(&format!("{says} ·")),
            "{variant}: {}",
            page.body
        );
        assert_eq!(
            page.set_cookies()[0].contains("; Secure"),
            secure,
            "{variant}"
        );
        let evidence = bench
            .student()
            .get(&format!("/evidence/{variant}"))
            .await
            .body;
        assert!(
            evidence.contains(&format!("{variant}, {says}<")),
            "{evidence}"
        );
    }
}

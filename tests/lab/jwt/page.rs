//! The page that uses the token, and the address that holds one.

use crate::support::bench;

#[tokio::test]
async fn the_page_says_where_it_keeps_the_token() {
    let bench = bench();
    for (variant, storage, word) in [
        ("insecure", "localStorage", "Weak: both tokens are in"),
        ("hardened", "memory", "Strong: the token lives in"),
    ] {
        for path in ["/jwt/", "/jwt"] {
            let reply = bench.visitor(variant).get(path).await;
            assert_eq!(reply.status, 200, "{path}");
            assert!(
                reply.body.contains(&format!("data-storage=\"{storage}\"")),
                "{variant}"
            );
            let api = format!("data-api=\"{}/{variant}/jwt\"", bench.name.prefix());
            assert!(reply.body.contains(&api), "{variant}");
            assert!(reply.body.contains(word), "{variant}");
        }
    }
}

#[tokio::test]
async fn an_address_with_a_token_opens_the_page_on_the_weak_arm_only() {
    let bench = bench();
    let mut weak = bench.visitor("insecure");
    let token = weak.access_token("alice").await;
    let opened = weak.get(&format!("/jwt/?access_token={token}")).await;
    assert_eq!(opened.status, 200);
    assert!(
        opened.body.contains("It opens the API as alice."),
        "{}",
        opened.body
    );
    assert!(
        opened
            .body
            .contains(&format!("{}/partner?variant=insecure", bench.name.prefix()))
    );
    assert!(
        !opened.body.contains(&token),
        "the page itself does not repeat it"
    );
    let refused = weak.get("/jwt/?access_token=x").await;
    assert_eq!(refused.status, 401);
    assert!(
        refused.body.starts_with("<!doctype html>"),
        "a page for people"
    );

    let mut strong = bench.visitor("hardened");
    let token = strong.access_token("alice").await;
    let refused = strong.get(&format!("/jwt/?access_token={token}")).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.body.contains("/defences/jwt-transport"),
        "{}",
        refused.body
    );
    assert!(!refused.body.contains("/partner?"));
    let api = strong
        .get(&format!("/jwt/profile?access_token={token}"))
        .await;
    assert_eq!(
        (api.status, api.header("www-authenticate")),
        (401, Some("Bearer realm=\"portal\""))
    );
}

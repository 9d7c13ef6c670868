//! A switch that nothing asks is dead: turning it would change nothing. After a tour of a variant
//! every defence must have been asked.

use serde_json::json;
use session_lab::defences::policy::{Name, Variant};

use crate::support::{Client, bench};

/// Visits everything that a defence decides on.
async fn tour(mut visitor: Client) {
    let (name, _) = {
        visitor.get("/login").await;
        visitor.session_cookie().expect("a cookie")
    };
    let mut stranger = visitor.clone().with_cookie(&name, "nobody-issued-this");
    stranger.get("/").await;
    stranger
        .post_json("/api/login", &json!({"username": "x", "password": "x"}))
        .await;
    visitor.try_to_sign_in("student123", "wrong").await;
    visitor.sign_in().await;
    for page in [
        "/dashboard",
        "/board",
        "/transfer",
        "/admin/sessions",
        "/cookies",
    ] {
        visitor.get(page).await;
    }
    let token = visitor.access_token("apiuser").await;
    assert_eq!(visitor.profile(&token).await.status, 200);
    visitor
        .post_json("/jwt/refresh", &json!({"refresh_token": "x"}))
        .await;
    let newest = visitor.token_with("apiuser", json!({})).await["refresh_token"].clone();
    let refreshed = visitor
        .post_json("/jwt/refresh", &json!({ "refresh_token": newest }))
        .await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    let change = [("current", "password123"), ("new", "a-new-password")];
    assert_eq!(visitor.submit("/password", &change).await.status, 200);
    assert_eq!(visitor.submit("/logout", &[]).await.status, 200);
}

async fn never_asked(variant: Variant) -> Vec<Name> {
    let bench = bench();
    tour(bench.visitor(&variant.to_string())).await;
    let asked = bench.open().await.probed(variant);
    let mut all = Name::ALL.to_vec();
    all.retain(|name| !asked.contains(*name));
    all
}

#[tokio::test]
async fn a_tour_of_the_insecure_portal_asks_every_defence() {
    assert_eq!(never_asked(Variant::Insecure).await, []);
}

#[tokio::test]
async fn a_tour_of_the_hardened_portal_asks_all_but_the_key_that_signs_nothing_there() {
    assert_eq!(never_asked(Variant::Hardened).await, [Name::SigningKey]);
}

#[tokio::test]
async fn nothing_is_asked_before_the_first_request() {
    let bench = bench().open().await;
    assert_eq!(bench.probed(Variant::Insecure).bits(), 0);
}

//! The keys that are published, and their rotation.

use serde_json::json;

use crate::support::bench;
use crate::support::tokens::part;

#[tokio::test]
async fn the_key_set_holds_the_public_key_and_no_secret() {
    for variant in ["insecure", "hardened"] {
        let mut client = bench().visitor(variant);
        let reply = client.get("/jwt/jwks.json").await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, Some("application/json"))
        );
        let set = reply.json();
        let keys = set["keys"].as_array().expect("a list");
        assert_eq!(keys.len(), 1, "{set}");
        let members = keys[0].as_object().expect("a key");
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!(keys[0]["kid"], "es-1");
        assert!(
            ["x", "y"]
                .iter()
                .all(|name| keys[0][name].as_str().expect("text").len() == 43)
        );
    }
}

#[tokio::test]
async fn the_published_text_is_a_public_key_that_verifies_a_token() {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

    let mut client = bench().visitor("hardened");
    let reply = client.get("/jwt/public.pem").await;
    assert_eq!(reply.header("content-type"), Some("application/x-pem-file"));
    assert!(reply.body.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert!(reply.body.ends_with("-----END PUBLIC KEY-----\n"));
    // The point follows 26 bytes that say which curve it is of (RFC 5480).
    let base64: String = reply
        .body
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    use base64::Engine as _;
    let der = base64::engine::general_purpose::STANDARD
        .decode(base64)
        .expect("base64");
    let key = DecodingKey::from_ec_der(&der[26..]);
    let tokens = client.token_with("apiuser", json!({"alg": "ES256"})).await;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&[
        part(tokens["access_token"].as_str().expect("text"), 1)["aud"]
            .as_str()
            .expect("text"),
    ]);
    let token = tokens["access_token"].as_str().expect("a token");
    decode::<serde_json::Value>(token, &key, &validation).expect("another library verifies it");
}

#[tokio::test]
async fn after_a_month_a_new_key_signs_and_the_old_one_counts_for_a_day() {
    const DAY: u64 = 24 * 60;
    let bench = bench();
    bench
        .choose("hardened", &[("jwt-expiry", "unchecked")])
        .await;
    let mut client = bench.visitor("custom");
    let old = client.access_token("apiuser").await;
    assert_eq!(part(&old, 0)["kid"], "hs-1");
    bench.wait_minutes(30 * DAY).await;
    let new = client.access_token("apiuser").await;
    assert_eq!(part(&new, 0)["kid"], "hs-2");
    assert_eq!(
        client.get("/jwt/jwks.json").await.json()["keys"]
            .as_array()
            .expect("a list")
            .len(),
        2
    );
    for token in [&old, &new] {
        assert_eq!(client.opened_by(token).await.as_deref(), Some("apiuser"));
    }
    bench.wait_minutes(DAY).await;
    let refused = client.profile(&old).await;
    assert_eq!(
        (refused.status, &refused.json()["defence"]),
        (401, &json!("key-rotation"))
    );
    assert_eq!(client.opened_by(&new).await.as_deref(), Some("apiuser"));
}

#[tokio::test]
async fn the_insecure_portal_has_one_key_for_ever() {
    let bench = bench();
    let mut client = bench.visitor("insecure");
    let old = client.access_token("apiuser").await;
    for _ in 0..2 {
        bench.wait_minutes(200 * 24 * 60).await;
    }
    assert_eq!(client.opened_by(&old).await.as_deref(), Some("apiuser"));
    let new = client.access_token("apiuser").await;
    assert_eq!(part(&new, 0)["kid"], "hs-1");
}

#[tokio::test]
async fn the_attacker_publishes_a_key_and_hands_out_its_private_half() {
    let bench = bench();
    let mut victim = bench.victim();
    let set = victim.get("/jwks.json").await.json();
    assert_eq!(set["keys"][0]["kid"], "attacker-1");
    let private = victim.get("/jwks-private.pem").await;
    assert!(
        private.body.starts_with("-----BEGIN PRIVATE KEY-----\n"),
        "{}",
        private.body
    );
}

//! The partner who shares the portal's key.

use serde_json::{Value, json};

use crate::support::bench;
use crate::support::tokens::{credentials, hs256, part, with};

#[tokio::test]
async fn he_signs_an_id_token_of_his_own_unless_he_is_asked_for_another() {
    let mut client = bench().visitor("hardened");
    let token = client.partner_token(json!({})).await;
    assert_eq!(
        part(&token, 0),
        json!({"alg": "HS256", "kid": "hs-1", "typ": "JWT"})
    );
    let claims = part(&token, 1);
    assert_eq!(claims["iss"], "https://partner.example");
    assert_eq!(claims["aud"], "https://partner.example/app");
    assert_eq!(claims["sub"], "mallory");
    assert_eq!(client.opened_by(&token).await, None);
}

#[tokio::test]
async fn he_signs_what_he_is_asked_for_but_never_another_users_name() {
    let mut client = bench().visitor("hardened");
    let own = client.portals_own().await;
    let wishes = with(
        &own,
        json!({"sub": "admin", "scope": "profile admin", "alg": "none"}),
    );
    let token = client.partner_token(wishes).await;
    assert_eq!(part(&token, 1)["sub"], "mallory");
    assert_eq!(part(&token, 1)["scope"], "profile");
    assert_eq!(part(&token, 0)["alg"], "HS256");
    assert_eq!(
        client.opened_by(&token).await.as_deref(),
        Some("mallory"),
        "the partner has the key"
    );

    let conditions = json!({"crit": ["one-use", "bound"], "nbf": 4_000_000_000_u64});
    let token = client.partner_token(with(&own, conditions)).await;
    let header = part(&token, 0);
    assert_eq!(header["crit"], json!(["one-use", "bound"]));
    assert_eq!(
        (&header["one-use"], &header["bound"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(part(&token, 1)["nbf"], 4_000_000_000_u64);
}

#[tokio::test]
async fn he_knows_nobody_without_a_password_and_signs_nothing_odd() {
    let mut client = bench().visitor("insecure");
    let wrong = json!({"username": "mallory", "password": "wrong"});
    assert_eq!(client.post_json("/jwt/partner", &wrong).await.status, 401);
    let many: Vec<String> = (0..9).map(|n| "x".repeat(n + 1)).collect();
    for wishes in [
        json!({"crit": ["alg"]}),
        json!({"crit": ["jwk"]}),
        json!({"crit": [""]}),
        json!({"crit": ["A b"]}),
        json!({ "crit": many }),
        json!({"iss": "x".repeat(201)}),
        json!({"nbf": -1}),
        json!({"nbf": "soon"}),
        json!({"crit": "x"}),
    ] {
        let sent: Value = with(&credentials("mallory"), wishes.clone());
        let reply = client.post_json("/jwt/partner", &sent).await;
        assert_eq!(reply.status, 422, "{wishes}: {}", reply.body);
        assert!(reply.json()["next"].is_string());
    }
    let far = json!({"nbf": u64::MAX});
    let token = client.partner_token(far).await;
    assert_eq!(part(&token, 1)["exp"], u64::MAX);
    assert_eq!(
        client.profile(&token).await.status,
        200,
        "the insecure portal looks at nothing"
    );
}

#[tokio::test]
async fn a_user_who_is_not_there_has_no_profile_where_he_is_looked_up() {
    // Signatures are not verified here, so that the name can be written into a token.
    for (claims, expected) in [("in-token", Some("nobody")), ("looked-up", None)] {
        let bench = bench();
        let arms = [("jwt-signature", "decoded-only"), ("jwt-claims", claims)];
        bench.choose("hardened", &arms).await;
        let mut client = bench.visitor("custom");
        let own = client.access_token("mallory").await;
        let named = with(&part(&own, 1), json!({"sub": "nobody"}));
        let token = hs256(b"any", &part(&own, 0), &named);
        assert_eq!(
            client.opened_by(&token).await.as_deref(),
            expected,
            "{claims}"
        );
    }
}

//! Refreshing, signing out, new passwords: what the server remembers of tokens.

use serde_json::{Value, json};

use crate::support::tokens::part;
use crate::support::{Client, Reply, TestBench, bench};

const COOKIE: &str = "__Host-refresh_";

pub(super) async fn refresh_with(client: &mut Client, token: &Value) -> Reply {
    client
        .post_json("/jwt/refresh", &json!({ "refresh_token": token }))
        .await
}

/// Refreshes with the cookie in the jar.
pub(super) async fn refresh(client: &mut Client) -> Reply {
    client.post_json("/jwt/refresh", &json!({})).await
}

pub(super) async fn custom(arms: &[(&str, &str)]) -> (TestBench, Client) {
    let bench = bench();
    bench.choose("hardened", arms).await;
    let client = bench.visitor("custom");
    (bench, client)
}

#[tokio::test]
async fn the_hardened_refresh_token_is_in_a_cookie_and_nowhere_else() {
    let bench = bench();
    let mut client = bench.visitor("hardened");
    let sent = crate::support::tokens::credentials("apiuser");
    let reply = client.post_json("/jwt/login", &sent).await;
    assert!(
        reply.json().get("refresh_token").is_none(),
        "{}",
        reply.body
    );
    let lines = reply.set_cookies();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let (pair, attributes) = lines[0].split_once("; ").expect("attributes");
    assert!(
        pair.starts_with(&format!("{COOKIE}hardened_{}=ey", bench.name)),
        "{pair}"
    );
    assert_eq!(
        attributes,
        "Path=/; Max-Age=604800; Secure; HttpOnly; SameSite=Strict"
    );
    let (_, token) = pair.split_once('=').expect("a pair");
    assert_eq!(part(token, 0)["typ"], "rt+jwt");
    assert_eq!(part(token, 1)["scope"], Value::Null);

    let next = refresh(&mut client).await;
    assert_eq!(next.status, 200, "{}", next.body);
    let access = next.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(client.opened_by(&access).await.as_deref(), Some("apiuser"));
    let in_body = refresh_with(&mut bench.visitor("hardened"), &token.into()).await;
    assert_eq!(in_body.status, 401, "the body is not looked at");
}

#[tokio::test]
async fn a_used_refresh_token_ends_the_family_for_both() {
    let (_bench, mut owner) = custom(&[("token-storage", "local-storage")]).await;
    let first = owner.token_with("apiuser", json!({})).await["refresh_token"].clone();
    let second = refresh_with(&mut owner, &first).await.json()["refresh_token"].clone();
    assert_ne!(first, second);
    let again = refresh_with(&mut owner, &first).await;
    assert_eq!(again.status, 401);
    assert_eq!(again.json()["defence"], "refresh-rotation");
    assert_eq!(
        refresh_with(&mut owner, &second).await.status,
        401,
        "the family is gone"
    );
    assert!(!owner.token_with("apiuser", json!({})).await["refresh_token"].is_null());
}

#[tokio::test]
async fn of_two_refreshes_at_once_one_gets_the_next_token() {
    let (_bench, mut owner) = custom(&[("token-storage", "local-storage")]).await;
    let token = owner.token_with("apiuser", json!({})).await["refresh_token"].clone();
    let mut all = Vec::new();
    for _ in 0..8 {
        let (mut client, token) = (owner.clone(), token.clone());
        all.push(tokio::spawn(async move {
            refresh_with(&mut client, &token).await.status
        }));
    }
    let mut statuses = Vec::new();
    for one in all {
        statuses.push(one.await.expect("it ends"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
}

#[tokio::test]
async fn a_reusable_refresh_token_stays_as_it_is() {
    let mut client = bench().visitor("insecure");
    let tokens = client.token_with("apiuser", json!({})).await;
    for _ in 0..3 {
        let next = refresh_with(&mut client, &tokens["refresh_token"])
            .await
            .json();
        assert!(next.get("refresh_token").is_none() && next["access_token"].is_string());
    }
}

#[tokio::test]
async fn only_a_refresh_token_of_a_living_family_refreshes() {
    let bench = bench();
    let mut client = bench.visitor("insecure");
    let tokens = client.token_with("apiuser", json!({})).await;
    for token in [
        &tokens["access_token"],
        &json!("x"),
        &json!(""),
        &json!("a.b.c"),
    ] {
        assert_eq!(
            refresh_with(&mut client, token).await.status,
            401,
            "{token}"
        );
    }
    assert_eq!(refresh(&mut client).await.status, 401);
    assert_eq!(
        client
            .post_json("/jwt/refresh", &json!({"refresh_token": 1}))
            .await
            .status,
        422
    );
    bench.wait_minutes(7 * 24 * 60 + 1).await;
    let late = refresh_with(&mut client, &tokens["refresh_token"]).await;
    assert_eq!(
        late.status, 401,
        "a week without use ends a family under every policy"
    );
}

#[tokio::test]
async fn a_family_ends_after_thirty_days_however_often_it_is_refreshed() {
    let bench = bench();
    let mut client = bench.visitor("hardened");
    client.access_token("apiuser").await;
    let mut days = 0;
    let last = loop {
        bench.wait_minutes(6 * 24 * 60).await;
        days += 6;
        let reply = refresh(&mut client).await;
        if reply.status != 200 {
            break reply;
        }
        assert!(days < 30, "{days}");
    };
    assert_eq!((days, last.status), (30, 401));
}

#[tokio::test]
async fn the_hardened_refresh_is_for_the_portals_own_page() {
    let bench = bench();
    let mut owner = bench.visitor("without-request-origin");
    owner.access_token("apiuser").await;
    for (headers, status) in [
        (
            &[("origin", "https://notes.portal.localhost:7667")][..],
            403,
        ),
        (&[("origin", "null")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "same-origin")], 200),
    ] {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        let reply = owner.send("POST", "/jwt/refresh", &all, "{}".into()).await;
        assert_eq!(reply.status, status, "{headers:?}: {}", reply.body);
        if status == 403 {
            assert_eq!(reply.json()["defence"], "token-storage");
        }
    }
}

#[tokio::test]
async fn signing_out_ends_the_token_its_family_and_the_cookie() {
    let bench = bench();
    let mut client = bench.visitor("hardened");
    let token = client.access_token("apiuser").await;
    let other = bench.visitor("hardened").access_token("apiuser").await;
    let copy = client.clone();
    let bye = client.bear("POST", "/jwt/logout", &token).await;
    assert_eq!((bye.status, &bye.json()["revoked"]), (200, &json!(true)));
    let line = format!(
        "{COOKIE}hardened_{}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict",
        bench.name
    );
    assert_eq!(bye.set_cookies(), [line.as_str()]);
    let refused = client.profile(&token).await;
    assert_eq!(
        (refused.status, &refused.json()["defence"]),
        (401, &json!("jwt-revocation"))
    );
    assert_eq!(
        refresh(&mut copy.clone()).await.status,
        401,
        "a copied cookie is no longer accepted"
    );
    assert_eq!(
        client.opened_by(&other).await.as_deref(),
        Some("apiuser"),
        "another sign-in"
    );
}

#[tokio::test]
async fn the_insecure_sign_out_says_that_the_token_lives_on() {
    let mut client = bench().visitor("insecure");
    let token = client.access_token("apiuser").await;
    let bye = client.bear("POST", "/jwt/logout", &token).await;
    assert_eq!(bye.json()["revoked"], false);
    assert_eq!(client.opened_by(&token).await.as_deref(), Some("apiuser"));
}

#[tokio::test]
async fn a_revoked_token_stays_revoked_where_tokens_do_not_expire() {
    let (bench, mut client) = custom(&[("jwt-expiry", "unchecked")]).await;
    let token = client.access_token("apiuser").await;
    client.bear("POST", "/jwt/logout", &token).await;
    bench.wait_minutes(365 * 24 * 60).await;
    assert_eq!(client.opened_by(&token).await, None);
}

#[tokio::test]
async fn a_revoked_token_is_known_by_its_name_and_not_by_its_text() {
    // The signature of ES256 can be written in two ways: s, and the order of the curve minus s.
    let mut client = bench().visitor("hardened");
    let tokens = client.token_with("apiuser", json!({"alg": "ES256"})).await;
    let token = tokens["access_token"].as_str().expect("a token");
    let twin = with_the_other_s(token);
    assert_ne!(twin, token);
    assert_eq!(
        client.opened_by(&twin).await.as_deref(),
        Some("apiuser"),
        "both verify"
    );
    client.bear("POST", "/jwt/logout", token).await;
    assert_eq!(client.opened_by(&twin).await, None);
}

fn with_the_other_s(token: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    // The order of the group (SEC 2 §2.4.2).
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let (signed, text) = token.rsplit_once('.').expect("three parts");
    let mut bytes = URL_SAFE_NO_PAD.decode(text).expect("base64url");
    assert_eq!(bytes.len(), 64, "two numbers, r and s");
    let mut borrow = 0;
    for (s, order) in bytes[32..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(order) - i16::from(*s) - borrow;
        borrow = i16::from(difference < 0);
        *s = u8::try_from(difference & 0xff).expect("one byte");
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

async fn change_password(bench: &TestBench, user: &str) {
    let mut owner = bench.visitor("hardened");
    owner.sign_in_as(user).await;
    let password = crate::support::tokens::credentials(user)["password"].clone();
    let fields = [
        ("current", password.as_str().expect("text")),
        ("new", "another one"),
    ];
    let reply = owner.submit("/password", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

#[tokio::test]
async fn a_new_password_ends_every_token_of_its_user_and_nobody_elses() {
    let bench = bench();
    let mut client = bench.visitor("hardened");
    let token = client.access_token("alice").await;
    let mut other = bench.visitor("hardened");
    let others = other.access_token("apiuser").await;
    change_password(&bench, "alice").await;
    assert_eq!(client.opened_by(&token).await, None);
    assert_eq!(refresh(&mut client).await.status, 401);
    assert_eq!(other.opened_by(&others).await.as_deref(), Some("apiuser"));
    assert_eq!(refresh(&mut other).await.status, 200);

    let sent = json!({"username": "alice", "password": "another one"});
    let reply = client.post_json("/jwt/login", &sent).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let new = reply.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let opened = client.opened_by(&new).await;
    assert_eq!(
        opened.as_deref(),
        Some("alice"),
        "also in the second of the change"
    );
}

#[tokio::test]
async fn a_reset_bench_has_forgotten_its_families() {
    let bench = bench();
    let mut client = bench.visitor("hardened");
    client.access_token("apiuser").await;
    let reply = bench.student().post_form("/reset", &[]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(refresh(&mut client).await.status, 401);
}

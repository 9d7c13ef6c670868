//! What ends every access token of a sign-in: signing out with one of them, a refresh token that is
//! used twice, signing out everywhere, and a reset of the bench.

use serde_json::{Value, json};

use super::families::{custom, refresh, refresh_with};
use crate::support::{Client, bench};

/// The access tokens of one sign-in, before and after a refresh.
async fn access_tokens(client: &mut Client) -> [String; 2] {
    let text = |tokens: &Value| tokens["access_token"].as_str().expect("a token").to_owned();
    let tokens = client.token_with("apiuser", json!({})).await;
    let sent = json!({"refresh_token": tokens["refresh_token"]});
    let next = client.post_json("/jwt/refresh", &sent).await;
    assert_eq!(next.status, 200, "{}", next.body);
    [text(&tokens), text(&next.json())]
}

#[tokio::test]
async fn signing_out_with_one_token_ends_all_access_tokens_of_the_sign_in() {
    let (bench, mut owner) = custom(&[("token-storage", "local-storage")]).await;
    let [first, second] = access_tokens(&mut owner).await;
    let other = bench.visitor("custom").access_token("apiuser").await;
    assert_eq!(owner.bear("POST", "/jwt/logout", &second).await.status, 200);
    for token in [&first, &second] {
        let refused = owner.profile(token).await;
        assert_eq!(refused.status, 401, "{}", refused.body);
        assert_eq!(refused.json()["defence"], "jwt-revocation");
    }
    // They stay ended for as long as they would have been valid.
    bench.wait_minutes(14).await;
    assert_eq!(owner.opened_by(&first).await, None);
    assert_eq!(owner.opened_by(&other).await.as_deref(), Some("apiuser"));
}

#[tokio::test]
async fn a_used_refresh_token_ends_the_access_tokens_of_the_family_as_well() {
    let (_bench, mut owner) = custom(&[("token-storage", "local-storage")]).await;
    let tokens = owner.token_with("apiuser", json!({})).await;
    let first = tokens["access_token"].as_str().expect("a token").to_owned();
    let next = refresh_with(&mut owner, &tokens["refresh_token"])
        .await
        .json();
    let second = next["access_token"].as_str().expect("a token").to_owned();
    let again = refresh_with(&mut owner, &tokens["refresh_token"]).await;
    assert_eq!(again.status, 401, "{}", again.body);
    let says = again.json()["detail"].as_str().expect("words").to_owned();
    assert!(
        says.contains("everything that came from its sign-in has ended"),
        "{says}"
    );
    for token in [&first, &second] {
        assert_eq!(owner.opened_by(token).await, None);
    }
}

#[tokio::test]
async fn where_nothing_is_remembered_a_used_refresh_token_leaves_access_tokens_and_says_so() {
    let arms = [
        ("token-storage", "local-storage"),
        ("jwt-revocation", "nothing"),
    ];
    let (_bench, mut owner) = custom(&arms).await;
    let tokens = owner.token_with("apiuser", json!({})).await;
    let first = tokens["access_token"].as_str().expect("a token").to_owned();
    refresh_with(&mut owner, &tokens["refresh_token"]).await;
    let again = refresh_with(&mut owner, &tokens["refresh_token"]).await;
    let says = again.json()["detail"].as_str().expect("words").to_owned();
    assert!(
        says.contains("The access tokens are, until they expire"),
        "{says}"
    );
    assert_eq!(owner.opened_by(&first).await.as_deref(), Some("apiuser"));
}

#[tokio::test]
async fn signing_out_everywhere_else_ends_the_tokens_of_the_user() {
    let bench = bench();
    let mut api = bench.visitor("hardened");
    let token = api.access_token("alice").await;
    let mut beside = bench.visitor("hardened");
    let others = beside.access_token("apiuser").await;
    let mut owner = bench.visitor("hardened");
    owner.sign_in_as("alice").await;
    let everywhere = [("handle", "others"), ("password", "wonderland")];
    let ended = owner.submit("/sessions", &everywhere).await;
    assert_eq!(ended.status, 303, "{}", ended.body);
    assert_eq!(api.opened_by(&token).await, None);
    assert_eq!(refresh(&mut api).await.status, 401);
    assert_eq!(beside.opened_by(&others).await.as_deref(), Some("apiuser"));
    // There is nothing left to end, and the owner is still there.
    let again = owner.submit("/sessions", &everywhere).await;
    assert_eq!(again.status, 404, "{}", again.body);
    let new = api.access_token("alice").await;
    assert_eq!(api.opened_by(&new).await.as_deref(), Some("alice"));
}

#[tokio::test]
async fn a_reset_revives_no_token_neither_a_signed_out_one_nor_a_live_one() {
    let bench = bench();
    let mut owner = bench.visitor("hardened");
    let revoked = owner.access_token("apiuser").await;
    assert_eq!(
        owner.bear("POST", "/jwt/logout", &revoked).await.status,
        200
    );
    let live = owner.access_token("apiuser").await;
    for _ in 0..2 {
        let reply = bench.student().post_form("/reset", &[]).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        for token in [&revoked, &live] {
            assert_eq!(owner.opened_by(token).await, None);
        }
        // Everybody can sign in at once, and is signed in under the new keys.
        let fresh = owner.access_token("apiuser").await;
        assert_eq!(owner.opened_by(&fresh).await.as_deref(), Some("apiuser"));
    }
}

#[tokio::test]
async fn a_reset_revives_no_token_of_a_clock_that_was_ahead() {
    let bench = bench();
    bench.wait_minutes(3).await;
    let mut owner = bench.visitor("hardened");
    let token = owner.access_token("apiuser").await;
    bench.student().post_form("/reset", &[]).await;
    assert_eq!(owner.opened_by(&token).await, None);
    bench.wait_minutes(4).await;
    assert_eq!(owner.opened_by(&token).await, None);
}

//! What a genuine token opens, and for how long.

use serde_json::{Value, json};

use super::{On, Shows};
use crate::support::Client;
use crate::support::tokens::{part, with};

/// Weak where the profile opens for `user`.
async fn opens(client: &mut Client, token: &str, user: &str) -> Shows {
    match client.opened_by(token).await {
        Some(opened) if opened == user => Shows::Weak,
        None => Shows::Strong,
        other => panic!("{other:?}"),
    }
}

/// A token that the partner signs for mallory and that looks like one of the portal's own, but for
/// this wish.
async fn partners(on: &On<'_>, adopted_id: Value) -> Shows {
    let mut mallory = on.visitor();
    let own = mallory.portals_own().await;
    let good = mallory.partner_token(own.clone()).await;
    assert_eq!(
        opens(&mut mallory, &good, "mallory").await,
        Shows::Weak,
        "without the wish"
    );
    let token = mallory.partner_token(with(&own, adopted_id)).await;
    opens(&mut mallory, &token, "mallory").await
}

/// Defence `jwt-expiry`.
pub async fn a_token_is_good_after_its_time(on: On<'_>) -> Shows {
    let mut somebody = on.visitor();
    let token = somebody.access_token("apiuser").await;
    on.bench.wait_minutes(14).await;
    assert_eq!(
        opens(&mut somebody, &token, "apiuser").await,
        Shows::Weak,
        "14 minutes"
    );
    on.bench.wait_minutes(1).await;
    opens(&mut somebody, &token, "apiuser").await
}

/// Defence `jwt-not-before`.
pub async fn a_token_is_good_before_its_time(on: On<'_>) -> Shows {
    partners(&on, json!({"nbf": 4_000_000_000_u64})).await
}

/// Defence `jwt-issuer`.
pub async fn a_token_of_the_partner_is_good(on: On<'_>) -> Shows {
    partners(&on, json!({"iss": "https://partner.example"})).await
}

/// Defence `jwt-audience`.
pub async fn a_token_for_another_service_is_good(on: On<'_>) -> Shows {
    partners(&on, json!({"aud": "https://partner.example/app"})).await
}

/// Defence `jwt-type`.
pub async fn a_refresh_token_is_an_access_token(on: On<'_>) -> Shows {
    let id_token = partners(&on, json!({"typ": "JWT"})).await;
    let mut somebody = on.visitor();
    let tokens = somebody.token_with("apiuser", json!({})).await;
    let refresh = match tokens["refresh_token"].as_str() {
        Some(token) => token.to_owned(),
        None => somebody
            .cookie("__Host-refresh_")
            .expect("a cookie")
            .to_owned(),
    };
    let shows = opens(&mut somebody, &refresh, "apiuser").await;
    assert_eq!(shows, id_token, "both kinds alike");
    shows
}

/// Defence `jwt-crit`.
pub async fn an_unknown_condition_is_ignored(on: On<'_>) -> Shows {
    partners(&on, json!({"crit": ["one-use"]})).await
}

/// Defence `jwt-transport`.
pub async fn a_token_is_taken_from_the_address(on: On<'_>) -> Shows {
    let mut somebody = on.visitor();
    let token = somebody.access_token("apiuser").await;
    let api = somebody
        .get(&format!("/jwt/profile?access_token={token}"))
        .await;
    let page = somebody.get(&format!("/jwt/?access_token={token}")).await;
    let shows = Shows::by_status(api.status, 200, 401);
    assert_eq!(Shows::by_status(page.status, 200, 400), shows);
    shows
}

/// Defence `jwt-revocation`.
pub async fn a_token_outlives_the_sign_out_and_the_password(on: On<'_>) -> Shows {
    let mut client = on.visitor();
    let token = client.access_token("apiuser").await;
    assert_eq!(client.bear("POST", "/jwt/logout", &token).await.status, 200);
    let after_sign_out = opens(&mut client, &token, "apiuser").await;

    let token = client.access_token("student123").await;
    let mut owner = on.student().await;
    let change = [("current", "password123"), ("new", "another one")];
    assert_eq!(owner.submit("/password", &change).await.status, 200);
    let shows = opens(&mut client, &token, "student123").await;
    assert_eq!(after_sign_out, shows, "both events alike");
    shows
}

/// Defence `refresh-rotation`.
pub async fn a_refresh_token_can_be_used_twice(on: On<'_>) -> Shows {
    let mut client = on.visitor();
    let tokens = client.token_with("apiuser", json!({})).await;
    let body = json!({"refresh_token": tokens["refresh_token"]});
    // Two clients with one jar: the cookie of the second is the one that the first has used.
    let mut copy = client.clone();
    let first = client.post_json("/jwt/refresh", &body).await;
    assert_eq!(first.status, 200, "{}", first.body);
    Shows::by_status(copy.post_json("/jwt/refresh", &body).await.status, 200, 401)
}

/// Defence `jwt-claims`.
pub async fn a_token_tells_the_role_and_is_believed(on: On<'_>) -> Shows {
    let mut admin = on.signed_in("admin").await;
    let change = async |admin: &mut Client, role: &str| {
        let sent = json!({ "role": role });
        let reply = admin.submit_json("/admin/users/alice/role", &sent).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    };
    change(&mut admin, "admin").await;
    let mut alice = on.visitor();
    let token = alice.access_token("alice").await;
    assert_eq!(alice.bear("GET", "/jwt/admin", &token).await.status, 200);
    change(&mut admin, "student").await;
    let demoted = alice.bear("GET", "/jwt/admin", &token).await;
    let shows = Shows::by_status(demoted.status, 200, 403);
    let told = ["role", "email"].map(|claim| part(&token, 1)[claim].is_string());
    assert_eq!(told, [shows == Shows::Weak; 2]);
    shows
}

/// Defence `token-storage`.
pub async fn the_page_gets_the_refresh_token(on: On<'_>) -> Shows {
    let mut client = on.visitor();
    let tokens = client.token_with("apiuser", json!({})).await;
    let in_json = tokens["refresh_token"].is_string();
    let cookie = client.cookie("__Host-refresh_").is_some();
    assert_ne!(in_json, cookie, "in one place only");
    let page = client.get("/jwt/").await.body;
    let shows = Shows::of(in_json);
    assert_eq!(
        page.contains("data-storage=\"localStorage\""),
        shows == Shows::Weak
    );
    shows
}

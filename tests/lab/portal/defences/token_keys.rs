//! What a token must be signed with to be believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{On, Shows};
use crate::support::tokens::{encoded, hmac, hs256, part, with};
use crate::support::{Client, lab};
use session_lab::base::addresses::Listener;

/// Somebody's own token, its header, and its payload in the administrator's name.
async fn forger(on: &On<'_>) -> (Client, String, Value, Value) {
    let mut mallory = on.visitor();
    let own = mallory.access_token("mallory").await;
    let (header, claims) = (part(&own, 0), with(&part(&own, 1), json!({"sub": "admin"})));
    (mallory, own, header, claims)
}

/// Weak where the administrator's profile opens.
async fn opens(mut mallory: Client, token: &str) -> Shows {
    match mallory.opened_by(token).await.as_deref() {
        Some("admin") => Shows::Weak,
        None => Shows::Strong,
        other => panic!("{other:?}"),
    }
}

/// Defence `jwt-signature`.
pub async fn a_token_with_an_edited_payload_is_believed(on: On<'_>) -> Shows {
    let (mallory, own, header, claims) = forger(&on).await;
    let signature = own.rsplit('.').next().expect("three parts");
    let token = format!("{}.{signature}", encoded(&header, &claims));
    opens(mallory, &token).await
}

/// Defence `jwt-none`.
pub async fn a_token_that_says_it_is_not_signed_is_believed(on: On<'_>) -> Shows {
    let (mallory, _, header, claims) = forger(&on).await;
    let mut shown = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", "HS256"] {
        let token = format!(
            "{}.",
            encoded(&with(&header, json!({ "alg": alg })), &claims)
        );
        shown.push(opens(mallory.clone(), &token).await);
    }
    assert!(shown.iter().all(|one| *one == shown[0]), "{shown:?}");
    shown[0]
}

/// Defence `jwt-algorithm`.
pub async fn the_text_of_the_public_key_signs_a_token(on: On<'_>) -> Shows {
    let (mut mallory, _, header, claims) = forger(&on).await;
    let pem = mallory.get("/jwt/public.pem").await.body;
    let token = hs256(
        pem.as_bytes(),
        &with(&header, json!({"kid": "es-1"})),
        &claims,
    );
    opens(mallory, &token).await
}

/// Defence `jwt-key`.
pub async fn a_word_gives_the_signature_of_a_token(on: On<'_>) -> Shows {
    let (_, own, ..) = forger(&on).await;
    let (signed, signature) = own.rsplit_once('.').expect("three parts");
    Shows::of(URL_SAFE_NO_PAD.encode(hmac(b"secret", signed)) == signature)
}

/// Defence `jwt-key-source`. Where signatures are not verified a forged one opens the profile on
/// both arms, so what shows is whether the portal went to fetch the key.
pub async fn the_portal_fetches_the_key_set_that_a_token_points_to(on: On<'_>) -> Shows {
    let (mallory, _, header, claims) = forger(&on).await;
    let origin = lab().addresses.origin(Listener::Attacker);
    let jku = format!("{origin}{}/jwks.json", on.bench.name.prefix());
    let elsewhere = "http://192.0.2.1:7666/jwks.json";
    for jku in [&jku, elsewhere] {
        let header = with(&header, json!({"jku": jku, "alg": "ES256", "kid": "es-1"}));
        mallory
            .clone()
            .profile(&hs256(b"any", &header, &claims))
            .await;
    }
    let events = on.bench.events(&on.variant).await;
    let fetched = events
        .iter()
        .filter(|event| event.contains("fetch keys: it got 1"));
    match fetched.count() {
        0 => Shows::Strong,
        1 => Shows::Weak,
        more => panic!("{more} fetches, one of them outside the lab: {events:?}"),
    }
}

/// Defence `jwt-kid`.
pub async fn a_path_leads_to_an_empty_key(on: On<'_>) -> Shows {
    let (mallory, _, header, claims) = forger(&on).await;
    let header = with(&header, json!({"kid": "../../../dev/null"}));
    opens(mallory, &hs256(b"", &header, &claims)).await
}

/// Defence `key-rotation`.
pub async fn the_first_key_signs_for_ever(on: On<'_>) -> Shows {
    let mut somebody = on.visitor();
    let first = part(&somebody.access_token("apiuser").await, 0)["kid"].clone();
    on.bench.wait_minutes(31 * 24 * 60).await;
    let later = part(&somebody.access_token("apiuser").await, 0)["kid"].clone();
    Shows::of(first == later)
}

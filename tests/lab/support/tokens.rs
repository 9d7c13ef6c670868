//! Tokens by hand: the parts of a token, and tokens signed with whatever key a test has.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use session_lab::defences::password_storage::DEMO_PASSWORDS;
use sha2::Sha256;

use super::{Client, Reply};

/// A part of a token, decoded.
pub fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("three parts");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// Header and payload in base64url with the dot between them.
pub fn encoded(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}")
}

/// A token signed with HS256.
pub fn hs256(key: &[u8], header: &Value, claims: &Value) -> String {
    let signed = encoded(header, claims);
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac(key, &signed)))
}

/// HMAC-SHA256.
pub fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

/// `whole` with these members in place of those it has; `null` takes one away.
pub fn with(whole: &Value, changes: Value) -> Value {
    let mut whole = whole.clone();
    for (name, value) in changes.as_object().expect("an object") {
        let members = whole.as_object_mut().expect("an object");
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    whole
}

/// Name and password of a demo account, as a sign-in sends them.
pub fn credentials(user: &str) -> Value {
    let known = DEMO_PASSWORDS.iter().find(|(name, _)| *name == user);
    json!({"username": user, "password": known.expect(user).1})
}

impl Client {
    /// Signs in for a token, with these members beside name and password.
    pub async fn token_with(&mut self, user: &str, more: Value) -> Value {
        let sent = with(&credentials(user), more);
        let reply = self.post_json("/jwt/login", &sent).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    /// An access token of a demo account.
    pub async fn access_token(&mut self, user: &str) -> String {
        let tokens = self.token_with(user, json!({})).await;
        tokens["access_token"].as_str().expect("a token").to_owned()
    }

    /// Asks for anything with a token.
    pub async fn bear(&mut self, method: &'static str, path: &str, token: &str) -> Reply {
        let header = format!("Bearer {token}");
        self.send(method, path, &[("authorization", &header)], String::new())
            .await
    }

    /// Asks for the profile with a token.
    pub async fn profile(&mut self, token: &str) -> Reply {
        self.bear("GET", "/jwt/profile", token).await
    }

    /// Whom the profile takes a token for.
    pub async fn opened_by(&mut self, token: &str) -> Option<String> {
        let reply = self.profile(token).await;
        match reply.status {
            200 => Some(
                reply.json()["logged_in_as"]
                    .as_str()
                    .expect("a name")
                    .to_owned(),
            ),
            401 => None,
            status => panic!("{status}: {}", reply.body),
        }
    }

    /// A token that the partner signs for mallory, with these wishes.
    pub async fn partner_token(&mut self, wishes: Value) -> String {
        let sent = with(&credentials("mallory"), wishes);
        let reply = self.post_json("/jwt/partner", &sent).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["token"].as_str().expect("a token").to_owned()
    }

    /// What the partner must be asked for to sign a token that looks like one of the portal's.
    pub async fn portals_own(&mut self) -> Value {
        let reply = self
            .post_json("/jwt/partner", &credentials("mallory"))
            .await
            .json();
        json!({"iss": reply["portal_iss"], "aud": reply["portal_aud"], "typ": "at+jwt"})
    }
}

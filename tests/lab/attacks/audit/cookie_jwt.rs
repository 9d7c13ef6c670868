//! An application for scripts: its sign-in takes JSON, and its session is a JSON Web Token in a cookie.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::applications::{accounts, audited, verdict};
use super::small_app::{Asked, SmallApp, page};

/// In what an application differs from a sound one.
#[derive(Clone, Copy, Default)]
struct Mistakes {
    /// The claims are read and the signature is not.
    verifies_nothing: bool,
    /// The key is a word of the list.
    weak_key: bool,
    /// The sign-in reads JSON under every type.
    takes_any_type: bool,
}

impl Mistakes {
    fn key(self) -> &'static [u8] {
        match self.weak_key {
            true => b"secret",
            false => b"\x8f\x1c\x03no word\xfe of any list",
        }
    }

    fn signed(self, text: &str) -> String {
        let mac: Hmac<Sha256> = Hmac::new_from_slice(self.key()).expect("a key");
        URL_SAFE_NO_PAD.encode(mac.chain_update(text).finalize().into_bytes())
    }

    fn token(self, user: &str) -> String {
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let head = part(json!({"alg": "HS256", "typ": "JWT"}));
        let text = format!("{head}.{}", part(json!({"sub": user})));
        format!("{text}.{}", self.signed(&text))
    }

    /// Whose token a cookie is.
    fn user(self, token: &str) -> Option<String> {
        let (text, signature) = token.rsplit_once('.')?;
        let claims = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        let is_right = self.verifies_nothing || self.signed(text) == signature;
        is_right.then(|| claims["sub"].as_str().map(str::to_owned))?
    }
}

fn json_page(status: &str, headers: &str, json: &Value) -> Vec<u8> {
    let page = String::from_utf8(page(status, headers, &json.to_string())).expect("text");
    page.replace("text/html; charset=utf-8", "application/json")
        .into_bytes()
}

fn application(mistakes: Mistakes) -> SmallApp {
    SmallApp::start(move |asked: &Asked| {
        let refused = |status| json_page(status, "", &json!({"error": "no"}));
        match (&*asked.method, &*asked.path) {
            ("GET", "/") => page("200 OK", "", "<div>Loading</div>"),
            ("POST", "/api/login") => {
                let is_json = asked.head.to_ascii_lowercase().contains("application/json");
                if !is_json && !mistakes.takes_any_type {
                    return refused("415 Unsupported Media Type");
                }
                let sent: Value = serde_json::from_str(&asked.body).unwrap_or_default();
                let right = accounts().into_iter().find(|account| {
                    sent["username"] == *account.user && sent["password"] == *account.password
                });
                let Some(account) = right else {
                    return refused("401 Unauthorized");
                };
                let token = mistakes.token(&account.user);
                let set = format!("Set-Cookie: token={token}; Path=/; HttpOnly; SameSite=Lax\r\n");
                json_page("200 OK", &set, &json!({"ok": true}))
            }
            ("GET", "/api/me") => {
                match asked.cookie("token").and_then(|token| mistakes.user(token)) {
                    Some(user) => json_page("200 OK", "", &json!({"user": user})),
                    None => refused("401 Unauthorized"),
                }
            }
            _ => page("404 Not Found", "", "Nothing here."),
        }
    })
}

#[tokio::test]
async fn a_sound_one_is_found_at_its_usual_routes_and_its_token_holds() {
    let report = audited(&application(Mistakes::default())).await;
    let found = report.found.join(" ");
    assert!(found.contains("the JSON route /api/login"), "{found}");
    assert!(found.contains("recognised at /api/me"), "{found}");
    for (check, word) in [
        ("cookie-token", "not found"),
        ("signing-key", "not found"),
        ("login-csrf", "holds"),
        // Anyone reads the cookie. No attack succeeds by that alone.
        ("client-state", "note"),
        // It is no page to which Back leads.
        ("no-store", "note"),
    ] {
        assert_eq!(verdict(&report, check), word, "{check}: {report:#?}");
    }
}

#[tokio::test]
async fn each_of_its_mistakes_is_a_flaw() {
    let sound = Mistakes::default();
    for (mistakes, check) in [
        (
            Mistakes {
                verifies_nothing: true,
                ..sound
            },
            "cookie-token",
        ),
        (
            Mistakes {
                weak_key: true,
                ..sound
            },
            "signing-key",
        ),
        (
            Mistakes {
                takes_any_type: true,
                ..sound
            },
            "login-csrf",
        ),
    ] {
        let report = audited(&application(mistakes)).await;
        assert_eq!(verdict(&report, check), "flaw", "{check}: {report:#?}");
    }
}

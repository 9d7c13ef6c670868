//! An API that knows tokens only: no cookie makes a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use session_lab::attacks::audit::recipe::Recipe;
use session_lab::attacks::audit::report::AuditReport;
use session_lab::attacks::audit::target::AllowedTarget;
use session_lab::attacks::audit::wire::AuditWire;
use session_lab::attacks::audit::{Audit, run};
use sha2::Sha512;

use super::applications::{accounts, verdict};
use super::small_app::{Asked, SmallApp, page};

const RECIPE: &str = r#"
base = "http://localhost"
mine = true
[token]
page = "/me"
[token.sign-in]
path = "/token"
json = { user = "{user}", password = "{password}" }
[token.renew]
path = "/renew"
"#;

fn signed(text: &str, key: &str) -> String {
    let mac: Hmac<Sha512> = Hmac::new_from_slice(key.as_bytes()).expect("a key");
    URL_SAFE_NO_PAD.encode(mac.chain_update(text).finalize().into_bytes())
}

fn token(user: &str, kind: &str, key: &str) -> String {
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let head = part(json!({"alg": "HS512", "typ": "JWT"}));
    let text = format!("{head}.{}", part(json!({"sub": user, "kind": kind})));
    let signature = signed(&text, key);
    format!("{text}.{signature}")
}

/// Who a bearer is.
fn bearer(asked: &Asked, kind: &str, key: &str) -> Option<String> {
    let line = asked.head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("authorization").then_some(value)
    })?;
    let (text, signature) = line.trim().strip_prefix("Bearer ")?.rsplit_once('.')?;
    let claims = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let is_right = signed(text, key) == signature && claims["kind"] == kind;
    is_right.then(|| claims["sub"].as_str().map(str::to_owned))?
}

fn api(key: &'static str) -> SmallApp {
    SmallApp::start(move |asked: &Asked| {
        let refused = || page("401 Unauthorized", "", "{\"msg\":\"Wrong.\"}");
        match (&*asked.method, &*asked.path) {
            ("POST", "/token") => {
                let sent: Value = serde_json::from_str(&asked.body).unwrap_or_default();
                let is_right = accounts()
                    .iter()
                    .any(|one| sent["user"] == *one.user && sent["password"] == *one.password);
                let user = sent["user"].as_str().unwrap_or_default();
                if !is_right {
                    return refused();
                }
                let pair = json!({
                    "access_token": token(user, "access", key),
                    "refresh_token": token(user, "refresh", key),
                });
                page("200 OK", "", &pair.to_string())
            }
            ("POST", "/renew") => match bearer(asked, "refresh", key) {
                Some(user) => {
                    let renewed = json!({"access_token": token(&user, "access", key)});
                    page("200 OK", "", &renewed.to_string())
                }
                None => refused(),
            },
            ("GET", "/me") => match bearer(asked, "access", key) {
                Some(user) => page("200 OK", "", &json!({"user": user}).to_string()),
                None => refused(),
            },
            _ => page("404 Not Found", "", "{}"),
        }
    })
}

async fn audited(app: &SmallApp) -> AuditReport {
    let target = AllowedTarget::resolve(&app.url())
        .await
        .expect("this computer");
    let wire = AuditWire::new(target, None).expect("TLS").without_pause();
    let recipe = Recipe::read(RECIPE).expect("a recipe");
    let audit = Audit::begin(wire, recipe, accounts()).await;
    let audit = audit.unwrap_or_else(|error| panic!("{error}"));
    run::run(&audit, |_| {}).await
}

#[tokio::test]
async fn an_api_that_knows_tokens_only_is_audited_and_its_key_is_a_word_of_a_manual() {
    let report = audited(&api("super-secret")).await;
    for (check, word) in [
        ("jwt-key", "flaw"),
        ("jwt-signature", "holds"),
        ("jwt-none", "not found"),
        ("jwt-type", "holds"),
        ("refresh-rotation", "flaw"),
        ("login-errors", "holds"),
        ("throttle", "flaw"),
        ("sign-out", "not tried"),
        ("cors", "not tried"),
        // No other service shares the key, so it does not matter that nobody reads the two claims.
        ("jwt-issuer", "cannot tell"),
        ("jwt-audience", "cannot tell"),
        // It has no exp.
        ("jwt-lifetime", "note"),
        ("jwt-claims", "not tried"),
    ] {
        assert_eq!(verdict(&report, check), word, "{check}: {report:#?}");
    }
    for finding in &report.findings {
        assert!(!finding.says.contains(" 1 tokens"), "{}", finding.says);
    }
    let cookie = report.findings.iter().find(|one| one.check == "sign-out");
    assert!(cookie.is_some_and(|one| one.says.contains("cookie")));
}

#[tokio::test]
async fn a_key_of_hs512_that_is_in_no_list_is_not_found() {
    let report = audited(&api("3f0b1f2d-not-in-a-list")).await;
    assert_eq!(verdict(&report, "jwt-key"), "not found", "{report:#?}");
}

#[tokio::test]
async fn an_api_whose_clock_is_behind_the_signer_s_is_said_to_be() {
    let app = SmallApp::start(|asked: &Asked| match &*asked.path {
        "/token" => {
            let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let year_2100 = json!({"sub": "carol@app.test", "nbf": 4_102_444_800_u64});
            let token = format!("{}.{}.c2ln", part(json!({"alg": "RS256"})), part(year_2100));
            page("200 OK", "", &json!({"access_token": token}).to_string())
        }
        _ => page("401 Unauthorized", "", "{}"),
    });
    let target = AllowedTarget::resolve(&app.url())
        .await
        .expect("this computer");
    let wire = AuditWire::new(target, None).expect("TLS").without_pause();
    let recipe = Recipe::read(RECIPE).expect("a recipe");
    let error = Audit::begin(wire, recipe, accounts()).await;
    let error = error.expect_err("no token counts").to_string();
    assert!(
        error.contains("nbf is ") && error.contains("ahead of the clock"),
        "{error}"
    );
}

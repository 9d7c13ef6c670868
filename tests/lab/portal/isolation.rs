//! What one world hands out counts in no other: each credential, on another bench, in another variant
//! with the same policy but for its name, and in one that is weak throughout.

use serde_json::{Value, json};

use crate::support::{Client, TestBench, bench};

/// A place where a credential was not issued. The credential goes into the cookies of that place.
struct Elsewhere<'b> {
    bench: &'b TestBench,
    variant: &'static str,
}

impl Elsewhere<'_> {
    fn visitor(&self) -> Client {
        self.bench.visitor(self.variant)
    }

    /// The name there of a cookie of this kind, as in `state_insecure_t-1`.
    fn cookie(&self, kind: &str) -> String {
        let slot = match self.variant {
            "insecure" | "hardened" | "custom" => self.variant,
            _ => "lab",
        };
        format!("{kind}_{slot}_{}", self.bench.name)
    }

    fn place(&self) -> String {
        format!("{}/{}", self.bench.name, self.variant)
    }
}

fn set(client: &mut Client, name: &str, value: &str) {
    client.jar.retain(|(found, _)| found != name);
    client.jar.push((name.to_owned(), value.to_owned()));
}

/// Variants that accept nearly everything, so that nothing but the isolation refuses.
const WEAK: [&str; 3] = ["insecure", "only-csp", "only-framing"];

/// Every place but the one where the credential was issued.
fn others<'b>(home: (&TestBench, &str), benches: &'b [TestBench; 2]) -> Vec<Elsewhere<'b>> {
    let places = benches.iter().flat_map(|bench| {
        WEAK.into_iter()
            .map(move |variant| Elsewhere { bench, variant })
    });
    let is_home =
        |place: &Elsewhere<'_>| (&place.bench.name, place.variant) == (&home.0.name, home.1);
    places.filter(|place| !is_home(place)).collect()
}

#[tokio::test]
async fn a_session_id_opens_nothing_elsewhere() {
    let benches = [bench(), bench()];
    for variant in WEAK {
        let mut owner = benches[0].visitor(variant);
        owner.sign_in_as("alice").await;
        let id = owner.id();
        for place in others((&benches[0], variant), &benches) {
            let mut visitor = place.visitor();
            visitor.get("/login").await;
            let (name, _) = visitor.session_cookie().expect("a cookie");
            let mut thief = place.visitor().with_cookie(&name, &id);
            assert_ne!(
                thief.whoami().await.as_deref(),
                Some("alice"),
                "{}",
                place.place()
            );
        }
        assert_eq!(owner.whoami().await.as_deref(), Some("alice"));
    }
}

#[tokio::test]
async fn a_signed_state_cookie_makes_nobody_else_elsewhere() {
    let benches = [bench(), bench()];
    for variant in WEAK {
        let mut owner = benches[0].visitor(variant);
        owner.sign_in_as("alice").await;
        let state = owner.cookie("state_").expect("a state").to_owned();
        for place in others((&benches[0], variant), &benches) {
            let mut mallory = place.visitor();
            mallory.sign_in_as("mallory").await;
            set(&mut mallory, &place.cookie("state"), &state);
            let taken_for = mallory.whoami().await;
            assert_eq!(taken_for.as_deref(), Some("mallory"), "{}", place.place());
        }
        // Where it was issued, the weak arm believes a copy.
        let home = Elsewhere {
            bench: &benches[0],
            variant,
        };
        let mut mallory = home.visitor();
        mallory.sign_in_as("mallory").await;
        set(&mut mallory, &home.cookie("state"), &state);
        assert_eq!(
            mallory.whoami().await.as_deref(),
            Some("alice"),
            "{variant}"
        );
    }
}

#[tokio::test]
async fn a_signed_state_with_a_strong_key_makes_nobody_else_elsewhere() {
    let benches = [bench(), bench()];
    let mut owner = benches[0].visitor("without-client-state");
    owner.sign_in_as("alice").await;
    let state = owner.cookie("state_").expect("a state").to_owned();
    for place in [
        Elsewhere {
            bench: &benches[1],
            variant: "without-client-state",
        },
        Elsewhere {
            bench: &benches[0],
            variant: "only-signing-key",
        },
    ] {
        let mut mallory = place.visitor();
        mallory.sign_in_as("mallory").await;
        set(&mut mallory, &place.cookie("state"), &state);
        assert_eq!(
            mallory.whoami().await.as_deref(),
            Some("mallory"),
            "{}",
            place.place()
        );
    }
}

#[tokio::test]
async fn access_and_refresh_tokens_open_nothing_elsewhere() {
    let benches = [bench(), bench()];
    for variant in WEAK {
        let mut owner = benches[0].visitor(variant);
        let tokens = owner.token_with("apiuser", json!({})).await;
        let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        let (access, refresh) = (text("access_token"), text("refresh_token"));
        for place in others((&benches[0], variant), &benches) {
            let at = place.place();
            let mut there = place.visitor();
            let refused = there.profile(&access).await;
            assert_eq!(refused.status, 401, "{at}: {}", refused.body);
            assert_eq!(
                refused.json().get("defence"),
                None,
                "{at}: no switch decides it"
            );
            assert_eq!(there.profile(&refresh).await.status, 401, "{at}");
            let sent = json!({"refresh_token": refresh});
            let refused = there.post_json("/jwt/refresh", &sent).await;
            assert_eq!(refused.status, 401, "{at}: {}", refused.body);
        }
        assert_eq!(owner.opened_by(&access).await.as_deref(), Some("apiuser"));
        let sent = json!({"refresh_token": refresh});
        let refreshed = owner.post_json("/jwt/refresh", &sent).await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    }
}

#[tokio::test]
async fn equal_session_numbers_have_different_csrf_tokens_elsewhere() {
    let benches = [bench(), bench()];
    // Ids are counted, so the first session of each bench has the same number.
    let mut tokens: Vec<Value> = Vec::new();
    let mut ids = Vec::new();
    for bench in &benches {
        bench
            .choose("insecure", &[("csrf-token", "per-session")])
            .await;
        let mut visitor = bench.visitor("custom");
        tokens.push(visitor.get("/csrf-token").await.json()["csrf_token"].clone());
        ids.push(visitor.id());
    }
    assert_eq!(ids[0], ids[1]);
    assert!(tokens[0].is_string());
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn variants_that_share_a_cookies_name_never_give_the_same_number() {
    let bench = bench();
    let mut seen = std::collections::BTreeSet::new();
    for variant in ["only-csp", "only-framing", "without-id-source"] {
        for _ in 0..3 {
            let mut visitor = bench.visitor(variant);
            visitor.get("/login").await;
            assert!(seen.insert(visitor.id()), "{variant}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn a_remembered_browser_is_a_stranger_elsewhere() {
    let benches = [bench(), bench()];
    let mut owner = benches[0].visitor("insecure");
    owner.get("/login").await;
    let form = [
        ("username", "alice"),
        ("password", "wonderland"),
        ("remember", "1"),
    ];
    assert_eq!(owner.submit("/login", &form).await.status, 303);
    let browser = owner.cookie("browser_").expect("a browser").to_owned();
    for place in others((&benches[0], "insecure"), &benches) {
        let mut visitor = place
            .visitor()
            .with_cookie(&place.cookie("browser"), &browser);
        let page = visitor.get("/login").await.body;
        assert!(!page.contains("value=\"alice\""), "{}", place.place());
    }
}

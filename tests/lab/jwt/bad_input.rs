//! Tokens of any shape: 401 and never 500, nothing of them comes back, nobody is locked out.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::{Value, json};
use session_lab::base::addresses::Listener;
use session_lab::jwt::json::MAX_VALUES;

use crate::support::tokens::{encoded, hs256, part, with};
use crate::support::{bench, send_raw};

const BOTH: [&str; 2] = ["insecure", "hardened"];

/// The key of the insecure portal: with it a token gets past the signature.
const WORD: &[u8] = b"secret";

fn raw(header: &[u8], payload: &[u8], signature: &[u8]) -> String {
    [header, payload, signature]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".")
}

const HEADER: &[u8] = br#"{"alg":"HS256","kid":"hs-1","typ":"at+jwt"}"#;

/// Tokens that no verifier may take, however little it checks.
fn odd_tokens() -> Vec<String> {
    let good = raw(HEADER, br#"{"sub":"echo-me"}"#, b"x");
    let signed = good.rsplit_once('.').expect("three parts").0.to_owned();
    let claims = |count| -> Value {
        let all = (0..count).map(|n| (format!("claim-{n}"), json!("echo-me")));
        with(&Value::Object(all.collect()), json!({"sub": "apiuser"}))
    };
    let (some, many) = (claims(MAX_VALUES), claims(3_000));
    let deep = format!(
        "{{\"sub\":\"echo-me\",\"a\":{}1{}}}",
        "[".repeat(2_000),
        "]".repeat(2_000)
    );
    let payload = br#"{"sub":"echo-me"}"#;
    vec![
        hs256(WORD, &json!({"alg": "HS256"}), &many),
        // Short enough to be read, and signed with the insecure portal's own key.
        hs256(WORD, &json!({"alg": "HS256", "kid": "hs-1"}), &some),
        raw(HEADER, br#"{"sub":"student123","sub":"echo-me"}"#, b"x"),
        raw(br#"{"alg":"HS256","alg":"none"}"#, payload, b""),
        raw(HEADER, b"{\"sub\":\"echo-me\xff\"}", b"x"),
        raw(b"\xff\xfe{\0}\0", payload, b"x"),
        raw(HEADER, br#"{"sub":"echo-me","exp":1e400}"#, b"x"),
        raw(HEADER, br#"{"sub":"echo-me","exp":"never"}"#, b"x"),
        raw(HEADER, br#"{"sub":"echo-me","exp":{}}"#, b"x"),
        raw(HEADER, br#"{"sub":12345678901234567890123}"#, b"x"),
        raw(HEADER, br#"{"sub":null}"#, b"x"),
        raw(HEADER, br#"["echo-me"]"#, b"x"),
        raw(HEADER, deep.as_bytes(), b"x"),
        raw(br#"{"alg":"XYZ","kid":"hs-1"}"#, payload, b"x"),
        raw(br#"{"alg":null}"#, payload, b"x"),
        raw(b"{}", payload, b"x"),
        format!("{signed}.{}", URL_SAFE.encode(b"x")),
        format!("{signed}.{}", STANDARD.encode([255; 3])),
        format!("{signed}.eB"),
        format!("{good}.x.y"),
        format!("{good}.."),
        signed,
        good.replace('.', ". "),
        "..".into(),
        "....".into(),
        r#"{"payload":"e30","signatures":[{"signature":"eA"}]}"#.into(),
        "%00%ff".into(),
        "=".repeat(100),
        "a".repeat(60_000),
        format!(
            "{}.{}.{}",
            "a".repeat(30_000),
            "b".repeat(30_000),
            "c".repeat(30_000)
        ),
    ]
}

#[tokio::test]
async fn odd_tokens_are_refused_by_both_sides_and_nothing_of_them_comes_back() {
    for variant in BOTH {
        let mut client = bench().visitor(variant);
        for token in odd_tokens() {
            let reply = client.profile(&token).await;
            let shown = &token[..token.len().min(120)];
            assert_eq!(reply.status, 401, "{variant} {shown}: {}", reply.body);
            assert!(!reply.body.contains("echo-me"), "{shown}");
            let challenge = reply.header("www-authenticate").expect("a challenge");
            assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        }
    }
}

/// Issue 17.5: each refused token names its own cause. A cause of the form is named by both sides.
#[tokio::test]
async fn a_refused_token_is_never_given_a_false_reason() {
    let header = |alg: &str| format!(r#"{{"alg":"{alg}","kid":"hs-1","typ":"at+jwt"}}"#);
    let with_header = |header: &str| raw(header.as_bytes(), br#"{"sub":"apiuser"}"#, b"x");
    let with_claims = |claims: &str| raw(HEADER, claims.as_bytes(), b"x");
    let good = with_header(&header("HS256"));
    let signed = good.rsplit_once('.').expect("three parts").0.to_owned();
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let many: String = (0..101).map(|n| format!("\"{n}\":0,")).collect();
    let forms = [
        (
            with_claims(r#"{"sub":"a","sub":"b"}"#),
            "The payload names a member twice.",
        ),
        (
            with_header(r#"{"alg":"HS256","alg":"none"}"#),
            "The header names a member twice.",
        ),
        (
            with_claims(r#"{"sub":"a","exp":1e400}"#),
            "The payload has a number that is too large",
        ),
        (
            with_claims(&deep),
            "The payload is nested more than 32 levels deep.",
        ),
        (
            with_claims(r#"{"sub":"a"} x"#),
            "The payload goes on after its object.",
        ),
        (
            with_claims(&format!("{{{many}\"sub\":\"a\"}}")),
            "The payload holds more than 100 values",
        ),
        (
            with_claims(r#"{"sub":"a""#),
            "The payload is JSON that ends too early.",
        ),
        (with_claims("{'sub':'a'}"), "The payload is not JSON."),
        (
            with_claims("\u{feff}{}"),
            "The payload begins with a byte order mark",
        ),
        (
            with_claims(r#"["a"]"#),
            "The payload is JSON, but not an object",
        ),
        (with_claims(""), "The payload is empty."),
        (
            raw(HEADER, b"{\"sub\":\"\xff\"}", b"x"),
            "The payload is not UTF-8 text.",
        ),
        (with_header("{}"), "The header has no alg"),
        (with_header(r#"{"alg":1}"#), "The header's alg is not text."),
        (
            with_header(r#"{"alg":"HS256","kid":[]}"#),
            "The header's kid is not text.",
        ),
        (with_claims("{}"), "The claim sub is missing"),
        (with_claims(r#"{"sub":""}"#), "The claim sub is empty."),
        (
            with_claims(r#"{"sub":"a","exp":"1"}"#),
            "The claim exp is not a number of seconds.",
        ),
        ("abc".into(), "this text has no dot."),
        (signed.clone(), "this text has one dot."),
        (format!("{good}.x"), "this text has more."),
        (format!("{good}.x.y"), "an encrypted token"),
        (
            format!("{signed}.eA=="),
            "A part of the token is padded with =",
        ),
        (format!("{signed}.+/+/"), "A part of the token has + or /"),
        (
            format!("{signed}.e A"),
            "There is white space in a part of the token.",
        ),
        (
            format!("{signed}.e"),
            "A part of the token ends inside a byte",
        ),
        (
            format!("{signed}.e!"),
            "A part of the token has a character",
        ),
        ("a".repeat(9_000), "The token is longer than any"),
    ];
    let on_hardened = [
        (with_header(&header("none")), "alg is none"),
        (with_header(&header("nOnE")), "alg is none"),
        (with_header(&header("hs256")), "case matters"),
        (
            with_header(&header("foo")),
            "not the name of an algorithm that signs",
        ),
        (
            raw(HEADER, br#"{"sub":"a"}"#, b""),
            "The token has no signature.",
        ),
        (with_header(&header("ES512")), "no algorithm of this API"),
        (with_header(&header("ES256")), "not that of its key"),
        (good, "The token's signature is wrong."),
    ];
    let on_insecure = [(with_header(&header("foo")), "no algorithm of this API")];
    let forms_on = |variant| forms.iter().map(move |row| (variant, row));
    let cases = BOTH.into_iter().flat_map(forms_on);
    let cases = cases.chain(on_hardened.iter().map(|row| ("hardened", row)));
    for (variant, (token, cause)) in cases.chain(on_insecure.iter().map(|row| ("insecure", row))) {
        let reply = bench().visitor(variant).profile(token).await;
        assert_eq!(reply.status, 401);
        assert!(
            reply.body.contains(cause),
            "{variant} {cause}: {}",
            reply.body
        );
    }
}

#[tokio::test]
async fn an_unverified_claim_is_never_echoed_by_the_hardened_side() {
    let mut client = bench().visitor("hardened");
    let own = client.access_token("mallory").await;
    let (header, claims) = (part(&own, 0), part(&own, 1));
    for changes in [
        json!({"sub": "echo-me"}),
        json!({"iss": "echo-me"}),
        json!({"aud": "echo-me"}),
        json!({"jti": "echo-me", "exp": 1}),
    ] {
        for header in [
            &header,
            &with(&header, json!({"kid": "echo-me", "typ": "echo-me"})),
        ] {
            let token = hs256(b"not the key", header, &with(&claims, changes.clone()));
            let reply = client.profile(&token).await;
            assert_eq!(reply.status, 401);
            let challenge = reply.header("www-authenticate").expect("a challenge");
            assert!(!reply.body.contains("echo-me") && !challenge.contains("echo-me"));
        }
    }
}

#[tokio::test]
async fn two_hundred_bad_tokens_lock_nobody_out() {
    for variant in BOTH {
        let bench = bench();
        let mut client = bench.visitor(variant);
        let good = client.access_token("apiuser").await;
        let mut bad = part(&good, 0);
        bad["alg"] = "XYZ".into();
        let bad = format!("{}.eHh4", encoded(&bad, &part(&good, 1)));
        for _ in 0..200 {
            assert_eq!(client.profile(&bad).await.status, 401);
        }
        assert_eq!(client.opened_by(&good).await.as_deref(), Some("apiuser"));
        client.access_token("apiuser").await;
    }
}

#[tokio::test]
async fn a_token_as_long_as_the_header_limit_is_refused_without_being_read() {
    let path = format!("{}/insecure/jwt/profile", bench().name.prefix());
    let mut last = 401;
    for length in [9_000, 100_000, 300_000, 2_000_000] {
        let line = format!("Authorization: Bearer {}", "a".repeat(length));
        let host = crate::support::lab()
            .addresses
            .port(Listener::PortalHttp)
            .expect("it is up");
        let answer = send_raw(
            Listener::PortalHttp,
            &[
                &format!("GET {path} HTTP/1.1"),
                &format!("Host: localhost:{host}"),
                &line,
            ],
            "",
        )
        .await;
        let status: u16 = answer
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .unwrap_or(0);
        // Beyond its own limit the server answers 431, or has closed the line.
        assert!(
            status == last || [431, 0].contains(&status),
            "{length}: {answer}"
        );
        last = status;
    }
}

#[tokio::test]
async fn odd_refresh_tokens_and_bodies_are_refused() {
    for variant in BOTH {
        let mut client = bench().visitor(variant);
        for token in odd_tokens()
            .into_iter()
            .filter(|token| token.len() < 10_000)
        {
            let reply = client
                .post_json("/jwt/refresh", &json!({ "refresh_token": token }))
                .await;
            assert_eq!(reply.status, 401, "{token}");
            assert!(!reply.body.contains("echo-me"));
        }
        let headers = [("content-type", "application/json")];
        for body in ["", "{", "[]", "null", "\"x\"", "{\"refresh_token\":[]}"] {
            let reply = client
                .send("POST", "/jwt/refresh", &headers, body.into())
                .await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.body);
        }
    }
}

/// The next step that the answer names is one that works.
#[tokio::test]
async fn a_refresh_token_in_the_wrong_place_is_told_the_right_one() {
    for (variant, place) in [("insecure", "in the body"), ("hardened", "in its cookie")] {
        let mut client = bench().visitor(variant);
        let headers = [
            ("content-type", "application/json"),
            ("authorization", "Bearer a.b.c"),
        ];
        let reply = client
            .send("POST", "/jwt/refresh", &headers, "{}".into())
            .await;
        assert_eq!(reply.status, 401, "{}", reply.body);
        assert!(reply.body.contains(place), "{}", reply.body);
        assert!(!reply.body.contains("Bearer"), "{}", reply.body);
    }
}

#[tokio::test]
async fn an_odd_refresh_cookie_is_refused() {
    let bench = bench();
    let name = format!("__Host-refresh_hardened_{}", bench.name);
    for value in ["", "x", "a.b.c", "\"quoted\"", "%00"] {
        let mut client = bench.visitor("hardened").with_cookie(&name, value);
        let reply = client.post_json("/jwt/refresh", &json!({})).await;
        assert_eq!(reply.status, 401, "{value}");
    }
}

/// Anything that is nearly a token.
fn nearly() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[A-Za-z0-9_=+/-]{0,40}",
        any::<Vec<u8>>().prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        "\\PC{0,20}".prop_map(|text| URL_SAFE_NO_PAD.encode(format!("{{\"sub\":\"{text}\"}}"))),
        "[a-zA-Z0-9]{0,6}".prop_map(|alg| {
            URL_SAFE_NO_PAD.encode(format!(
                "{{\"alg\":\"{alg}\",\"kid\":\"hs-1\",\"jku\":\"x\"}}"
            ))
        }),
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.join("."))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_is_nearly_a_token_is_refused_by_the_hardened_side(token in nearly()) {
        static RUNTIME: std::sync::LazyLock<tokio::runtime::Runtime> =
            std::sync::LazyLock::new(|| tokio::runtime::Runtime::new().expect("a runtime"));
        static BENCH: std::sync::LazyLock<crate::support::TestBench> =
            std::sync::LazyLock::new(bench);
        let mut client = BENCH.visitor("hardened");
        let reply = RUNTIME.block_on(client.profile(&token));
        prop_assert_eq!(reply.status, 401, "{}", reply.body);
    }
}

//! What the API answers: status, body and `WWW-Authenticate`, as the seeds and RFC 6750 say.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use session_lab::base::addresses::Listener;

use crate::support::tokens::{credentials, part};
use crate::support::{bench, curl};

const BOTH: [&str; 2] = ["insecure", "hardened"];

#[tokio::test]
async fn the_lines_of_the_seeds_work_under_the_new_addresses() {
    for variant in BOTH {
        let mut client = bench().visitor(variant);
        let sent = json!({"username": "apiuser", "password": "password123"});
        let reply = client.post_json("/jwt/login", &sent).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let tokens = reply.json();
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 900);
        let token = tokens["access_token"].as_str().expect("a token");
        assert_eq!(
            part(token, 0)["alg"],
            "HS256",
            "unless another is asked for"
        );

        let profile = client.profile(token).await;
        assert_eq!(profile.status, 200, "{}", profile.body);
        assert_eq!(profile.body, r#"{"logged_in_as":"apiuser"}"#);
        assert_eq!(profile.header("www-authenticate"), None);
    }
}

/// The lines as they are typed, with the real curl.
#[tokio::test(flavor = "multi_thread")]
async fn the_seeds_curl_prints_what_the_seeds_show() {
    let (lab, bench) = (crate::support::lab(), bench());
    let https = lab.addresses.port(Listener::PortalHttps).expect("it is up");
    let http = lab.addresses.port(Listener::PortalHttp).expect("it is up");
    let prefix = bench.name.prefix();
    for portal in [
        format!("http://localhost:{http}{prefix}/insecure"),
        format!("https://localhost:{https}{prefix}/hardened"),
    ] {
        let login = format!("{portal}/jwt/login");
        let json = "Content-Type: application/json";
        let account = r#"{"username": "apiuser", "password": "password123"}"#;
        let printed = curl(&["-k", "-X", "POST", &login, "-H", json, "-d", account]);
        let printed: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
        let token = printed["access_token"].as_str().expect("a token");

        let profile = format!("{portal}/jwt/profile");
        let bearer = format!("Authorization: Bearer {token}");
        let printed = curl(&["-k", "-X", "GET", &profile, "-H", &bearer]);
        assert_eq!(printed, r#"{"logged_in_as":"apiuser"}"#);
        let without = curl(&["-k", "-X", "GET", &profile, "-w", "%{http_code}"]);
        assert!(without.ends_with("401"), "{without}");
        let invalid = "Authorization: Bearer YOUR_TOKEN_HERE";
        let with = curl(&[
            "-k",
            "-X",
            "GET",
            &profile,
            "-H",
            invalid,
            "-w",
            "%{http_code}",
        ]);
        assert!(with.ends_with("401"), "{with}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_answered_as_the_seeds_do() {
    for variant in BOTH {
        let mut client = bench().visitor(variant);
        let wrong = json!({"username": "apiuser", "password": "wrong"});
        let reply = client.post_json("/jwt/login", &wrong).await;
        assert_eq!(reply.status, 401);
        assert_eq!(
            reply.header("content-type"),
            Some("application/problem+json")
        );
        let problem = reply.json();
        assert!(
            problem["msg"].is_string() && problem["status"] == 401,
            "{problem}"
        );
        assert!(!reply.body.contains("access_token"));
    }
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_read_is_refused_with_what_to_do() {
    let mut client = bench().visitor("hardened");
    for (sent, status) in [
        (json!({}), 401),
        (json!({"username": "apiuser"}), 401),
        (json!({"username": 1, "password": 2}), 422),
        (json!([]), 422),
        (
            json!({"username": "apiuser", "password": "password123", "alg": "none"}),
            422,
        ),
        (
            json!({"username": "apiuser", "password": "password123", "alg": "RS256"}),
            422,
        ),
    ] {
        let reply = client.post_json("/jwt/login", &sent).await;
        assert_eq!(reply.status, status, "{sent}: {}", reply.body);
        assert!(reply.json()["next"].is_string());
    }
    let form = [
        ("username", "apiuser".to_owned()),
        ("password", "password123".to_owned()),
    ];
    assert_eq!(client.post_form("/jwt/login", &form).await.status, 415);
}

#[tokio::test]
async fn guesses_are_counted_with_those_of_every_other_sign_in() {
    let mut client = bench().visitor("hardened");
    let wrong = json!({"username": "alice", "password": "wrong"});
    for path in [
        "/jwt/login",
        "/api/login",
        "/jwt/partner",
        "/jwt/login",
        "/api/login",
    ] {
        assert_eq!(client.post_json(path, &wrong).await.status, 401, "{path}");
    }
    let reply = client.post_json("/jwt/login", &credentials("alice")).await;
    assert_eq!(reply.status, 429);
    // Twelve seconds bring one try back; a slow run has waited for some of them already.
    let wait = reply
        .header("retry-after")
        .and_then(|text| text.parse().ok());
    assert!(
        wait.is_some_and(|wait: u64| (1..=12).contains(&wait)),
        "{wait:?}"
    );
}

#[tokio::test]
async fn without_a_token_the_challenge_holds_no_error() {
    for variant in BOTH {
        let mut client = bench().visitor(variant);
        for headers in [
            &[][..],
            &[("authorization", "Basic YTpi")],
            &[("authorization", "")],
        ] {
            for (method, path) in [
                ("GET", "/jwt/profile"),
                ("GET", "/jwt/admin"),
                ("POST", "/jwt/logout"),
            ] {
                let reply = client.send(method, path, headers, String::new()).await;
                assert_eq!(reply.status, 401, "{path}");
                let challenge = reply.header("www-authenticate");
                assert_eq!(challenge, Some("Bearer realm=\"portal\""), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_token_is_named_invalid_and_nothing_of_it_comes_back() {
    for variant in BOTH {
        let mut client = bench().visitor(variant);
        for token in ["x", "a.b.c", "", "evil<script>.x.y"] {
            let reply = client.profile(token).await;
            assert_eq!(reply.status, 401, "{token}");
            let challenge = reply.header("www-authenticate").expect("a challenge");
            let begins = "Bearer realm=\"portal\", error=\"invalid_token\", error_description=\"";
            assert!(challenge.starts_with(begins), "{challenge}");
            assert_eq!(challenge.matches('"').count(), 6, "{challenge}");
            assert!(!reply.body.contains("evil") && !challenge.contains("evil"));
            assert_eq!(reply.json()["is_authenticated"], false);
        }
    }
}

#[tokio::test]
async fn two_tokens_in_one_request_are_one_too_many() {
    let bench = bench();
    let mut client = bench.visitor("insecure");
    let token = client.access_token("apiuser").await;
    let one = format!("Bearer {token}");
    let twice = [
        ("authorization", one.as_str()),
        ("authorization", one.as_str()),
    ];
    let both = format!("/jwt/profile?access_token={token}");
    for (path, headers) in [("/jwt/profile", &twice[..]), (&both, &twice[..1])] {
        let reply = client.send("GET", path, headers, String::new()).await;
        assert_eq!(reply.status, 400, "{path}");
        let challenge = reply.header("www-authenticate").expect("a challenge");
        assert!(
            challenge.contains("error=\"invalid_request\""),
            "{challenge}"
        );
    }
    let mut hardened = bench.visitor("hardened");
    assert_eq!(
        hardened
            .send("GET", "/jwt/profile", &twice, String::new())
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_administrators_route_wants_the_scope() {
    for variant in BOTH {
        let mut client = bench().visitor(variant);
        let student = client.access_token("apiuser").await;
        let reply = client.bear("GET", "/jwt/admin", &student).await;
        assert_eq!(reply.status, 403);
        let challenge = reply.header("www-authenticate").expect("a challenge");
        assert!(
            challenge.contains("error=\"insufficient_scope\""),
            "{challenge}"
        );
        assert!(challenge.ends_with("scope=\"admin\""), "{challenge}");

        let admin = client.access_token("admin").await;
        assert_eq!(part(&admin, 1)["scope"], "profile admin");
        let reply = client.bear("GET", "/jwt/admin", &admin).await;
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (200, r#"{"active_sessions":0}"#)
        );
    }
}

#[tokio::test]
async fn a_token_holds_the_claims_of_rfc_9068_in_compact_json() {
    let bench = bench();
    let mut client = bench.visitor("hardened");
    for (alg, kid) in [("HS256", "hs-1"), ("ES256", "es-1")] {
        let tokens = client.token_with("apiuser", json!({ "alg": alg })).await;
        let token = tokens["access_token"].as_str().expect("a token");
        assert_eq!(
            part(token, 0),
            json!({"alg": alg, "kid": kid, "typ": "at+jwt"})
        );
        for part in token.split('.').take(2) {
            let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
            assert!(!bytes.iter().any(u8::is_ascii_whitespace), "compact");
        }
        let claims = part(token, 1);
        let names = [
            "iss",
            "aud",
            "sub",
            "client_id",
            "sid",
            "jti",
            "iat",
            "exp",
            "scope",
        ];
        assert_eq!(
            claims.as_object().expect("claims").len(),
            names.len(),
            "{claims}"
        );
        assert!(names.iter().all(|name| !claims[name].is_null()), "{claims}");
        let issuer = claims["iss"].as_str().expect("a name");
        let path = format!("{}/hardened", bench.name.prefix());
        assert!(
            issuer.starts_with("https://localhost:") && issuer.ends_with(&path),
            "{issuer}"
        );
        assert_eq!(claims["aud"], format!("{issuer}/jwt"));
        let [exp, iat] = ["exp", "iat"].map(|name| claims[name].as_u64().expect("whole seconds"));
        assert_eq!(exp - iat, 900);
    }
}

#[tokio::test]
async fn a_token_counts_on_its_own_bench_and_variant_only() {
    let (one, other) = (bench(), bench());
    let token = one.visitor("hardened").access_token("apiuser").await;
    for mut stranger in [other.visitor("hardened"), one.visitor("without-csp")] {
        assert_eq!(stranger.opened_by(&token).await, None);
    }
    assert_eq!(
        one.visitor("hardened").opened_by(&token).await.as_deref(),
        Some("apiuser")
    );
}

#[tokio::test]
async fn the_api_is_asked_in_clear_only_where_the_policy_answers() {
    let bench = bench();
    let token = bench.visitor("insecure").access_token("apiuser").await;
    let mut clear = bench.visitor_in_clear("insecure");
    assert_eq!(clear.opened_by(&token).await.as_deref(), Some("apiuser"));
    let token = bench.visitor("hardened").access_token("apiuser").await;
    assert_eq!(
        bench
            .visitor_in_clear("hardened")
            .profile(&token)
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_sign_in_for_a_token_opens_no_session_and_the_journal_holds_no_token() {
    let bench = bench();
    let mut client = bench.visitor("hardened");
    let token = client.access_token("apiuser").await;
    assert!(client.session_cookie().is_none());
    assert_eq!(client.profile("x.y.z").await.status, 401);
    let evidence = bench.evidence("hardened").await.to_string();
    assert!(evidence.contains("apiuser got token #"), "{evidence}");
    for part in token.split('.') {
        assert!(!evidence.contains(part));
    }
    let jti = part(&token, 1)["jti"].as_str().expect("a name").to_owned();
    assert!(!evidence.contains(&jti));
}

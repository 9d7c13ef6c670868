//! What judging a token costs, under the hardened policy and without the store: two that are good,
//! and the refusals that a stranger can ask for as often as they like.
//!
//! How much memory each takes is a test: `tests/lab/jwt/allocations.rs`.

use std::hint::black_box;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::Criterion;
use serde_json::{Map, Value, json};
use session_lab::defences::PolicyProbe;
use session_lab::defences::policy::Policy;
use session_lab::jwt::issue::sign;
use session_lab::jwt::json::MAX_VALUES;
use session_lab::jwt::keys::SigningAlgorithm;
use session_lab::jwt::verify::{TokenCheck, TokenExpectations, TokenPurpose};
use session_lab::jwt::{KeyRing, TokenNames, verify};

use crate::stand::START;

/// The claims of a token of the portal, and as many more as are asked for.
fn claims(names: &TokenNames, more: usize) -> Map<String, Value> {
    let now = START.seconds();
    let own = json!({
        "iss": names.issuer, "aud": names.audience, "sub": "apiuser", "client_id": "portal-page",
        "sid": "0123456789012345678901", "jti": "0123456789012345678901",
        "iat": now, "exp": now + 900, "scope": "profile",
    });
    let mut claims = own.as_object().cloned().expect("an object");
    claims.extend((0..more).map(|n| (n.to_string(), n.into())));
    claims
}

pub fn judgements(criterion: &mut Criterion) {
    let probe = &PolicyProbe::new(Policy::HARDENED);
    let ring = &KeyRing::new(probe, Duration::ZERO, |kid| [kid.as_bytes()[0]; 32]);
    let names = &TokenNames::of("https://localhost:7443/hardened".into());
    let expected = &TokenExpectations {
        names,
        fetched: &[],
        now: START,
        purpose: TokenPurpose::Access,
    };
    let issue =
        |signs, more| sign(ring, signs, "at+jwt", &claims(names, more)).expect("a key that signs");
    let judge = |token: &str| verify(token, probe, ring, expected);

    let mut group = criterion.benchmark_group("verification");
    for (what, signs) in [
        ("accept HS256", SigningAlgorithm::Hs256),
        ("accept ES256", SigningAlgorithm::Es256),
    ] {
        let token = issue(signs, 0);
        // The first time makes the pair of keys, which no later request does.
        assert!(judge(&token).is_ok());
        group.bench_function(what, |bencher| bencher.iter(|| judge(black_box(&token))));
    }

    let random = |token: &str| {
        let (text, _) = token.rsplit_once('.').expect("three parts");
        format!("{text}.{}", URL_SAFE_NO_PAD.encode([7; 32]))
    };
    let many = issue(SigningAlgorithm::Hs256, 10_000);
    for (what, token, check) in [
        (
            "refuse a random signature",
            random(&issue(SigningAlgorithm::Hs256, 0)),
            TokenCheck::Signature,
        ),
        ("refuse 10000 claims", many.clone(), TokenCheck::Form),
        (
            "refuse the first 9000 bytes of them",
            many[..9_000].to_owned(),
            TokenCheck::Form,
        ),
        (
            "refuse as many claims as are read",
            random(&issue(SigningAlgorithm::Hs256, MAX_VALUES - 9)),
            TokenCheck::Signature,
        ),
        (
            "refuse as many claims as fit",
            random(&issue(SigningAlgorithm::Hs256, 430)),
            TokenCheck::Form,
        ),
    ] {
        let refusal = judge(&token).expect_err("a refusal");
        assert_eq!(refusal.check, check, "{what}");
        group.bench_function(what, |bencher| bencher.iter(|| judge(black_box(&token))));
    }
    group.finish();
}

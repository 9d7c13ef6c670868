//! How much memory the verifier takes for a token, counted: little for one that is good, and never
//! much for one that is hostile, however long it is.

use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use session_lab::base::clock::BenchTime;
use session_lab::defences::PolicyProbe;
use session_lab::defences::policy::Policy;
use session_lab::jwt::issue::sign;
use session_lab::jwt::keys::SigningAlgorithm;
use session_lab::jwt::token::MAX_TOKEN_BYTES;
use session_lab::jwt::verify::{TokenCheck, TokenExpectations, TokenPurpose};
use session_lab::jwt::{KeyRing, TokenNames, verify};

const NOW: u64 = 1_800_000_000;

/// What the verifier of the hardened portal answers, and what it took for that.
struct Judge {
    probe: PolicyProbe,
    ring: KeyRing,
    names: TokenNames,
}

impl Judge {
    fn new() -> Self {
        let probe = PolicyProbe::new(Policy::HARDENED);
        let ring = KeyRing::new(&probe, Duration::ZERO, |kid| [kid.as_bytes()[0]; 32]);
        let names = TokenNames::of("https://localhost:7443/hardened".into());
        Self { probe, ring, names }
    }

    fn genuine(&self, signs: SigningAlgorithm) -> String {
        let claims = json!({
            "iss": self.names.issuer, "aud": self.names.audience, "sub": "apiuser",
            "client_id": "portal-page", "sid": "0123456789012345678901",
            "jti": "0123456789012345678901", "iat": NOW, "exp": NOW + 900, "scope": "profile",
        });
        let claims = claims.as_object().expect("an object");
        sign(&self.ring, signs, "at+jwt", claims).expect("a key that signs")
    }

    fn judge(&self, token: &str) -> (Result<String, TokenCheck>, AllocationInfo) {
        let expected = TokenExpectations {
            names: &self.names,
            fetched: &[],
            now: BenchTime::from_millis(NOW * 1000),
            purpose: TokenPurpose::Access,
        };
        let mut answer = Err(TokenCheck::Form);
        let taken = measure(|| {
            let verified = verify(token, &self.probe, &self.ring, &expected);
            answer = verified.map(|claims| claims.sub).map_err(|no| no.check);
        });
        (answer, taken)
    }
}

/// A token with this payload, whose signature is wrong.
fn forged(payload: &str) -> String {
    let header = r#"{"alg":"HS256","kid":"hs-1","typ":"at+jwt"}"#;
    let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode([7; 32]))
}

/// `{"sub":"x",…}` with this text repeated in it as often as it fits into a token that is read.
fn filled(before: &str, repeated: &str, after: &str) -> String {
    let room = (MAX_TOKEN_BYTES - 200) / 4 * 3;
    let repeated = repeated.repeat(room / repeated.len());
    forged(&format!("{{\"sub\":\"x\",{before}{repeated}{after}}}"))
}

#[test]
fn a_token_is_judged_with_a_few_dozen_small_allocations() {
    let judge = Judge::new();
    for (signs, length) in [(SigningAlgorithm::Hs256, 32), (SigningAlgorithm::Es256, 64)] {
        let genuine = judge.genuine(signs);
        let (signed, _) = genuine.rsplit_once('.').expect("three parts");
        let random = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(vec![7; length]));
        // The first time makes the pair of keys.
        judge.judge(&genuine).0.expect("it is accepted");
        for (token, expected) in [
            (&genuine, Ok("apiuser".to_owned())),
            (&random, Err(TokenCheck::Signature)),
        ] {
            let (answer, taken) = judge.judge(token);
            assert_eq!(answer, expected);
            assert!(taken.count_total <= 60, "{signs:?}: {taken:?}");
            assert!(taken.bytes_total <= 4_000, "{signs:?}: {taken:?}");
        }
    }
}

#[test]
fn a_token_longer_than_any_is_refused_without_an_allocation() {
    let judge = Judge::new();
    let many: String = (0..10_000).map(|n| format!("\"claim-{n}\":{n},")).collect();
    let many = forged(&format!("{{{many}\"sub\":\"x\"}}"));
    for token in [&many, &many[..=MAX_TOKEN_BYTES], &".".repeat(300_000)] {
        let (answer, taken) = judge.judge(token);
        assert_eq!(answer, Err(TokenCheck::Form));
        assert_eq!(taken.count_total, 0, "{} bytes: {taken:?}", token.len());
    }
}

#[test]
fn no_hostile_token_takes_much_more_memory_than_text_of_its_length() {
    let judge = Judge::new();
    for (what, token) in [
        ("one text", filled("\"a\":\"", "x", "\"")),
        ("escapes", filled("\"a\":\"", "\\n", "\"")),
        ("numbers", filled("\"a\":[", "0,", "0]")),
        ("audiences", filled("\"aud\":[", "\"\",", "\"\"]")),
        ("lists", filled("\"a\":[", "[0],", "0]")),
        ("objects", filled("\"a\":[", "{\"\":0},", "0]")),
        ("a nest", filled("\"a\":", "{\"a\":", "0")),
    ] {
        assert!(
            token.len() > MAX_TOKEN_BYTES - 200 && token.len() <= MAX_TOKEN_BYTES,
            "{what}"
        );
        let (answer, taken) = judge.judge(&token);
        assert!(answer.is_err(), "{what}");
        let most = 8 * token.len() as u64;
        assert!(taken.bytes_total <= most, "{what}: {taken:?}");
        assert!(taken.count_total <= 400, "{what}: {taken:?}");
    }
}

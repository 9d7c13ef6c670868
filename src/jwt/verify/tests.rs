//! The verifier under policies that differ in one arm: each check by hand.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Map, json};
use std::time::Duration;

use super::*;
use crate::defences::policy::Policy;
use crate::jwt::keys::SigningAlgorithm;

mod order;

const NOW: u64 = 1_800_000_000;

fn names() -> TokenNames {
    TokenNames::of("https://localhost:7443/hardened".into())
}

fn ring(policy: Policy) -> KeyRing {
    let derive = |kid: &str| {
        let mut bytes = [7; 32];
        bytes[..kid.len()].copy_from_slice(kid.as_bytes());
        bytes
    };
    KeyRing::new(&PolicyProbe::new(policy), Duration::ZERO, derive)
}

/// The hardened policy with these defences weak.
fn without(weak: &[Name]) -> Policy {
    weak.iter().fold(Policy::HARDENED, |policy, name| {
        policy.with(*name, &Policy::INSECURE)
    })
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().expect("an object")
}

/// What the header and the payload of a genuine token say, with these members in place of theirs;
/// `null` removes one.
fn changed(mut whole: Map<String, Value>, changes: Value) -> Map<String, Value> {
    for (name, value) in object(changes) {
        if value.is_null() {
            whole.remove(&name);
        } else {
            whole.insert(name, value);
        }
    }
    whole
}

fn header(changes: Value) -> Map<String, Value> {
    changed(
        object(json!({"alg": "HS256", "kid": "hs-1", "typ": "at+jwt"})),
        changes,
    )
}

fn claims(changes: Value) -> Map<String, Value> {
    let whole = json!({
        "iss": names().issuer, "aud": names().audience, "sub": "apiuser",
        "iat": NOW - 60, "exp": NOW + 840, "jti": "one",
    });
    changed(object(whole), changes)
}

fn signed(
    policy: Policy,
    signs: SigningAlgorithm,
    header: Map<String, Value>,
    claims: Value,
) -> String {
    let (_, algorithm, key) = ring(policy).signing(signs).expect("a key");
    signature::sign(&header, &claims, &key, algorithm).expect("a token")
}

fn with_key(secret: &[u8], header: Map<String, Value>) -> String {
    let key = EncodingKey::from_secret(secret);
    signature::sign(&header, &claims(json!({})), &key, Algorithm::HS256).expect("a token")
}

fn expecting(names: &TokenNames, purpose: TokenPurpose) -> TokenExpectations<'_> {
    TokenExpectations {
        names,
        fetched: &[],
        now: BenchTime::from_millis(NOW * 1000),
        purpose,
    }
}

fn verify_under(policy: Policy, token: &str) -> Result<String, TokenCheck> {
    let names = names();
    let expected = expecting(&names, TokenPurpose::Access);
    let verified = verify(token, &PolicyProbe::new(policy), &ring(policy), &expected);
    verified
        .map(|claims| claims.sub)
        .map_err(|refusal| refusal.check)
}

fn user() -> Result<String, TokenCheck> {
    Ok("apiuser".into())
}

/// A token that the weak arm of `name` accepts and the strong one refuses, signed under either.
fn falls_to(name: Name, check: TokenCheck, make: impl Fn(Policy) -> String) {
    let weak = without(&[name]);
    assert_eq!(verify_under(weak, &make(weak)), user(), "{name:?} weak");
    let strong = Policy::HARDENED;
    assert_eq!(
        verify_under(strong, &make(strong)),
        Err(check),
        "{name:?} strong"
    );
}

#[test]
fn a_genuine_token_is_accepted_under_every_policy() {
    for policy in [Policy::HARDENED, Policy::INSECURE] {
        for signs in [SigningAlgorithm::Hs256, SigningAlgorithm::Es256] {
            let (kid, _, _) = ring(policy).signing(signs).expect("a key");
            let header = header(json!({"alg": signs.name(), "kid": kid}));
            let token = signed(policy, signs, header, claims(json!({})).into());
            assert_eq!(verify_under(policy, &token), user());
        }
    }
}

#[test]
fn an_edited_payload_falls_to_the_signature() {
    falls_to(Name::JwtSignature, TokenCheck::Signature, |policy| {
        let token = signed(
            policy,
            SigningAlgorithm::Hs256,
            header(json!({})),
            claims(json!({})).into(),
        );
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let (header, _) = signed.split_once('.').expect("three parts");
        let edited = serde_json::to_vec(&claims(json!({"jti": "two"}))).expect("JSON");
        format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(edited))
    });
}

#[test]
fn an_unsigned_token_falls_to_its_own_check_in_every_spelling() {
    for alg in ["none", "None", "NONE", "nOnE", "HS256"] {
        falls_to(Name::JwtNone, TokenCheck::None, |_| {
            let header = header(json!({"alg": alg}));
            let signed = signature::signing_input(&header, &claims(json!({}))).expect("JSON");
            format!("{signed}.")
        });
    }
}

#[test]
fn an_unsigned_token_with_a_signature_is_no_token_at_all() {
    let header = header(json!({"alg": "none"}));
    let signed = signature::signing_input(&header, &claims(json!({}))).expect("JSON");
    let weak = without(&[Name::JwtNone, Name::JwtAlgorithm]);
    assert_eq!(
        verify_under(weak, &format!("{signed}.c2ln")),
        Err(TokenCheck::Algorithm)
    );
}

#[test]
fn a_public_key_is_a_secret_only_where_the_header_chooses() {
    falls_to(Name::JwtAlgorithm, TokenCheck::Algorithm, |policy| {
        let pem = ring(policy).published().remove(0).pem;
        with_key(pem.as_bytes(), header(json!({"kid": "es-1"})))
    });
}

#[test]
fn a_word_signs_tokens_only_on_the_weak_arm() {
    let weak = without(&[Name::JwtKey]);
    let token = with_key(b"secret", header(json!({})));
    assert_eq!(verify_under(weak, &token), user());
    assert_eq!(
        verify_under(Policy::HARDENED, &token),
        Err(TokenCheck::Signature)
    );
}

#[test]
fn a_key_that_the_token_brings_along_is_ignored_by_the_strong_arm() {
    let mine = [7; 32];
    let secret = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(mine)});
    let token = with_key(&mine, header(json!({"jwk": secret})));
    assert_eq!(verify_under(without(&[Name::JwtKeySource]), &token), user());
    assert_eq!(
        verify_under(Policy::HARDENED, &token),
        Err(TokenCheck::Signature)
    );

    let weak = without(&[Name::JwtKeySource]);
    for broken in [
        json!({}),
        json!("x"),
        json!({"kty": "EC", "crv": "P-256", "x": "A", "y": "A"}),
    ] {
        let token = with_key(&mine, header(json!({"jwk": broken})));
        assert!(verify_under(weak, &token).is_err(), "{broken}");
    }
    let unfetched = with_key(
        b"mine",
        header(json!({"jku": "https://elsewhere.example/"})),
    );
    assert_eq!(verify_under(weak, &unfetched), Err(TokenCheck::KeySource));
    assert_eq!(
        verify_under(Policy::HARDENED, &unfetched),
        Err(TokenCheck::Signature)
    );
}

#[test]
fn only_a_path_leads_to_an_empty_key() {
    for kid in [
        json!("../../../dev/null"),
        json!("nothing"),
        json!(""),
        json!(null),
    ] {
        falls_to(Name::JwtKid, TokenCheck::Kid, |_| {
            with_key(b"", header(json!({"kid": kid})))
        });
    }
}

#[test]
fn each_claim_and_each_header_member_has_its_own_check() {
    for (name, check, header_says, claims_say) in [
        (
            Name::JwtCrit,
            TokenCheck::Crit,
            json!({"crit": ["x"], "x": true}),
            json!({}),
        ),
        (
            Name::JwtCrit,
            TokenCheck::Crit,
            json!({"crit": []}),
            json!({}),
        ),
        (
            Name::JwtType,
            TokenCheck::Type,
            json!({"typ": "rt+jwt"}),
            json!({}),
        ),
        (
            Name::JwtType,
            TokenCheck::Type,
            json!({"typ": null}),
            json!({}),
        ),
        (
            Name::JwtIssuer,
            TokenCheck::Issuer,
            json!({}),
            json!({"iss": "https://other.example"}),
        ),
        (
            Name::JwtIssuer,
            TokenCheck::Issuer,
            json!({}),
            json!({"iss": null}),
        ),
        (
            Name::JwtAudience,
            TokenCheck::Audience,
            json!({}),
            json!({"aud": ["a", "b"]}),
        ),
        (
            Name::JwtAudience,
            TokenCheck::Audience,
            json!({}),
            json!({"aud": null}),
        ),
        (
            Name::JwtNotBefore,
            TokenCheck::NotBefore,
            json!({}),
            json!({"nbf": NOW + 60}),
        ),
        (
            Name::JwtNotBefore,
            TokenCheck::NotBefore,
            json!({}),
            json!({"iat": NOW + 60}),
        ),
        (
            Name::JwtExpiry,
            TokenCheck::Expiry,
            json!({}),
            json!({"exp": NOW}),
        ),
        (
            Name::JwtExpiry,
            TokenCheck::Expiry,
            json!({}),
            json!({"exp": null}),
        ),
        (
            Name::JwtExpiry,
            TokenCheck::Expiry,
            json!({}),
            json!({"exp": -1e300}),
        ),
    ] {
        falls_to(name, check, |policy| {
            let claims = claims(claims_say.clone()).into();
            signed(
                policy,
                SigningAlgorithm::Hs256,
                header(header_says.clone()),
                claims,
            )
        });
    }
}

#[test]
fn a_refresh_needs_a_refresh_token_under_every_policy() {
    let names = names();
    for policy in [Policy::HARDENED, Policy::INSECURE] {
        let expected = expecting(&names, TokenPurpose::Refresh);
        for (typ, accepted) in [(REFRESH_TYPE, true), ("at+jwt", false), ("JWT", false)] {
            let header = header(json!({"typ": typ}));
            let token = signed(
                policy,
                SigningAlgorithm::Hs256,
                header,
                claims(json!({})).into(),
            );
            let verified = verify(&token, &PolicyProbe::new(policy), &ring(policy), &expected);
            assert_eq!(verified.is_ok(), accepted, "{typ}");
        }
    }
}

#[test]
fn a_token_of_another_bench_or_variant_is_refused_under_every_policy() {
    let names = names();
    let own = "https://localhost:7443/hardened";
    assert!(!names.is_neighbour(own));
    for neighbour in [
        "https://localhost:7443/insecure",
        "https://localhost:7443/b/team-7/hardened",
        "https://localhost:7443/hardened/",
        "https://localhost:7443/",
    ] {
        assert!(names.is_neighbour(neighbour), "{neighbour}");
    }
    for stranger in [
        "",
        "https://partner.example",
        "https://localhost:7443",
        "https://localhost:74430/insecure",
        "http://localhost:7443/insecure",
    ] {
        assert!(!names.is_neighbour(stranger), "{stranger}");
    }
}

//! The verifier and the examples of RFC 7515, RFC 7519 and RFC 8037, and forms of them that no
//! verifier may accept. These run everywhere; the large public set is in `vectors.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use session_lab::defences::policy::{Policy, PolicyProbe};
use session_lab::jwt::token::CompactJws;
use session_lab::jwt::verify::{TokenCheck, check_signed};
use session_lab::jwt::{VerifyingKey, signature};

/// What the hardened verifier says of a signed text and a key, or a set of keys. `None` accepts it.
pub fn refused_by(text: &str, key: &Value) -> Option<TokenCheck> {
    let Ok(signed) = CompactJws::parse(text) else {
        return Some(TokenCheck::Form);
    };
    let find = match key["keys"].as_array() {
        Some(keys) => VerifyingKey::from_set(keys, signed.header.kid.as_deref()),
        None => VerifyingKey::from_jwk(key),
    };
    let probe = PolicyProbe::new(Policy::HARDENED);
    let checked = check_signed(&signed, &probe, |_| {
        find.ok_or(TokenCheck::KeySource.refuses("no key"))
    });
    checked.err().map(|refusal| refusal.check)
}

/// Whether the hardened verifier accepts a signed text with this key, or with one of this set.
pub fn accepts(text: &str, key: &Value) -> bool {
    refused_by(text, key).is_none()
}

/// The claims of RFC 7519 §3.1, which RFC 7515 signs in its appendix A.
pub const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc\
                       19yb290Ijp0cnVlfQ";
const HS256_HEADER: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9";
const HS256_SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ES256_HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";
const ES256_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxf\
                               KTUJqPP3-Kg6NU1Q";

fn secret() -> Value {
    let k =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    json!({ "kty": "oct", "k": k })
}

fn curve() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

fn hs256() -> String {
    format!("{HS256_HEADER}.{PAYLOAD}.{HS256_SIGNATURE}")
}

fn es256() -> String {
    format!("{ES256_HEADER}.{PAYLOAD}.{ES256_SIGNATURE}")
}

#[test]
fn the_signed_examples_verify_with_their_own_key_only() {
    // RFC 7515 A.1, which is RFC 7519 §3.1, and A.3.
    assert!(accepts(&hs256(), &secret()));
    assert!(accepts(&es256(), &curve()));
    assert_eq!(refused_by(&hs256(), &curve()), Some(TokenCheck::Algorithm));
    assert_eq!(refused_by(&es256(), &secret()), Some(TokenCheck::Algorithm));
    let mut bound = secret();
    bound["alg"] = "HS512".into();
    assert_eq!(refused_by(&hs256(), &bound), Some(TokenCheck::Algorithm));
}

#[test]
fn the_claims_of_the_example_are_no_token_of_the_portal() {
    // It has no `sub`, and RFC 7519 requires none: the portal does.
    let signed = CompactJws::parse(&hs256()).map(|signed| signed.payload);
    let claims = session_lab::jwt::Claims::parse(&signed.expect("its form is right"));
    assert_eq!(
        claims.err(),
        Some("The claim sub is missing: the token speaks of nobody.")
    );
}

#[test]
fn the_unsigned_examples_are_refused() {
    // RFC 7515 A.5, which is RFC 7519 §6.1.
    let unsigned = format!("eyJhbGciOiJub25lIn0.{PAYLOAD}.");
    assert_eq!(refused_by(&unsigned, &secret()), Some(TokenCheck::None));
    assert_eq!(refused_by(&unsigned, &curve()), Some(TokenCheck::None));
    // RFC 7515 E: a condition that nobody knows comes first.
    let critical = "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQog\
                    Imh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.";
    assert_eq!(refused_by(critical, &secret()), Some(TokenCheck::Crit));
}

#[test]
fn the_example_on_the_curve_of_edwards_verifies_by_its_type_alone() {
    // RFC 8037 A.4, whose key is that of A.2.
    let key = json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_\
                     MuM0KAg";
    assert!(accepts(&format!("{signed}.{signature}"), &key));
    let other = signature.replacen('h', "i", 1);
    let other = format!("{signed}.{other}");
    assert_eq!(refused_by(&other, &key), Some(TokenCheck::Signature));
    let mut agreement = key.clone();
    agreement["crv"] = "X25519".into();
    let found = refused_by(&format!("{signed}.{signature}"), &agreement);
    assert_eq!(found, Some(TokenCheck::KeySource));
}

#[test]
fn a_changed_text_is_refused_whatever_was_changed() {
    let (signed, signature) = (format!("{HS256_HEADER}.{PAYLOAD}"), HS256_SIGNATURE);
    let bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    for (text, check) in [
        (format!("{signed}."), TokenCheck::None),
        (format!("{signed}.{}", &signature[..42]), TokenCheck::Form),
        (
            format!("{signed}.{}", &signature[..40]),
            TokenCheck::Signature,
        ),
        (format!("{signed}.{signature}="), TokenCheck::Form),
        // The two bits that the last letter has to spare.
        (format!("{signed}.{}l", &signature[..42]), TokenCheck::Form),
        (
            format!("{signed}.{}", STANDARD.encode(&bytes)),
            TokenCheck::Form,
        ),
        (
            format!("{signed}.{signature}.{signature}"),
            TokenCheck::Form,
        ),
        (format!("{signed} .{signature}"), TokenCheck::Form),
        (
            format!("{HS256_HEADER}..{signature}"),
            TokenCheck::Signature,
        ),
        (format!("{HS256_HEADER}.{signature}"), TokenCheck::Form),
    ] {
        assert_eq!(refused_by(&text, &secret()), Some(check), "{text}");
    }
}

#[test]
fn a_header_that_can_be_read_in_two_ways_is_refused() {
    let key = EncodingKey::from_secret(&[7; 32]);
    let jwk = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode([7; 32]) });
    let sign = |header: &str| {
        let signed = format!("{}.{PAYLOAD}", URL_SAFE_NO_PAD.encode(header));
        let token = signature::over(&signed, &key, Algorithm::HS256);
        format!("{signed}.{}", token.expect("a signature"))
    };
    assert!(accepts(&sign(r#"{"alg":"HS256"}"#), &jwk));
    for (header, check) in [
        (r#"{"alg":"none","alg":"HS256"}"#, TokenCheck::Form),
        (r#"{"alg":"HS256","\u0061lg":"none"}"#, TokenCheck::Form),
        (r#"{"alg":"HS256"} {}"#, TokenCheck::Form),
        (r#"{"alg":["HS256"]}"#, TokenCheck::Form),
        (r#"{"kid":"x"}"#, TokenCheck::Form),
        (r#"{"alg":"hs256"}"#, TokenCheck::None),
        (r#"{"alg":"HS256 "}"#, TokenCheck::None),
        (r#"{"alg":"HS512"}"#, TokenCheck::Algorithm),
        (r#"{"alg":"HS256","crit":["exp"]}"#, TokenCheck::Crit),
        (r#"{"alg":"HS256","crit":null}"#, TokenCheck::Crit),
    ] {
        assert_eq!(refused_by(&sign(header), &jwk), Some(check), "{header}");
    }
}

#[test]
fn a_signature_on_a_curve_is_two_numbers_and_neither_is_zero() {
    let signed = format!("{ES256_HEADER}.{PAYLOAD}");
    let right = URL_SAFE_NO_PAD.decode(ES256_SIGNATURE).expect("base64url");
    let key = VerifyingKey::from_jwk(&curve()).expect("a key");
    let key = key.for_algorithm(Algorithm::ES256).expect("it fits");
    let is_right = |bytes: &[u8]| signature::is_valid(&signed, bytes, &key, Algorithm::ES256);
    assert!(is_right(&right));
    // CVE-2022-21449: zeros verified everything.
    assert!(!is_right(&[0; 64]) && !is_right(&[]) && !is_right(&right[..63]));
    let mut longer = right.clone();
    longer.push(0);
    assert!(!is_right(&longer));
    // The form of X.509, which JOSE does not use.
    let mut der = vec![0x30, 70, 2, 33, 0];
    der.extend_from_slice(&right[..32]);
    der.extend_from_slice(&[2, 33, 0]);
    der.extend_from_slice(&right[32..]);
    assert!(!is_right(&der));
}

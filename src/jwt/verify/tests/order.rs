//! Which check comes first, and that each is asked.

use super::*;

#[test]
fn every_check_up_to_the_signature_is_asked_of_a_signed_token() {
    let probe = PolicyProbe::new(Policy::HARDENED);
    let names = names();
    let expected = expecting(&names, TokenPurpose::Access);
    let header = header(json!({}));
    let token = signed(
        Policy::HARDENED,
        SigningAlgorithm::Hs256,
        header,
        claims(json!({})).into(),
    );
    // The ring asks for two more: which numbers count, and what the secret's bytes are.
    let ring = KeyRing::new(&probe, Duration::ZERO, |_| [7; 32]);
    let _ = verify(&token, &probe, &ring, &expected);
    for check in TokenCheck::ALL {
        let elsewhere = matches!(
            check,
            TokenCheck::Subject | TokenCheck::Revocation | TokenCheck::Form | TokenCheck::Portal
        );
        let after = check > TokenCheck::Signature;
        let name = check.defence();
        if !elsewhere && !after {
            assert!(
                name.is_some_and(|name| probe.probed().contains(name)),
                "{check:?}"
            );
        }
    }
}

#[test]
fn of_several_faults_the_first_check_in_the_order_names_its_own() {
    let strong = Policy::HARDENED;
    let probe = PolicyProbe::new(strong);
    let derive = |_: &str| [7; 32];
    // A key has retired here, and `hs-2` signs.
    let ring = KeyRing::new(&probe, Duration::from_secs(31 * 24 * 3600), derive);
    let names = names();
    let expected = expecting(&names, TokenPurpose::Access);
    let (_, algorithm, right_key) = ring.signing(SigningAlgorithm::Hs256).expect("a key");
    let wrong_key = EncodingKey::from_secret(b"another");
    // Each step removes one fault, from the first check to the last.
    let mut header = header(json!({"crit": ["x"], "alg": "none", "kid": "hs-1", "typ": "JWT"}));
    let mut claims = claims(json!({
        "iss": "other", "aud": "other", "nbf": NOW + 60, "exp": NOW - 1,
    }));
    let mut key = &wrong_key;
    for (check, next_header, next_claims) in [
        (TokenCheck::Crit, json!({"crit": null}), json!({})),
        (TokenCheck::None, json!({"alg": "ES256"}), json!({})),
        (TokenCheck::Retired, json!({"kid": "nothing"}), json!({})),
        (TokenCheck::Kid, json!({"kid": "hs-2"}), json!({})),
        (TokenCheck::Algorithm, json!({"alg": "HS256"}), json!({})),
        (TokenCheck::Signature, json!({}), json!({})),
        (TokenCheck::Type, json!({"typ": "at+jwt"}), json!({})),
        (TokenCheck::Issuer, json!({}), json!({"iss": names.issuer})),
        (
            TokenCheck::Audience,
            json!({}),
            json!({"aud": names.audience}),
        ),
        (TokenCheck::NotBefore, json!({}), json!({"nbf": null})),
        (TokenCheck::Expiry, json!({}), json!({"exp": NOW + 60})),
    ] {
        let token = signature::sign(&header, &claims, key, algorithm).expect("a token");
        let refused = verify(&token, &probe, &ring, &expected).expect_err("a fault");
        assert_eq!(refused.check, check);
        if check == TokenCheck::Signature {
            key = &right_key;
        }
        header = changed(header, next_header);
        claims = changed(claims, next_claims);
    }
    let token = signature::sign(&header, &claims, key, algorithm).expect("a token");
    assert!(verify(&token, &probe, &ring, &expected).is_ok(), "no fault");
}

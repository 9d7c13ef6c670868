//! The verifier and the public test vectors of Wycheproof: signed texts, keys, and attacks on both.
//!
//! The vectors are no part of this project. They are read from the folder that `WYCHEPROOF_DIR` names,
//! or from `../shared/vectors` beside the project. So these tests are ignored, with that as the reason;
//! `tests/run` includes them where it finds the folder, and says so where it does not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::vectors_of_the_rfcs::accepts;

/// The folder with the vectors.
fn folder() -> PathBuf {
    if let Some(named) = std::env::var_os("WYCHEPROOF_DIR") {
        return named.into();
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors");
    assert!(
        beside.is_dir(),
        "no vectors: clone https://github.com/C2SP/wycheproof and set WYCHEPROOF_DIR to its folder \
         testvectors_v1"
    );
    beside
}

/// The valid vectors that this verifier refuses all the same, with the reason.
const DEVIATIONS: &[(&str, u64, &str)] = &[
    (SIGNATURES, 346, OTHER_ALGORITHM),
    (SIGNATURES, 350, OTHER_ALGORITHM),
    (SIGNATURES, 347, NO_ALGORITHM),
    (SIGNATURES, 351, NO_ALGORITHM),
    (SIGNATURES, 372, NOT_BASE64URL),
    (SIGNATURES, 373, NOT_BASE64URL),
    (MIXED, 50, ENCRYPTED),
    (MIXED, 67, ENCRYPTED),
];

const OTHER_ALGORITHM: &str = "RFC 8725 §3.1: the key says PS256 and the header PS384";
const NO_ALGORITHM: &str =
    "RFC 8725 §3.1: the key says ES521, which is no algorithm, and the header ES512";
const NOT_BASE64URL: &str = "RFC 7515 §5.2: a question mark is in the text, and the signature is that of the text \
     without it";
const ENCRYPTED: &str = "the lab has no encrypted tokens (RFC 7516)";

const SIGNATURES: &str = "json_web_signature_test.json";
const KEYS: &str = "json_web_key_test.json";
const MIXED: &str = "json_web_crypto_test.json";

/// Vectors that are marked invalid and are, letter by letter, the valid vector after them: no verifier
/// can refuse the one and accept the other. Their padding was lost before they were published.
const THE_SAME_AS_A_VALID_ONE: &[(&str, u64, u64)] =
    &[(SIGNATURES, 367, 357), (SIGNATURES, 370, 357)];

/// Each group of a file by its name: how many vectors are accepted, and how many refused.
type Groups = &'static [(&'static str, u32, u32)];

/// Runs a file, and compares every vector and every group's numbers.
fn runs(file: &str, expected: Groups) {
    let path = folder().join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}: is this testvectors_v1?", path.display()));
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let mut groups: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut refused_though_valid = Vec::new();
    for group in vectors["testGroups"].as_array().expect("groups") {
        let name = group["comment"].as_str().expect("a name");
        // A shared secret has no public half.
        let key = group.get("public").unwrap_or(&group["private"]);
        for vector in group["tests"].as_array().expect("vectors") {
            let id = vector["tcId"].as_u64().expect("a number");
            let text = vector.get("jws").or(vector.get("jwe")).expect("a text");
            // The JSON form is no token either: it arrives as the text that it is.
            let json = text.to_string();
            let accepted = accepts(text.as_str().unwrap_or(&json), key);
            let numbers = groups.entry(name).or_default();
            match (vector["result"].as_str().expect("a result"), accepted) {
                ("valid", true) => numbers.0 += 1,
                ("valid", false) => {
                    numbers.1 += 1;
                    refused_though_valid.push(id);
                }
                ("invalid", false) => numbers.1 += 1,
                ("invalid", true) if is_a_valid_one(file, id, text, group) => numbers.0 += 1,
                (result, _) => panic!("{file} {id} is {result}, and it was accepted: {vector}"),
            }
        }
    }
    let deviations = DEVIATIONS.iter().filter(|(of, _, _)| *of == file);
    let mut deviations: Vec<u64> = deviations.map(|(_, id, _)| *id).collect();
    deviations.sort_unstable();
    assert_eq!(refused_though_valid, deviations, "{file}");
    let found: Vec<_> = groups.into_iter().map(|(n, (a, r))| (n, a, r)).collect();
    assert_eq!(found, expected, "{file}");
}

/// Whether this vector is in the list above and repeats its valid vector, of the same key.
fn is_a_valid_one(file: &str, id: u64, text: &Value, group: &Value) -> bool {
    let mut listed = THE_SAME_AS_A_VALID_ONE.iter();
    let Some((_, _, valid)) = listed.find(|(of, this, _)| (*of, *this) == (file, id)) else {
        return false;
    };
    let mut vectors = group["tests"].as_array().expect("vectors").iter();
    let valid = vectors.find(|vector| vector["tcId"] == *valid);
    valid.is_some_and(|valid| valid["result"] == "valid" && valid["jws"] == *text)
}

#[test]
#[ignore = "needs the Wycheproof vectors"]
fn signatures_are_verified_as_the_public_vectors_say() {
    runs(
        SIGNATURES,
        &[
            ("SpecialCaseEs256", 1, 23),
            ("base64", 7, 14),
            ("ec_key_for_encryption", 0, 2),
            ("es256", 1, 14),
            ("hs256", 1, 16),
            ("ps256", 6, 42),
            ("ps384", 4, 1),
            ("ps512", 4, 16),
            ("rfc7520", 3, 2),
            ("rfc7520WithKeyOps", 1, 2),
            ("rs256", 6, 225),
            ("rs384", 4, 0),
            ("rs512", 4, 0),
            ("rsa_encryption", 0, 2),
        ],
    );
}

#[test]
#[ignore = "needs the Wycheproof vectors"]
fn keys_are_judged_as_the_public_vectors_say() {
    runs(
        KEYS,
        &[
            ("HS256", 1, 2),
            ("HS384", 1, 2),
            ("HS512", 1, 2),
            ("exponentOne", 0, 1),
            ("invalid_aes_gcm_key", 0, 1),
            ("invalid_aes_kw_key", 0, 1),
            ("invalid_algorithm", 0, 1),
            ("invalid_point", 0, 1),
            ("invalid_use", 0, 1),
            ("jws_duplicate_kid", 0, 1),
            ("jws_keyset", 1, 1),
            ("jws_mixedSymmetryKeyset", 0, 1),
            ("jws_rsa_roca_key", 0, 1),
            ("keysize_too_small", 0, 1),
            ("rs256", 1, 1),
            ("wrong_algorithm", 0, 1),
            ("wrong_curve", 0, 1),
            ("wrong_kty", 0, 1),
        ],
    );
}

#[test]
#[ignore = "needs the Wycheproof vectors"]
fn the_attacks_among_the_public_vectors_are_refused() {
    runs(
        MIXED,
        &[
            ("jwe_aes", 0, 17),
            ("jwe_ec", 0, 17),
            ("jws_aes", 1, 16),
            ("jws_ec", 1, 14),
            ("jws_keyset", 1, 1),
            ("jws_mixedSymmetryKeyset", 0, 1),
            ("jws_rsa", 1, 12),
            ("jws_rsa_roca_key", 0, 1),
        ],
    );
}

#[test]
fn every_deviation_has_its_reason() {
    let because = |reason| DEVIATIONS.iter().filter(|(_, _, of)| of == reason).count();
    assert_eq!(because(&OTHER_ALGORITHM) + because(&NO_ALGORITHM), 4);
    assert_eq!((because(&NOT_BASE64URL), because(&ENCRYPTED)), (2, 2));
}

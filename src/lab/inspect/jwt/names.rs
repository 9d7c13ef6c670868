//! What the names in a token mean, one sentence each, with the standard that says so.

use serde_json::Value;

/// What a member of the header means.
pub fn header(name: &str) -> &'static str {
    match name {
        "alg" => {
            "Algorithm: how the token says that it is signed. A verifier must know it beforehand \
             (RFC 7515 §4.1.1)."
        }
        "kid" => {
            "Key id: a hint at which key signed, written by whoever made the token \
             (RFC 7515 §4.1.4)."
        }
        "typ" => {
            "Type: the kind of token. at+jwt is an access token (RFC 7515 §4.1.9, RFC 9068 §2.1)."
        }
        "cty" => "Content type: what the payload is, where it is no plain JSON (RFC 7515 §4.1.10).",
        "jku" => {
            "JWK set URL: where a key set is said to be. Anyone who fetches it lets the token choose \
             its own key (RFC 7515 §4.1.2)."
        }
        "jwk" => {
            "JSON web key: a public key that the token brings along. It proves nothing about who \
             signed (RFC 7515 §4.1.3)."
        }
        "x5u" => "X.509 URL: where a certificate is said to be (RFC 7515 §4.1.5).",
        "x5c" => "X.509 chain: certificates that the token brings along (RFC 7515 §4.1.6).",
        "x5t" => "X.509 thumbprint: the SHA-1 hash of a certificate (RFC 7515 §4.1.7).",
        "x5t#S256" => "X.509 thumbprint: the SHA-256 hash of a certificate (RFC 7515 §4.1.8).",
        "crit" => {
            "Critical: members that a verifier must understand, or refuse the token \
             (RFC 7515 §4.1.11)."
        }
        "b64" => "Whether the payload is in base64url; needs crit (RFC 7797 §3).",
        _ => "Not registered. A verifier ignores it, unless crit names it (RFC 7515 §4).",
    }
}

/// What a claim means.
pub fn claim(name: &str) -> &'static str {
    match name {
        "iss" => "Issuer: who made the token (RFC 7519 §4.1.1).",
        "sub" => "Subject: about whom it speaks. Here it is the user's name (RFC 7519 §4.1.2).",
        "aud" => "Audience: for whom it is meant. Everybody else must refuse it (RFC 7519 §4.1.3).",
        "exp" => "Expiration time: from then on it must be refused (RFC 7519 §4.1.4).",
        "nbf" => "Not before: until then it must be refused (RFC 7519 §4.1.5).",
        "iat" => "Issued at: when it was made (RFC 7519 §4.1.6).",
        "jti" => "JWT id: the token's own name, by which it can be revoked (RFC 7519 §4.1.7).",
        "client_id" => "Client: the program that asked for the token (RFC 9068 §2.2).",
        "scope" => {
            "Scope: what the token may be used for, in words with spaces between (RFC 9068 §2.2.3)."
        }
        "auth_time" => "When the user signed in (RFC 9068 §2.2.1).",
        "acr" => "How strong the sign-in was, as a class (RFC 9068 §2.2.1).",
        "amr" => "By which methods the user signed in (RFC 9068 §2.2.1).",
        "roles" | "groups" | "entitlements" => {
            "What the user may do, as a directory knows it (RFC 9068 §2.2.3.1)."
        }
        "sid" => {
            "Session id: the sign-in that the token comes from (OpenID Connect). The portal ends a \
             family of tokens by it."
        }
        "role" => {
            "The portal's own claim: what the user may do. Only the weak arm of jwt-claims writes \
             it, and believes it."
        }
        "email" => {
            "The user's address. Everybody who sees the token can read it: it is encoded, not \
             encrypted."
        }
        _ => "Not registered. It means what issuer and verifier agreed on (RFC 7519 §4.3).",
    }
}

/// How a claim with a time relates to the clock: what it says of one that is past, and of one that
/// is to come. The span of time takes the place of `{}`.
pub fn relation(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "exp" => Some(("expired {} ago", "expires in {}")),
        "nbf" => Some(("holds since {}", "does not hold for another {}")),
        "iat" => Some(("issued {} ago", "issued {} in the future")),
        "auth_time" => Some(("signed in {} ago", "signed in {} in the future")),
        _ => None,
    }
}

/// A number of seconds since 1970, where a value is one that a calendar knows.
pub fn seconds(value: &Value) -> Option<u64> {
    /// Far beyond the year 9999.
    const LAST: f64 = 1e15;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between zero and LAST, and the fraction of a second is not shown"
    )]
    let whole = |number: f64| number as u64;
    let number = value.as_f64().filter(|n| (0.0..LAST).contains(n))?;
    Some(value.as_u64().unwrap_or_else(|| whole(number)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_that_no_calendar_knows_are_none() {
        assert_eq!(seconds(&json!(12)), Some(12));
        assert_eq!(seconds(&json!(12.9)), Some(12));
        for odd in [json!(-1), json!(1e300), json!("12"), json!(null)] {
            assert_eq!(seconds(&odd), None, "{odd}");
        }
    }

    #[test]
    fn every_registered_name_has_a_sentence_of_its_own() {
        let strange = (header("x-strange"), claim("x-strange"));
        for name in [
            "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit",
        ] {
            assert_ne!(header(name), strange.0, "{name}");
        }
        for name in [
            "iss",
            "sub",
            "aud",
            "exp",
            "nbf",
            "iat",
            "jti",
            "client_id",
            "scope",
        ] {
            assert_ne!(claim(name), strange.1, "{name}");
        }
    }
}

//! What a token says of the times between which it counts: `nbf`, `iat` and `exp` (RFC 7519, section 4.1).
//!
//! They were written by the clock of whoever signed the token. Where the API has another clock, it refuses
//! its own fresh tokens, which looks like a recipe that is wrong.

use std::time::Duration;

use super::answer_date;
use crate::attacks::jwt::forge::TokenParts;
use crate::client::HttpExchange;

/// The seconds of a claim.
fn seconds(parts: &TokenParts, claim: &str) -> Option<f64> {
    parts.claims[claim].as_f64()
}

/// Why a fresh token does not count by the clock of the answer that refused it; `None` where it does.
pub(super) fn unfit(token: &str, refused_by: &HttpExchange) -> Option<String> {
    let parts = TokenParts::of(token).ok()?;
    let now = answer_date::of(refused_by).unix_timestamp() as f64;
    let later = |claim: &str| seconds(&parts, claim).filter(|from| *from > now);
    let early = ["nbf", "iat"]
        .into_iter()
        .find_map(|claim| later(claim).map(|from| (claim, from - now)));
    if let Some((claim, by)) = early {
        return Some(format!(
            "Its {claim} is {by} s ahead of the clock of the API: set the two clocks right, or allow a leeway"
        ));
    }
    let over = seconds(&parts, "exp").filter(|until| *until <= now)?;
    Some(format!(
        "It expired {} s before it was used, by the clock of the API: set the two clocks right",
        now - over
    ))
}

/// For how long a token counts; `None` where it does not say. `issued_in` is the answer that brought it.
pub(super) fn lifetime(token: &str, issued_in: &HttpExchange) -> Option<Duration> {
    let parts = TokenParts::of(token).ok()?;
    let until = seconds(&parts, "exp")?;
    let from = seconds(&parts, "iat")
        .unwrap_or_else(|| answer_date::of(issued_in).unix_timestamp() as f64);
    Duration::try_from_secs_f64(until - from)
        .ok()
        .or(Some(Duration::ZERO))
}

/// Whether a text is a token that can be read.
pub(super) fn is_jwt(token: &str) -> bool {
    TokenParts::of(token).is_ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;
    use crate::defences::facts::Scheme;

    /// An answer of 1994, second 784,111,777.
    fn answer() -> HttpExchange {
        HttpExchange {
            scheme: Scheme::Http,
            sent: String::new(),
            head: String::new(),
            status: 401,
            headers: vec![("date".into(), "Sun, 06 Nov 1994 08:49:37 GMT".into())],
            body: String::new(),
        }
    }

    fn token(claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(&json!({"alg": "HS256"})), part(claims))
    }

    #[test]
    fn a_clock_that_differs_is_named() {
        for (claims, part) in [
            (json!({"nbf": 784_111_780}), Some("nbf is 3 s ahead")),
            (json!({"iat": 784_111_837}), Some("iat is 60 s ahead")),
            (json!({"exp": 784_111_770}), Some("expired 7 s before")),
            (json!({"iat": 784_111_777, "exp": 784_111_800}), None),
            (json!({}), None),
        ] {
            let why = unfit(&token(&claims), &answer());
            assert_eq!(
                why.as_deref()
                    .map(|why| why.contains(part.unwrap_or("no part"))),
                part.map(|_| true),
                "{claims}: {why:?}"
            );
        }
        assert_eq!(unfit("no token", &answer()), None);
    }

    #[test]
    fn a_lifetime_is_counted_from_iat_or_from_the_answer() {
        for (claims, seconds) in [
            (json!({"iat": 100, "exp": 1000}), Some(900)),
            (json!({"exp": 784_111_837}), Some(60)),
            (json!({"exp": 5}), Some(0)),
            (json!({"iat": 100}), None),
        ] {
            let found = lifetime(&token(&claims), &answer());
            assert_eq!(found.map(|time| time.as_secs()), seconds, "{claims}");
        }
    }
}

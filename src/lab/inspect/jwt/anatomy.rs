//! A token taken apart for a reader: each part, each member explained, and where it is broken.
//!
//! It reads more than the verifier does, so that a broken token can be shown, and it believes
//! nothing. Next: `verdicts.rs`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value};

use super::names;
use crate::base::byte_order_mark;
use crate::base::clock::BenchTime;
use crate::jwt::UnverifiedToken;
use crate::jwt::json::{self, JsonFault};
use crate::jwt::token::MAX_TOKEN_BYTES;
use crate::web::visible_time::{date_and_time, span};

/// A token, part by part.
#[derive(Debug, Default, Serialize)]
pub struct Anatomy {
    pub header: TokenPart,
    pub payload: TokenPart,
    /// How many bytes the signature has.
    pub signature_bytes: Option<usize>,
    /// The signature as it appears in the token.
    pub signature: String,
    /// What is wrong with the form, one sentence each.
    pub broken: Vec<String>,
}

/// Header or payload.
#[derive(Debug, Default, Serialize)]
pub struct TokenPart {
    /// As it appears in the token.
    pub encoded: String,
    /// As JSON with a line for each member; as it is where it is no such JSON.
    pub text: String,
    pub members: Vec<Member>,
}

/// One member of a part.
#[derive(Debug, Serialize)]
pub struct Member {
    name: String,
    value: String,
    description: &'static str,
    /// A time as a date, beside the bench's clock.
    when: Option<String>,
}

/// Takes a token apart.
pub fn take_apart(token: &str, now: BenchTime) -> Anatomy {
    let mut found = Anatomy::default();
    if token.len() > MAX_TOKEN_BYTES {
        let broken = format!(
            "The token has {} bytes. The lab reads {MAX_TOKEN_BYTES} at most.",
            token.len()
        );
        found.broken.push(broken);
        return found;
    }
    let parts: Vec<&str> = token.split('.').collect();
    let dots = parts.len() - 1;
    if dots != 2 {
        let count = match dots {
            0 => "no dot".to_owned(),
            1 => "one dot".to_owned(),
            more => format!("{more} dots"),
        };
        found.broken.push(format!(
            "A token has two dots, between its three parts. This one has {count}."
        ));
    }
    let mut parts = parts.into_iter();
    for (name, part, explain) in [
        ("header", &mut found.header, names::header as fn(&str) -> _),
        ("payload", &mut found.payload, names::claim),
    ] {
        let Some(encoded) = parts.next() else {
            continue;
        };
        encoded.clone_into(&mut part.encoded);
        match read(encoded, part) {
            Ok(members) => part.members = explained(&members, explain, now),
            Err(why) => found.broken.push(format!("The {name} {why}")),
        }
    }
    if let Some(encoded) = parts.next() {
        found.signature = encoded.to_owned();
        match decode(encoded) {
            Ok(bytes) => found.signature_bytes = Some(bytes.len()),
            Err(why) => found.broken.push(format!("The signature {why}")),
        }
    }
    // What is left are members of a wrong type.
    if found.broken.is_empty()
        && let Err(why) = UnverifiedToken::parse(token)
    {
        found.broken.push(why.to_owned());
    }
    found
}

/// A JSON object as a student typed it.
///
/// # Errors
/// A sentence that begins after the name of the part: where it is wrong.
pub fn typed(text: &str) -> Result<Map<String, Value>, String> {
    // It may have been copied from a file with an editor's mark.
    object(byte_order_mark::skip(text))
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    json::object(text.as_bytes()).map_err(|fault| match fault {
        // Where it is broken, where the parser can tell.
        JsonFault::NotJson | JsonFault::TooLargeNumber | JsonFault::TrailingText => {
            let predicate = fault.predicate().trim_end_matches('.');
            match serde_json::from_str::<Value>(text).map_err(|e| (e.line(), e.column())) {
                Err((line, column)) => {
                    format!("{predicate}: look at line {line}, column {column}.")
                }
                Ok(_) => fault.predicate().to_owned(),
            }
        }
        _ => fault.predicate().to_owned(),
    })
}

/// JSON with a line for each member.
pub fn pretty(members: &Map<String, Value>) -> String {
    // A map of JSON values always becomes JSON text.
    serde_json::to_string_pretty(members).unwrap_or_default()
}

fn read(encoded: &str, part: &mut TokenPart) -> Result<Map<String, Value>, String> {
    let bytes = decode(encoded)?;
    part.text = String::from_utf8_lossy(&bytes).into_owned();
    let text = std::str::from_utf8(&bytes).map_err(|_| "is not UTF-8 text.".to_owned())?;
    let members = object(text)?;
    part.text = pretty(&members);
    Ok(members)
}

/// The bytes of a part.
fn decode(encoded: &str) -> Result<Vec<u8>, String> {
    let is_in = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let strange = encoded.chars().enumerate().find(|(_, c)| !is_in(*c));
    if let Some((at, c)) = strange {
        let what = match c {
            '=' => "is padding, which tokens leave out",
            '+' | '/' => "belongs to ordinary base64; tokens use - and _",
            c if c.is_whitespace() => "is white space",
            _ => "is none of A-Z, a-z, 0-9, - and _",
        };
        let at = at + 1;
        return Err(format!("is not base64url: its character {at} {what}."));
    }
    URL_SAFE_NO_PAD.decode(encoded).map_err(|_| {
        "is not base64url: it ends in the middle of a byte, so a character is missing or changed."
            .into()
    })
}

fn explained(
    members: &Map<String, Value>,
    explain: fn(&str) -> &'static str,
    now: BenchTime,
) -> Vec<Member> {
    let member = |(name, value): (&String, &Value)| Member {
        name: name.clone(),
        value: value.to_string(),
        description: explain(name),
        when: when(name, value, now),
    };
    members.iter().map(member).collect()
}

fn when(name: &str, value: &Value, now: BenchTime) -> Option<String> {
    let (past, to_come) = names::relation(name)?;
    let Some(seconds) = names::seconds(value) else {
        return Some("no moment that a calendar knows".into());
    };
    let date = date_and_time(BenchTime::from_millis(seconds.saturating_mul(1000)));
    let apart = span(Duration::from_secs(seconds.abs_diff(now.seconds())));
    let relation = if seconds <= now.seconds() {
        past
    } else {
        to_come
    };
    Some(format!("{date}, {}", relation.replace("{}", &apart)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{payload}.c2ln")
    }

    fn apart(token: &str) -> Anatomy {
        take_apart(token, BenchTime::from_millis(1_000_000))
    }

    #[test]
    fn members_are_explained_and_times_are_dates_beside_the_clock() {
        let found = apart(&token(
            r#"{"alg":"HS256"}"#,
            r#"{"sub":"a","exp":820,"nbf":1060}"#,
        ));
        assert_eq!(found.broken, [""; 0]);
        assert_eq!(found.signature_bytes, Some(3));
        let whens: Vec<_> = found
            .payload
            .members
            .iter()
            .map(|m| m.when.as_deref())
            .collect();
        assert!(
            whens.contains(&Some("1970-01-01 00:13:40, expired 3 min ago")),
            "{whens:?}"
        );
        let later = "1970-01-01 00:17:40, does not hold for another 1 min";
        assert!(whens.contains(&Some(later)), "{whens:?}");
        assert!(found.header.members[0].description.starts_with("Algorithm"));
    }

    #[test]
    fn a_broken_token_is_told_where_it_is_broken() {
        let good = token(r#"{"alg":"HS256"}"#, r#"{"sub":"a"}"#);
        for (bad, description) in [
            ("abc".to_owned(), "This one has no dot."),
            (format!("{good}.x"), "This one has 3 dots."),
            (
                good.replacen('.', "=.", 1),
                "The header is not base64url: its character 21 is padding",
            ),
            (
                good.replace("c2ln", "+++"),
                "The signature is not base64url: its character 1 belongs",
            ),
            (good.replace("c2ln", "c"), "it ends in the middle of a byte"),
            (
                token("{'a':1}", "{}"),
                "The header is not JSON: look at line 1, column 2.",
            ),
            (token("{", "{}"), "The header is JSON that ends too early."),
            (
                token(r#"{"alg":1e400}"#, "{}"),
                "no reader of JSON can hold it: look at line 1, column",
            ),
            (
                token(r#"{"alg":"a"} x"#, "{}"),
                "The header goes on after its object: look at line 1, column 13.",
            ),
            (token("[]", "{}"), "The header is JSON, but not an object"),
            (
                token(r#"{"alg":"a"}"#, r#"{"sub":1,"sub":2}"#),
                "The payload names a member twice.",
            ),
            (
                token(r#"{"alg":"a"}"#, r#"{"sub":1}"#),
                "The claim sub is not text.",
            ),
            (
                "x".repeat(MAX_TOKEN_BYTES + 1),
                "The lab reads 8192 at most.",
            ),
        ] {
            let found = apart(&bad).broken.join(" ");
            assert!(found.contains(description), "{description:?} in {found:?}");
        }
    }
}

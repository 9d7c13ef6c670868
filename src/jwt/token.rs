//! The form of a token: three parts, read strictly, before anything in it is believed.
//!
//! A token that is not exactly in this form is refused under every policy. A lenient reader accepts
//! one token in many spellings: with padding, with a space, with a member twice. Then a list of
//! revoked tokens misses a spelling, and two programs may read two different users from one token.
//!
//! Everything here is read before anyone knows who wrote it. So each step is cheap, bounded and
//! without consequence: it opens no file, asks no store and sends no request. Next:
//! [`mod@super::verify`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::json::{self, JsonFault};

/// The longest token that is read, in bytes. Those of the portal have 300 to 600. A longer text is
/// refused before any work is done on it, so that a stranger cannot make the portal work.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A token as it was sent, with nothing verified. It is for pages that show a token to its owner;
/// code that decides by a claim must get it from [`mod@super::verify`].
#[derive(Clone, Debug)]
pub struct UnverifiedToken<'t> {
    /// Header and payload with the dot between them: what the signature covers.
    pub signing_input: &'t str,
    /// The signature's bytes, which nobody has verified.
    pub signature: Vec<u8>,
    /// The header.
    pub header: Header,
    /// The payload. The word in the type's name is the warning: these claims may be anyone's.
    pub claims: Claims,
}

/// A signed text in its compact form (RFC 7515 §7.1), with the payload still unread and nothing
/// verified. The type is separate from the token because a signature may cover any bytes, and the
/// public test vectors do.
#[derive(Clone, Debug)]
pub struct CompactJws<'t> {
    /// Header and payload with the dot between them: what the signature covers. The text as it was
    /// sent, never one that was written again from the parts: two writers of JSON differ.
    pub signing_input: &'t str,
    /// The signature's bytes. They may be empty: `jwt-none` decides whether that is refused.
    pub signature: Vec<u8>,
    /// The header, which says how the sender wants to be verified.
    pub header: Header,
    /// The payload's bytes: a token's claims, or anything else that was signed.
    pub payload: Vec<u8>,
}

/// What the header says (RFC 7515 §4.1). The sender wrote all of it. It is used before the
/// signature is verified, because it says how to verify, and so most attacks on tokens begin here.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The algorithm, as the sender names it. Never the reason to use it: see `jwt-algorithm`.
    pub alg: String,
    /// The name of the key, as the sender gives it: any text. See `jwt-kid`.
    pub kid: Option<String>,
    /// The kind of token: access or refresh. See `jwt-type`.
    pub typ: Option<String>,
    /// An address with a set of keys. Fetching it lets a stranger make the API send requests
    /// (CWE-918). See `jwt-key-source`.
    pub jku: Option<String>,
    /// A key that the token brings along. Anyone can make one. See `jwt-key-source`.
    pub jwk: Option<Value>,
    /// Whether there is a `crit`, in any form, also a malformed one: see `jwt-crit`. What it lists
    /// does not matter, because this verifier knows no extension.
    pub has_crit: bool,
    /// All members, for pages that show them.
    pub all: Map<String, Value>,
}

/// What the payload says (RFC 7519 §4.1). Times are in seconds since the epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// The issuer. A user name means something only together with it: "admin" of another issuer is
    /// another person.
    pub iss: Option<String>,
    /// The user. The only claim that every token must have: without it a token speaks of nobody.
    pub sub: String,
    /// For which services it is meant: one name or several. Empty where the claim is missing.
    pub aud: Vec<String>,
    /// From this time on the token has expired. Optional here, so that a check decides what a
    /// missing one means: a parser that fills in "never" would decide it for everyone.
    pub exp: Option<f64>,
    /// From this time on the token is valid.
    pub nbf: Option<f64>,
    /// When it was issued. Compared with the moment of the last password change.
    pub iat: Option<f64>,
    /// The token's own id, by which it can be revoked.
    pub jti: Option<String>,
    /// All claims, those with a field above included.
    pub all: Map<String, Value>,
}

impl<'t> UnverifiedToken<'t> {
    /// Reads a token, and verifies nothing. A library whose `decode` does the same under a harmless
    /// name invites the mistake of `jwt-signature`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the form. It repeats nothing of the token.
    pub fn parse(text: &'t str) -> Result<Self, &'static str> {
        let CompactJws {
            signing_input,
            signature,
            header,
            payload,
        } = CompactJws::parse(text)?;
        Ok(Self {
            signing_input,
            signature,
            header,
            claims: Claims::parse(&payload)?,
        })
    }
}

impl<'t> CompactJws<'t> {
    /// Reads a signed text in its compact form, whatever its payload is.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the form. It repeats nothing of the text.
    pub fn parse(text: &'t str) -> Result<Self, &'static str> {
        // The length first: it costs nothing, and it limits everything that follows.
        if text.len() > MAX_TOKEN_BYTES {
            return Err("The token is longer than any that this API issues.");
        }
        let parts: Vec<&str> = text.split('.').collect();
        // Refused alternative: ignoring what comes after the third part. The signature does not
        // cover it, so anyone could add to a token.
        let [header, payload, signature] = parts[..] else {
            return Err(match parts.len() {
                1 => "A token has two dots between its three parts: this text has no dot.",
                2 => "A token has two dots between its three parts: this text has one dot.",
                5 => {
                    "A token has two dots between its three parts: four dots are an encrypted token, \
                     which this API does not read."
                }
                _ => "A token has two dots between its three parts: this text has more.",
            });
        };
        let signing_input = &text[..header.len() + 1 + payload.len()];
        // The header must be understood now, because it names the key and the algorithm. The
        // payload stays bytes until its form is needed.
        let header = json::object(&part(header)?).map_err(JsonFault::of_header)?;
        Ok(Self {
            signing_input,
            signature: part(signature)?,
            header: Header::read(header)?,
            payload: part(payload)?,
        })
    }
}

/// The bytes of a part: base64url, no padding, no other character, no left-over bits. The last
/// character of a part may carry bits that belong to no byte. If a reader ignored them, anyone
/// could change that character, and the same token would have several spellings.
fn part(text: &str) -> Result<Vec<u8>, &'static str> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| {
        let foreign = |c: &char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_');
        match text.chars().find(foreign) {
            Some('=') => "A part of the token is padded with =, which tokens leave out.",
            Some('+' | '/') => {
                "A part of the token has + or / of ordinary base64, where tokens use - and _."
            }
            Some(c) if c.is_whitespace() => "There is white space in a part of the token.",
            Some(_) => "A part of the token has a character that base64url does not have.",
            None => "A part of the token ends inside a byte: a character is missing or changed.",
        }
    })
}

impl Header {
    /// Refused alternative: treating a member of a wrong type as missing. A `kid` that is a list
    /// would then pass as "no kid" here, and mean something to another program.
    fn read(all: Map<String, Value>) -> Result<Self, &'static str> {
        let alg = text(&all, "alg").ok_or("The header's alg is not text.")?;
        Ok(Self {
            alg: alg.ok_or("The header has no alg: it names no algorithm.")?,
            kid: text(&all, "kid").ok_or("The header's kid is not text.")?,
            typ: text(&all, "typ").ok_or("The header's typ is not text.")?,
            jku: text(&all, "jku").ok_or("The header's jku is not text.")?,
            jwk: all.get("jwk").cloned(),
            has_crit: all.contains_key("crit"),
            all,
        })
    }
}

impl Claims {
    /// Reads a payload.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the form. It repeats nothing of the payload.
    pub fn parse(payload: &[u8]) -> Result<Self, &'static str> {
        Claims::read(json::object(payload).map_err(JsonFault::of_payload)?)
    }

    fn read(all: Map<String, Value>) -> Result<Self, &'static str> {
        Ok(Self {
            iss: text(&all, "iss").ok_or("The claim iss is not text.")?,
            sub: text(&all, "sub")
                .ok_or("The claim sub is not text.")?
                .ok_or("The claim sub is missing: the token speaks of nobody.")
                // An empty name might be an account somewhere, or match a record with an empty
                // field.
                .and_then(|sub| some_text(sub).ok_or("The claim sub is empty."))?,
            aud: audience(&all).ok_or("The claim aud is neither text nor a list of texts.")?,
            exp: time(&all, "exp").ok_or("The claim exp is not a number of seconds.")?,
            nbf: time(&all, "nbf").ok_or("The claim nbf is not a number of seconds.")?,
            iat: time(&all, "iat").ok_or("The claim iat is not a number of seconds.")?,
            jti: text(&all, "jti").ok_or("The claim jti is not text.")?,
            all,
        })
    }

    /// A claim that holds text; `None` where it is missing or has another type. Callers must treat
    /// `None` as "grants nothing".
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name)?.as_str()
    }

    /// Whether the claim `scope`, words with spaces between them, contains this word (RFC 8693
    /// §4.2).
    pub fn has_scope(&self, word: &str) -> bool {
        // Whole words: a search for "admin" in the text would also find "admin-read".
        let scope = self.text("scope").unwrap_or_default();
        scope.split(' ').any(|one| one == word)
    }
}

/// A text that is not empty.
fn some_text(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// For whom the token is: RFC 7519 §4.1.3 allows one name or a list of names. `None` is a wrong
/// type. Anything else in the list refuses the token: to skip what is odd would be to guess what
/// the issuer meant.
fn audience(all: &Map<String, Value>) -> Option<Vec<String>> {
    match all.get("aud") {
        None => Some(Vec::new()),
        Some(Value::String(one)) => Some(vec![one.clone()]),
        Some(Value::Array(several)) => several
            .iter()
            .map(|one| one.as_str().map(str::to_owned))
            .collect(),
        Some(_) => None,
    }
}

/// A member that may be missing and must be text; the outer `None` is a wrong type. So is `null`:
/// some programs read it as missing, others as the text "null".
fn text(all: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    match all.get(name) {
        None => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    }
}

/// A claim that may be missing and must be a finite number of seconds. Text such as "1767225600" is
/// refused: some programs compare text letter by letter, and then "9" is later than "10".
fn time(all: &Map<String, Value>, name: &str) -> Option<Option<f64>> {
    match all.get(name) {
        None => Some(None),
        // Finite: a comparison with infinity would let the token live forever.
        Some(value) => value
            .as_f64()
            .filter(|seconds| seconds.is_finite())
            .map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{payload}.c2ln")
    }

    const HEADER: &str = r#"{"alg":"HS256","kid":"hs-1","typ":"at+jwt"}"#;

    #[test]
    fn a_token_is_read_into_its_parts() {
        let text = token(
            HEADER,
            r#"{"sub":"alice","aud":["a","b"],"exp":1.5,"scope":"x admin"}"#,
        );
        let token = UnverifiedToken::parse(&text).expect("a token");
        assert_eq!(token.header.alg, "HS256");
        assert_eq!(token.header.kid.as_deref(), Some("hs-1"));
        assert!(!token.header.has_crit);
        assert_eq!(token.claims.sub, "alice");
        assert_eq!(token.claims.aud, ["a", "b"]);
        assert_eq!((token.claims.exp, token.claims.nbf), (Some(1.5), None));
        assert_eq!(token.signature, b"sig");
        assert!(token.claims.has_scope("admin") && !token.claims.has_scope("adm"));
        assert!(text.starts_with(token.signing_input) && !token.signing_input.ends_with('.'));
    }

    #[test]
    fn a_token_in_any_other_form_is_refused() {
        let good = token(HEADER, r#"{"sub":"alice"}"#);
        UnverifiedToken::parse(&good).expect("the form that is right");
        let (signed, _) = good.rsplit_once('.').expect("three parts");
        for bad in [
            String::new(),
            "..".into(),
            signed.to_owned(),
            format!("{good}.c2ln"),
            format!("{good}="),
            format!("{good} "),
            format!(" {good}"),
            format!("{good}\n"),
            format!("{signed}.c2l"),
            format!("{signed}.+/+/"),
            good.replacen('.', "=.", 1),
            r#"{"payload":"e30","signature":"c2ln"}"#.into(),
            "x".repeat(MAX_TOKEN_BYTES + 1),
            "é.é.é".into(),
        ] {
            assert!(UnverifiedToken::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn members_of_a_wrong_type_are_refused() {
        for header in [
            "{}",
            r#"{"alg":1}"#,
            r#"{"alg":"HS256","kid":{}}"#,
            "[]",
            "null",
        ] {
            assert!(
                UnverifiedToken::parse(&token(header, r#"{"sub":"a"}"#)).is_err(),
                "{header}"
            );
        }
        for payload in [
            "{}",
            r#"{"sub":""}"#,
            r#"{"sub":["alice"]}"#,
            r#"{"sub":"a","exp":"soon"}"#,
            r#"{"sub":"a","exp":null}"#,
            r#"{"sub":"a","aud":[1]}"#,
            r#"{"sub":"a","iss":[]}"#,
            r#"{"sub":"a","sub":"b"}"#,
        ] {
            assert!(
                UnverifiedToken::parse(&token(HEADER, payload)).is_err(),
                "{payload}"
            );
        }
    }
}

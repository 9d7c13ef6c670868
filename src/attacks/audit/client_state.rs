//! Sessions that are kept in a cookie: in which form, what they say, and whether their key is a word.
//!
//! The forms are those of the frameworks' documentation: itsdangerous (Flask, Starlette), `django.core.signing`,
//! cookie-session with keygrip (Express), and Rails. A signature answers whether somebody with the key
//! wrote the text. The text itself is readable by anyone.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::hmac_key::HmacHash;
use super::key_words::key_words;

/// How a framework writes a session into a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StateForm {
    /// `payload.timestamp.signature` of itsdangerous, which Starlette also uses.
    Flask,
    /// `payload:timestamp:signature` of `django.core.signing`.
    Django,
    /// A cookie in base64 and a second one with `.sig` behind its name.
    Express,
    /// `payload--signature`.
    Rails,
    /// A JSON Web Token.
    Jwt,
}

impl StateForm {
    /// Whose form it is.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Flask => "itsdangerous (Flask, Starlette)",
            Self::Django => "Django (signed cookies)",
            Self::Express => "Express (cookie-session)",
            Self::Rails => "Rails",
            Self::Jwt => "a JSON Web Token",
        }
    }
}

/// A session in a cookie.
#[derive(Clone, Debug)]
pub(super) struct ClientState {
    /// Its form.
    pub form: StateForm,
    /// What it says; empty where it is compressed.
    pub text: String,
    /// Whether it is compressed, as Flask and Django do with a long one: anyone can undo that.
    pub is_compressed: bool,
    /// The text that is signed, and its signature.
    signed: (String, Vec<u8>),
}

/// Base64 of either alphabet after the two letters are exchanged, with padding or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl ClientState {
    /// The state in a cookie, if it has one of the forms; `all` are the cookies beside it.
    pub(super) fn of(name: &str, value: &str, all: &[(String, String)]) -> Option<Self> {
        let value = value.trim_matches('"');
        let beside = format!("{name}.sig");
        if let Some((_, signature)) = all.iter().find(|(other, _)| *other == beside) {
            return Some(Self {
                form: StateForm::Express,
                is_compressed: false,
                text: readable(value)?,
                signed: (format!("{name}={value}"), decode(signature)?),
            });
        }
        if let Some((payload, signature)) = value.rsplit_once("--") {
            let payload = payload.replace("%3D", "=");
            let is_hex = signature.len() >= 40 && signature.bytes().all(|b| b.is_ascii_hexdigit());
            return is_hex.then(|| Self {
                form: StateForm::Rails,
                is_compressed: false,
                text: readable(&payload).unwrap_or_default(),
                signed: (payload, Vec::new()),
            });
        }
        if value.split(':').count() == 3 {
            let (signed, signature) = value.rsplit_once(':')?;
            let payload = signed.split(':').next()?;
            let signature = decode(signature).filter(|signature| signature.len() == 32)?;
            return Some(Self {
                form: StateForm::Django,
                is_compressed: payload.starts_with('.'),
                text: readable(payload).unwrap_or_default(),
                signed: (signed.to_owned(), signature),
            });
        }
        // A compressed payload of Flask begins with a dot.
        let dots = value.strip_prefix('.').unwrap_or(value);
        if dots.split('.').count() == 3 {
            let (signed, signature) = value.rsplit_once('.')?;
            let signature = decode(signature)?;
            let payload = dots.split('.').next()?;
            let first = readable(payload).unwrap_or_default();
            if first.contains("\"alg\"") {
                let claims = dots.split('.').nth(1).and_then(readable)?;
                return Some(Self {
                    form: StateForm::Jwt,
                    is_compressed: false,
                    text: claims,
                    signed: (signed.to_owned(), signature),
                });
            }
            let is_state = signature.len() == 20 && (value.starts_with('.') || !first.is_empty());
            return is_state.then(|| Self {
                form: StateForm::Flask,
                is_compressed: value.starts_with('.'),
                text: first,
                signed: (signed.to_owned(), signature),
            });
        }
        None
    }

    /// The word that signed it. Nobody is asked, so nobody can count the guesses.
    pub(super) fn cracked(&self) -> Option<&'static str> {
        key_words().find(|word| self.is_signed_with(word.as_bytes()))
    }

    /// Whether it says whose session it is: by one of these names, or by a member that frameworks use for
    /// the number of an account.
    pub(super) fn names_user(&self, names: &[&str]) -> bool {
        let json: Value = serde_json::from_str(&self.text).unwrap_or_default();
        says_who(&json, names)
    }

    fn is_signed_with(&self, key: &[u8]) -> bool {
        let (signed, signature) = &self.signed;
        match self.form {
            StateForm::Flask => {
                // The key is derived once more with the name of this use: by an HMAC in Flask, by a hash
                // in Starlette, which has the default of itsdangerous.
                let flask = sha1_of(key, b"cookie-session");
                let salt = b"itsdangerous.Signersigner";
                let starlette = Sha1::new().chain_update(salt).chain_update(key).finalize();
                let mut derived = [&*flask, &*starlette].into_iter();
                derived.any(|derived| sha1_of(derived, signed.as_bytes()) == *signature)
            }
            StateForm::Express => sha1_of(key, signed.as_bytes()) == *signature,
            StateForm::Django => {
                let salt = b"django.contrib.sessions.backends.signed_cookiessigner";
                let derived = Sha256::new()
                    .chain_update(salt)
                    .chain_update(key)
                    .finalize();
                sha256_of(&derived, signed.as_bytes()) == *signature
            }
            StateForm::Jwt => {
                let header = signed.split('.').next().and_then(readable);
                let header: serde_json::Value = header
                    .and_then(|text| serde_json::from_str(&text).ok())
                    .unwrap_or_default();
                let hash = header["alg"].as_str().and_then(HmacHash::of);
                hash.is_some_and(|hash| hash.over(signed.as_bytes(), key) == *signature)
            }
            // Its key is derived with many rounds, which differ from version to version.
            StateForm::Rails => false,
        }
    }
}

/// The members in which Flask-Login, Django and Passport keep whose session it is, and usual ones.
const WHOSE: [&str; 6] = [
    "_user_id",
    "_auth_user_id",
    "passport",
    "user_id",
    "userid",
    "uid",
];

/// Whether some text of a value is one of these names, or some member is one of [`WHOSE`].
fn says_who(json: &Value, names: &[&str]) -> bool {
    match json {
        Value::String(text) => names.contains(&&**text),
        Value::Array(all) => all.iter().any(|one| says_who(one, names)),
        Value::Object(all) => all.iter().any(|(member, one)| {
            let is_whose = WHOSE.contains(&&*member.to_ascii_lowercase()) && !one.is_null();
            is_whose || says_who(one, names)
        }),
        _ => false,
    }
}

fn sha1_of(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length (RFC 2104, section 2), so this never fails.
    let mac: Hmac<Sha1> = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn sha256_of(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length (RFC 2104, section 2), so this never fails.
    let mac: Hmac<Sha256> = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD
        .decode(&text)
        .or_else(|_| LENIENT.decode(&text))
        .ok()
}

/// What a payload says, if it is JSON in base64.
fn readable(payload: &str) -> Option<String> {
    let text = String::from_utf8(decode(payload)?).ok()?;
    serde_json::from_str::<serde_json::Value>(&text)
        .ok()
        .map(|_| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(name: &str, value: &str, beside: Option<&str>) -> Option<ClientState> {
        let beside = beside.map(|value| (format!("{name}.sig"), value.to_owned()));
        ClientState::of(name, value, &beside.into_iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_cookie_that_itsdangerous_wrote_is_read_and_its_word_found() {
        let cookie =
            "eyJyb2xlIjoic3R1ZGVudCIsInVzZXIiOiJhbGljZSJ9.aVW5AA.EJjnFuk2xdjX0ZO5ptJuBU0DxJA";
        let found = state("session", cookie, None).expect("a state");
        assert_eq!(found.form, StateForm::Flask);
        assert!(found.text.contains("alice"));
        assert_eq!(found.cracked(), Some("secret123"));
        let other = cookie.replace("EJjn", "EJjm");
        assert_eq!(
            state("session", &other, None).expect("a state").cracked(),
            None
        );
    }

    #[test]
    fn cookies_that_the_frameworks_wrote_are_read_and_their_word_found() {
        // Written by itsdangerous 2.2 as Starlette and Flask call it, by django.core.signing of Django
        // with the salt of its signed cookies, and by keygrip, which cookie-session uses. The key of
        // each is `secret`.
        for (value, beside, form) in [
            (
                "eyJ1c2VyIjogImFsaWNlIn0=.aw1YOw.Rd5rST2Xy1ttOsGGXYJQ7cG-iTQ",
                None,
                StateForm::Flask,
            ),
            (
                "eyJ1c2VyIjoiYWxpY2UifQ.aw1YPA.oiNJFbV7kCvISOToRLv3plSYby8",
                None,
                StateForm::Flask,
            ),
            (
                "eyJfYXV0aF91c2VyX2lkIjoiMSJ9:1xXzBM:VXs716jMWtagV6oGX-i2hpzTjWSpVmFPwAJzaV3ewy0",
                None,
                StateForm::Django,
            ),
            (
                "eyJ1c2VyIjoiYWxpY2UifQ==",
                Some("yRmTz2ZF-EDX3FyDEI1D3h4lJI4"),
                StateForm::Express,
            ),
        ] {
            let found = state("session", value, beside).expect("a state");
            assert_eq!(
                (found.form, found.cracked()),
                (form, Some("secret")),
                "{value}"
            );
            assert!(found.text.contains("alice") || found.text.contains("_auth_user_id"));
        }
        let other_name = state(
            "other",
            "eyJ1c2VyIjoiYWxpY2UifQ==",
            Some("yRmTz2ZF-EDX3FyDEI1D3h4lJI4"),
        );
        assert_eq!(other_name.expect("a state").cracked(), None);
    }

    #[test]
    fn whose_session_it_is_is_read_from_values_and_from_the_members_of_frameworks() {
        let names = ["al", "alice@app.test"];
        for (text, is_said) in [
            (r#"{"user":"al"}"#, true),
            (r#"{"data":[{"who":"alice@app.test"}]}"#, true),
            (r#"{"_user_id":"7"}"#, true),
            (r#"{"passport":{"user":7}}"#, true),
            // Two letters occur in many texts.
            (r#"{"csrf_token":"4al9"}"#, false),
            (r#"{"user_id":null}"#, false),
            ("", false),
        ] {
            let json: Value = serde_json::from_str(text).unwrap_or_default();
            assert_eq!(says_who(&json, &names), is_said, "{text}");
        }
    }

    #[test]
    fn an_opaque_id_is_no_state() {
        for value in [
            "",
            "1001",
            "s%3Aabc.def",
            "a.b.c",
            "..",
            "::",
            "--",
            "3f2a9c0e3f2a9c0e3f2a9c0e3f2a9c0e",
            "\u{e4}.\u{e4}.\u{e4}",
        ] {
            assert!(state("sid", value, None).is_none(), "{value}");
        }
    }
}

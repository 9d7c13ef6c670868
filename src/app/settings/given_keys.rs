//! The secret keys that the environment gives, and when they are strong enough.
//!
//! On loopback any key will do, or none. With `--class` strangers can ask the portal for signed
//! values and guess the key at home, as `john` and `flask-unsign` do, so both keys must be set,
//! and strong: what that means is in `weak_key`. Next: [`crate::base::keys`], which derives from them.

use std::fmt;

use std::path::Path;

use super::fallback_keys::{self, FallbackKey};
use super::weak_key::{SHORTEST, too_short, weakness};
use crate::base::clock::BenchTime;
use crate::base::keys::{self, ServerKey};
use crate::base::start_error::StartError;
use crate::session::bench::JWT_LABEL;

const SECRET_KEY: &str = "SESSION_LAB_SECRET_KEY";
const JWT_SECRET_KEY: &str = "SESSION_LAB_JWT_SECRET_KEY";
const SECRET_FALLBACKS: &str = "SESSION_LAB_SECRET_KEY_FALLBACKS";
const JWT_FALLBACKS: &str = "SESSION_LAB_JWT_SECRET_KEY_FALLBACKS";

/// The optional keys `SESSION_LAB_SECRET_KEY` and `SESSION_LAB_JWT_SECRET_KEY`, and the keys of
/// before, in variables of the same names with `_FALLBACKS`.
#[derive(Clone, Default)]
pub struct GivenKeys {
    secret_key: Option<String>,
    jwt_secret_key: Option<String>,
    secret_fallbacks: Vec<FallbackKey>,
    jwt_fallbacks: Vec<FallbackKey>,
}

/// The two secrets of a lab: everything is derived from the first one, and the keys of tokens from
/// the second, where there is one.
#[derive(Clone, Debug)]
pub struct ServerSecrets {
    /// The server's own key.
    pub key: ServerKey,
    /// A separate one for tokens.
    pub token_key: Option<ServerKey>,
}

impl GivenKeys {
    /// Keys as text: base64url, base64, hexadecimal, or any other.
    pub fn new(secret_key: Option<&str>, jwt_secret_key: Option<&str>) -> Self {
        Self {
            secret_key: secret_key.map(str::to_owned),
            jwt_secret_key: jwt_secret_key.map(str::to_owned),
            ..Self::default()
        }
    }

    /// The same keys, with those of before.
    ///
    /// # Errors
    /// One of the two texts is no list of keys, or names keys of tokens where there is none.
    pub fn with_fallbacks(
        mut self,
        secret: Option<&str>,
        jwt: Option<&str>,
    ) -> Result<Self, StartError> {
        let list = |name, text: Option<&str>, present: Option<&str>| {
            let parsed = text.map(|text| fallback_keys::parse(name, text, present));
            parsed.transpose().map(Option::unwrap_or_default)
        };
        if jwt.is_some() && self.jwt_secret_key.is_none() {
            let message = format!("{JWT_FALLBACKS} is set, and {JWT_SECRET_KEY} is not");
            let hint = format!(
                "set {JWT_SECRET_KEY}, or name the earlier keys in {SECRET_FALLBACKS} alone"
            );
            return Err(StartError::new(message, hint));
        }
        self.secret_fallbacks = list(SECRET_FALLBACKS, secret, self.secret_key())?;
        self.jwt_fallbacks = list(JWT_FALLBACKS, jwt, self.jwt_secret_key())?;
        Ok(self)
    }

    /// The secrets of before, each with the moment until which it is accepted: every pair of
    /// secrets that the lab may have had, but for the present one.
    ///
    /// # Errors
    /// The key in the data folder is named, and is not there.
    pub fn earlier(
        &self,
        data_dir: &Path,
        present: &ServerSecrets,
    ) -> Result<Vec<(ServerSecrets, BenchTime)>, StartError> {
        let mut keys = vec![(present.key.clone(), BenchTime::FOREVER)];
        for fallback in &self.secret_fallbacks {
            keys.push((fallback.server_key(data_dir)?, fallback.until));
        }
        let mut token_keys = vec![(present.token_key.clone(), BenchTime::FOREVER)];
        for fallback in &self.jwt_fallbacks {
            token_keys.push((Some(fallback.server_key(data_dir)?), fallback.until));
        }
        let pair = |(key, until): &(ServerKey, BenchTime)| {
            let (key, until) = (key.clone(), *until);
            token_keys.iter().map(move |(token_key, also)| {
                let secrets = ServerSecrets {
                    key: key.clone(),
                    token_key: token_key.clone(),
                };
                (secrets, until.min(*also))
            })
        };
        // The first of all pairs is the present one.
        Ok(keys.iter().flat_map(pair).skip(1).collect())
    }

    /// The key for [`crate::base::keys::ServerKey::load_or_make`].
    pub fn secret_key(&self) -> Option<&str> {
        self.secret_key.as_deref()
    }

    /// The key for signing JWTs.
    pub fn jwt_secret_key(&self) -> Option<&str> {
        self.jwt_secret_key.as_deref()
    }

    /// Checks that a given key for JWTs is as long as HS256 needs it, also on loopback: anyone who has
    /// one token can guess offline.
    ///
    /// # Errors
    /// It is shorter than 32 bytes.
    pub fn check_jwt_length(&self) -> Result<(), StartError> {
        let name = JWT_SECRET_KEY;
        let bytes = self.jwt_secret_key().map(|key| keys::decode(key).len());
        match bytes.filter(|bytes| *bytes < SHORTEST) {
            None => Ok(()),
            Some(bytes) => {
                let message = format!("{name} {}", too_short(bytes));
                Err(StartError::new(message, hint(name)))
            }
        }
    }

    /// Checks that the keys may be used in front of a class.
    ///
    /// # Errors
    /// A key is missing, published, shorter than 32 bytes, a pattern, or made of words.
    pub fn check_strength(&self) -> Result<(), StartError> {
        check(SECRET_KEY, self.secret_key())?;
        check(JWT_SECRET_KEY, self.jwt_secret_key())?;
        fallback_keys::check_strength(SECRET_FALLBACKS, &self.secret_fallbacks)?;
        fallback_keys::check_strength(JWT_FALLBACKS, &self.jwt_fallbacks)
    }
}

impl ServerSecrets {
    /// The key for one use, by its label.
    pub fn derive(&self, label: &str) -> [u8; 32] {
        match &self.token_key {
            Some(given) if label == JWT_LABEL => given.derive(label),
            _ => self.key.derive(label),
        }
    }
}

impl fmt::Debug for GivenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenKeys")
    }
}

fn check(name: &str, key: Option<&str>) -> Result<(), StartError> {
    let message = match key {
        None => format!("--class needs your own key in {name}"),
        Some(key) => match weakness(key) {
            None => return Ok(()),
            Some(weakness) => format!("{name} {weakness}"),
        },
    };
    Err(StartError::new(message, hint(name)))
}

fn hint(name: &str) -> String {
    format!("make one: export {name}=\"$(session-lab secret)\", or openssl rand -hex 32")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_variable_and_the_command_but_never_the_key() {
        let strong = keys::new_secret().unwrap();
        let error = GivenKeys::new(None, Some(&strong))
            .check_strength()
            .unwrap_err();
        assert_eq!(
            error.message,
            "--class needs your own key in SESSION_LAB_SECRET_KEY"
        );
        let error = GivenKeys::new(Some(&strong), Some("hunter2"))
            .check_strength()
            .unwrap_err();
        assert!(
            error
                .message
                .starts_with("SESSION_LAB_JWT_SECRET_KEY is too short")
        );
        assert!(!error.message.contains("hunter2"));
        assert!(error.hint.contains("session-lab secret"));
        assert_eq!(error.code, 1);
    }

    #[test]
    fn a_short_key_for_tokens_is_refused_also_where_nobody_else_comes_in() {
        let check = |key| GivenKeys::new(Some("x"), key).check_jwt_length();
        let strong = keys::new_secret().unwrap();
        assert!(check(None).is_ok() && check(Some(&strong)).is_ok());
        let error = check(Some("only a few words")).unwrap_err();
        assert_eq!(
            error.message,
            "SESSION_LAB_JWT_SECRET_KEY is too short: 16 bytes of at least 32"
        );
    }

    #[test]
    fn debug_shows_only_the_type() {
        assert_eq!(
            format!("{:?}", GivenKeys::new(Some("hunter2"), None)),
            "GivenKeys"
        );
    }
}

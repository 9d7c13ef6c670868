//! The secret keys that the environment gives, and when they are strong enough.
//!
//! On loopback any key will do, or none. With `--class` strangers can ask the portal for signed
//! values and guess the key at home, as `john` and `flask-unsign` do, so both keys must be set,
//! and strong: what that means is in `weak_key`. Next: [`crate::base::keys`], which derives from them.

use std::fmt;

use super::weak_key::{SHORTEST, too_short, weakness};
use crate::base::keys;
use crate::base::start_error::StartError;

/// The optional keys `SESSION_LAB_SECRET_KEY` and `SESSION_LAB_JWT_SECRET_KEY`.
#[derive(Clone, Default)]
pub struct GivenKeys {
    secret_key: Option<String>,
    jwt_secret_key: Option<String>,
}

impl GivenKeys {
    /// Keys as text: base64url, base64, hexadecimal, or any other.
    pub fn new(secret_key: Option<&str>, jwt_secret_key: Option<&str>) -> Self {
        Self {
            secret_key: secret_key.map(str::to_owned),
            jwt_secret_key: jwt_secret_key.map(str::to_owned),
        }
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
        let name = "SESSION_LAB_JWT_SECRET_KEY";
        let bytes = self.jwt_secret_key().map(|key| keys::decode(key).len());
        match bytes.filter(|bytes| *bytes < SHORTEST) {
            None => Ok(()),
            Some(bytes) => {
                let message = format!("{name} {}", too_short(bytes));
                Err(StartError::new(message, hint(name)))
            }
        }
    }

    /// Checks that both keys may be used in front of a class.
    ///
    /// # Errors
    /// A key is missing, published, shorter than 32 bytes, a pattern, or made of words.
    pub fn check_strength(&self) -> Result<(), StartError> {
        check("SESSION_LAB_SECRET_KEY", self.secret_key())?;
        check("SESSION_LAB_JWT_SECRET_KEY", self.jwt_secret_key())
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

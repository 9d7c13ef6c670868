//! The secret keys that the environment gives, and when they are strong enough.
//!
//! On loopback any key will do, or none. With `--class` strangers can ask the portal for signed
//! values and guess the key at home, as `john` and `flask-unsign` do, so both keys must be set,
//! long, and not to be found in anybody's list. Next: [`crate::base::keys`], which derives from them.

use std::fmt;

use crate::base::keys;
use crate::base::start_error::StartError;

/// 32 bytes, as many as HMAC-SHA256 puts out (RFC 7518, section 3.2, asks the same of HS256).
const SHORTEST: usize = 32;
/// 32 random bytes have about 30 different ones, and never so few.
const FEWEST_DIFFERENT: usize = 16;

/// What keys in tutorials, default configurations and the lab's own dictionary are made of.
///
/// No word is shorter than six letters, so that a random key holds one by chance only once in
/// a million keys.
const KNOWN: [&str; 16] = [
    "secret",
    "changeme",
    "change-me",
    "change_me",
    "password",
    "passw0rd",
    "default",
    "example",
    "flask-",
    "do-not-use",
    "session-lab",
    "development",
    "testing",
    "qwerty",
    "123456",
    "a1b2c3d4e5f6",
];

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
    /// A key is missing, known, shorter than 32 bytes, or repeats itself.
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
    format!("make one: export {name}=\"$(session-lab secret)\"")
}

fn too_short(bytes: usize) -> String {
    format!("is too short: {bytes} bytes of at least {SHORTEST}")
}

fn weakness(key: &str) -> Option<String> {
    let bytes = keys::decode(key);
    let texts = [
        key.to_lowercase(),
        String::from_utf8_lossy(&bytes).to_lowercase(),
    ];
    if texts
        .iter()
        .any(|text| KNOWN.iter().any(|word| text.contains(word)))
    {
        return Some("is a known default or made of one".to_owned());
    }
    if bytes.len() < SHORTEST {
        return Some(too_short(bytes.len()));
    }
    let mut different = bytes;
    different.sort_unstable();
    different.dedup();
    (different.len() < FEWEST_DIFFERENT)
        .then(|| "repeats itself too much to be a random key".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(key: &str) -> String {
        weakness(key).unwrap_or_else(|| panic!("accepted: {key}"))
    }

    #[test]
    fn a_printed_secret_is_strong_in_every_spelling() {
        for _ in 0..1000 {
            let secret = keys::new_secret().unwrap();
            assert_eq!(weakness(&secret), None, "{secret}");
        }
        let hex: String = (0..32)
            .map(|n: u8| format!("{:02x}", n.wrapping_mul(83)))
            .collect();
        assert_eq!(weakness(&hex), None);
    }

    #[test]
    fn known_keys_are_refused_however_they_are_padded_or_encoded() {
        for known in [
            "secret",
            "changeme",
            "Secret123",
            "secret123secret123secret123secret123",
            "secret123-xK3vQ9pLr7TzYw2BnM8sDfGhJ4cV6aE1",
            "your-secret-key-here",
            "dev-secret-key-do-not-use-in-production",
            "password123password123password123password123",
            "c2VjcmV0MTIzc2VjcmV0MTIzc2VjcmV0MTIzc2VjcmV0MTIz",
            "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d2e3f4a5b6c7d8e9f0a1",
        ] {
            assert!(refusal(known).contains("known default"), "{known}");
        }
    }

    #[test]
    fn short_keys_are_counted_in_decoded_bytes() {
        assert_eq!(
            refusal("xK3vQ9pLr7"),
            "is too short: 7 bytes of at least 32"
        );
        assert_eq!(
            refusal("0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
            "is too short: 16 bytes of at least 32"
        );
        assert_eq!(
            refusal("only a few words"),
            "is too short: 16 bytes of at least 32"
        );
        // 42 characters of base64url are 31 bytes.
        let secret = &keys::new_secret().unwrap()[..42];
        assert!(
            refusal(secret).starts_with("is too short: 31 bytes"),
            "{secret}"
        );
    }

    #[test]
    fn a_long_key_that_repeats_itself_is_refused() {
        for key in ["a".repeat(64), "0f1e2d3c".repeat(8), "! ?".repeat(20)] {
            assert!(refusal(&key).starts_with("repeats itself"), "{key}");
        }
    }

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

//! The server's own secret key, and the keys derived from it.
//!
//! One key would do for everything, but then a token for one use could be shown as a token for
//! another. So each use (CSRF tokens, fingerprints, the signed state cookie) asks for its own with
//! [`ServerKey::derive`] (key separation, NIST SP 800-57 part 1, §5.2). Session ids need no key:
//! they are random. Next: [`crate::app::settings`], which reads keys from the environment.

mod text;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

pub(crate) use self::text::decode;
use crate::base::private_file;
use crate::base::private_file::Readers;
use crate::base::start_error::StartError;

const FOLDER: &str = "keys";
const FILE: &str = "server-key";
/// Sets a given key apart from any other SHA-256 of the same text.
const GIVEN_LABEL: &[u8] = b"session-lab server key\0";

/// The server's secret: 32 bytes that never leave the process or its key file.
#[derive(Clone)]
pub struct ServerKey([u8; 32]);

impl ServerKey {
    /// The given key, or the one in `dir/keys/server-key`, which the first start makes.
    ///
    /// A given key is text of any length; 32 bytes are derived from it, and nothing is written.
    ///
    /// # Errors
    /// The folder cannot be written, the file is not a key, or the system has no randomness.
    pub fn load_or_make(dir: &Path, given: Option<&str>) -> Result<Self, StartError> {
        if let Some(given) = given {
            return Ok(Self::from_given(given));
        }
        let folder = dir.join(FOLDER);
        let path = folder.join(FILE);
        private_file::make_folder(&folder)?;
        if let Some(text) = private_file::read(&path)? {
            private_file::close_to_others(&path);
            return Self::parse(&text).ok_or_else(|| broken(&path));
        }
        let key = Self(random_bytes()?);
        let text = general_purpose::URL_SAFE_NO_PAD.encode(key.0);
        private_file::write(&path, &format!("{text}\n"), Readers::Owner)?;
        Ok(key)
    }

    /// The given key, or the one in `dir/keys/server-key`, which must be there.
    ///
    /// # Errors
    /// There is no such file, or it is not a key.
    pub fn load(dir: &Path, given: Option<&str>) -> Result<Self, StartError> {
        if let Some(given) = given {
            return Ok(Self::from_given(given));
        }
        let path = Self::file(dir);
        match private_file::read(&path)? {
            Some(text) => Self::parse(&text).ok_or_else(|| broken(&path)),
            None => Err(StartError::new(
                format!("there is no key at {}", path.display()),
                "name the lab's data folder with --data-dir, or set SESSION_LAB_SECRET_KEY",
            )),
        }
    }

    /// The file of a data folder in which the key is.
    pub fn file(dir: &Path) -> PathBuf {
        dir.join(FOLDER).join(FILE)
    }

    /// A key for one run: tests, and labs that keep nothing.
    ///
    /// # Panics
    /// The operating system has no randomness; then nothing in the lab could be trusted.
    pub fn random() -> Self {
        let mut key = [0; 32];
        // Failing is documented: a key that is not random is worse than a stop.
        getrandom::fill(&mut key).expect("the operating system gives random bytes");
        Self(key)
    }

    /// The key itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key for one use: HMAC-SHA256 of `label` under this key.
    ///
    /// ```
    /// use session_lab::base::keys::ServerKey;
    ///
    /// let key = ServerKey::random();
    /// assert_eq!(key.derive("csrf"), key.derive("csrf"));
    /// assert_ne!(key.derive("csrf"), key.derive("state cookie"));
    /// ```
    pub fn derive(&self, label: &str) -> [u8; 32] {
        // HMAC takes keys of any length (RFC 2104, section 2), so this cannot fail.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any key");
        mac.update(label.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The key that somebody gave as text of any length: 32 bytes are derived from it.
    pub fn from_given(given: &str) -> Self {
        Self(
            Sha256::new()
                .chain_update(GIVEN_LABEL)
                .chain_update(decode(given))
                .finalize()
                .into(),
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = general_purpose::URL_SAFE_NO_PAD
            .decode(text.trim_end())
            .ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKey")
    }
}

/// A new key as `session-lab secret` prints it: 32 random bytes, base64url, 43 characters.
///
/// # Errors
/// The operating system has no randomness.
pub fn new_secret() -> Result<String, StartError> {
    Ok(general_purpose::URL_SAFE_NO_PAD.encode(random_bytes()?))
}

fn random_bytes() -> Result<[u8; 32], StartError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        StartError::new(
            format!("the operating system gives no random bytes: {error}"),
            "start the lab where the system's random source works",
        )
    })?;
    Ok(bytes)
}

fn broken(path: &Path) -> StartError {
    let path = path.display();
    StartError::new(
        format!("broken key file: {path} does not hold 32 bytes in base64url"),
        format!("delete it and the next start makes a new one: rm '{path}'"),
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_first_start_makes_a_key_and_the_next_one_finds_it() {
        let dir = tempfile::tempdir().unwrap();
        let made = ServerKey::load_or_make(dir.path(), None).unwrap();
        let found = ServerKey::load_or_make(dir.path(), None).unwrap();
        assert_eq!(made.as_bytes(), found.as_bytes());
        assert_eq!(
            fs::read_to_string(dir.path().join("keys/server-key"))
                .unwrap()
                .len(),
            44
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_its_owners_even_if_it_was_not() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/server-key");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        ServerKey::load_or_make(dir.path(), None).unwrap();
        assert_eq!(
            (mode(&path), mode(&dir.path().join("keys"))),
            (0o600, 0o700)
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        ServerKey::load_or_make(dir.path(), None).unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_key_file_of_any_bytes_is_called_broken_and_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/server-key");
        ServerKey::load_or_make(dir.path(), None).unwrap();
        for broken in [&b"\xff\xfe"[..], b"", b"x", &[0; 44]] {
            fs::write(&path, broken).unwrap();
            let error = ServerKey::load_or_make(dir.path(), None).unwrap_err();
            assert!(error.message.starts_with("broken key file: "), "{error}");
            assert!(error.hint.contains("rm '"), "{}", error.hint);
            assert_eq!(fs::read(&path).unwrap(), broken);
        }
    }

    #[test]
    fn a_given_key_is_used_and_nothing_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let given = new_secret().unwrap();
        let key = ServerKey::load_or_make(dir.path(), Some(&given)).unwrap();
        let again = ServerKey::load_or_make(dir.path(), Some(&given)).unwrap();
        assert_eq!(key.as_bytes(), again.as_bytes());
        assert_ne!(key.as_bytes().to_vec(), decode(&given));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_broken_key_file_is_an_error_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("keys")).unwrap();
        let path = dir.path().join("keys/server-key");
        for broken in [
            "",
            "short",
            "not base64 at all, but long enough to be a key!",
        ] {
            fs::write(&path, broken).unwrap();
            let error = ServerKey::load_or_make(dir.path(), None).unwrap_err();
            assert!(
                error.message.starts_with("broken key file: "),
                "{}",
                error.message
            );
            assert!(error.hint.contains("rm '"), "{}", error.hint);
            assert_eq!(fs::read_to_string(&path).unwrap(), broken);
        }
    }

    #[test]
    fn derived_keys_are_hmac_sha256() {
        // The value is that of `printf csrf | openssl dgst -sha256 -mac HMAC -macopt hexkey:00…00`.
        let key = ServerKey([0; 32]);
        let expected = "fd830a6a108d4ab6ad423f7360cc3e72e451da5341d6f576b063c9f36f4f65ec";
        assert_eq!(key.derive("csrf").to_vec(), decode(expected));
        assert_ne!(key.derive("csrf"), key.derive("fingerprint"));
        assert_ne!(key.derive("csrf"), ServerKey::random().derive("csrf"));
    }

    #[test]
    fn debug_shows_only_the_type() {
        assert_eq!(format!("{:?}", ServerKey::random()), "ServerKey");
    }
}

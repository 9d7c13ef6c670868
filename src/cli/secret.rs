//! `session-lab secret`: prints a new key for the environment. It is stored nowhere.

use std::io::{self, Write as _};

use crate::base::keys;
use crate::base::start_error::StartError;

/// Prints a new 32-byte key in base64url.
///
/// # Errors
/// The system gives no random bytes, or the key cannot be printed.
pub fn run() -> Result<(), StartError> {
    writeln!(io::stdout(), "{}", keys::new_secret()?).map_err(|error| {
        StartError::new(
            format!("cannot print the key: {error}"),
            "run session-lab secret without a pipe",
        )
    })
}

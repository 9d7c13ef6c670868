//! What a command prints for people and for other programs.

use std::io::{self, Write as _};

use crate::base::start_error::StartError;

/// Prints a text on standard output.
///
/// # Errors
/// It cannot be written.
pub fn say(text: &str) -> Result<(), StartError> {
    match io::stdout().write_all(text.as_bytes()) {
        // Somebody who reads only the first lines, as `head` does, is no error.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(StartError::new(
            format!("cannot print: {error}"),
            "look at where the output goes",
        )),
        _ => Ok(()),
    }
}

//! What a command prints for people and for other programs.

use std::io::{self, Write as _};

use crate::base::encode;
use crate::base::start_error::StartError;

/// Prints lines for people on standard output. What a terminal would obey in them is encoded, so a
/// name or a header in them is shown and does nothing.
///
/// # Errors
/// They cannot be written.
pub fn tell(lines: &str) -> Result<(), StartError> {
    say(&encode::lines(lines))
}

/// Prints a text for another program on standard output, as it is.
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

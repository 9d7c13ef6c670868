//! Why the lab did not start: one line, one hint, one exit code.
//!
//! Whatever goes wrong before the first request is answered ends as a [`StartError`]; what goes
//! wrong inside a request is another type. `main.rs` prints it. Next: [`crate::app::settings`], where
//! most of them come from.

/// A start that failed, in the words the terminal shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StartError {
    /// What is wrong: one line, lower case, no full stop.
    pub message: String,
    /// What to do about it: one line with the command or setting that helps.
    pub hint: String,
    /// The exit code: 1, or 2 where the command line itself is wrong.
    pub code: u8,
}

impl StartError {
    /// The exit code for a lab that cannot start on this machine as it is.
    const FAILURE: u8 = 1;
    /// The exit code for a wrong command line; clap uses the same.
    const USAGE: u8 = 2;

    /// A failed start with exit code 1.
    ///
    /// ```
    /// use session_lab::base::start_error::StartError;
    ///
    /// let error = StartError::new("port 7080 is taken", "choose another with --http-port 0");
    /// assert_eq!((error.to_string().as_str(), error.code), ("port 7080 is taken", 1));
    /// ```
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
            code: Self::FAILURE,
        }
    }

    /// The same error as a mistake on the command line: exit code 2.
    #[must_use]
    pub fn usage(self) -> Self {
        Self {
            code: Self::USAGE,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_code_1_and_a_usage_error_code_2() {
        let error = StartError::new("no", "yes");
        assert_eq!(error.code, 1);
        assert_eq!(error.clone().usage().code, 2);
        assert_eq!(error.usage().hint, "yes");
    }
}

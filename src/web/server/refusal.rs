//! Answers that the server gives itself, because what came is no request that Rocket could answer.

use super::raw_head::BadHead;

/// A status and one sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRefusal {
    status: u16,
    reason: &'static str,
    message: String,
}

impl ConnectionRefusal {
    fn new(status: u16, reason: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status,
            reason,
            message,
        }
    }

    /// Unencrypted HTTP on a port that speaks TLS.
    pub fn unencrypted(right_address: &str) -> Self {
        Self::new(
            400,
            "Bad Request",
            format!("This port speaks TLS. Use {right_address} instead."),
        )
    }

    /// The head did not arrive in time.
    pub fn slow_head() -> Self {
        let seconds = super::HEAD.as_secs();
        Self::new(
            408,
            "Request Timeout",
            format!("The head of the request did not arrive within {seconds} seconds."),
        )
    }

    /// The body paused for too long.
    pub fn slow_body() -> Self {
        let seconds = super::BODY.as_secs();
        Self::new(
            408,
            "Request Timeout",
            format!("Nothing of the body arrived for {seconds} seconds."),
        )
    }

    /// The answer as it goes over the connection, which ends after it.
    pub fn bytes(&self) -> Vec<u8> {
        let Self {
            status,
            reason,
            message,
        } = self;
        format!(
            "HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             X-Content-Type-Options: nosniff\r\nContent-Length: {}\r\nConnection: close\r\n\r\n\
             {message}\n",
            message.len() + 1
        )
        .into_bytes()
    }
}

impl From<BadHead> for ConnectionRefusal {
    fn from(bad: BadHead) -> Self {
        match bad {
            BadHead::Malformed(why) => Self::new(
                400,
                "Bad Request",
                format!("The request cannot be read: {why}."),
            ),
            BadHead::Version => Self::new(
                // 505 would call the server's fault what is none.
                400,
                "Bad Request",
                "This server speaks HTTP/1.1 and HTTP/1.0.",
            ),
            BadHead::TooLarge => Self::new(
                431,
                "Request Header Fields Too Large",
                format!(
                    "A request may have {} header lines and {} bytes of them.",
                    super::raw_head::MOST_LINES,
                    super::raw_head::LARGEST
                ),
            ),
            BadHead::LongTarget => Self::new(
                414,
                "URI Too Long",
                "The address of the request is too long.",
            ),
        }
    }
}

//! What the log says about an error of Redis.

use std::io;
use std::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Whether an error means that the connection, or the Redis behind it, is no longer of use.
pub fn is_lost(error: &RedisError) -> bool {
    let kind = error.kind();
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(
            kind,
            ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::BusyLoading)
        )
}

/// The error of a call that took too long.
pub fn too_slow(limit: Duration) -> RedisError {
    let text = format!("no answer within {} ms", limit.as_millis());
    io::Error::new(io::ErrorKind::TimedOut, text).into()
}

/// The message of Redis. It may repeat the question, which may hold a session id: that part is cut
/// off, and so is the client library's own name for the error.
pub fn in_words(error: &RedisError) -> String {
    let said = match (error.code(), error.detail()) {
        (Some(code), Some(detail)) => format!("{code} {detail}"),
        _ => error.to_string(),
    };
    let said = said.lines().next().unwrap_or_default();
    let end = said.find(", with args").unwrap_or(said.len());
    let said = &said[..end];
    let kind = format!(" - {:?}", error.kind());
    said.strip_suffix(&kind).unwrap_or(said).to_owned()
}

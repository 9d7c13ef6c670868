//! Whether Redis would do the lab's work at this moment. Asking changes nothing.

use redis::Value;

use super::RedisStorage;
use super::connection::RedisRequest;
use crate::storage::{StorageError, Trouble};

const SILENT: Trouble = Trouble {
    what: "does not answer",
    next: "Start Redis again, or look at the network to it.",
};
const LOADING: Trouble = Trouble {
    what: "is starting, and reads its data",
    next: "Wait until Redis has read them.",
};
const FULL: Trouble = Trouble {
    what: "is full",
    next: "Give Redis more memory (maxmemory).",
};
const READ_ONLY: Trouble = Trouble {
    what: "takes no writes",
    next: "This Redis is a replica: name the primary, or let the Sentinels do it.",
};
const REFUSES: Trouble = Trouble {
    what: "refuses to write",
    next: "Look at Redis: its disk, its replicas, and what its user may do.",
};

impl RedisStorage {
    /// What is wrong with Redis, as far as two questions can tell; `known` is the answer before.
    ///
    /// Reading is not enough: a Redis that is full, or a replica, answers every read.
    pub async fn trouble(&self, known: Option<Trouble>) -> Option<Trouble> {
        match self
            .connection
            .ask(RedisRequest::Command(redis::cmd("ROLE")))
            .await
        {
            // The first time the write is tried as well: the link then looks for the primary anew.
            Ok(role) if is_replica(&role) && known == Some(READ_ONLY) => return known,
            Ok(_) => {}
            Err(error) => {
                if let Some(trouble) = in_plain_words(&error) {
                    return Some(trouble);
                }
            }
        }
        let written = self
            .connection
            .ask::<Value>(RedisRequest::Command(write_nothing()))
            .await;
        in_plain_words(&written.err()?)
    }
}

/// Puts nothing at the beginning of a text that is not there. That changes nothing, makes no key and is
/// not passed on to replicas, but is refused wherever a write would be.
pub(super) fn write_nothing() -> redis::Cmd {
    let mut nothing = redis::cmd("SETRANGE");
    nothing.arg("lab:health").arg(0).arg("");
    nothing
}

fn is_replica(role: &Value) -> bool {
    let Value::Array(role) = role else {
        return false;
    };
    matches!(role.first(), Some(Value::BulkString(name)) if name == b"slave")
}

/// What an error means for the lab; nothing where only this question was refused.
fn in_plain_words(error: &StorageError) -> Option<Trouble> {
    let why = match error {
        StorageError::Full(_) => return Some(FULL),
        StorageError::Unreachable(why) => why,
        _ => return None,
    };
    // The message of Redis begins with a code, and follows the address.
    let description = |code: &str| why.contains(&format!(": {code} "));
    let known = [
        ("OOM", Some(FULL)),
        ("READONLY", Some(READ_ONLY)),
        ("LOADING", Some(LOADING)),
        ("MISCONF", Some(REFUSES)),
        ("NOREPLICAS", Some(REFUSES)),
        ("NOAUTH", Some(REFUSES)),
        ("WRONGPASS", Some(REFUSES)),
        // The lab's user may do all that the lab needs, and not this.
        ("NOPERM", None),
        // Somebody made a key of that name.
        ("WRONGTYPE", None),
    ];
    let found = known.into_iter().find(|(code, _)| description(code));
    found.map_or(Some(SILENT), |(_, trouble)| trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_redis_says_is_told_apart_by_its_code() {
        let of = |said: &str| {
            let text = format!("Redis at localhost:6379, database 0: {said}");
            in_plain_words(&StorageError::Unreachable(text))
        };
        assert_eq!(of("OOM command not allowed when used memory"), Some(FULL));
        assert_eq!(of("READONLY You can't write"), Some(READ_ONLY));
        assert_eq!(of("NOPERM this user has no permissions"), None);
        assert_eq!(of("no answer within 500 ms"), Some(SILENT));
        assert_eq!(of("Connection refused (os error 111)"), Some(SILENT));
    }
}

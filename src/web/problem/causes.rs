//! What a store or a queue that did not do its work is answered with.

use rocket::http::Status;

use super::Problem;
use crate::session::hashing::HashingError;
use crate::storage::StorageError;

/// Each cause has its own answer. The details go to the log only (CWE-209), and nobody is let in.
impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        error.report();
        let (status, heading, because, next, retry_after) = match error {
            StorageError::Unreachable(_) => (
                Status::ServiceUnavailable,
                "The store is not available",
                "The session store cannot be read or written, so this was not done.",
                "Try again in a moment. The lab's log in the terminal names the cause.",
                None,
            ),
            StorageError::Full(_) => (
                Status::ServiceUnavailable,
                "The store is full",
                "The session store has no room, so nothing new can be stored. What it holds is whole.",
                "Make room on the disk that holds the data folder, or give Redis more memory. Then try \
                 again: the lab goes on by itself.",
                None,
            ),
            StorageError::Contended(_) => (
                Status::ServiceUnavailable,
                "Too many requests at once",
                "Other requests changed the same record at the same moment, again and again, so \
                 this one was not carried out.",
                "Send it again in a second.",
                Some(1),
            ),
            StorageError::Corrupt(_) => (
                Status::InternalServerError,
                "A stored record is damaged",
                "A record that this request needs cannot be read. It is left as it is, because a \
                 new one in its place would lose what it says.",
                "The lab's log in the terminal names the record. Repair or remove it, or reset the \
                 bench or the worksheet that it belongs to.",
                None,
            ),
            StorageError::NoRandomness(_) => (
                Status::ServiceUnavailable,
                "No random bytes",
                "The operating system gives no random bytes. An id made from anything else could \
                 be guessed, so none is issued.",
                "Restart the machine that the lab runs on. The lab's log in the terminal names the \
                 cause.",
                None,
            ),
            StorageError::Stopping => (
                Status::ServiceUnavailable,
                "The lab is stopping",
                "The lab is stopping, and takes on no more work.",
                "Start the lab again, or wait until it is back.",
                Some(5),
            ),
            StorageError::Defect(_) => (
                Status::InternalServerError,
                "Something is broken here",
                "The lab made a mistake. It is in the log.",
                "Go back and try something else. Nothing you stored is lost.",
                None,
            ),
        };
        Self {
            retry_after,
            ..Self::new(status, heading, because, next)
        }
    }
}

impl From<HashingError> for Problem {
    fn from(error: HashingError) -> Self {
        let full = match error {
            HashingError::QueueFull(full) => full,
            HashingError::Thread(error) => return error.into(),
        };
        let mut problem = Self::new(
            Status::ServiceUnavailable,
            "Too many passwords at once",
            format!("{full}, so this one was not looked at."),
            "Send it again in two seconds. It does not count as a failed attempt.",
        );
        problem.retry_after = Some(2);
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::hashing::QueueFull;

    #[test]
    fn each_cause_of_a_store_that_fails_has_its_own_answer() {
        let no_bytes = getrandom::Error::UNSUPPORTED;
        let table = [
            (
                StorageError::Unreachable("x".into()),
                503,
                None,
                "not available",
            ),
            (StorageError::Full("x".into()), 503, None, "is full"),
            (StorageError::Contended("x"), 503, Some(1), "at once"),
            (StorageError::Corrupt("x".into()), 500, None, "damaged"),
            (StorageError::NoRandomness(no_bytes), 503, None, "random"),
            (StorageError::Stopping, 503, Some(5), "stopping"),
            (StorageError::Defect("x".into()), 500, None, "broken"),
        ];
        let mut texts = std::collections::BTreeSet::new();
        for (error, status, retry_after, heading) in table {
            let said = error.to_string();
            let problem = Problem::from(error);
            let text = format!("{} {} {}", problem.heading, problem.because, problem.next);
            assert_eq!(problem.status.code, status, "{said}");
            assert_eq!(problem.retry_after, retry_after, "{said}");
            assert!(problem.heading.contains(heading), "{text}");
            // Only a store that does not answer, or has no room, is called at fault.
            assert_eq!(
                text.contains("session store"),
                ["not available", "is full"].contains(&heading),
                "{text}"
            );
            assert!(texts.insert(text), "{said}: the same words twice");
        }
    }

    #[test]
    fn a_full_queue_of_passwords_says_when_to_come_back() {
        let problem = Problem::from(HashingError::QueueFull(QueueFull));
        assert_eq!(problem.status, Status::ServiceUnavailable);
        assert_eq!(problem.retry_after, Some(2));
    }
}

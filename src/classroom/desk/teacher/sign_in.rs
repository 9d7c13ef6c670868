//! How the teacher gets in: a link that works once, and a session that locks when it is idle.
//!
//! The link is printed in the terminal, where only the person who started the desk reads it. Its key is
//! in the fragment, which no request carries, so it is in no log and in no `Referer`. A script sends
//! it in a body, and the answer sets a cookie. Anybody on this computer may ask for a new link, because
//! it appears in the terminal only, and the one before is then worth nothing. Refused alternative: the
//! same key again after the desk locked. It would be in the browser's history, and open for everyone who
//! sits down at the computer.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::base::clock::BenchTime;
use crate::base::keys::new_secret;
use crate::base::start_error::StartError;
use crate::classroom::desk::student_record::SecretHash;

/// The cookie of a session. The prefix makes browsers insist on `Secure`, `Path=/` and this host.
pub const COOKIE: &str = "__Host-desk";

/// How long a session may be idle. A board that refreshes itself is no use.
pub const IDLE_LIMIT: Duration = Duration::from_secs(15 * 60);

/// How often a new link is printed at most.
const LINK_PAUSE: Duration = Duration::from_secs(10);

/// How many keys are known as spent. Older ones are unknown.
const MOST_SPENT: usize = 1_000;

/// How many browsers may be signed in at once. The one that was idle for longest makes room.
const MOST_SESSIONS: usize = 8;

/// The link that is printed, and the sessions. All of it is in memory: a restart signs everyone out.
#[derive(Debug, Default)]
pub struct TeacherSessions {
    link: Mutex<Option<PrintedLink>>,
    open: Mutex<BTreeMap<String, TeacherSession>>,
}

/// A link that was printed.
#[derive(Debug)]
struct PrintedLink {
    /// The hash of its key, until it is used.
    key: Option<SecretHash>,
    /// The hash of each key that was used or replaced.
    spent: Vec<SecretHash>,
    printed: BenchTime,
}

/// What the key of a link is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkKey {
    /// The id of a new session.
    Right(String),
    /// It was used, or a newer link was printed.
    Spent,
    /// No link had it since the start: it is cut, or a letter of it differs.
    Unknown,
}

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct TeacherSession {
    id: SecretHash,
    /// What each form of its pages carries.
    pub token: String,
    used: BenchTime,
}

/// A request for a link that comes too soon after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSoon;

impl TeacherSessions {
    /// A key for a new link. The one before is worth nothing from now on.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn new_link(&self, now: BenchTime) -> Result<String, StartError> {
        let key = new_secret()?;
        let mut link = lock(&self.link);
        let before = link.take();
        let mut spent = before.map_or_else(Vec::new, |before| {
            before.spent.into_iter().chain(before.key).collect()
        });
        let excess = spent.len().saturating_sub(MOST_SPENT);
        spent.drain(..excess);
        *link = Some(PrintedLink {
            key: Some(SecretHash::of(&key)),
            spent,
            printed: now,
        });
        Ok(key)
    }

    /// The same for somebody who is not signed in.
    ///
    /// # Errors
    /// One was printed a moment ago, or the operating system has no randomness.
    pub fn another_link(&self, now: BenchTime) -> Result<Result<String, TooSoon>, StartError> {
        let printed = lock(&self.link).as_ref().map(|link| link.printed);
        if printed.is_some_and(|printed| now.since(printed) < LINK_PAUSE) {
            return Ok(Err(TooSoon));
        }
        self.new_link(now).map(Ok)
    }

    /// Exchanges the key of a link for the id of a session.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn exchange(&self, key: &str, now: BenchTime) -> Result<LinkKey, StartError> {
        let mut link = lock(&self.link);
        let Some(link) = link.as_mut() else {
            return Ok(LinkKey::Unknown);
        };
        let sent = SecretHash::of(key);
        let Some(used) = link.key.take_if(|right| right.is(&sent)) else {
            let is_spent = link.spent.iter().any(|spent| spent.is(&sent));
            return Ok(if is_spent {
                LinkKey::Spent
            } else {
                LinkKey::Unknown
            });
        };
        link.spent.push(used);
        let (id, token) = (new_secret()?, new_secret()?);
        let mut open = lock(&self.open);
        open.retain(|_, session| now.since(session.used) < IDLE_LIMIT);
        if open.len() >= MOST_SESSIONS {
            let oldest = open.iter().min_by_key(|(_, session)| session.used);
            let oldest = oldest.map(|(name, _)| name.clone());
            oldest.and_then(|name| open.remove(&name));
        }
        let session = TeacherSession {
            id: SecretHash::of(&id),
            token: token.clone(),
            used: now,
        };
        open.insert(token, session);
        Ok(LinkKey::Right(id))
    }

    /// The session of a cookie. A request that a page makes by itself is no use of it.
    pub fn find(&self, id: &str, by_itself: bool, now: BenchTime) -> Option<TeacherSession> {
        let mut open = lock(&self.open);
        open.retain(|_, session| now.since(session.used) < IDLE_LIMIT);
        let id = SecretHash::of(id);
        let session = open.values_mut().find(|session| session.id.is(&id))?;
        if !by_itself {
            session.used = now;
        }
        Some(session.clone())
    }

    /// Ends a session.
    pub fn sign_out(&self, session: &TeacherSession) {
        lock(&self.open).remove(&session.token);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: BenchTime = BenchTime::from_millis(1_000_000_000);

    #[test]
    fn a_link_works_once_and_only_the_last_one() {
        let sessions = TeacherSessions::default();
        let first = sessions.new_link(NOW).unwrap();
        assert_eq!(sessions.another_link(NOW).unwrap(), Err(TooSoon));
        let later = NOW.after(LINK_PAUSE);
        let second = sessions.another_link(later).unwrap().unwrap();
        let exchange = |key: &str| sessions.exchange(key, later).unwrap();
        assert_eq!(exchange(&first), LinkKey::Spent);
        let LinkKey::Right(id) = exchange(&second) else {
            panic!("the second link works");
        };
        assert_eq!(exchange(&second), LinkKey::Spent);
        let session = sessions.find(&id, false, later).unwrap();
        sessions.sign_out(&session);
        assert!(sessions.find(&id, false, later).is_none());
    }

    #[test]
    fn a_link_that_is_cut_or_mistyped_is_not_called_used() {
        let sessions = TeacherSessions::default();
        assert_eq!(sessions.exchange("", NOW).unwrap(), LinkKey::Unknown);
        let key = sessions.new_link(NOW).unwrap();
        for typed in ["", "x", &key[1..], &key.to_lowercase()[..42]] {
            let worth = sessions.exchange(typed, NOW).unwrap();
            assert_eq!(worth, LinkKey::Unknown, "{typed}");
        }
        let worth = sessions.exchange(&key, NOW).unwrap();
        assert!(matches!(worth, LinkKey::Right(_)), "{worth:?}");
    }

    #[test]
    fn an_idle_session_locks_even_if_the_board_refreshes_itself() {
        let sessions = TeacherSessions::default();
        let key = sessions.new_link(NOW).unwrap();
        let LinkKey::Right(id) = sessions.exchange(&key, NOW).unwrap() else {
            panic!("the link works");
        };
        let minutes = |n: u64| NOW.after(Duration::from_secs(60 * n));
        assert!(sessions.find(&id, false, minutes(10)).is_some());
        assert!(sessions.find(&id, true, minutes(24)).is_some());
        assert!(sessions.find(&id, false, minutes(25)).is_none());
    }
}

//! What the server keeps about a session.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SessionId;
use crate::base::clock::BenchTime;
use crate::base::event::{EndReason, Fingerprint};
use crate::defences::PolicyProbe;
use crate::defences::policy::Variant;
use crate::storage::RecordKey;

/// The lab's own ceiling on a session's life, whatever the policy says: 30 days of the bench's
/// clock. Without one, the records of a course would never go. Where a text promises a session
/// without a limit, it names this one.
pub const CEILING: Duration = Duration::from_secs(30 * 24 * 3600);

/// One session, as it is stored. When it was last used is stored beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The bench it belongs to. An id counts on no other.
    pub bench: String,
    /// The variant it belongs to. An id counts in no other.
    pub variant: Variant,
    /// The signed-in user; `None` while the visitor is anonymous.
    pub user: Option<String>,
    /// When it was opened; a rotation keeps it.
    pub created: BenchTime,
    /// When the user proved who they are; the absolute limit counts from here.
    pub authenticated_at: Option<BenchTime>,
    /// The session that it replaced, as a fingerprint.
    pub rotated_from: Option<Fingerprint>,
    /// The browser or tool that opened it, in a few words.
    pub client: String,
    /// The preference "large text".
    #[serde(default)]
    pub large_text: bool,
    /// Set when the user's rights changed elsewhere: the next request gets a new id.
    #[serde(default)]
    pub renew: bool,
}

impl SessionRecord {
    /// What is left of the idle limit and of the absolute limit; `None` where there is none.
    pub fn time_left(
        &self,
        probe: &PolicyProbe,
        last_used: BenchTime,
        now: BenchTime,
    ) -> (Option<Duration>, Option<Duration>) {
        let left = |limit: Option<Duration>, from: BenchTime| {
            limit.map(|limit| limit.saturating_sub(now.since(from)))
        };
        let start = self.authenticated_at.unwrap_or(self.created);
        (
            left(probe.idle_timeout().limit(), last_used),
            left(probe.absolute_timeout().limit(), start),
        )
    }

    /// Why the session no longer counts at `now`, if it does not.
    pub fn expired(
        &self,
        probe: &PolicyProbe,
        last_used: BenchTime,
        now: BenchTime,
    ) -> Option<EndReason> {
        let (idle, absolute) = self.time_left(probe, last_used, now);
        if idle == Some(Duration::ZERO) {
            Some(EndReason::IdleTimeout)
        } else if absolute == Some(Duration::ZERO) || now.since(self.created) >= CEILING {
            Some(EndReason::AbsoluteTimeout)
        } else {
            None
        }
    }

    /// From when on the record no longer counts, if it is not used again after `now`.
    pub fn deadline(&self, probe: &PolicyProbe, now: BenchTime) -> BenchTime {
        let (idle, absolute) = self.time_left(probe, now, now);
        let ceiling = CEILING.saturating_sub(now.since(self.created));
        let left = [idle, absolute]
            .into_iter()
            .flatten()
            .fold(ceiling, Duration::min);
        now.after(left)
    }
}

/// The session of a request: the record, and the id that the request presented.
#[derive(Clone, Debug)]
pub struct Session {
    /// The id that the visitor holds.
    pub id: SessionId,
    /// The record's key.
    pub key: RecordKey,
    /// The record.
    pub record: SessionRecord,
    /// The record's version in the store.
    pub version: u64,
    /// When it was last used before this request.
    pub last_used: BenchTime,
}

impl Session {
    /// The signed-in user.
    pub fn user(&self) -> Option<&str> {
        self.record.user.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::{AbsoluteTimeout, Defence, IdleTimeout};

    #[test]
    fn a_promise_of_a_session_without_a_limit_names_the_labs_own() {
        let days = format!("{} days", CEILING.as_secs() / (24 * 3600));
        let weak = [
            AbsoluteTimeout::ARMS[0].description,
            IdleTimeout::ARMS[0].description,
        ];
        for text in weak {
            assert!(text.contains(&days), "{text}");
        }
    }
}

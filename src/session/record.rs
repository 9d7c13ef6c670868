//! What the server keeps about a session, and when its time is over.
//!
//! The browser keeps an id that means nothing by itself. Everything that decides is here, where no
//! browser can change it: who the user is, since when, and on which bench and variant. Refused
//! alternative: the same fields in a signed cookie, as in [`super::state_cookie`]. Nobody could
//! change them, but nobody could end them either: a copy would be accepted after the sign-out.
//!
//! Both time limits are checked on the server's clock. A `Max-Age` in the cookie is a request to
//! the browser, and a thief's copy of the cookie does not obey it (NIST SP 800-63B-4 §5.1.1).
//! Next: [`super::recognise`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SessionId;
use crate::base::clock::BenchTime;
use crate::base::event::{EndReason, Fingerprint};
use crate::defences::PolicyProbe;
use crate::defences::policy::Variant;
use crate::storage::RecordKey;

/// The lab's own ceiling on a session's life, whatever the policy says: 30 days, the longest time
/// without a new sign-in that NIST SP 800-63B-4 §2.1.3 recommends, at its lowest level. With the
/// weak arms a session has no other end, and the store would keep every record forever (CWE-613). Where
/// a text promises a session without a limit, it names this one.
pub const CEILING: Duration = Duration::from_secs(30 * 24 * 3600);

/// One session, as it is stored. The time of its last use is stored beside it, because it changes
/// with every request and nothing else here does.
///
/// The session's id is not a field, so an attacker who reads a record does not learn it from there.
/// With a strong `at-rest` the id is stored nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The bench it belongs to. Its id is accepted on no other: see `World::load`.
    pub bench: String,
    /// The variant it belongs to. A session of the insecure portal is easy to steal, and the
    /// hardened one must not accept it.
    pub variant: Variant,
    /// The signed-in user; `None` while the visitor is anonymous. Only the name: the role is in the
    /// account's record, so a demotion applies at once (ASVS 8.3.2).
    pub user: Option<String>,
    /// When it was opened. A rotation keeps it: otherwise an id that is renewed again and again
    /// would never reach the ceiling.
    pub created: BenchTime,
    /// When the user last proved who they are with a password. The absolute limit counts from here.
    pub authenticated_at: Option<BenchTime>,
    /// The session that it replaced, as a fingerprint. A sign-out that meets a rotation follows
    /// this trace to the new record (`World::end`).
    pub rotated_from: Option<Fingerprint>,
    /// The browser or tool that opened it, in a few words. Users recognise a foreign session by it.
    /// It is what the client says about itself, so nothing is decided by it.
    pub client: String,
    /// The route of the portal that made it, as in `POST /login`. A reader of the store can tell a
    /// session that a form signed in from one of the JSON API, and both from an anonymous one. Nothing
    /// is decided by it. It is empty in records of earlier builds.
    #[serde(default)]
    pub created_by: String,
    /// Whether the user asked at the sign-in to stay signed in when the browser is closed. The cookie
    /// of a new id repeats it. It moves no limit: those are the policy's.
    #[serde(default)]
    pub permanent: bool,
    /// The preference "large text". It grants nothing, so it may survive a sign-in.
    #[serde(default)]
    pub large_text: bool,
    /// Set when the user's rights changed elsewhere: the next request gets a new id. Without it an
    /// id that leaked while it meant little would gain the new rights.
    #[serde(default)]
    pub renew: bool,
}

/// Where a session comes from, as its record keeps it.
#[derive(Clone, Copy, Debug)]
pub struct SessionSource<'a> {
    /// The browser or tool, in a few words: [`SessionRecord::client`].
    pub client: &'a str,
    /// The portal's route: [`SessionRecord::created_by`].
    pub route: &'a str,
    /// What the user chose: [`SessionRecord::permanent`].
    pub permanent: bool,
}

impl SessionRecord {
    /// What is left of the idle limit and of the absolute limit; `None` where there is none.
    ///
    /// Both are needed (ASVS 7.3.1 and 7.3.2). Without the idle limit a session that was left open
    /// stays open for the next person at the computer. Without the absolute one a thief who sends a
    /// request every few minutes keeps it forever.
    pub fn time_left(
        &self,
        probe: &PolicyProbe,
        last_used: BenchTime,
        now: BenchTime,
    ) -> (Option<Duration>, Option<Duration>) {
        let left = |limit: Option<Duration>, from: BenchTime| {
            limit.map(|limit| limit.saturating_sub(now.since(from)))
        };
        // From the password, not from the record. A password change keeps `created` and begins this
        // limit anew, because the user has just authenticated (NIST SP 800-63B-4 §5.2).
        let start = self.authenticated_at.unwrap_or(self.created);
        (
            // Each request moves `last_used`, and with it the idle limit. Nothing but a password
            // moves `start`.
            left(probe.idle_timeout().limit(), last_used),
            left(probe.absolute_timeout().limit(), start),
        )
    }

    /// Why the session is no longer accepted at `now`, or `None` where it is.
    ///
    /// Every reader of a record must ask this. The store may still return a record whose time is
    /// over, because it only removes such records from time to time.
    ///
    /// A limit is counted from a moment in the past. A session with a time from the future would
    /// outlive every limit, for as long as the clock was wrong when it was opened or used, so it has
    /// ended. Refused alternative: setting the time right. The lab cannot know how old it is.
    pub fn expired(
        &self,
        probe: &PolicyProbe,
        last_used: BenchTime,
        now: BenchTime,
    ) -> Option<EndReason> {
        let times = [Some(self.created), self.authenticated_at, Some(last_used)];
        let ahead = |time: &BenchTime| time.is_from_the_future(now);
        if times.iter().flatten().any(ahead) {
            return Some(EndReason::FromTheFuture);
        }
        let (idle, absolute) = self.time_left(probe, last_used, now);
        // Zero is over: at the limit itself the session has ended. The policy is the present one,
        // so a limit that was shortened also ends older sessions.
        if idle == Some(Duration::ZERO) {
            Some(EndReason::IdleTimeout)
        } else if absolute == Some(Duration::ZERO) || now.since(self.created) >= CEILING {
            Some(EndReason::AbsoluteTimeout)
        } else {
            None
        }
    }

    /// How long a browser is asked to keep the cookie, as an attribute of it: at most for as long as
    /// the session may last if it is used all the time.
    pub fn cookie_lifetime(&self, probe: &PolicyProbe, now: BenchTime) -> Option<String> {
        let ceiling = CEILING.saturating_sub(now.since(self.created));
        let (_, absolute) = self.time_left(&probe.untracked(), now, now);
        let longest = absolute.map_or(ceiling, |absolute| absolute.min(ceiling));
        probe.persistence().attribute(self.permanent, longest)
    }

    /// From when on the record is no longer accepted, if it is not used again after `now`.
    ///
    /// The store takes this as the record's expiry and removes it some time later. That frees the
    /// memory; the decision is always [`SessionRecord::expired`]'s.
    pub fn deadline(&self, probe: &PolicyProbe, now: BenchTime) -> BenchTime {
        let (idle, absolute) = self.time_left(probe, now, now);
        let ceiling = CEILING.saturating_sub(now.since(self.created));
        // The first limit that is reached ends the session. A limit that does not exist drops out
        // of the list; the ceiling always exists.
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
    /// The id that the visitor holds. Only a request brings it; a list of sessions cannot.
    pub id: SessionId,
    /// The key under which the record is stored: the id, or its hash with a strong `at-rest`.
    pub key: RecordKey,
    /// The record as it was when it was read. Another request may have changed it since then.
    pub record: SessionRecord,
    /// The version in which it was read. A commit names it as a condition, so that nothing is
    /// written on the basis of a record that has changed (CWE-367).
    pub version: u64,
    /// When it was last used before this request.
    pub last_used: BenchTime,
}

impl Session {
    /// The signed-in user. `None` is not an error: it is an anonymous session, which has an id and
    /// grants nothing.
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

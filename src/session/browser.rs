//! "Remember this browser": another cookie, which can be revoked, and says "a user signed in here
//! before".
//!
//! It signs nobody in and replaces no password (NIST SP 800-63B-4 §5.1). It fills in the user
//! name, and it gives the browser its own throttle bucket, so that strangers who guess a
//! user's password cannot keep the owner out.
//!
//! A thief of this cookie learns a user name and may guess five passwords a minute in a bucket that
//! is not shared with others. That is all, so it may last for months where a session must not.
//!
//! Refused alternative: "keep me signed in", a session that lasts 90 days. A copy of its cookie
//! would be the account for 90 days. Read `src/defences/throttle.rs` next.

use serde::{Deserialize, Serialize};

use super::{SessionId, cookie};
use crate::base::clock::BenchTime;
use crate::base::set_cookie::SetCookie;
use crate::defences::{Defence, IdSource, PolicyProbe};
use crate::session::world::World;
use crate::storage::{Batch, Put, RecordIndex, RecordKind, StorageError};

/// How long a browser is remembered: 90 days, the usual span of such cookies. The server's record
/// ends then; the cookie's `Max-Age` says the same, but only to the browser.
const REMEMBERED_FOR: std::time::Duration = std::time::Duration::from_secs(90 * 24 * 3600);

/// How many browsers of one user are remembered; the oldest gives way. Without a limit each
/// sign-in would add a bucket for guesses and a record.
const BROWSERS_A_USER: usize = 10;

/// A browser that a user asked the portal to remember.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RememberedBrowser {
    /// Who signed in with it. The throttle gives the bucket for this account only: a browser that
    /// mallory had remembered gets no bucket for alice.
    pub user: String,
    /// What it called itself, in a few words. Any client can claim any name.
    pub label: String,
    /// When the user asked. The list of browsers shows it.
    pub remembered: BenchTime,
}

/// A remembered browser and its key.
#[derive(Clone, Debug)]
pub struct KnownBrowser {
    /// The name of its record, a hash of what the cookie holds. It cannot be sent as the cookie.
    pub key: String,
    /// What the portal remembers about it.
    pub browser: RememberedBrowser,
}

impl World<'_> {
    /// The name of the cookie, as in `browser_hardened`. The insecure and the hardened portal
    /// have different names, as for the session: to be known to one says nothing to the other.
    pub fn browser_cookie(&self) -> String {
        cookie::plain_name("browser", self.variant, self.bench.name())
    }

    /// The browser that a cookie's value names, if a user still wants it remembered. `None` for a
    /// value that nobody issued: an invented one brings no bucket, so an attacker cannot make
    /// buckets without end.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn known_browser(
        &self,
        value: Option<&str>,
    ) -> Result<Option<KnownBrowser>, StorageError> {
        // The same form as a session id, with the same check before the store is asked.
        let Some(token) = value.and_then(SessionId::parse) else {
            return Ok(None);
        };
        let name = hash(&token);
        let key = self.fixed_key(RecordKind::Browser, &name);
        let found = self.read::<RememberedBrowser>(&key).await?;
        Ok(found
            // The store may still return a record whose time is over on the bench's clock. And one that
            // a wrong clock remembered would be remembered for too long.
            .filter(|found| {
                found.expires_at > self.now && !found.value.remembered.is_from_the_future(self.now)
            })
            .map(|found| KnownBrowser {
                key: name,
                browser: found.value,
            }))
    }

    /// Remembers this browser for `user` and returns the `Set-Cookie` line. The caller has checked
    /// the password: otherwise strangers would get a bucket for the account that they attack.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn remember_browser(
        &self,
        user: &str,
        label: &str,
    ) -> Result<SetCookie, StorageError> {
        // The strong source under every policy. The weak arm of `id-source` is about session ids,
        // and an attack must succeed by its own flaw only.
        let token = IdSource::STRONG.issue(0)?;
        let token = SessionId::parse(&token)
            .ok_or_else(|| StorageError::Defect("a browser's token is not well-formed".into()))?;
        let browser = RememberedBrowser {
            user: user.to_owned(),
            label: label.to_owned(),
            remembered: self.now,
        };
        let put = Put {
            // The hash, so a thief of the store cannot send what they read. A token of 256 random
            // bits needs no salt and no slow hash: nobody can try all values.
            key: self.fixed_key(RecordKind::Browser, &hash(&token)),
            value: self.encode(&browser),
            last_used: self.now,
            expires_at: self.now.after(REMEMBERED_FOR),
            // For the list of the user's browsers, which is how one of them can be forgotten.
            owner: Some(user.to_owned()),
            replaces: None,
        };
        self.commit(Batch {
            put: vec![put],
            ..Batch::default()
        })
        .await?;
        // After the commit, so that of two sign-ins at once the later one counts both.
        self.keep_the_newest(user, RecordKind::Browser, BROWSERS_A_USER, BROWSERS_A_USER)
            .await?;
        Ok(set_cookie(self.probe, &self.browser_cookie(), &token))
    }

    /// The browsers that are remembered for a user, for the page that lists them. A user who finds
    /// one that is not theirs can have it forgotten.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn browsers_of(&self, user: &str) -> Result<Vec<KnownBrowser>, StorageError> {
        let index = RecordIndex::Owner(Some(self.variant), RecordKind::Browser, user.to_owned());
        let storage = self.bench.storage();
        let mut found = Vec::new();
        for key in storage
            .members(self.bench.name(), &index, BROWSERS_A_USER)
            .await?
        {
            if let Some(stored) = self.read::<RememberedBrowser>(&key).await? {
                found.push(KnownBrowser {
                    key: key.name().to_owned(),
                    browser: stored.value,
                });
            }
        }
        Ok(found)
    }

    /// Forgets one browser of a user; `handle` is the fingerprint of its key. `false` where the
    /// user has no such browser.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn forget_browser(&self, user: &str, handle: &str) -> Result<bool, StorageError> {
        // Only among the user's own browsers. The form sends the handle, so anyone can send any: a
        // look-up among all browsers would let mallory forget alice's.
        let browsers = self.browsers_of(user).await?;
        let Some(known) = browsers
            .iter()
            .find(|b| self.fingerprint_of(&b.key).0 == handle)
        else {
            return Ok(false);
        };
        let remove = vec![self.fixed_key(RecordKind::Browser, &known.key)];
        self.commit(Batch {
            remove,
            ..Batch::default()
        })
        .await?;
        Ok(true)
    }
}

/// The store never holds the token itself, whatever the arm of `at-rest`. A thief of the store
/// could otherwise use every remembered browser's bucket.
fn hash(token: &SessionId) -> String {
    crate::defences::AtRest::STRONG.key(token.expose())
}

/// The `Set-Cookie` line of the token. `HttpOnly`, because no script needs it. The name has no
/// `__Host-` prefix, so a sibling host can plant another one. The owner then shares the bucket of
/// strangers, and no more: the throttle compares the browser's user with the account.
fn set_cookie(probe: &PolicyProbe, name: &str, token: &SessionId) -> SetCookie {
    let age = format!("Max-Age={}", REMEMBERED_FOR.as_secs());
    let mut attributes = vec!["Path=/", &age, "HttpOnly", "SameSite=Lax"];
    attributes.extend(probe.secure().attribute());
    SetCookie::new(name, token.expose(), &attributes)
}

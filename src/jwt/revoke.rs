//! Revocation: what the server remembers about tokens that were ended. It is the last check of a
//! token.
//!
//! A token proves that it was right when it was issued. It cannot know that its user has signed out
//! since then, or has noticed a thief. Only the server can, so ASVS 7.4.1 names a denylist or a
//! date before which tokens are refused. Both are here.
//!
//! Three records are enough. A sign-out stores the token's issuer and `jti` until the token would
//! have expired. It also stores the sign-in that the token came from, by issuer and `sid`, until
//! every token of it would have: after a refresh the user has several, and signs out with one of
//! them. The end of a family after a used refresh token stores the same. A new password stores one
//! moment for the user, and every token from before it is refused: the portal need not know which
//! tokens it has issued. Whether anything is stored at all is `jwt-revocation`'s decision.
//!
//! Refused alternative: storing the token's text or a hash of it. An ES256 signature can be written
//! in two ways, so an attacker could send the same token with a hash that is not on the list. The
//! signature covers issuer, `jti` and `sid`.
//!
//! Refused alternative: a list of the valid tokens. A token that is not on it is refused, which is
//! safe, but then the token is a session id with a signature, and a short random id is the better
//! one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::issue::{ACCESS_LIFETIME, issued_at};
use super::token::Claims;
use super::verify::{TokenCheck, TokenPurpose, TokenRefusal, seconds};
use crate::base::clock::{BenchTime, CLOCK_SKEW};
use crate::base::event::EventKind;
use crate::session::world::World;
use crate::storage::{Batch, Put, RecordIndex, RecordKey, RecordKind, StorageError};

/// How many families of a user one change of the password removes. Those beyond are refused because
/// they began before it.
const FAMILIES_AT_ONCE: usize = 1_000;

/// How much longer than the last access token its sign-in stays on the list, in seconds: a token may
/// be dated a little ahead (see [`issued_at`]).
const MARGIN: f64 = 60.0;

impl World<'_> {
    /// Why a token that passed every other check is refused after all, or `None` where it is
    /// accepted.
    ///
    /// # Errors
    /// The store does not answer. A token that cannot be looked up must not be accepted: otherwise
    /// an attacker could make revoked tokens valid again by overloading the store.
    pub async fn revocation(
        &self,
        claims: &Claims,
        purpose: TokenPurpose,
    ) -> Result<Option<TokenRefusal>, StorageError> {
        let revocation = self.probe.jwt_revocation();
        if !revocation.remembers() {
            return Ok(None);
        }
        // A token without `jti` cannot be on the list, so it could never be revoked. The portal
        // issues no such token, so nobody loses a genuine one.
        let refused = |because| Ok(Some(TokenCheck::Revocation.refuses(because)));
        let Some(key) = self.denylist_key(claims) else {
            return refused("The token has no jti by which it could be revoked.");
        };
        // An entry whose time is over is ignored: from then on the expiry of the token refuses it.
        // A damaged entry is an error of the store and not "no entry" (`World::read`).
        if let Some(denied) = self.read::<()>(&key).await?
            && self.now < denied.expires_at
        {
            return refused("The token was revoked by a sign-out.");
        }
        // The second record: the sign-in that the token came from. A refresh token needs no such
        // record, because its family is gone.
        if purpose == TokenPurpose::Access
            && let Some(key) = self.ended_sign_in_key(claims)
            && let Some(ended) = self.read::<()>(&key).await?
            && self.now < ended.expires_at
        {
            return refused("The sign-in that the token came from has ended.");
        }
        // The third record: one moment for all tokens of the user. It is one number, however
        // many tokens there are.
        #[expect(clippy::cast_precision_loss, reason = "seconds need 31 bits of the 53")]
        let outdated = |changed: u64| revocation.predates_password(claims.iat, changed as f64);
        let changed = self.stored_password_change(&claims.sub).await?;
        if changed.is_some_and(outdated) {
            return refused(
                "The token is from before the user's new password, or before a sign-out everywhere.",
            );
        }
        // Whether a token from the future is older than the password, nobody can tell.
        let latest = seconds(self.now.after(CLOCK_SKEW));
        if changed.is_some() && claims.iat.is_some_and(|iat| iat > latest) {
            return refused("The token may be older than the user's password.");
        }
        Ok(None)
    }

    /// Signs a token out: where the policy remembers it, the token, its family and every other token
    /// of that sign-in end. Returns whether they did. WEAK: nothing is stored, and a copy of the token is
    /// accepted until it expires.
    ///
    /// # Errors
    /// The store does not answer. Then the user is not signed out, and the answer must say so.
    pub async fn revoke(&self, claims: &Claims) -> Result<bool, StorageError> {
        let remembers = self.probe.jwt_revocation().remembers();
        let mut batch = Batch::default();
        if remembers {
            // The list holds the token for exactly as long as the verifier would accept it, so the
            // list does not grow without end. Where the policy ignores `exp`, it does.
            let forgotten = self.probe.jwt_expiry().denylist_until(claims.exp);
            let expires_at = forgotten.map_or(BenchTime::FOREVER, moment_of);
            batch.put.extend(self.denylist_key(claims).map(|key| Put {
                expires_at,
                ..self.put(&key, &(), None)
            }));
            // Tokens that an earlier refresh brought also end. A user signs out once, and means all
            // of them.
            batch.put.extend(self.ended_sign_in(claims));
            // The access tokens are useless now; the refresh token would bring a new one. All
            // of it is one commit, so no crash leaves half a sign-out.
            let family = claims.text("sid").unwrap_or_default();
            batch
                .remove
                .extend(self.key(RecordKind::RefreshFamily, family));
        }
        // The weak arm writes the event as well, with `remembered: false`: the page forgot the
        // token, and the server refuses no copy of it.
        batch.events.push(self.event(EventKind::TokenRevoked {
            user: claims.sub.clone(),
            token: self.fingerprint_of(claims.jti.as_deref().unwrap_or_default()),
            remembered: remembers,
        }));
        self.commit(batch).await.map(|_| remembers)
    }

    /// What ends the access tokens of a sign-in, until the last of them would have expired. `None`
    /// where the policy does not remember it, or where the token names no sign-in.
    pub(super) fn ended_sign_in(&self, claims: &Claims) -> Option<Put> {
        if !self.probe.jwt_revocation().remembers() {
            return None;
        }
        let key = self.ended_sign_in_key(claims)?;
        #[expect(clippy::cast_precision_loss, reason = "seconds need 31 bits of the 53")]
        let lifetime = ACCESS_LIFETIME.as_secs() as f64;
        let newest = seconds(self.now) + lifetime + MARGIN;
        let latest = claims.exp.map_or(newest, |exp| exp.max(newest));
        let forgotten = self.probe.jwt_expiry().denylist_until(Some(latest));
        Some(Put {
            expires_at: forgotten.map_or(BenchTime::FOREVER, moment_of),
            ..self.put(&key, &(), None)
        })
    }

    /// Ends every token of a user, as a new password does: for a user who signs out everywhere else.
    /// Returns whether there were any to end.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn end_tokens_of(&self, user: &str) -> Result<bool, StorageError> {
        let mut batch = Batch::default();
        let ended = self.add_token_revocation(&mut batch, user).await?;
        // Every token that is still accepted has a family.
        if batch.remove.is_empty() {
            return Ok(false);
        }
        // Nothing is expected, so nothing can conflict.
        self.commit(batch).await?;
        self.confirm_token_revocation(user, ended).await?;
        Ok(true)
    }

    /// Adds to a batch that stores a new password what ends the user's tokens: the moment of the
    /// change, and the removal of the user's families. All of it is one commit: no crash can leave
    /// a new password with tokens of the old one. Returns the moment, for
    /// [`World::confirm_token_revocation`].
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn add_token_revocation(
        &self,
        batch: &mut Batch,
        user: &str,
    ) -> Result<Option<u64>, StorageError> {
        if !self.probe.jwt_revocation().remembers() {
            return Ok(None);
        }
        // Without the families a refresh token of the old password would bring new access tokens.
        let index = RecordIndex::Owner(
            Some(self.variant),
            RecordKind::RefreshFamily,
            user.to_owned(),
        );
        let storage = self.bench.storage();
        let families = storage
            .members(self.bench.name(), &index, FAMILIES_AT_ONCE)
            .await?;
        batch.remove.extend(families);
        // The request may have waited for a password hash, so the time is taken anew. A token of
        // the change before this one may be dated a second ahead.
        let before = self.password_changed(user).await?;
        let changed = issued_at(self.bench.now(), before);
        batch.put.extend(self.password_change_put(user, changed));
        Ok(Some(changed))
    }

    /// Also ends the tokens that were issued between the moment that was stored and the commit that
    /// stored it. After the commit no token is issued for the old password: a sign-in in progress
    /// fails, because the account's version has changed.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn confirm_token_revocation(
        &self,
        user: &str,
        noted: Option<u64>,
    ) -> Result<(), StorageError> {
        let now = self.bench.now().seconds();
        // In the same second there is nothing to do: a token of the stored second counts as older.
        if noted.is_some_and(|noted| noted < now) {
            let put = self.password_change_put(user, now).into_iter().collect();
            self.commit(Batch {
                put,
                ..Batch::default()
            })
            .await?;
        }
        Ok(())
    }

    /// The record of a password change. It has no end: where the policy ignores `exp`, an old token
    /// never becomes harmless.
    fn password_change_put(&self, user: &str, changed: u64) -> Option<Put> {
        self.password_change_key(user)
            .map(|key| self.put(&key, &changed, None))
    }

    /// When the user's password changed last, in whole seconds, where the server has stored that. A
    /// moment from the future is none: a token that is dated after it would not be valid yet.
    pub(super) async fn password_changed(&self, user: &str) -> Result<Option<u64>, StorageError> {
        let latest = self.now.after(CLOCK_SKEW).seconds();
        let stored = self.stored_password_change(user).await?;
        Ok(stored.filter(|changed| *changed <= latest))
    }

    /// Where the stored moment of a password change is from the future, stores the present one: all
    /// tokens that there are stay ended, and those that are issued from now on are accepted.
    pub(super) async fn add_password_change_again(
        &self,
        batch: &mut Batch,
        user: &str,
    ) -> Result<(), StorageError> {
        let stored = self.stored_password_change(user).await?;
        if stored.is_some() && self.password_changed(user).await?.is_none() {
            // The token of this sign-in is issued in this second, and must not count as older.
            let before = self.now.seconds().saturating_sub(1);
            batch.put.extend(self.password_change_put(user, before));
        }
        Ok(())
    }

    async fn stored_password_change(&self, user: &str) -> Result<Option<u64>, StorageError> {
        match self.password_change_key(user) {
            Some(key) => Ok(self.read::<u64>(&key).await?.map(|found| found.value)),
            None => Ok(None),
        }
    }

    /// Under which key the moment is stored. `None` for a user name that no record can have: no
    /// account has it either. `user-` and `jti-` separate the two kinds of entry, so no `jti` can
    /// be chosen that reads as a password change.
    fn password_change_key(&self, user: &str) -> Option<RecordKey> {
        self.key(RecordKind::Denylist, &format!("user-{user}"))
    }

    fn denylist_key(&self, claims: &Claims) -> Option<RecordKey> {
        self.denied("jti", claims, claims.jti.as_deref()?)
    }

    fn ended_sign_in_key(&self, claims: &Claims) -> Option<RecordKey> {
        self.denied("sid", claims, claims.text("sid")?)
    }

    /// Under which key the end of a token or of a sign-in is stored: a hash of issuer and id, with the
    /// length of the issuer before both. Without the length, issuer "ab" with `jti` "c" and issuer
    /// "a" with `jti` "bc" would have one key, and an issuer could revoke the tokens of another one.
    /// A hash, because an id may be any text and a key is part of a file name.
    fn denied(&self, what: &str, claims: &Claims, id: &str) -> Option<RecordKey> {
        let issuer = claims.iss.as_deref().unwrap_or_default();
        // An empty id is none: all tokens without an id would share one record.
        if id.is_empty() {
            return None;
        }
        let text = format!("{}:{issuer}{id}", issuer.len());
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
        self.key(RecordKind::Denylist, &format!("{what}-{hash}"))
    }
}

/// The moment of an `exp`, rounded up, so that the list never forgets a token that is still
/// accepted. One that is later than any clock can show becomes the latest moment.
fn moment_of(seconds: f64) -> BenchTime {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "such a conversion stops at both ends of u64, and that is meant"
    )]
    let millis = (seconds.ceil() * 1000.0) as u64;
    BenchTime::from_millis(millis)
}

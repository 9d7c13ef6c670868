//! What the server remembers about tokens that were ended: the last check of a token.
//!
//! A token is remembered by its issuer and its `jti`, which stand under the signature. Its own text
//! would not do: an ES256 signature can be written in two ways. Whether anything is remembered at all
//! is `jwt-revocation`'s decision.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::issue::issued_at;
use super::token::Claims;
use super::verify::{Check, Refusal};
use crate::base::clock::BenchTime;
use crate::base::event::What;
use crate::session::world::World;
use crate::storage::{Batch, Put, RecordIndex, RecordKey, RecordKind, StorageError};

/// How many families one look at the list ends.
const AT_ONCE: usize = 1_000;

impl World<'_> {
    /// Why a token that passed every other check is refused after all, if it is.
    ///
    /// # Errors
    /// The store does not answer. A token that cannot be looked up must not be accepted.
    pub async fn revocation(&self, claims: &Claims) -> Result<Option<Refusal>, StorageError> {
        let revocation = self.probe.jwt_revocation();
        if !revocation.remembers() {
            return Ok(None);
        }
        let refused = |because| Ok(Some(Check::Revocation.refuses(because)));
        let Some(key) = self.denied_key(claims) else {
            return refused("The token has no name by which it could be revoked.");
        };
        if let Some(denied) = self.read::<()>(&key).await?
            && self.now < denied.expires_at
        {
            return refused("The token was revoked by a sign-out.");
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds need 31 bits of the 53")]
        let outdated = |changed: u64| revocation.outdated(claims.iat, changed as f64);
        if self
            .password_changed(&claims.sub)
            .await?
            .is_some_and(outdated)
        {
            return refused("The token is older than the user's password.");
        }
        Ok(None)
    }

    /// Signs a token out: where the policy remembers it, the token and its family end. Returns
    /// whether they did.
    ///
    /// # Errors
    /// The store does not answer; then the user is not signed out, and must be told.
    pub async fn revoke(&self, claims: &Claims) -> Result<bool, StorageError> {
        let remembers = self.probe.jwt_revocation().remembers();
        let mut batch = Batch::default();
        if remembers {
            let forgotten = self.probe.jwt_expiry().forgotten_at(claims.exp);
            let expires_at = forgotten.map_or(BenchTime::FOREVER, moment_of);
            batch.put.extend(self.denied_key(claims).map(|key| Put {
                expires_at,
                ..self.put(&key, &(), None)
            }));
            let family = claims.text("sid").unwrap_or_default();
            batch
                .remove
                .extend(self.key(RecordKind::RefreshFamily, family));
        }
        batch.events.push(self.event(What::TokenRevoked {
            user: claims.sub.clone(),
            token: self.fingerprint_of(claims.jti.as_deref().unwrap_or_default()),
            remembered: remembers,
        }));
        self.commit(batch).await.map(|_| remembers)
    }

    /// Adds to a batch that stores a new password what ends the user's tokens: the moment of the
    /// change, and the end of his families. Returns the moment, for [`World::confirm_end_of_tokens`].
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn add_end_of_tokens(
        &self,
        batch: &mut Batch,
        user: &str,
    ) -> Result<Option<u64>, StorageError> {
        if !self.probe.jwt_revocation().remembers() {
            return Ok(None);
        }
        let index = RecordIndex::Owner(
            Some(self.variant),
            RecordKind::RefreshFamily,
            user.to_owned(),
        );
        let storage = self.bench.storage();
        let families = storage.members(self.bench.name(), &index, AT_ONCE).await?;
        batch.remove.extend(families);
        // The request may have waited for a password hash, so the time is taken anew. A token of the
        // change before this one may be dated a second ahead.
        let before = self.password_changed(user).await?;
        let changed = issued_at(self.bench.now(), before);
        batch.put.extend(self.changed_put(user, changed));
        Ok(Some(changed))
    }

    /// Ends the tokens, too, that were issued between the moment that was noted and the commit that
    /// noted it. After the commit none is issued for the old password.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn confirm_end_of_tokens(
        &self,
        user: &str,
        noted: Option<u64>,
    ) -> Result<(), StorageError> {
        let now = self.bench.now().seconds();
        if noted.is_some_and(|noted| noted < now) {
            let put = self.changed_put(user, now).into_iter().collect();
            self.commit(Batch {
                put,
                ..Batch::default()
            })
            .await?;
        }
        Ok(())
    }

    /// It stays for ever: where nothing expires, an old token never becomes harmless.
    fn changed_put(&self, user: &str, changed: u64) -> Option<Put> {
        self.changed_key(user)
            .map(|key| self.put(&key, &changed, None))
    }

    /// When the user's password changed last, in whole seconds, where that is remembered.
    pub(super) async fn password_changed(&self, user: &str) -> Result<Option<u64>, StorageError> {
        match self.changed_key(user) {
            Some(key) => Ok(self.read::<u64>(&key).await?.map(|found| found.value)),
            None => Ok(None),
        }
    }

    fn changed_key(&self, user: &str) -> Option<RecordKey> {
        self.key(RecordKind::Denylist, &format!("user-{user}"))
    }

    /// Where a token is remembered: under a hash of issuer and `jti`, with the length of the first
    /// before it, so that no two pairs share a hash.
    fn denied_key(&self, claims: &Claims) -> Option<RecordKey> {
        let issuer = claims.iss.as_deref().unwrap_or_default();
        let jti = claims.jti.as_deref().filter(|jti| !jti.is_empty())?;
        let text = format!("{}:{issuer}{jti}", issuer.len());
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
        self.key(RecordKind::Denylist, &format!("jti-{hash}"))
    }
}

/// The moment of an `exp`. One that lies beyond every clock is for ever.
fn moment_of(seconds: f64) -> BenchTime {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "such a conversion stops at both ends of u64, and that is meant"
    )]
    let millis = (seconds.ceil() * 1000.0) as u64;
    BenchTime::from_millis(millis)
}

//! Who may control a bench of a class: reset it, move its clock, read its evidence and its progress.
//!
//! Students of this course attack what they reach, and the next bench is a neighbour's. So a bench of a
//! class has two random values:
//!
//! 1. Its **name**, 65 bits, in every address. Anyone who knows it reaches the bench's portal, as anyone
//!    reaches a real one.
//! 2. Its **control secret**, 128 bits, in a cookie of the lab's own pages and nowhere else. It is never in
//!    an address: an address is in the history, on the projector and in a message to a friend.
//!
//! The secret is drawn when a link is opened that works once. So nobody ever copies the secret, and a link
//! that somebody else opened first shows itself: it does not work. Refused alternative: a password for each
//! bench. Students would choose it, and type it on the portal as well.
//!
//! The store keeps hashes. Read `owner_record.rs` next, then `src/web/bench_control.rs`, which asks.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::BenchKeys;
use super::owner_record::{OwnerRecord, hash};
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::minute_count::{MOST_WRONG, MinuteCount};
use crate::storage::{Storage, StorageError};

/// The longest value that is compared: one that is longer is no secret of ours.
const LONGEST: usize = 64;

/// How many benches are made in a minute: those of a large course that begins. Each one is kept, so
/// without a limit a loop would fill the disk (CWE-770).
const MOST_MADE: u32 = 300;

/// A value that gives control: 128 random bits in base64url. `Debug` prints the type's name (CWE-532).
#[derive(Clone, PartialEq, Eq)]
pub struct ControlSecret(String);

impl ControlSecret {
    fn draw() -> Result<Self, StorageError> {
        Ok(Self(BenchKeys::nonce()?))
    }

    /// The value: for the cookie or the link that its owner gets, and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ControlSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlSecret")
    }
}

/// What a new link does to the secrets that were given out before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlierSecrets {
    /// They stay: one more browser or terminal gets its own.
    Stay,
    /// They end at once: somebody else may have one.
    End,
}

/// How a value that should give control was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged<T> {
    /// It is right.
    Right(T),
    /// It is not.
    Wrong,
    /// It is not, as many others were in this minute.
    OneOfManyWrong,
}

/// The owners of all benches.
pub struct BenchOwners {
    storage: Arc<dyn Storage>,
    wrong: MinuteCount,
    made: MinuteCount,
}

// Written by hand: a store holds sessions and passwords.
impl fmt::Debug for BenchOwners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BenchOwners")
    }
}

impl BenchOwners {
    /// The owners that this store knows.
    pub fn new(storage: Arc<dyn Storage>) -> Self {
        Self {
            storage,
            wrong: MinuteCount::up_to(MOST_WRONG),
            made: MinuteCount::up_to(MOST_MADE),
        }
    }

    /// Whether the bench was made. Nothing is made by asking.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn is_made(&self, bench: &BenchName) -> Result<bool, StorageError> {
        Ok(OwnerRecord::read(&*self.storage, bench).await?.is_some())
    }

    /// Makes a bench with a drawn name, and the key of the link that opens it once. `None` where too
    /// many were made in this minute.
    ///
    /// # Errors
    /// The store does not answer, or there are no random bytes.
    pub async fn make(&self) -> Result<Option<(BenchName, ControlSecret)>, StorageError> {
        if self.made.count(BenchTime::now(Duration::ZERO)) {
            return Ok(None);
        }
        loop {
            let bench = BenchName::draw()?;
            let link = ControlSecret::draw()?;
            let record = OwnerRecord {
                link: Some(hash(link.expose())),
                ..OwnerRecord::default()
            };
            if record.make(&*self.storage, &bench).await? {
                return Ok(Some((bench, link)));
            }
        }
    }

    /// A new link to a bench, which works once; an earlier one that was not opened ends. `None` where
    /// the bench was never made. The bench `local` always exists: it is the teacher's.
    ///
    /// # Errors
    /// The store does not answer, or there are no random bytes.
    pub async fn new_link(
        &self,
        bench: &BenchName,
        earlier: EarlierSecrets,
    ) -> Result<Option<ControlSecret>, StorageError> {
        if bench.is_local() {
            // Where another instance was first, there is one.
            OwnerRecord::default().make(&*self.storage, bench).await?;
        }
        let link = ControlSecret::draw()?;
        OwnerRecord::change(&*self.storage, bench, |record| {
            record.link = Some(hash(link.expose()));
            if earlier == EarlierSecrets::End {
                record.secrets.clear();
            }
            Some(link.clone())
        })
        .await
    }

    /// Exchanges the key of a link for a secret. From then on the link no longer works. Of two requests
    /// with one key at the same time one gets a secret.
    ///
    /// # Errors
    /// The store does not answer, or there are no random bytes.
    pub async fn exchange(
        &self,
        bench: &BenchName,
        key: &str,
    ) -> Result<Judged<ControlSecret>, StorageError> {
        if key.len() > LONGEST {
            return Ok(self.wrong());
        }
        let secret = ControlSecret::draw()?;
        let exchanged = OwnerRecord::change(&*self.storage, bench, |record| {
            if !record.opens(key) {
                return None;
            }
            record.link = None;
            record.accept(secret.expose());
            Some(secret.clone())
        })
        .await?;
        Ok(exchanged.map_or_else(|| self.wrong(), Judged::Right))
    }

    /// Whether this secret gives control of the bench now. Every instance asks the store, so one that
    /// was replaced ends on all of them at once.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn judge(&self, bench: &BenchName, secret: &str) -> Result<Judged<()>, StorageError> {
        if secret.len() <= LONGEST
            && let Some((record, _)) = OwnerRecord::read(&*self.storage, bench).await?
            && record.accepts(secret)
        {
            return Ok(Judged::Right(()));
        }
        Ok(self.wrong())
    }

    /// Ends this secret, and no other one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn end(&self, bench: &BenchName, secret: &str) -> Result<(), StorageError> {
        let ended = hash(secret);
        OwnerRecord::change(&*self.storage, bench, |record| {
            record.secrets.retain(|kept| *kept != ended);
            Some(())
        })
        .await?;
        Ok(())
    }

    /// Counts a wrong value. One that is right is never counted and never waits.
    fn wrong<T>(&self) -> Judged<T> {
        match self.wrong.count(BenchTime::now(Duration::ZERO)) {
            true => Judged::OneOfManyWrong,
            false => Judged::Wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::owner_record::MOST_SECRETS;
    use super::*;
    use crate::storage::MemoryStorage;

    fn owners() -> BenchOwners {
        BenchOwners::new(Arc::new(MemoryStorage::default()))
    }

    async fn made(owners: &BenchOwners) -> (BenchName, ControlSecret) {
        owners.make().await.unwrap().expect("not too many")
    }

    fn right<T: std::fmt::Debug>(judged: Judged<T>) -> T {
        match judged {
            Judged::Right(value) => value,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_link_works_once_and_gives_a_secret_that_is_not_its_key() {
        let owners = owners();
        let (bench, link) = made(&owners).await;
        let judged = owners.judge(&bench, link.expose()).await.unwrap();
        assert_eq!(judged, Judged::Wrong, "the key of a link is no secret");
        let secret = right(owners.exchange(&bench, link.expose()).await.unwrap());
        assert_ne!(secret, link);
        // 128 bits are 22 characters of base64url.
        assert_eq!(secret.expose().len(), 22);
        let again = owners.exchange(&bench, link.expose()).await.unwrap();
        assert_eq!(again, Judged::Wrong);
        right(owners.judge(&bench, secret.expose()).await.unwrap());
        let (neighbour, _) = made(&owners).await;
        let judged = owners.judge(&neighbour, secret.expose()).await.unwrap();
        assert_eq!(judged, Judged::Wrong);
    }

    #[tokio::test]
    async fn a_new_link_ends_the_secrets_or_leaves_them_as_it_is_told() {
        let owners = owners();
        let (bench, link) = made(&owners).await;
        let first = right(owners.exchange(&bench, link.expose()).await.unwrap());
        let unopened = owners.new_link(&bench, EarlierSecrets::Stay).await.unwrap();
        let link = owners.new_link(&bench, EarlierSecrets::Stay).await.unwrap();
        let unopened = unopened.unwrap();
        let judged = owners.exchange(&bench, unopened.expose()).await.unwrap();
        assert_eq!(judged, Judged::Wrong, "a newer link ends it");
        let second = owners.exchange(&bench, link.unwrap().expose()).await;
        let second = right(second.unwrap());
        for secret in [&first, &second] {
            right(owners.judge(&bench, secret.expose()).await.unwrap());
        }
        let link = owners.new_link(&bench, EarlierSecrets::End).await.unwrap();
        for secret in [&first, &second] {
            let judged = owners.judge(&bench, secret.expose()).await.unwrap();
            assert_eq!(judged, Judged::Wrong);
        }
        right(
            owners
                .exchange(&bench, link.unwrap().expose())
                .await
                .unwrap(),
        );
    }

    #[tokio::test]
    async fn a_bench_that_was_not_made_has_no_owner_and_asking_makes_none() {
        let owners = owners();
        let unknown: BenchName = "team-7".parse().unwrap();
        assert!(!owners.is_made(&unknown).await.unwrap());
        let link = owners.new_link(&unknown, EarlierSecrets::End).await;
        assert_eq!(link.unwrap(), None);
        for value in ["", "x"] {
            assert_eq!(owners.judge(&unknown, value).await.unwrap(), Judged::Wrong);
            let exchanged = owners.exchange(&unknown, value).await.unwrap();
            assert_eq!(exchanged, Judged::Wrong);
        }
        assert!(!owners.is_made(&unknown).await.unwrap());
        let local = BenchName::local();
        let link = owners.new_link(&local, EarlierSecrets::Stay).await.unwrap();
        right(
            owners
                .exchange(&local, link.unwrap().expose())
                .await
                .unwrap(),
        );
    }

    #[tokio::test]
    async fn one_secret_is_ended_and_the_others_stay() {
        let owners = owners();
        let (bench, link) = made(&owners).await;
        let first = right(owners.exchange(&bench, link.expose()).await.unwrap());
        let link = owners.new_link(&bench, EarlierSecrets::Stay).await.unwrap();
        let second = owners.exchange(&bench, link.unwrap().expose()).await;
        let second = right(second.unwrap());
        owners.end(&bench, first.expose()).await.unwrap();
        let judged = owners.judge(&bench, first.expose()).await.unwrap();
        assert_eq!(judged, Judged::Wrong);
        right(owners.judge(&bench, second.expose()).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_makes_benches_without_end() {
        let owners = owners();
        let mut made = 0;
        while owners.make().await.unwrap().is_some() {
            made += 1;
        }
        assert_eq!(made, MOST_MADE);
    }

    #[tokio::test]
    async fn nothing_is_right_before_the_link_is_opened() {
        let owners = owners();
        let (bench, link) = made(&owners).await;
        right(owners.exchange(&bench, link.expose()).await.unwrap());
        // Now there is no link: an empty key must not be that of none.
        assert_eq!(owners.exchange(&bench, "").await.unwrap(), Judged::Wrong);
        let (other, _) = made(&owners).await;
        assert_eq!(owners.judge(&other, "").await.unwrap(), Judged::Wrong);
    }

    #[tokio::test]
    async fn wrong_values_are_limited_and_right_ones_still_work() {
        let owners = owners();
        let (bench, link) = made(&owners).await;
        let long = "x".repeat(LONGEST + 1);
        let mut judged = Judged::Wrong;
        for _ in 0..100 {
            judged = owners.judge(&bench, &long).await.unwrap();
        }
        assert_eq!(judged, Judged::OneOfManyWrong);
        let secret = right(owners.exchange(&bench, link.expose()).await.unwrap());
        right(owners.judge(&bench, secret.expose()).await.unwrap());
    }

    #[tokio::test]
    async fn of_many_secrets_the_oldest_makes_room() {
        let owners = owners();
        let (bench, mut link) = made(&owners).await;
        let mut secrets = Vec::new();
        for _ in 0..=MOST_SECRETS {
            secrets.push(right(owners.exchange(&bench, link.expose()).await.unwrap()));
            let next = owners.new_link(&bench, EarlierSecrets::Stay).await.unwrap();
            link = next.unwrap();
        }
        let oldest = owners.judge(&bench, secrets[0].expose()).await.unwrap();
        assert_eq!(oldest, Judged::Wrong);
        right(owners.judge(&bench, secrets[1].expose()).await.unwrap());
    }

    #[tokio::test]
    async fn of_two_who_open_one_link_at_once_one_gets_in() {
        let owners = owners();
        let (bench, link) = made(&owners).await;
        let both = [(); 2].map(|()| owners.exchange(&bench, link.expose()));
        let both = futures::future::try_join_all(both).await.unwrap();
        let inside = both.iter().filter(|one| matches!(one, Judged::Right(_)));
        assert_eq!(inside.count(), 1);
    }

    #[tokio::test]
    async fn the_store_holds_neither_a_secret_nor_the_key_of_a_link() {
        let owners = owners();
        let (bench, link) = made(&owners).await;
        let stored = async || {
            let read = OwnerRecord::read(&*owners.storage, &bench).await;
            serde_json::to_string(&read.unwrap().unwrap().0).unwrap()
        };
        assert!(!stored().await.contains(link.expose()));
        let secret = right(owners.exchange(&bench, link.expose()).await.unwrap());
        let kept = stored().await;
        assert!(kept.contains(&hash(secret.expose())), "{kept}");
        assert!(!kept.contains(secret.expose()), "{kept}");
        assert_eq!(format!("{secret:?}"), "ControlSecret");
    }
}

//! What the attacker holds on a bench: the requests that the catcher received, and the cookies that
//! were planted last. It is in storage, within fixed bounds, because the request that brings a
//! stolen cookie and the page that shows it may reach two instances of the lab.
//!
//! Nothing is masked here: the lesson is that the attacker has the value itself, and can send it.
//! The accounts are demo accounts, and a reset of the bench deletes all of it.
//!
//! Anyone who can reach the catcher can fill it, and its requests are as long as their sender
//! likes. So the number, the length and each part of the length are limited (CWE-770).

use std::cmp::Reverse;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Bench;
use crate::base::clock::BenchTime;
use crate::base::event::ClientKind;
use crate::defences::policy::Variant;
use crate::storage::{
    Batch, Commit, Expect, Put, RecordIndex, RecordKey, RecordKind, StorageError,
};

/// How many requests a bench's catcher keeps. The oldest gives way: a flood hides what was caught
/// before, and fills nothing.
pub const KEPT: usize = 100;

/// How much of one request is kept, in bytes: target, headers and body together.
pub const LARGEST: usize = 4096;

/// The shares of [`LARGEST`]: what a script steals comes in the target or in the body.
const TARGET_SHARE: usize = 1536;
const HEADER_SHARE: usize = 1024;

/// The records beside the requests. Their names differ from `request-1`, so that clearing the list
/// of requests leaves them alone.
const COUNT: &str = "count";
const PLANTED: &str = "planted";
const SIGNED_IN: &str = "signed-in";
const OTHERS: [&str; 3] = [COUNT, PLANTED, SIGNED_IN];

/// A request that was caught.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Caught {
    /// The number of the request on this bench, from 1.
    pub id: u64,
    /// When it arrived, on the bench's clock.
    pub at: BenchTime,
    /// The kind of program that seems to have sent it: the victim's browser, in a real theft.
    pub client: ClientKind,
    /// The method. An image sends GET, and a script may also send POST.
    pub method: String,
    /// Path and query. A script that steals a cookie usually puts it here.
    pub target: String,
    /// The headers, those that say most first.
    pub headers: Vec<(String, String)>,
    /// The body as text; bytes that are not UTF-8 are replaced.
    pub body: String,
    /// Whether some of it did not fit.
    pub cut: bool,
}

/// Cookies that the sibling planted for the portal. They show that a sibling host may write where
/// it may not read (RFC 6265bis §8.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Planted {
    /// The variant they are for.
    pub variant: Variant,
    /// The `Set-Cookie` lines as they were sent.
    pub lines: Vec<String>,
    /// The name of the cookie, and the id in it that the attacker knows. The attack succeeds when
    /// that id is still accepted after the victim's sign-in.
    pub session: (String, String),
}

/// What the attacker holds on a bench.
#[derive(Clone, Copy, Debug)]
pub struct Loot<'b> {
    bench: &'b Bench,
}

impl<'b> Loot<'b> {
    /// The loot of a bench. There is none that belongs to several: a team does not see what another
    /// one has stolen.
    pub(super) fn of(bench: &'b Bench) -> Self {
        Self { bench }
    }

    /// Keeps a request, cut to its bounds, and forgets the oldest. It is cut before it is stored:
    /// the store never sees more than the bounds.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn catch(&self, mut caught: Caught) -> Result<(), StorageError> {
        caught.fit();
        let mut transaction = self.bench.transact("the list of caught requests");
        loop {
            transaction.attempt().await?;
            // The count is the version of a record: each request that is kept puts it once more.
            // Two requests at once, on two instances, so get two numbers.
            let before = self.count().await?;
            caught.id = before + 1;
            let oldest = caught.id.checked_sub(KEPT as u64);
            let batch = Batch {
                expect: vec![(key(COUNT), Expect::Version(before))],
                put: vec![put(key(COUNT), &()), put(numbered(caught.id), &caught)],
                remove: oldest.map(numbered).into_iter().collect(),
                ..Batch::default()
            };
            if self.commit(batch).await? == Commit::Done {
                return Ok(());
            }
        }
    }

    /// Every request that is kept, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn caught(&self) -> Result<Vec<Caught>, StorageError> {
        let mut all = Vec::new();
        for key in self.numbers().await? {
            all.extend(self.read::<Caught>(&key).await?);
        }
        all.sort_unstable_by_key(|caught| Reverse(caught.id));
        Ok(all)
    }

    /// How many requests came since the bench was made or reset; no id is larger.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn count(&self) -> Result<u64, StorageError> {
        let (storage, name) = (self.bench.storage(), self.bench.name());
        let found = storage.read(name, &key(COUNT)).await?;
        Ok(found.map_or(0, |found| found.version))
    }

    /// Forgets the requests. The count goes on, so an open page does not take a new request for one
    /// that it has shown.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn clear(&self) -> Result<(), StorageError> {
        self.remove(self.numbers().await?).await
    }

    /// Notes what was planted, in place of what was planted before.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn plant(&self, planted: Planted) -> Result<(), StorageError> {
        self.put(PLANTED, &planted).await
    }

    /// What was planted last for this variant.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn planted(&self, variant: Variant) -> Result<Option<Planted>, StorageError> {
        let planted: Option<Planted> = self.read(&key(PLANTED)).await?;
        Ok(planted.filter(|planted| planted.variant == variant))
    }

    /// Forgets what was planted.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn forget_planted(&self) -> Result<(), StorageError> {
        self.remove(vec![key(PLANTED)]).await
    }

    /// Notes the attacker's own session in a variant: its cookie's name and value.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn sign_in(
        &self,
        variant: Variant,
        session: (String, String),
    ) -> Result<(), StorageError> {
        self.put(SIGNED_IN, &(variant, session)).await
    }

    /// The attacker's own session in this variant, where it is the one that was opened last. An
    /// attacker needs no theft for it: everyone may sign in with their own account.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn signed_in(
        &self,
        variant: Variant,
    ) -> Result<Option<(String, String)>, StorageError> {
        let own: Option<(Variant, (String, String))> = self.read(&key(SIGNED_IN)).await?;
        let own = own.filter(|(of, _)| *of == variant);
        Ok(own.map(|(_, session)| session))
    }

    /// The keys of the requests.
    async fn numbers(&self) -> Result<Vec<RecordKey>, StorageError> {
        let index = RecordIndex::Kind(None, RecordKind::Loot);
        let (storage, name) = (self.bench.storage(), self.bench.name());
        let mut keys = storage.members(name, &index, KEPT + OTHERS.len()).await?;
        keys.retain(|key| !OTHERS.contains(&key.name()));
        Ok(keys)
    }

    async fn read<T: DeserializeOwned>(&self, key: &RecordKey) -> Result<Option<T>, StorageError> {
        let (storage, name) = (self.bench.storage(), self.bench.name());
        let found = storage.read(name, key).await?;
        // One that somebody edited by hand is ignored. That is harmless here, because no decision
        // depends on loot. A session or a count of the throttle must not be read in this way.
        Ok(found.and_then(|found| serde_json::from_slice(&found.value).ok()))
    }

    async fn put(&self, name: &str, value: &impl Serialize) -> Result<(), StorageError> {
        let batch = Batch {
            put: vec![put(key(name), value)],
            ..Batch::default()
        };
        self.commit(batch).await.map(|_| ())
    }

    async fn remove(&self, remove: Vec<RecordKey>) -> Result<(), StorageError> {
        let batch = Batch {
            remove,
            ..Batch::default()
        };
        self.commit(batch).await.map(|_| ())
    }

    async fn commit(&self, batch: Batch) -> Result<Commit, StorageError> {
        self.bench.note_held(&batch);
        self.bench.storage().commit(self.bench.name(), batch).await
    }
}

fn numbered(id: u64) -> RecordKey {
    key(&format!("request-{id}"))
}

fn key(name: &str) -> RecordKey {
    // Invariant: the names are literals of this file, and numbers.
    RecordKey::new(None, RecordKind::Loot, name).expect("a name that the lab made itself")
}

fn put(key: RecordKey, value: &impl Serialize) -> Put {
    Put {
        key,
        // Invariant: texts, numbers and lists of them always become JSON.
        value: serde_json::to_vec(value).expect("loot becomes JSON"),
        last_used: BenchTime::now(Duration::ZERO),
        expires_at: BenchTime::FOREVER,
        owner: None,
        replaces: None,
    }
}

impl Caught {
    /// Cuts the request to its bounds. Each part has its share, so that a long target cannot push
    /// the body out.
    fn fit(&mut self) {
        let before = self.size();
        cut(&mut self.target, TARGET_SHARE);
        let mut left = HEADER_SHARE;
        self.headers.retain_mut(|(name, value)| {
            cut(name, left);
            left -= name.len();
            cut(value, left);
            left -= value.len();
            !name.is_empty()
        });
        cut(&mut self.body, LARGEST - TARGET_SHARE - HEADER_SHARE);
        self.cut |= self.size() < before;
    }

    /// How much of the request is kept, in bytes.
    pub fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(n, v)| n.len() + v.len()).sum();
        self.target.len() + headers + self.body.len()
    }
}

/// Cuts a text to so many bytes, at a whole character: `truncate` panics inside of one, and a
/// stranger chooses the text.
fn cut(text: &mut String, longest: usize) {
    let longest = longest.min(text.len());
    let end = (0..=longest).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::bench_name::BenchName;
    use crate::session::bench::{BenchKeys, Benches, Sharing};
    use crate::storage::MemoryStorage;

    fn caught(target: &str, headers: Vec<(String, String)>, body: &str) -> Caught {
        Caught {
            id: 0,
            at: BenchTime::from_millis(0),
            client: ClientKind::Other,
            method: "POST".into(),
            target: target.into(),
            headers,
            body: body.into(),
            cut: false,
        }
    }

    /// A bench as two labs see it that share a store.
    async fn bench_of_two_labs() -> [Arc<Bench>; 2] {
        let storage = Arc::new(MemoryStorage::default());
        let lab = || {
            let keys = BenchKeys::derive(|_| [7; 32]);
            Benches::new(storage.clone(), Sharing::WithOthers, keys)
        };
        let name = BenchName::local();
        let open = async |lab: Benches| lab.open(&name).await.expect("a bench");
        [open(lab()).await, open(lab()).await]
    }

    #[tokio::test]
    async fn a_large_request_is_cut_to_its_bounds_and_says_so() {
        let [bench, _] = bench_of_two_labs().await;
        let loot = bench.loot();
        let headers = (0..300).map(|n| (format!("x-{n}"), "é".repeat(50)));
        let large = caught(&"/t".repeat(4000), headers.collect(), &"ü".repeat(9000));
        loot.catch(large).await.expect("kept");
        let kept = &loot.caught().await.expect("read")[0];
        assert!(kept.cut && kept.size() <= LARGEST, "{}", kept.size());
        assert!(kept.target.len() > 1000 && kept.body.len() > 1000);
        assert!(!kept.headers.is_empty());

        let small = caught("/collect", vec![("a".into(), "b".into())], "c");
        loot.catch(small).await.expect("kept");
        let kept = loot.caught().await.expect("read");
        assert!(!kept[0].cut, "what fits is whole");
    }

    #[tokio::test]
    async fn the_newest_hundred_are_kept_newest_first_whoever_caught_them() {
        let [here, there] = bench_of_two_labs().await;
        let catch = async |n: usize| {
            let bench = if n.is_multiple_of(2) { &here } else { &there };
            let request = caught(&format!("/collect/{n}"), Vec::new(), "");
            bench.loot().catch(request).await.expect("kept");
        };
        for n in 0..=KEPT {
            catch(n).await;
        }
        let kept = there.loot().caught().await.expect("read");
        let count = there.loot().count().await.expect("read");
        assert_eq!((kept.len(), count), (KEPT, KEPT as u64 + 1));
        assert_eq!(kept[0].target, format!("/collect/{KEPT}"));
        assert_eq!(kept[KEPT - 1].target, "/collect/1");

        here.loot().clear().await.expect("cleared");
        assert!(there.loot().caught().await.expect("read").is_empty());
        futures::future::join_all((0..30).map(catch)).await;
        assert_eq!(there.loot().caught().await.expect("read").len(), 30);
    }

    #[tokio::test]
    async fn what_was_planted_by_one_lab_is_known_to_the_other_until_a_reset() {
        let [here, there] = bench_of_two_labs().await;
        let planted = Planted {
            variant: Variant::Hardened,
            lines: vec!["a=b".into()],
            session: ("a".into(), "b".into()),
        };
        here.loot().plant(planted).await.expect("kept");
        let own = ("a".to_owned(), "c".to_owned());
        let loot = here.loot();
        let signed_in = loot.sign_in(Variant::Insecure, own.clone());
        signed_in.await.expect("kept");
        let planted = async |variant| there.loot().planted(variant).await.expect("read");
        let signed_in = async |variant| there.loot().signed_in(variant).await.expect("read");
        let found = planted(Variant::Hardened).await.expect("planted");
        assert_eq!(found.lines, ["a=b"]);
        assert!(planted(Variant::Insecure).await.is_none());
        assert_eq!(signed_in(Variant::Insecure).await, Some(own));
        assert!(signed_in(Variant::Hardened).await.is_none());

        here.reset().await.expect("reset");
        assert!(planted(Variant::Hardened).await.is_none());
        assert!(signed_in(Variant::Insecure).await.is_none());
    }
}

//! What the attacker holds on a bench: the requests that his catcher received, and the cookies that
//! he planted last. It stays in the memory of this process, within fixed bounds.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::lock;
use crate::clock::BenchTime;
use crate::journal::Client;
use crate::policy::Variant;

/// How many requests a bench's catcher keeps.
pub const KEPT: usize = 100;

/// How much of one request is kept, in bytes: target, headers and body together.
pub const LARGEST: usize = 4096;

/// The shares of [`LARGEST`]: what a script steals comes in the target or in the body.
const TARGET_SHARE: usize = 1536;
const HEADER_SHARE: usize = 1024;

/// A request that was caught.
#[derive(Clone, Debug)]
pub struct Caught {
    /// Counts the requests of this bench.
    pub id: u64,
    /// When it arrived, on the bench's clock.
    pub at: BenchTime,
    /// Who seems to have sent it.
    pub client: Client,
    /// The method.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// The headers, those that say most first.
    pub headers: Vec<(String, String)>,
    /// The body as text; what is no UTF-8 is replaced.
    pub body: String,
    /// Whether some of it did not fit.
    pub cut: bool,
}

/// Cookies that the sibling planted for the portal.
#[derive(Clone, Debug)]
pub struct Planted {
    /// The variant they are for.
    pub variant: Variant,
    /// The `Set-Cookie` lines as they were sent.
    pub lines: Vec<String>,
    /// The id that the attacker knows, and the name of its cookie.
    pub session: (String, String),
}

#[derive(Debug, Default)]
struct Held {
    count: u64,
    caught: VecDeque<Caught>,
    planted: Option<Planted>,
    own: Option<(Variant, (String, String))>,
}

/// What the attacker holds on a bench.
#[derive(Debug, Default)]
pub struct Loot(Mutex<Held>);

impl Loot {
    /// Keeps a request, cut to its bounds, and forgets the oldest.
    pub fn catch(&self, mut caught: Caught) {
        caught.fit();
        let mut held = lock(&self.0);
        held.count += 1;
        caught.id = held.count;
        if held.caught.len() >= KEPT {
            held.caught.pop_front();
        }
        held.caught.push_back(caught);
    }

    /// Every request that is kept, newest first.
    pub fn caught(&self) -> Vec<Caught> {
        lock(&self.0).caught.iter().rev().cloned().collect()
    }

    /// How many requests came since the bench was made; no id is larger.
    pub fn count(&self) -> u64 {
        lock(&self.0).count
    }

    /// Forgets the requests.
    pub fn clear(&self) {
        lock(&self.0).caught.clear();
    }

    /// Notes what was planted, in place of what was planted before.
    pub fn plant(&self, planted: Planted) {
        lock(&self.0).planted = Some(planted);
    }

    /// What was planted last for this variant.
    pub fn planted(&self, variant: Variant) -> Option<Planted> {
        let planted = lock(&self.0).planted.clone();
        planted.filter(|planted| planted.variant == variant)
    }

    /// Forgets what was planted.
    pub fn forget_planted(&self) {
        lock(&self.0).planted = None;
    }

    /// Notes the attacker's own session in a variant: its cookie's name and value.
    pub fn sign_in(&self, variant: Variant, session: (String, String)) {
        lock(&self.0).own = Some((variant, session));
    }

    /// The attacker's own session in this variant, where it is the one that he opened last.
    pub fn signed_in(&self, variant: Variant) -> Option<(String, String)> {
        let own = lock(&self.0).own.clone();
        own.filter(|(of, _)| *of == variant)
            .map(|(_, session)| session)
    }

    /// Forgets everything.
    pub fn reset(&self) {
        self.clear();
        let mut held = lock(&self.0);
        (held.planted, held.own) = (None, None);
    }
}

impl Caught {
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

fn cut(text: &mut String, longest: usize) {
    let longest = longest.min(text.len());
    let end = (0..=longest).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caught(target: &str, headers: Vec<(String, String)>, body: &str) -> Caught {
        Caught {
            id: 0,
            at: BenchTime::from_millis(0),
            client: Client::Other,
            method: "POST",
            target: target.into(),
            headers,
            body: body.into(),
            cut: false,
        }
    }

    #[test]
    fn a_large_request_is_cut_to_its_bounds_and_says_so() {
        let loot = Loot::default();
        let headers = (0..300).map(|n| (format!("x-{n}"), "é".repeat(50)));
        loot.catch(caught(
            &"/t".repeat(4000),
            headers.collect(),
            &"ü".repeat(9000),
        ));
        let kept = &loot.caught()[0];
        assert!(kept.cut && kept.size() <= LARGEST, "{}", kept.size());
        assert!(kept.target.len() > 1000 && kept.body.len() > 1000);
        assert!(!kept.headers.is_empty());

        loot.catch(caught("/collect", vec![("a".into(), "b".into())], "c"));
        assert!(!loot.caught()[0].cut, "what fits is whole");
    }

    #[test]
    fn the_newest_hundred_are_kept_newest_first() {
        let loot = Loot::default();
        for n in 0..=KEPT {
            loot.catch(caught(&format!("/collect/{n}"), Vec::new(), ""));
        }
        let kept = loot.caught();
        assert_eq!((kept.len(), loot.count()), (KEPT, KEPT as u64 + 1));
        assert_eq!(kept[0].target, format!("/collect/{KEPT}"));
        assert_eq!(kept[KEPT - 1].target, "/collect/1");
    }
}

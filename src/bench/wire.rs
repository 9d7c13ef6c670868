//! The requests that a bench saw lately, with their answers, cookie values masked.
//!
//! They stay in the memory of this process, at most [`KEPT`] of them, each cut to a bounded size.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde::Serialize;

use super::lock;
use crate::clock::BenchTime;
use crate::journal::Client;
use crate::policy::Variant;

/// How many exchanges a bench keeps.
pub const KEPT: usize = 100;

/// The longest target and the longest header value that is kept, in bytes.
const LONGEST: usize = 300;

/// What a browser says of a request besides its cookies: where it comes from, and what for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// `Origin`.
    pub origin: Option<String>,
    /// `Referer`.
    pub referer: Option<String>,
    /// `Sec-Fetch-Site`.
    pub fetch_site: Option<String>,
    /// `Sec-Fetch-Mode`.
    pub fetch_mode: Option<String>,
    /// `Sec-Fetch-Dest`.
    pub fetch_dest: Option<String>,
}

impl Told {
    fn cut(&mut self) {
        let Self {
            origin,
            referer,
            fetch_site,
            fetch_mode,
            fetch_dest,
        } = self;
        let all = [origin, referer, fetch_site, fetch_mode, fetch_dest];
        all.into_iter().flatten().for_each(cut);
    }
}

/// One request and its answer, as far as a page shows them.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// Counts the exchanges of this bench.
    pub id: u64,
    /// When the request arrived, on the bench's clock.
    pub at: BenchTime,
    /// Who seems to have sent it.
    pub client: Client,
    /// The variant it asked for.
    pub variant: Option<Variant>,
    /// Method and target, as received.
    pub line: String,
    /// The names of the cookies sent, each with its value masked.
    pub cookies: Vec<String>,
    /// Whether the variant's session cookie was among them.
    pub session_cookie: bool,
    /// What the client told of the request besides.
    pub told: Told,
    /// The status of the answer.
    pub status: u16,
    /// The answer's `Set-Cookie` lines, values masked.
    pub set_cookie: Vec<String>,
}

/// The last exchanges of a bench.
#[derive(Debug, Default)]
pub struct Wire(Mutex<(u64, VecDeque<Exchange>)>);

impl Wire {
    /// Keeps an exchange and forgets the oldest.
    pub fn push(&self, mut exchange: Exchange) {
        cut(&mut exchange.line);
        exchange
            .cookies
            .iter_mut()
            .chain(&mut exchange.set_cookie)
            .for_each(cut);
        exchange.told.cut();
        let mut wire = lock(&self.0);
        wire.0 += 1;
        exchange.id = wire.0;
        if wire.1.len() >= KEPT {
            wire.1.pop_front();
        }
        wire.1.push_back(exchange);
    }

    /// The exchanges of a variant, newest first, at most `limit`.
    pub fn of(&self, variant: Variant, limit: usize) -> Vec<Exchange> {
        let wire = lock(&self.0);
        let mine = wire.1.iter().rev().filter(|e| e.variant == Some(variant));
        mine.filter(|e| e.client != Client::Lab)
            .take(limit)
            .cloned()
            .collect()
    }

    /// The exchanges of a variant, newest first, those of the lab itself included.
    pub fn all_of(&self, variant: Variant) -> Vec<Exchange> {
        let wire = lock(&self.0);
        let mine = wire.1.iter().rev().filter(|e| e.variant == Some(variant));
        mine.cloned().collect()
    }

    /// Forgets them all.
    pub fn clear(&self) {
        lock(&self.0).1.clear();
    }
}

fn cut(text: &mut String) {
    if text.len() > LONGEST {
        let end = (0..=LONGEST)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
}

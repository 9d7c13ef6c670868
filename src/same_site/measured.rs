//! What a bench's browser was seen to send, and what the student had guessed. It stays in the memory
//! of this process and has a fixed size.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Initiator, TestCookie, Way};
use crate::base::bench_name::BenchName;
use crate::session::bench::PerBench;

/// How long the name that a browser gives itself may be, in characters.
const LONGEST_AGENT: usize = 200;

/// For each test cookie, whether it was sent.
pub type CookieSigns = [bool; TestCookie::ALL.len()];

/// The test cookies that one request carried.
#[derive(Clone, Debug)]
pub struct SentCookies {
    /// Those that came.
    pub cookies: CookieSigns,
    /// `Sec-Fetch-Site`, where the browser sends it.
    pub fetch_site: Option<&'static str>,
    /// How old the cookies were, in real time: a browser's clock is not the bench's.
    pub age: Duration,
}

/// What a student says of a table before it is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableGuess {
    /// The student wants to see it without a guess.
    Skipped,
    /// The cells that the student expects to be sent, by way.
    Made([CookieSigns; Way::ALL.len()]),
}

#[derive(Debug, Default)]
struct MeasuredState {
    agent: String,
    set: Option<Instant>,
    times: u64,
    sent: [[Option<SentCookies>; Way::ALL.len()]; Initiator::ALL.len()],
    guesses: [Option<TableGuess>; Initiator::ALL.len()],
}

/// The measured tables of all benches, shared by the three sites.
#[derive(Clone, Debug, Default)]
pub struct MeasuredTables(Arc<PerBench<Arc<MeasuredTable>>>);

impl MeasuredTables {
    /// The table of a bench.
    pub fn of(&self, bench: &BenchName) -> Arc<MeasuredTable> {
        self.0.read_or_insert_with(bench, Arc::default)
    }

    /// Forgets the table of a bench, with its guesses.
    pub fn forget(&self, bench: &BenchName) {
        self.0.remove(bench);
    }
}

/// The measured table of a bench.
#[derive(Debug, Default)]
pub struct MeasuredTable(Mutex<MeasuredState>);

impl MeasuredTable {
    /// The cookies are being set with new values. Gives the number of times that this happened.
    pub fn set(&self) -> u64 {
        let mut state = self.state();
        state.set = Some(Instant::now());
        state.times += 1;
        state.times
    }

    /// Forgets what was measured.
    pub fn clear(&self) {
        self.state().sent = Default::default();
    }

    /// How old the cookies are; `None` where none were set since the lab started.
    pub fn age(&self) -> Option<Duration> {
        self.state().set.map(|set| set.elapsed())
    }

    /// The cookies are gone.
    pub fn forget_cookies(&self) {
        self.state().set = None;
    }

    /// Notes what came. What another browser had sent is forgotten: a table is one browser's.
    pub fn record(&self, from: Initiator, way: Way, agent: &str, sent: SentCookies) {
        let agent: String = agent.chars().take(LONGEST_AGENT).collect();
        let mut state = self.state();
        if state.agent != agent {
            state.sent = Default::default();
            state.agent = agent;
        }
        state.sent[from as usize][way as usize] = Some(sent);
    }

    /// What came from there in this way.
    pub fn sent(&self, from: Initiator, way: Way) -> Option<SentCookies> {
        self.state().sent[from as usize][way as usize].clone()
    }

    /// How the browser that was measured names itself; empty before the first.
    pub fn agent(&self) -> String {
        self.state().agent.clone()
    }

    /// What the student guessed of the table of this initiator.
    pub fn guess(&self, of: Initiator) -> Option<TableGuess> {
        self.state().guesses[of as usize]
    }

    /// Keeps a guess, in place of the one before.
    pub fn keep_guess(&self, of: Initiator, guess: TableGuess) {
        self.state().guesses[of as usize] = Some(guess);
    }

    fn state(&self) -> MutexGuard<'_, MeasuredState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> SentCookies {
        SentCookies {
            cookies: [true; 5],
            fetch_site: Some("cross-site"),
            age: Duration::ZERO,
        }
    }

    #[test]
    fn a_table_is_one_browsers_and_its_name_is_cut() {
        let measured = MeasuredTable::default();
        let long = "ü".repeat(500);
        measured.record(Initiator::Sibling, Way::Link, &long, sent());
        measured.record(Initiator::Sibling, Way::Image, &long, sent());
        assert!(measured.sent(Initiator::Sibling, Way::Link).is_some());
        assert_eq!(measured.agent().chars().count(), LONGEST_AGENT);

        measured.record(Initiator::Sibling, Way::Image, "another", sent());
        assert!(measured.sent(Initiator::Sibling, Way::Link).is_none());
        assert!(measured.sent(Initiator::Sibling, Way::Image).is_some());
        assert!(measured.sent(Initiator::CrossSite, Way::Image).is_none());
    }
}

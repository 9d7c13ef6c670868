//! How long requests took, by their kind, and what went wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most errors whose words are kept.
const WORDS: usize = 10;

/// The polls: an own lab that has nothing to report, and three kinds of open pages.
pub const POLL_OF_LAB: &str = "lab polls";
pub const POLL_OF_CLASS_PAGE: &str = "class page polls";
pub const POLL_OF_SHEET: &str = "sheet polls";
pub const POLL_OF_BOARD: &str = "board polls";

const POLLS: [&str; 4] = [
    POLL_OF_LAB,
    POLL_OF_CLASS_PAGE,
    POLL_OF_SHEET,
    POLL_OF_BOARD,
];

#[derive(Debug, Default)]
pub struct Timings(Mutex<Measured>);

#[derive(Debug, Default)]
struct Measured {
    took: BTreeMap<&'static str, Vec<Duration>>,
    errors: usize,
    words: Vec<String>,
}

impl Timings {
    pub fn add(&self, kind: &'static str, took: Duration) {
        self.lock().took.entry(kind).or_default().push(took);
    }

    pub fn fail(&self, kind: &'static str, why: &str) {
        let mut measured = self.lock();
        measured.errors += 1;
        if measured.words.len() < WORDS {
            measured.words.push(format!("{kind}: {why}"));
        }
    }

    /// A desk that acknowledged another number than the one that was sent.
    pub fn lost(&self, sent: u64, stored: u64) {
        self.fail("report", &format!("{sent} was sent, {stored} is stored"));
    }

    /// How many requests of a kind were answered.
    pub fn count(&self, kind: &str) -> usize {
        self.lock().took.get(kind).map_or(0, Vec::len)
    }

    /// The time within which this share of all polls was answered.
    pub fn of_polls(&self, percent: usize) -> Duration {
        let measured = self.lock();
        let polls = POLLS.iter().filter_map(|kind| measured.took.get(kind));
        let mut polls: Vec<Duration> = polls.flatten().copied().collect();
        polls.sort_unstable();
        Duration::from_secs_f64(share(&polls, percent) / 1_000.0)
    }

    pub fn errors(&self) -> usize {
        self.lock().errors
    }

    fn lock(&self) -> MutexGuard<'_, Measured> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The value below which this share of the sorted times is.
fn share(times: &[Duration], percent: usize) -> f64 {
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times
        .get(place)
        .map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
}

impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let measured = self.lock();
        writeln!(
            f,
            "request                  count   median      99 %   slowest"
        )?;
        for (kind, times) in &measured.took {
            let mut times = times.clone();
            times.sort_unstable();
            let [median, most, slowest] = [50, 99, 100].map(|percent| share(&times, percent));
            let count = times.len();
            writeln!(
                f,
                "{kind:22} {count:7} {median:6.1} ms {most:6.1} ms {slowest:6.1} ms"
            )?;
        }
        writeln!(f, "{} errors", measured.errors)?;
        measured
            .words
            .iter()
            .try_for_each(|words| writeln!(f, "  {words}"))
    }
}

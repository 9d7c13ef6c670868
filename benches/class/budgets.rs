//! What was found of a run, and what it is held to.

use std::fmt::Write as _;
use std::time::Duration;

use crate::timings::Timings;

/// Everybody has joined after this time.
const JOINED: Duration = Duration::from_secs(60);
/// Half of the polls are answered within this time.
const MEDIAN: Duration = Duration::from_millis(50);
/// Ninety-nine of a hundred polls are answered within this time.
const MOST: Duration = Duration::from_millis(500);
/// A vote is at the desk after this time.
const VOTE: Duration = Duration::from_secs(2);
/// The memory of the program, in megabytes.
const MEMORY: u64 = 200;

/// What was found.
#[derive(Debug)]
pub struct Findings {
    /// How long it took until everybody had joined.
    pub joined: Duration,
    /// How long it took from a vote until the teacher's page had it.
    pub vote_shown: Duration,
    /// The most memory of the program, in bytes; `None` where the system does not tell.
    pub memory: Option<u64>,
    /// How many requests failed while the program ran.
    pub errors: usize,
    /// What the program acknowledged and did not have after it was killed.
    pub missing: Vec<String>,
    /// Who did not solve all steps.
    pub unsolved: Vec<String>,
    /// Whether times count: not where other programs use the same cores.
    pub with_times: bool,
}

impl Findings {
    /// Each finding with its limit, one in a line.
    pub fn report(&self, timings: &Timings) -> String {
        let mut text = String::new();
        for (name, found, limit, holds, counts) in self.rows(timings) {
            let word = match (holds, counts) {
                (true, _) => "ok",
                (false, true) => "MISSED",
                (false, false) => "missed, not counted",
            };
            // Writing to a text never fails.
            let _ = writeln!(text, "{name:44} {found:>10}   at most {limit:>8}   {word}");
        }
        for line in self.missing.iter().chain(&self.unsolved).take(10) {
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    /// Whether every limit that counts is kept.
    pub fn are_within_the_limits(&self, timings: &Timings) -> bool {
        let rows = self.rows(timings);
        rows.iter().all(|(.., holds, counts)| *holds || !counts)
    }

    fn rows(&self, timings: &Timings) -> Vec<(&'static str, String, String, bool, bool)> {
        let timed = |name, found: Duration, most: Duration| {
            let (text, limit) = (milliseconds(found), milliseconds(most));
            (name, text, limit, found <= most, self.with_times)
        };
        let counted = |name, found: usize| (name, found.to_string(), "0".into(), found == 0, true);
        let [median, most] = [50, 99].map(|percent| timings.of_polls(percent));
        let mut rows = vec![
            timed("all have joined", self.joined, JOINED),
            timed("polls, median", median, MEDIAN),
            timed("polls, 99 %", most, MOST),
            timed("from a vote to the teacher's page", self.vote_shown, VOTE),
            counted("failed requests", self.errors),
            counted("acknowledged and missing after kill -9", self.missing.len()),
            counted("students without all six steps", self.unsolved.len()),
        ];
        if let Some(bytes) = self.memory {
            let megabytes = bytes.div_ceil(1_000_000);
            let limit = format!("{MEMORY} MB");
            let holds = megabytes <= MEMORY;
            rows.push(("memory", format!("{megabytes} MB"), limit, holds, true));
        }
        rows
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1_000.0)
}

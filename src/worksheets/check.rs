//! Whether a step was done: the events that it expects, found in the journal in their order.
//!
//! Nothing that a student types counts as proof, only what the server saw. Where an attempt does
//! not count, the page says why. What one expected event looks like is in
//! [`expectation`](super::expectation).

use super::events::Facts;
use super::expectation::{Bound, Expectation};
use super::sheet::SheetStep;

/// How many comparisons one check may cost. A journal of thousands of events with many sessions
/// could otherwise make a step with many unknowns slow.
const MOST_COMPARISONS: usize = 400_000;

/// The status of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was done.
    Solved {
        /// The events that show it, by their place in the list.
        events: Vec<usize>,
        /// How many attempts at the last of them it took.
        attempts: usize,
    },
    /// It was not done yet.
    NotYet {
        /// What is missing, or why the last attempt did not count.
        message: String,
        /// How many attempts there were at what is missing.
        attempts: usize,
    },
}

/// Looks for what a step expects in the events since its sheet was opened.
pub fn check(step: &SheetStep, journal: &[Facts]) -> Verdict {
    let mut search = EventSearch {
        expect: &step.expect,
        journal,
        comparisons: 0,
        best: (0, 0, Bound::new()),
    };
    let mut events = Vec::new();
    let solved = search.find(0, 0, &Bound::new(), &mut events);
    let attempts = |expected: Option<&Expectation>, events: &[Facts]| {
        let tried = |expected: &Expectation| {
            let tried = events.iter().filter(|facts| expected.is_tried_by(facts));
            tried.count()
        };
        expected.map(tried).unwrap_or_default()
    };
    if solved {
        let last = events.last().map_or(0, |last| last + 1);
        let before = events.iter().rev().nth(1).map_or(0, |before| before + 1);
        return Verdict::Solved {
            attempts: attempts(step.expect.last(), &journal[before..last]),
            events,
        };
    }
    let (reached, from, bound) = search.best;
    let missing = step.expect.get(reached);
    let message = missing.map(|missing| {
        let later = journal.iter().skip(from).rev();
        let mut tried = later.filter(|facts| missing.is_tried_by(facts));
        let last = tried.next();
        last.and_then(|facts| missing.why_not(facts, &bound))
            .unwrap_or_else(|| missing.not_yet().to_owned())
    });
    Verdict::NotYet {
        message: message.unwrap_or_default(),
        attempts: attempts(missing, journal.get(from..).unwrap_or_default()),
    }
}

struct EventSearch<'s> {
    expect: &'s [Expectation],
    journal: &'s [Facts],
    comparisons: usize,
    /// The furthest that was reached: expectations met, where to look on, what is bound.
    best: (usize, usize, Bound),
}

impl EventSearch<'_> {
    /// Finds the expectations from `at` on in the events from `from` on, trying every event that
    /// could be meant: a student who starts again is met at the second attempt.
    fn find(&mut self, at: usize, from: usize, bound: &Bound, events: &mut Vec<usize>) -> bool {
        let Some(expectation) = self.expect.get(at) else {
            return true;
        };
        if (at, from) > (self.best.0, self.best.1) {
            self.best = (at, from, bound.clone());
        }
        for (place, facts) in self.journal.iter().enumerate().skip(from) {
            self.comparisons += 1;
            if self.comparisons > MOST_COMPARISONS {
                return false;
            }
            if let Some(bound) = expectation.is_met_by(facts, bound) {
                events.push(place);
                if self.find(at + 1, place + 1, &bound, events) {
                    return true;
                }
                events.pop();
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worksheets::blocks;

    const STEP: &str = r#"
        id = "planted"
        variant = "insecure"
        do = "x"
        [[expect]]
        event = "session-opened"
        session = "$planted"
        not-yet = "No session yet."
        [[expect]]
        event = "signed-in"
        user = "student123|alice"
        before = "$planted"
        session = "$planted"
        client = "curl"
        not-yet = "Nobody signed in yet."
        [[expect.but]]
        before = "!$planted"
        says = "Another session."
    "#;

    fn facts(text: &str) -> Facts {
        let pairs = text
            .split_whitespace()
            .map(|pair| pair.split_once('=').unwrap());
        let mut facts: Facts = pairs.map(|(k, v)| (k.into(), v.into())).collect();
        facts.entry("variant".into()).or_insert("insecure".into());
        facts.entry("client".into()).or_insert("curl".into());
        facts
    }

    fn verdict(step: &str, journal: &[&str]) -> Verdict {
        let step = blocks::step(step).unwrap();
        let journal: Vec<_> = journal.iter().map(|line| facts(line)).collect();
        check(&step, &journal)
    }

    fn message(journal: &[&str]) -> (String, usize) {
        match verdict(STEP, journal) {
            Verdict::NotYet { message, attempts } => (message, attempts),
            solved @ Verdict::Solved { .. } => panic!("{solved:?}"),
        }
    }

    const OPENED: &str = "event=session-opened session=a adopted=false";
    const KEPT: &str = "event=signed-in user=alice session=a before=a";

    #[test]
    fn a_step_is_solved_by_its_events_in_their_order() {
        let solved = verdict(STEP, &[OPENED, "event=notice-posted user=x", KEPT]);
        assert_eq!(
            solved,
            Verdict::Solved {
                events: vec![0, 2],
                attempts: 1
            }
        );
        assert_eq!(message(&[KEPT, OPENED]).0, "Nobody signed in yet.");
        assert_eq!(message(&[]).0, "No session yet.");
    }

    #[test]
    fn an_unknown_stands_for_one_session_and_an_earlier_one_does_not_block_a_later() {
        let other = "event=session-opened session=b adopted=false";
        assert!(matches!(
            verdict(STEP, &[other, OPENED, KEPT]),
            Verdict::Solved { .. }
        ));
        assert!(matches!(
            verdict(STEP, &[OPENED, other, KEPT]),
            Verdict::Solved { .. }
        ));
        let rotated = "event=signed-in user=alice session=c before=a";
        let (text, attempts) = message(&[OPENED, rotated]);
        assert_eq!(
            text,
            "The last attempt did not count: it was about another session."
        );
        assert_eq!(attempts, 1);
    }

    #[test]
    fn the_page_says_why_an_attempt_did_not_count() {
        let fresh = "event=signed-in user=alice session=z";
        assert_eq!(message(&[OPENED, fresh]).0, "Another session.");
        let browser = "event=signed-in user=alice session=a before=a client=browser";
        let (text, attempts) = message(&[OPENED, fresh, browser]);
        assert_eq!(
            text,
            "The last attempt did not count: its client was browser, not curl."
        );
        assert_eq!(attempts, 2);
        let powershell = "event=signed-in user=alice session=a before=a client=powershell";
        let (text, _) = message(&[OPENED, powershell]);
        assert!(
            text.contains("from PowerShell") && text.contains("curl.exe"),
            "{text}"
        );
        let elsewhere = "event=signed-in user=alice session=a before=a variant=hardened";
        assert_eq!(
            message(&[OPENED, elsewhere]),
            ("Nobody signed in yet.".into(), 0)
        );
    }

    #[test]
    fn patterns_match_beginnings_absence_and_numbers() {
        let step = "id = \"a\"\ndo = \"x\"\n[[expect]]\nevent = \"request\"\npath = \"/dash*\"\n\
                    status = 200\nuser = \"\"\nnot-yet = \"No.\"";
        let solved = |line: &str| matches!(verdict(step, &[line]), Verdict::Solved { .. });
        assert!(solved("event=request path=/dashboard status=200"));
        assert!(!solved("event=request path=/dashboard status=303"));
        assert!(!solved(
            "event=request path=/dashboard status=200 user=alice"
        ));
        assert!(!solved("event=request path=/ status=200"));
    }

    #[test]
    fn a_step_that_nothing_can_solve_is_refused() {
        let step = |expect: &str| {
            let text = format!("id = \"a\"\ndo = \"x\"\n[[expect]]\nnot-yet = \"\"\n{expect}");
            blocks::step(&text).unwrap_err().1
        };
        assert!(step("event = \"nothing\"").starts_with("there is no event nothing, but session"));
        assert!(step("event = \"rotated\"\nuesr = \"x\"").contains("has no field uesr, but user"));
        assert!(step("event = \"rotated\"\nfrom = \"!$x\"").contains("before any $x"));
        assert!(step("event = \"rotated\"\nfrom = [1]").contains("neither text"));
    }

    #[test]
    fn a_hostile_journal_costs_a_bounded_time() {
        let opened: Vec<String> = (0..2_000)
            .map(|n| format!("event=session-opened session={n} adopted=false"))
            .collect();
        let journal: Vec<&str> = opened.iter().map(String::as_str).collect();
        assert_eq!(message(&journal).0, "Nobody signed in yet.");
    }
}

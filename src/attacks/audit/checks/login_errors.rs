//! Whether a failed sign-in tells a name that exists from one that does not: two wrong passwords for each.
//! What differs between two tries of one name is ignored. Of the times only a gross difference counts.

use std::time::Duration;

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::exchange::AuditExchange;
use super::super::html::FoundPage;
use super::super::overload::is_no_answer;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct LoginErrorsCheck;

const CARD: CheckCard = CheckCard {
    name: "login-errors",
    title: "A failed sign-in does not tell which names exist",
    subject: CheckSubject::Defence(Name::LoginErrors),
    gains: "An attacker learns which names have an account, for guessing, for phishing, or because membership is a secret.",
    keys: &["AU-ENUM"],
    standards: &[],
    requests: 6,
    sign_ins: 6,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for LoginErrorsCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let known = audit.second().unwrap_or(audit.account());
        let mut names = [
            FailedSignIns::of(&known.user),
            FailedSignIns::of("nobody-of-this-name"),
        ];
        let mut tries = TRIES;
        for _ in 0..TRIES {
            for name in &mut names {
                name.try_once(audit).await?;
            }
        }
        // A busy machine makes one answer slow. What is different by chance is not so once more.
        if differ_in_time(&names) {
            tries += 1;
            for name in names.iter_mut().rev() {
                name.try_once(audit).await?;
            }
        }
        audit.note_change("Failed sign-ins, for a name that exists and for one that does not.");
        let [wrong, unknown] = &names;
        if let Some(status) = names.iter().find_map(FailedSignIns::no_answer) {
            return Err(AuditError::Overloaded(status));
        }
        let shown = |name: &FailedSignIns| {
            let last = name.answers.last();
            last.map(|answer| audit.shown(&answer.exchange, &[]))
        };
        if let Some((own, other)) = difference(wrong, unknown) {
            let mask = &audit.wire.mask;
            let says = format!(
                "A wrong password is answered {} \"{}\", an unknown name {} \"{}\".",
                wrong.status(),
                mask.masked(&own),
                unknown.status(),
                mask.masked(&other),
            );
            let exchange = shown(unknown);
            return Ok(CheckAnswer::Weak(CheckEvidence {
                says,
                exchange,
                gains: None,
            }));
        }
        if differ_in_time(&names) {
            let (slow, fast) = match wrong.fastest() > unknown.fastest() {
                true => ("a wrong password", "an unknown name"),
                false => ("an unknown name", "a wrong password"),
            };
            let says = format!(
                "The texts are the same, and {slow} takes more than {MANY_TIMES} times as long as {fast}, in \
                 each of {tries} tries."
            );
            let exchange = shown(unknown);
            return Ok(CheckAnswer::Weak(CheckEvidence {
                says,
                exchange,
                gains: None,
            }));
        }
        let says = "Both failures have the same status and the same text, and no gross difference in time.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}

/// How often each name is tried. Some applications lock an account after three failures.
const TRIES: usize = 2;

/// A difference in time is gross if the slow name takes so many times as long, and longer by so much. A
/// program on the same computer sees smaller ones as well, and an attacker far away does not.
const MANY_TIMES: u32 = 3;
const LONGER_BY: Duration = Duration::from_millis(50);

/// A password that is nobody's.
const WRONG: &str = "certainly-wrong-0";

/// The failed sign-ins with one name.
struct FailedSignIns {
    user: String,
    answers: Vec<FailedAnswer>,
}

/// The answer to one of them.
struct FailedAnswer {
    exchange: AuditExchange,
    location: String,
    text: String,
    status_of_last: u16,
}

impl FailedSignIns {
    fn of(user: &str) -> Self {
        Self {
            user: user.to_owned(),
            answers: Vec::new(),
        }
    }

    async fn try_once(&mut self, audit: &Audit) -> Result<(), AuditError> {
        let mut person = audit.person();
        let mut values = audit.account().values();
        values.insert("user", self.user.clone());
        values.insert("password", WRONG.to_owned());
        let exchange = audit.plan.try_sign_in(&mut person, &values).await?;
        let location = exchange.header("location").unwrap_or_default();
        let location = location.replace(&*self.user, "NAME");
        let (_, last) = person.follow(&audit.plan.home, exchange.clone()).await?;
        let text = FoundPage::read(&last.reply.body).text;
        self.answers.push(FailedAnswer {
            text: text.replace(&*self.user, "NAME"),
            status_of_last: last.reply.status,
            location,
            exchange,
        });
        Ok(())
    }

    fn status(&self) -> u16 {
        let first = self.answers.first();
        first.map_or(0, |answer| answer.exchange.reply.status)
    }

    /// The status of an answer that says nothing of the name.
    fn no_answer(&self) -> Option<u16> {
        let statuses = self
            .answers
            .iter()
            .flat_map(|answer| [answer.exchange.reply.status, answer.status_of_last]);
        statuses.into_iter().find(|status| is_no_answer(*status))
    }

    fn fastest(&self) -> Duration {
        let times = self.answers.iter().map(|answer| answer.exchange.took);
        times.min().unwrap_or_default()
    }

    fn slowest(&self) -> Duration {
        let times = self.answers.iter().map(|answer| answer.exchange.took);
        times.max().unwrap_or_default()
    }
}

/// Whether every try of one name took far longer than every try of the other.
fn differ_in_time([one, other]: &[FailedSignIns; 2]) -> bool {
    let is_slower = |slow: &FailedSignIns, fast: &FailedSignIns| {
        let (slow, fast) = (slow.fastest(), fast.slowest());
        slow > fast * MANY_TIMES && slow > fast + LONGER_BY
    };
    is_slower(one, other) || is_slower(other, one)
}

/// The lines in which the answers for two names differ; `None` where they do not. What differs for the
/// same name, such as the number of the request or the time, tells nothing.
fn difference(one: &FailedSignIns, other: &FailedSignIns) -> Option<(String, String)> {
    let texts = |name: &FailedSignIns| -> Vec<String> {
        name.answers
            .iter()
            .map(|answer| answer.text.clone())
            .collect()
    };
    let locations = |name: &FailedSignIns| -> Vec<String> {
        name.answers
            .iter()
            .map(|answer| answer.location.clone())
            .collect()
    };
    let (own, others) = (stable_lines(&texts(one)), stable_lines(&texts(other)));
    let line = |own: &[String], others: &[String]| {
        let found = own.iter().find(|line| !others.contains(line));
        found.cloned().unwrap_or_default()
    };
    let is_same = one.status() == other.status()
        && stable_lines(&locations(one)) == stable_lines(&locations(other))
        && own == others;
    (!is_same).then(|| (line(&own, &others), line(&others, &own)))
}

/// The lines that several texts have in common, each with its words that differ left out.
fn stable_lines(texts: &[String]) -> Vec<String> {
    let Some((first, rest)) = texts.split_first() else {
        return Vec::new();
    };
    let count = first.lines().count();
    let is_same_count = rest.iter().all(|text| text.lines().count() == count);
    let lines = first.lines().enumerate();
    let stable = lines.filter_map(|(at, line)| {
        if !is_same_count {
            let in_all = rest
                .iter()
                .all(|text| text.lines().any(|other| other == line));
            return in_all.then(|| line.to_owned());
        }
        let mut words: Vec<&str> = line.split(' ').collect();
        for text in rest {
            let others: Vec<&str> = text
                .lines()
                .nth(at)
                .unwrap_or_default()
                .split(' ')
                .collect();
            if others.len() != words.len() {
                return None;
            }
            for (word, other) in words.iter_mut().zip(others) {
                if *word != other {
                    *word = "\u{2026}";
                }
            }
        }
        Some(words.join(" "))
    });
    stable.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_for_the_same_name_is_left_out() {
        let texts = [
            "Wrong name.\nRequest 1f at 10:00",
            "Wrong name.\nRequest 2e at 10:01",
        ];
        assert_eq!(
            stable_lines(&texts.map(str::to_owned)),
            ["Wrong name.", "Request \u{2026} at \u{2026}"]
        );
        let texts = ["Wrong name.\nAn advertisement", "Wrong name."];
        assert_eq!(stable_lines(&texts.map(str::to_owned)), ["Wrong name."]);
    }
}

//! Finding out who has an account, from what a failed sign-in says.
//!
//! Start: the attacker has no account, only names that may be accounts.
//!
//! Why it works: the weak `login-errors` answers two failures in two ways. The difference is one
//! bit, and a program collects it for every name of a list.
//!
//! Proof: status or text of the two answers differ, with everything else equal.
//!
//! Stopped by `login-errors` alone. Not stopped by `throttle`: one wrong password for each name
//! stays below every limit by account. Not by `password-storage`: both passwords are wrong, however
//! passwords are stored.
//!
//! Refused for this program: measuring the time of the answers. The time also reveals something, so
//! the strong arm does the same work for both failures. But a measurement depends on how busy the
//! computer is, and a cell of the matrix must not.
//!
//! Source: ASVS 6.3.8 (no difference by text, code or time), CWE-204, CWE-208. Read
//! `src/defences/login_errors.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::defences::policy::Name;

pub(super) struct LoginEnumeration;

/// A name that no account has.
const STRANGER: &str = "nobody777";

const CARD: Card = Card {
    name: "login-enumeration",
    title: "Finding out who has an account",
    engine: Engine::Http,
    victim: "Has an account, and does not want everyone to know it.",
    means: "The attacker signs in with a wrong password, once with a name that may exist and once \
            with an invented name, and compares the two answers.",
    evidence: "Status or text of the two answers differ.",
    stopped_by: &[&[Name::LoginErrors]],
    when_stopped: "Both names got the same status and the same text.",
    shows: &["AU-ENUM"],
    standards: &["ASVS 6.3.8", "CWE-203", "CWE-204", "WSTG-IDNT-04"],
};

#[async_trait]
impl Attack for LoginEnumeration {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker types two names, each with a wrong password.");
        let mut attacker = scenario.actor("attacker");
        // The form is the same for both tries, so its token and its session are no reason for a
        // difference.
        attacker.get("/login").await?;
        let mut answers = Vec::new();
        // Neither password can be right. The attacker does not want to get in; they want a list of
        // names for later: for guessing, for phishing, or because membership itself is a secret.
        for name in [VICTIM, STRANGER] {
            let reply = attacker.try_password(name, "certainly-wrong").await?;
            // The name itself is on both pages, so it must not count as a difference.
            let text = visible_text(&reply.body).replace(name, "NAME");
            answers.push((reply.status, text));
        }
        // On the weak arm of `login-errors` the portal helps honest users who mistyped their name,
        // and tells everyone else who has an account. On the strong arm both failures have the same
        // status, the same text and the same work. Real portals have the same leak in "forgot
        // password" and in registration; look there next.
        let (known, unknown) = (&answers[0], &answers[1]);
        if known == unknown {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        }
        // For the evidence: the first line of each page that the other page lacks. A program would
        // store one bit; a student wants to see the words.
        let differing = |text: &str, other: &str| {
            let line = text.lines().find(|line| !other.contains(line));
            line.unwrap_or_default().to_owned()
        };
        Ok(Outcome::Succeeded(format!(
            "{VICTIM} gets {} \"{}\", {STRANGER} gets {} \"{}\".",
            known.0,
            differing(&known.1, &unknown.1),
            unknown.0,
            differing(&unknown.1, &known.1),
        )))
    }
}

/// What a person reads on a page: one line for each piece of text between two tags. Attributes are
/// left out, because the token in the form may differ from page to page and says nothing about the
/// account.
fn visible_text(page: &str) -> String {
    let texts = page
        .split('<')
        .filter_map(|tag| Some(tag.split_once('>')?.1.trim()));
    texts
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_what_stands_in_them_are_not_read() {
        let page = "<p id=\"x\">One <b>two</b></p>\n<input value=\"three\">";
        assert_eq!(visible_text(page), "One\ntwo");
    }
}

//! The report of an audit: what was asked, what it means, and how it is mended.

use serde::Serialize;

use super::check::{CheckAnswer, CheckCard, CheckSubject, Worst};
use super::exchange::ShownExchange;
use super::framework::Framework;
use super::verdict::{AuditVerdict, SeenArms};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditFinding {
    /// The name of the check.
    pub check: &'static str,
    /// What it asked.
    pub title: &'static str,
    /// The defence that was asked about, by its slug.
    pub defence: Option<&'static str>,
    /// What it means.
    pub verdict: AuditVerdict,
    /// What was seen, or why nothing was.
    pub says: String,
    /// What an attacker gains, and when; with a flaw or a note only.
    pub gains: Option<&'static str>,
    /// The exchange that shows it.
    pub exchange: Option<ShownExchange>,
    /// How it is mended, with a flaw or a note only.
    pub mend: Option<String>,
    /// The lab's page that teaches it.
    pub page: String,
    /// The keys of the catalogue's rows.
    pub keys: &'static [&'static str],
    /// The requirements of standards.
    pub standards: &'static [&'static str],
}

impl AuditFinding {
    /// What a check's answer means beside the others.
    pub fn of(
        card: &'static CheckCard,
        answer: &CheckAnswer,
        arms: &SeenArms,
        framework: Framework,
    ) -> Self {
        let note = || AuditVerdict::Note { others: Vec::new() };
        let verdict = match (answer, card.subject) {
            (CheckAnswer::Weak(_), CheckSubject::Defence(name)) => arms.judge(name),
            (
                CheckAnswer::Weak(_),
                CheckSubject::Other {
                    worst: Worst::Flaw, ..
                },
            ) => AuditVerdict::Flaw {
                attacks: Vec::new(),
            },
            (CheckAnswer::Weak(_) | CheckAnswer::Lacking(_), _) => note(),
            (CheckAnswer::Strong(_), _) => AuditVerdict::Holds,
            (CheckAnswer::NotFound { .. }, _) => AuditVerdict::NotFound,
            (CheckAnswer::NotTried(_), _) => AuditVerdict::NotTried,
            (CheckAnswer::CannotTell(_), _) => AuditVerdict::CannotTell,
        };
        let is_bad = matches!(
            verdict,
            AuditVerdict::Flaw { .. } | AuditVerdict::Note { .. }
        );
        let (says, exchange) = match answer {
            CheckAnswer::Weak(evidence) | CheckAnswer::Lacking(evidence) => {
                (evidence.says.clone(), evidence.exchange.clone())
            }
            CheckAnswer::Strong(says)
            | CheckAnswer::NotTried(says)
            | CheckAnswer::CannotTell(says) => (says.clone(), None),
            CheckAnswer::NotFound { tries, of } => (format!("Not found in {tries} {of}."), None),
        };
        let defence = match card.subject {
            CheckSubject::Defence(name) => Some(name.slug()),
            CheckSubject::Other { .. } => None,
        };
        Self {
            check: card.name,
            title: card.title,
            defence,
            verdict,
            says,
            gains: is_bad.then(|| gains(card, answer)),
            exchange,
            mend: is_bad.then(|| match card.mend {
                Some(own) => own.of(framework).to_owned(),
                None => framework.mend(card.near()),
            }),
            page: format!("/defences/{}", card.near().slug()),
            keys: card.keys,
            standards: card.standards(),
        }
    }

    /// Whether it is a flaw.
    pub const fn is_flaw(&self) -> bool {
        matches!(self.verdict, AuditVerdict::Flaw { .. })
    }

    /// Whether it is a note.
    pub const fn is_note(&self) -> bool {
        matches!(self.verdict, AuditVerdict::Note { .. })
    }
}

/// What an attacker gains by what was seen.
fn gains(card: &CheckCard, answer: &CheckAnswer) -> &'static str {
    match answer {
        CheckAnswer::Weak(evidence) | CheckAnswer::Lacking(evidence) => {
            evidence.gains.unwrap_or(card.gains)
        }
        _ => card.gains,
    }
}

/// The whole report. Two audits of the same application give the same one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// The application's address.
    pub target: String,
    /// What it is built with, as far as it shows.
    pub framework: Framework,
    /// Whether its certificate was accepted without a check.
    pub certificate_unchecked: bool,
    /// Whether it answered requests with "later", other than those that guess passwords.
    pub turned_away: bool,
    /// What was found without the recipe, a sentence each.
    pub found: Vec<String>,
    /// What the audit changed or made in the application, a sentence each.
    pub changed: Vec<String>,
    /// The findings, in the order of the checks.
    pub findings: Vec<AuditFinding>,
}

impl AuditReport {
    /// How many findings have this word as their verdict.
    pub fn count(&self, word: &str) -> usize {
        let same = |finding: &&AuditFinding| finding.verdict.word() == word;
        self.findings.iter().filter(same).count()
    }
}

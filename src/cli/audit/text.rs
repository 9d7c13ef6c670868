//! The report for a terminal: what is bad in full, the rest in a line each.

use std::fmt::Write as _;

use crate::attacks::audit::classes::{SeenFrom, class};
use crate::attacks::audit::report::{AuditFinding, AuditReport};
use crate::attacks::audit::verdict::{AuditVerdict, OtherLayers};
use crate::defences::policy::Name;

/// The widest line.
const WIDTH: usize = 96;

/// The words for the verdicts, the worst first, as they are counted in the last line.
pub(super) const WORDS: [&str; 6] = [
    "flaw",
    "note",
    "holds",
    "not found",
    "not tried",
    "cannot tell",
];

/// What a report says first where requests were turned away.
pub(super) const RATE_LIMITED: &str = "The application turned requests away with 429, 502, 503 or 504, so some checks cannot tell. Lift \
     its limit on requests for the audit, and audit again.";

/// The report as text.
pub(super) fn report(report: &AuditReport) -> String {
    let mut text = format!("Audit of {}\n", report.target);
    let _ = writeln!(text, "Framework: {}", report.framework.name());
    if report.certificate_unchecked {
        text.push_str("Its certificate was not checked.\n");
    }
    if report.turned_away {
        wrap(&mut text, "", RATE_LIMITED);
    }
    for found in &report.found {
        let _ = writeln!(text, "{found}");
    }
    for word in &WORDS[..2] {
        for finding in report
            .findings
            .iter()
            .filter(|one| one.verdict.word() == *word)
        {
            in_full(&mut text, finding);
        }
    }
    for word in &WORDS[2..] {
        let mut findings = report
            .findings
            .iter()
            .filter(|one| one.verdict.word() == *word)
            .peekable();
        if findings.peek().is_some() {
            let _ = writeln!(text, "\n{}", word.to_uppercase());
        }
        for finding in findings {
            wrap(
                &mut text,
                "  ",
                &format!("{}: {}", finding.title, finding.says),
            );
        }
    }
    text.push_str("\nNOT SEEN FROM OUTSIDE\n");
    for name in Name::ALL {
        if let SeenFrom::Nowhere(because) = class(*name) {
            wrap(
                &mut text,
                "  ",
                &format!("{}: {because}", name.lesson().title),
            );
        }
    }
    if !report.changed.is_empty() {
        text.push_str("\nWHAT THE AUDIT LEFT BEHIND\n");
        report
            .changed
            .iter()
            .for_each(|what| wrap(&mut text, "  ", what));
    }
    let _ = writeln!(text, "\n{}", counts(report));
    text
}

/// How many findings of each kind there are.
pub(super) fn counts(report: &AuditReport) -> String {
    let counts = WORDS.map(|word| format!("{word}: {}", report.count(word)));
    counts.join(", ")
}

/// What holds beside a layer that is missing, in words.
pub(super) fn layers(verdict: &AuditVerdict) -> Option<String> {
    match verdict {
        AuditVerdict::Flaw { attacks } if !attacks.is_empty() => Some(format!(
            "Attacks of the matrix that succeed: {}.",
            attacks.join(", ")
        )),
        AuditVerdict::Note { others } if !others.is_empty() => {
            let others = others.iter().map(in_words);
            Some(format!(
                "Beside it: {}.",
                others.collect::<Vec<_>>().join("; ")
            ))
        }
        _ => None,
    }
}

/// What stops an attack beside a layer that is missing, as in `csrf-form is stopped by csrf-token`.
fn in_words(other: &OtherLayers) -> String {
    let attack = other.attack;
    let unseen = other.unseen.join(", ");
    match (other.held_by.is_empty(), unseen.is_empty()) {
        (false, true) => format!("{attack} is stopped by {}", other.held_by.join(", ")),
        (false, false) => {
            format!(
                "{attack} is stopped by {} (not seen: {unseen})",
                other.held_by.join(", ")
            )
        }
        (true, false) => {
            format!("{attack} is stopped by {unseen} alone, which the audit did not see")
        }
        (true, true) => format!("{attack} succeeds where somebody else controls a sibling host"),
    }
}

fn in_full(text: &mut String, finding: &AuditFinding) {
    let word = finding.verdict.word().to_uppercase();
    let _ = writeln!(text, "\n{word}  {}", finding.check);
    wrap(text, "  ", &format!("Expected: {}.", finding.title));
    wrap(text, "  ", &format!("Seen: {}", finding.says));
    if let Some(layers) = layers(&finding.verdict) {
        wrap(text, "  ", &layers);
    }
    if let Some(gains) = finding.gains {
        wrap(text, "  ", gains);
    }
    if let Some(exchange) = &finding.exchange {
        // A command stays in one piece, so that it can be copied.
        let _ = writeln!(text, "    $ {}", exchange.curl);
        for line in exchange.answer.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    if let Some(mend) = &finding.mend {
        wrap(text, "  ", &format!("Mend: {mend}"));
    }
    let keys = finding.keys.iter().chain(finding.standards).copied();
    let keys: Vec<&str> = keys.collect();
    wrap(
        text,
        "  ",
        &format!("Learn: {} in the lab. {}", finding.page, keys.join(", ")),
    );
}

/// Adds a paragraph whose lines begin so.
fn wrap(text: &mut String, indent: &str, paragraph: &str) {
    let mut line = indent.to_owned();
    for word in paragraph.split_whitespace() {
        let length = line.chars().count() + word.chars().count();
        if length >= WIDTH && line.len() > indent.len() {
            text.push_str(line.trim_end());
            text.push('\n');
            line = format!("{indent}{}", if indent.is_empty() { "" } else { "  " });
        }
        line.push_str(word);
        line.push(' ');
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

//! The report for a terminal: what is bad in full, the rest in a line each.

use std::fmt::Write as _;
use std::time::Duration;

use crate::attacks::audit::classes::{SeenFrom, class};
use crate::attacks::audit::estimate::AuditEstimate;
use crate::attacks::audit::report::{AuditFinding, AuditReport};
use crate::attacks::audit::verdict::AuditVerdict;
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

/// What an audit will cost, before it begins.
pub(super) fn announced(estimate: AuditEstimate) -> String {
    let requests = format!(
        "The audit sends {} requests at most, 20 in a second, so it takes up to {}",
        estimate.requests,
        in_minutes(estimate.takes())
    );
    match estimate.waits.is_zero() {
        true => format!("{requests} where the application answers at once."),
        false => format!(
            "{requests} where the application answers at once; {} of that it waits for limits.",
            in_minutes(estimate.waits)
        ),
    }
}

/// A time as a person says it, not shorter than it is.
fn in_minutes(time: Duration) -> String {
    let seconds = time.as_millis().div_ceil(1000);
    match seconds {
        0..=119 => format!("{seconds} s"),
        _ => format!("{} min", seconds.div_ceil(60)),
    }
}

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
        let findings = report.findings.iter();
        let findings: Vec<_> = findings.filter(|one| one.verdict.word() == *word).collect();
        if !findings.is_empty() {
            let _ = writeln!(text, "\n{}", word.to_uppercase());
        }
        for (titles, says) in by_reason(&findings) {
            let line = match &*titles {
                [title] => format!("{title}: {says}"),
                _ => format!(
                    "{says} It is about {} checks: {}.",
                    titles.len(),
                    titles.join("; ")
                ),
            };
            wrap(&mut text, "  ", &line);
        }
    }
    text.push_str("\nNOT SEEN FROM OUTSIDE\n");
    not_seen()
        .iter()
        .for_each(|line| wrap(&mut text, "  ", line));
    if !report.changed.is_empty() {
        text.push_str("\nWHAT THE AUDIT LEFT BEHIND\n");
        report
            .changed
            .iter()
            .for_each(|what| wrap(&mut text, "  ", what));
    }
    let _ = writeln!(text, "\n{}\n{}", verdict(report), counts(report));
    text
}

/// The titles of findings that say the same, in the order of the first of each.
fn by_reason<'r>(findings: &[&'r AuditFinding]) -> Vec<(Vec<&'r str>, &'r str)> {
    let mut reasons: Vec<(Vec<&str>, &str)> = Vec::new();
    for finding in findings {
        match reasons.iter_mut().find(|(_, says)| *says == finding.says) {
            Some((titles, _)) => titles.push(finding.title),
            None => reasons.push((vec![finding.title], &finding.says)),
        }
    }
    reasons
}

/// What nobody sees from outside, a sentence each.
pub(super) fn not_seen() -> Vec<String> {
    let names = Name::ALL.iter();
    let lines = names.filter_map(|name| match class(*name) {
        SeenFrom::Nowhere(because) => Some(format!("{}: {because}", name.lesson().title)),
        _ => None,
    });
    lines.collect()
}

/// What the report says as a whole, in a sentence.
pub(super) fn verdict(report: &AuditReport) -> String {
    let count = |word: &str| {
        let number = report.count(word);
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {word}{plural}")
    };
    match (report.count("flaw"), report.count("note")) {
        (0, 0) => "No flaw was found, and no layer is missing.".into(),
        (0, _) => format!(
            "No flaw was found. {}: a layer is missing, and others hold.",
            count("note")
        ),
        _ => format!(
            "{} and {}. A flaw is an attack that succeeds, a note a layer that is missing.",
            count("flaw"),
            count("note")
        ),
    }
}

/// How many findings of each kind there are.
pub(super) fn counts(report: &AuditReport) -> String {
    let counts = WORDS.map(|word| format!("{word}: {}", report.count(word)));
    counts.join(", ")
}

/// Which attacks succeed, or which layers hold beside the one that is missing.
pub(super) fn layers(verdict: &AuditVerdict) -> Option<String> {
    match verdict {
        AuditVerdict::Flaw { attacks } if !attacks.is_empty() => Some(format!(
            "Attacks of the matrix that succeed: {}.",
            attacks.join(", ")
        )),
        other => other.layers(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_counts_the_waiting() {
        let estimate = |seconds| AuditEstimate {
            requests: 200,
            waits: Duration::from_secs(seconds),
        };
        let plain = announced(estimate(0));
        assert!(
            plain.contains("200 requests") && plain.contains("10 s"),
            "{plain}"
        );
        let waits = announced(estimate(720));
        assert!(
            waits.contains("up to 13 min") && waits.contains("12 min of that"),
            "{waits}"
        );
    }
}

//! The report as the tests of a CI read it: one test case for each check.

use std::fmt::Write as _;

use super::FailOn;
use super::html::escaped;
use super::text::layers;
use crate::attacks::audit::report::AuditReport;

/// The report as JUnit's XML.
pub(super) fn report(report: &AuditReport, fail_on: FailOn) -> String {
    let failures = report
        .findings
        .iter()
        .filter(|one| fail_on.counts(one))
        .count();
    let is_skipped = |word: &str| matches!(word, "not tried" | "cannot tell");
    let skipped = report
        .findings
        .iter()
        .filter(|one| is_skipped(one.verdict.word()))
        .count();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"session-lab audit of {}\" \
         tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n",
        escaped(&report.target),
        report.findings.len()
    );
    for finding in &report.findings {
        let word = finding.verdict.word();
        let _ = write!(
            xml,
            "<testcase classname=\"audit\" name=\"{}\">",
            escaped(finding.check)
        );
        let says = escaped(&finding.says);
        if fail_on.counts(finding) {
            let exchange = finding.exchange.as_ref();
            let exchange = exchange.map(|shown| format!("{}\n{}", shown.curl, shown.answer));
            let layers = layers(&finding.verdict);
            let texts = [
                layers.as_deref(),
                finding.gains,
                exchange.as_deref(),
                finding.mend.as_deref(),
            ];
            let texts: Vec<&str> = texts.into_iter().flatten().collect();
            let _ = write!(
                xml,
                "<failure type=\"{word}\" message=\"{says}\">{}</failure>",
                escaped(&texts.join("\n"))
            );
        } else if is_skipped(word) {
            let _ = write!(xml, "<skipped message=\"{says}\"/>");
        } else {
            let _ = write!(xml, "<system-out>{word}: {says}</system-out>");
        }
        xml.push_str("</testcase>\n");
    }
    xml.push_str("</testsuite>\n");
    xml
}

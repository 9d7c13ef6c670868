//! What is known already: an earlier report in JSON.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::could_not_run;
use crate::attacks::audit::report::AuditFinding;
use crate::base::start_error::StartError;
use crate::base::text_file;

/// The findings of an earlier report, as check and verdict.
#[derive(Debug)]
pub(super) struct Baseline(BTreeSet<(String, String)>);

#[derive(Deserialize)]
struct EarlierReport {
    findings: Vec<EarlierFinding>,
}

#[derive(Deserialize)]
struct EarlierFinding {
    check: String,
    verdict: EarlierVerdict,
}

#[derive(Deserialize)]
struct EarlierVerdict {
    kind: String,
}

impl Baseline {
    /// Reads an earlier report.
    pub(super) fn read(file: &Path) -> Result<Self, StartError> {
        let shown = file.display();
        let hint = "make one with --format json --output FILE";
        let text = text_file::read(file).map_err(|error| {
            could_not_run(format!("cannot read {shown}: {error}"), error.hint(hint))
        })?;
        let report: EarlierReport = serde_json::from_str(&text)
            .map_err(|error| could_not_run(format!("{shown} is no report: {error}"), hint))?;
        let findings = report.findings.into_iter();
        Ok(Self(
            findings.map(|one| (one.check, one.verdict.kind)).collect(),
        ))
    }

    /// Whether a finding is known. A note that has become a flaw is new.
    pub(super) fn has(&self, finding: &AuditFinding) -> bool {
        let key = |kind: &str| (finding.check.to_owned(), kind.to_owned());
        let word = finding.verdict.word();
        self.0.contains(&key(word)) || (word == "note" && self.0.contains(&key("flaw")))
    }
}

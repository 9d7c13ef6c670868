//! The audit on `only-X`: everything is weak but one defence. The report may not say that X is missing,
//! and each flaw in it is an attack of the matrix that succeeds there.

use session_lab::attacks::ALL;
use session_lab::attacks::attack::Card;
use session_lab::attacks::audit::classes::{SeenFrom, class};
use session_lab::attacks::audit::report::{AuditFinding, AuditReport};
use session_lab::attacks::audit::verdict::AuditVerdict;
use session_lab::defences::policy::{Name, Policy, Variant, resolve};

use super::audited_once;

/// The attacks whose other half is a sibling host, which no exchange shows.
const NEEDS_A_SIBLING: [&str; 2] = ["planted-id", "cookie-tossing"];

fn defence_of(finding: &AuditFinding) -> Option<Name> {
    let names = Name::ALL.iter().copied();
    names
        .into_iter()
        .find(|name| Some(name.slug()) == finding.defence)
}

/// What is wrong in the report on a variant, by the matrix.
fn mistakes(name: Name, report: &AuditReport) -> Vec<String> {
    let resolved = resolve(Variant::Only(name), &Policy::INSECURE);
    let policy = &resolved.policy;
    let strong = |asked: Name| asked == name || resolved.moved.contains(&asked);
    let seen = |asked: &Name| class(*asked) == SeenFrom::Outside;
    let mut mistakes = Vec::new();
    for finding in &report.findings {
        let Some(asked) = defence_of(finding).filter(seen) else {
            continue;
        };
        let word = finding.verdict.word();
        let mut wrong =
            |why: &str| mistakes.push(format!("{asked:?}: {word}, {why}: {}", finding.says));
        let is_bad = finding.is_flaw() || finding.is_note();
        if strong(asked) && is_bad {
            wrong("and it is the strong one");
        }
        if !strong(asked) && !is_bad && word != "cannot tell" {
            wrong("and it is weak");
        }
        let cards = || ALL.iter().map(|attack| attack.card());
        if let AuditVerdict::Flaw { attacks } = &finding.verdict {
            let succeeds =
                |card: &&Card| attacks.contains(&card.name) && card.succeeds_under(policy);
            if cards().filter(succeeds).count() != attacks.len() {
                wrong("and not all of its attacks succeed there");
            }
        }
        // An attack whose every layer was seen to be weak is a flaw.
        let is_shown = |card: &&Card| {
            let concerns = card.stopped_by.iter().any(|set| set.contains(&asked));
            let mut sets = card.stopped_by.iter();
            concerns
                && !NEEDS_A_SIBLING.contains(&card.name)
                && sets.all(|set| set.iter().any(|layer| said_weak(report, *layer)))
        };
        if finding.is_note() && cards().any(|card| is_shown(&card)) {
            wrong("and an attack succeeds");
        }
    }
    mistakes
}

/// Whether the report says of a defence that it is missing.
fn said_weak(report: &AuditReport, name: Name) -> bool {
    let mut findings = report.findings.iter();
    findings.any(|one| defence_of(one) == Some(name) && (one.is_flaw() || one.is_note()))
}

async fn audited(names: impl Iterator<Item = Name>) {
    let mut wrong = Vec::new();
    for name in names {
        let report = audited_once(Variant::Only(name)).await;
        let found = mistakes(name, &report);
        wrong.extend(
            found
                .into_iter()
                .map(|one| format!("only-{}: {one}", name.slug())),
        );
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[tokio::test]
async fn on_three_variants_with_one_defence_the_audit_says_what_the_matrix_says() {
    audited([Name::SameSite, Name::HostPrefix, Name::JwtSignature].into_iter()).await;
}

/// What `tests/run long` adds.
mod long {
    use super::*;

    #[tokio::test]
    #[ignore = "long: each variant with one defence is audited"]
    async fn on_each_variant_with_one_defence_the_audit_says_what_the_matrix_says() {
        audited(Name::ALL.iter().copied()).await;
    }
}

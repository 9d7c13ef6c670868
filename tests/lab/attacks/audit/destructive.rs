//! What an audit does with `--destructive` only: another password for the account and back, and markup
//! in a text.

use session_lab::attacks::audit::report::{AuditFinding, AuditReport};
use session_lab::attacks::audit::{lab_portal, run};
use session_lab::attacks::matrix::throw_away_name;
use session_lab::defences::policy::{Name, Variant};

use crate::support::lab;

const CHECKS: [&str; 2] = ["old-sessions", "output"];

async fn audited(variant: Variant, destructive: bool) -> AuditReport {
    let bench = throw_away_name();
    let audit = lab_portal::audit(&lab().target(), &bench, variant).await;
    let mut audit = audit.unwrap_or_else(|error| panic!("{variant}: {error}"));
    audit.destructive = destructive;
    let report = run::run(&audit, |_| {}).await;
    // The account has its own password again, or this sign-in fails.
    let again = lab_portal::audit(&lab().target(), &bench, variant).await;
    again.unwrap_or_else(|error| panic!("{variant} afterwards: {error}"));
    lab().benches.discard(&bench).await.expect("it was used");
    report
}

fn of<'r>(report: &'r AuditReport, check: &str) -> &'r AuditFinding {
    let found = report.findings.iter().find(|one| one.check == check);
    found.unwrap_or_else(|| panic!("no {check}"))
}

#[tokio::test]
async fn without_the_flag_neither_is_tried_and_nothing_is_changed() {
    let report = audited(Variant::Insecure, false).await;
    for check in CHECKS {
        let finding = of(&report, check);
        assert_eq!(finding.verdict.word(), "not tried");
        assert!(
            finding.says.ends_with("add --destructive."),
            "{}",
            finding.says
        );
    }
    let changed = report.changed.join(" ");
    assert!(!changed.contains("password of"), "{changed}");
}

#[tokio::test]
async fn on_hardened_both_hold_and_the_password_is_changed_back() {
    let report = audited(Variant::Hardened, true).await;
    for check in CHECKS {
        let finding = of(&report, check);
        assert_eq!(finding.verdict.word(), "holds", "{}", finding.says);
    }
    let back = "The password of student123 was changed, and changed back.";
    assert!(report.changed.iter().any(|one| one == back), "{report:?}");
}

#[tokio::test]
async fn each_weak_arm_is_found_alone() {
    for (name, check, other) in [
        (Name::SessionsOnPasswordChange, CHECKS[0], CHECKS[1]),
        (Name::Output, CHECKS[1], CHECKS[0]),
    ] {
        let report = audited(Variant::Without(name), true).await;
        let finding = of(&report, check);
        assert!(finding.is_flaw() || finding.is_note(), "{}", finding.says);
        assert!(finding.exchange.is_some(), "{check}");
        assert_eq!(of(&report, other).verdict.word(), "holds");
        let shown = serde_json::to_string(&report).expect("JSON");
        assert!(!shown.contains("-Audit7"), "{check}: the new password");
    }
}

//! What an audit does with `--destructive` only: another password for the account and back, and markup
//! in a text.

use session_lab::attacks::audit::report::{AuditFinding, AuditReport};
use session_lab::attacks::audit::verdict::AuditVerdict;
use session_lab::attacks::audit::{lab_portal, run};
use session_lab::attacks::matrix::throw_away_name;
use session_lab::defences::policy::{Name, Variant};

use crate::support::lab;

const CHECKS: [&str; 4] = ["old-sessions", "output", "role-change", "jwt-claims"];

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
    assert!(!changed.contains("role of"), "{changed}");
}

#[tokio::test]
async fn on_hardened_both_hold_and_the_password_is_changed_back() {
    let report = audited(Variant::Hardened, true).await;
    for check in CHECKS {
        let finding = of(&report, check);
        assert_eq!(finding.verdict.word(), "holds", "{}", finding.says);
    }
    for back in [
        "The password of student123 was changed, and changed back.",
        "The role of student123 was changed to admin, and changed back.",
    ] {
        assert!(report.changed.iter().any(|one| one == back), "{report:?}");
    }
    let forgotten = report
        .changed
        .iter()
        .any(|one| one.contains("change it back"));
    assert!(!forgotten, "{report:?}");
}

#[tokio::test]
async fn each_weak_arm_is_found_alone() {
    for (name, check) in [
        (Name::SessionsOnPasswordChange, "old-sessions"),
        (Name::Output, "output"),
        (Name::Rotation, "role-change"),
        (Name::JwtClaims, "jwt-claims"),
    ] {
        let report = audited(Variant::Without(name), true).await;
        let finding = of(&report, check);
        assert!(finding.is_flaw() || finding.is_note(), "{}", finding.says);
        assert!(finding.exchange.is_some(), "{check}");
        for other in CHECKS.into_iter().filter(|other| *other != check) {
            let finding = of(&report, other);
            assert_eq!(finding.verdict.word(), "holds", "{check}: {}", finding.says);
        }
        let shown = serde_json::to_string(&report).expect("JSON");
        assert!(!shown.contains("-Audit7"), "{check}: the new password");
    }
}

#[tokio::test]
async fn a_stale_role_is_the_attack_of_the_matrix_and_an_old_id_is_a_note() {
    let report = audited(Variant::Without(Name::JwtClaims), true).await;
    let AuditVerdict::Flaw { attacks } = &of(&report, "jwt-claims").verdict else {
        panic!("{report:?}");
    };
    assert_eq!(attacks, &["stale-role"]);
    let report = audited(Variant::Without(Name::Rotation), true).await;
    assert!(of(&report, "role-change").is_note(), "{report:?}");
}

#[tokio::test]
async fn a_role_that_a_cookie_names_outlives_the_demotion() {
    for (variant, word) in [
        (Variant::Without(Name::RoleSource), "flaw"),
        (Variant::Hardened, "holds"),
    ] {
        let report = audited(variant, true).await;
        let finding = of(&report, "taken-role");
        assert_eq!(finding.verdict.word(), word, "{variant}: {}", finding.says);
    }
}

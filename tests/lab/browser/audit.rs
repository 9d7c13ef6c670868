//! `session-lab audit --browser`: what a browser decides, on the lab's own portal and in both browsers.

use std::sync::Arc;

use session_lab::attacks::audit::report::AuditReport;
use session_lab::attacks::audit::{lab_portal, run};
use session_lab::attacks::matrix::throw_away_name;
use session_lab::browser::Browser;
use session_lab::defences::policy::{Name, Variant};

use crate::browser::chromium::browser;
use crate::browser::firefox::firefox;
use crate::support::lab;

const BACK: &str = "back-after-sign-out";
const LEFT: &str = "left-in-browser";

async fn audited(variant: Variant, browser: Option<Arc<Browser>>) -> AuditReport {
    let bench = throw_away_name();
    let audit = lab_portal::audit(&lab().target(), &bench, variant).await;
    let audit = audit.unwrap_or_else(|error| panic!("{variant}: {error}"));
    let report = run::run(&audit.with_browser(browser), |_| {}).await;
    lab().benches.discard(&bench).await.expect("it was used");
    report
}

fn said(report: &AuditReport, check: &str) -> (String, String) {
    let found = report.findings.iter().find(|one| one.check == check);
    let found = found.unwrap_or_else(|| panic!("no {check}"));
    (found.verdict.word().to_owned(), found.says.clone())
}

async fn back_is_a_flaw_without_no_store_and_none_with_it(browser: &Arc<Browser>) {
    let (verdict, says) = said(
        &audited(Variant::Hardened, Some(browser.clone())).await,
        BACK,
    );
    assert_eq!(verdict, "holds", "{says}");
    let weak = Variant::Without(Name::NoStore);
    let report = audited(weak, Some(browser.clone())).await;
    let (verdict, says) = said(&report, BACK);
    assert_eq!(verdict, "flaw", "{says}");
    assert!(says.contains(browser.version()), "{says}");
    let (verdict, says) = said(&report, LEFT);
    assert_eq!(verdict, "not found", "{says}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn back_after_the_sign_out_is_tried_in_chromium() {
    back_is_a_flaw_without_no_store_and_none_with_it(browser()).await;
}

#[tokio::test]
#[ignore = "needs Firefox"]
async fn back_after_the_sign_out_is_tried_in_firefox() {
    back_is_a_flaw_without_no_store_and_none_with_it(&Arc::new(firefox().await)).await;
}

#[tokio::test]
async fn without_a_browser_both_are_not_tried_and_say_how() {
    let report = audited(Variant::Insecure, None).await;
    for check in [BACK, LEFT] {
        let (verdict, says) = said(&report, check);
        assert_eq!(verdict, "not tried");
        assert!(says.contains("--browser chromium"), "{says}");
    }
}

/// What `tests/run long` adds.
mod long {
    use session_lab::attacks::audit::report::AuditFinding;
    use session_lab::defences::policy::{Policy, resolve};

    use super::*;

    fn is_bad(report: &AuditReport, check: &str) -> bool {
        let found = report.findings.iter().find(|one| one.check == check);
        found.is_some_and(|one: &AuditFinding| one.is_flaw() || one.is_note())
    }

    /// On each variant with one weak defence: Back shows a page only where pages may be stored.
    async fn each_variant_is_told(browser: &Arc<Browser>) {
        let mut wrong = Vec::new();
        for name in Name::ALL.iter().copied() {
            let variant = Variant::Without(name);
            let report = audited(variant, Some(browser.clone())).await;
            let moved = resolve(variant, &Policy::INSECURE).moved;
            let may_store = name == Name::NoStore || moved.contains(&Name::NoStore);
            let (verdict, says) = said(&report, BACK);
            if is_bad(&report, BACK) != may_store {
                wrong.push(format!("{variant}: {BACK}: {verdict}: {says}"));
            }
            let (verdict, says) = said(&report, LEFT);
            if verdict == "not tried" || (is_bad(&report, LEFT) && name != Name::ClearSiteData) {
                wrong.push(format!("{variant}: {LEFT}: {verdict}: {says}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    }

    #[tokio::test]
    #[ignore = "long: each variant is audited in Chromium"]
    async fn each_variant_is_told_in_chromium() {
        each_variant_is_told(browser()).await;
    }

    #[tokio::test]
    #[ignore = "long: each variant is audited in Firefox"]
    async fn each_variant_is_told_in_firefox() {
        each_variant_is_told(&Arc::new(firefox().await)).await;
    }
}

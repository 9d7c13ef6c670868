//! What is said before an audit begins, held to what it really sends.

use session_lab::attacks::audit::estimate::{AuditEffort, AuditEstimate, most_requests};
use session_lab::attacks::audit::recipe::Recipe;
use session_lab::attacks::audit::{Audit, CHECKS, lab_portal, run};
use session_lab::attacks::matrix::throw_away_name;
use session_lab::base::bench_name::BenchName;
use session_lab::defences::policy::{Name, Variant};

use super::applications::begin;
use super::plain_app::PlainApp;
use crate::support::lab;

const VARIANTS: [Variant; 3] = [
    Variant::Insecure,
    Variant::Hardened,
    Variant::Only(Name::JwtSignature),
];

async fn of_the_lab(bench: &BenchName, variant: Variant) -> Audit {
    let audit = lab_portal::audit(&lab().target(), bench, variant).await;
    let mut audit = audit.unwrap_or_else(|error| panic!("{variant}: {error}"));
    audit.destructive = true;
    audit
}

/// The estimate is kept, and it is no number that any audit would keep.
fn assert_kept(estimate: AuditEstimate, sent: u32) {
    let most = estimate.requests;
    assert!(
        sent <= most,
        "{sent} requests, and at most {most} were announced"
    );
    assert!(
        most <= 3 * sent,
        "{sent} requests, and {most} were announced"
    );
}

#[tokio::test]
async fn an_audit_of_the_portal_sends_no_more_than_was_announced() {
    let recipe = lab_portal::recipe().expect("a recipe");
    for variant in VARIANTS {
        let bench = throw_away_name();
        let audit = of_the_lab(&bench, variant).await;
        run::run(&audit, |_| {}).await;
        lab().benches.discard(&bench).await.expect("it was used");
        assert_kept(
            AuditEstimate::of(&recipe, audit.effort()),
            audit.wire.sent(),
        );
    }
}

#[tokio::test]
async fn an_audit_that_finds_the_sign_in_by_itself_sends_no_more_than_was_announced() {
    let app = PlainApp::default().start();
    let audit = begin(&app.url()).await.expect("an audit");
    run::run(&audit, |_| {}).await;
    let recipe = Recipe::of_address(&app.url());
    let estimate = AuditEstimate::of(&recipe, AuditEffort::default());
    assert_kept(estimate, audit.wire.sent());
}

#[tokio::test]
async fn no_check_sends_more_than_its_card_says() {
    let recipe = lab_portal::recipe().expect("a recipe");
    let mut mistakes = Vec::new();
    for variant in VARIANTS {
        let bench = throw_away_name();
        let audit = of_the_lab(&bench, variant).await;
        for check in CHECKS {
            let card = check.card();
            let before = audit.wire.sent();
            check
                .run(&audit)
                .await
                .unwrap_or_else(|error| panic!("{}: {error}", card.name));
            let (sent, most) = (audit.wire.sent() - before, most_requests(card, &recipe));
            if sent > most {
                mistakes.push(format!("{variant}, {}: {sent} of {most}", card.name));
            }
        }
        lab().benches.discard(&bench).await.expect("it was used");
    }
    assert!(mistakes.is_empty(), "{mistakes:#?}");
}

#[tokio::test]
async fn a_check_that_lacks_what_its_card_names_is_not_tried_and_sends_nothing() {
    let app = PlainApp::default().start();
    let audit = begin(&app.url()).await.expect("an audit");
    let recipe = Recipe::of_address(&app.url());
    for check in CHECKS {
        let card = check.card();
        let lacks = card
            .needs
            .iter()
            .any(|need| !need.is_met(&recipe, audit.effort()));
        if !lacks {
            continue;
        }
        let before = audit.wire.sent();
        let answer = check.run(&audit).await.expect("an answer");
        let says = format!("{}: {answer:?}", card.name);
        assert!(says.contains("NotTried"), "{says}");
        assert_eq!(audit.wire.sent(), before, "{says}");
    }
}

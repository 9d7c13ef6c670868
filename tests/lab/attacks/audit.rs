//! The audit, proven by the matrix in both directions: on `hardened` it finds nothing, on `without-X`
//! exactly what an attacker then achieves, and where it sees nothing it says nothing.

pub mod applications;
mod cookie_jwt;
mod destructive;
mod disturbed;
mod estimate;
mod frameworks;
mod hostile;
mod only_one;
mod overload;
pub mod plain_app;
mod plain_mistakes;
mod remembered;
mod renamed_cookie;
mod several_steps;
mod sign_in_headers;
mod sign_out_link;
pub mod small_app;
mod tokens_only;

use std::collections::{BTreeMap, BTreeSet};

use session_lab::attacks::ALL;
use session_lab::attacks::audit::classes::{SeenFrom, class};
use session_lab::attacks::audit::report::AuditReport;
use session_lab::attacks::audit::{CHECKS, lab_portal, run};
use session_lab::attacks::matrix::throw_away_name;
use session_lab::attacks::scenario::Scenario;
use session_lab::base::bench_name::BenchName;
use session_lab::defences::policy::{Name, Policy, Variant, resolve};
use session_lab::worksheets::catalogue;
use tokio::task::JoinSet;

use crate::support::lab;

/// How many variants are audited side by side.
const SIDE_BY_SIDE: usize = 2;

async fn audited(bench: &BenchName, variant: Variant) -> AuditReport {
    let audit = lab_portal::audit(&lab().target(), bench, variant).await;
    let audit = audit.unwrap_or_else(|error| panic!("{variant}: {error}"));
    run::run(&audit, |_| {}).await
}

async fn audited_once(variant: Variant) -> AuditReport {
    let bench = throw_away_name();
    let report = audited(&bench, variant).await;
    lab().benches.discard(&bench).await.expect("it was used");
    report
}

/// What is bad in a report: the defence, or the check where there is none, and the verdict.
fn bad(report: &AuditReport) -> BTreeMap<String, String> {
    let findings = report
        .findings
        .iter()
        .filter(|one| one.is_flaw() || one.is_note());
    let named = findings.map(|one| {
        let name = one.defence.unwrap_or(one.check).to_owned();
        (name, one.verdict.word().to_owned())
    });
    named.collect()
}

/// What the matrix says of a variant: each weak defence that is seen from outside is a flaw if some
/// attack that it alone or with others stops succeeds, and a note if none does.
fn expected(name: Name) -> BTreeMap<String, String> {
    let policy = resolve(Variant::Without(name), &Policy::INSECURE);
    let weak = policy.moved.iter().chain([&name]);
    let seen = weak.filter(|weak| class(**weak) == SeenFrom::Outside);
    let said = seen.map(|weak| {
        let succeeds = ALL.iter().map(|attack| attack.card()).any(|card| {
            let concerns = card.stopped_by.iter().any(|set| set.contains(weak));
            concerns && card.succeeds_under(&policy.policy)
        });
        let verdict = if succeeds { "flaw" } else { "note" };
        (weak.slug().to_owned(), verdict.to_owned())
    });
    let mut said: BTreeMap<String, String> = said.collect();
    // The portal's sign-out is one of the changes that a weak `safe-methods` lets a GET make.
    if name == Name::SafeMethods {
        said.insert("sign-out-by-link".into(), "note".into());
    }
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_each_variant_the_audit_finds_what_the_matrix_says_and_nothing_else() {
    let mut mistakes = Vec::new();
    let mut names = Name::ALL.iter().copied();
    let mut running = JoinSet::new();
    let one = async |name: Name| (name, audited_once(Variant::Without(name)).await);
    for name in names.by_ref().take(SIDE_BY_SIDE) {
        running.spawn(one(name));
    }
    while let Some(done) = running.join_next().await {
        let (name, report) = done.expect("an audit");
        if let Some(next) = names.next() {
            running.spawn(one(next));
        }
        let (found, expected) = (bad(&report), expected(name));
        if found != expected {
            let said = report.findings.iter().filter(|one| {
                let key = one.defence.unwrap_or(one.check);
                found.contains_key(key) || expected.contains_key(key)
            });
            let said: Vec<_> = said
                .map(|one| (one.check, one.verdict.word(), &one.says))
                .collect();
            mistakes.push(format!(
                "without-{}: found {found:?}, expected {expected:?}\n    {said:?}",
                name.slug()
            ));
        }
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[tokio::test]
async fn on_hardened_every_defence_that_is_seen_holds_and_there_is_no_note() {
    let report = audited_once(Variant::Hardened).await;
    let mut mistakes = Vec::new();
    for finding in &report.findings {
        let word = finding.verdict.word();
        let name = Name::ALL
            .iter()
            .find(|name| Some(name.slug()) == finding.defence);
        let seen = name.is_some_and(|name| class(*name) == SeenFrom::Outside);
        let good = matches!(word, "holds" | "not found");
        if word == "flaw" || word == "note" || (seen && !good) {
            mistakes.push(format!("{}: {word}: {}", finding.check, finding.says));
        }
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
    // What was only looked for does not count as a protection.
    assert!(report.count("not found") > 5, "{report:?}");
}

#[tokio::test]
async fn on_insecure_nothing_that_is_seen_is_said_to_hold_and_two_runs_give_one_report() {
    let bench = throw_away_name();
    let report = audited(&bench, Variant::Insecure).await;
    let again = audited(&bench, Variant::Insecure).await;
    lab().benches.discard(&bench).await.expect("it was used");
    let mut mistakes = Vec::new();
    for finding in report.findings.iter().filter(|one| one.defence.is_some()) {
        let word = finding.verdict.word();
        let name = Name::ALL
            .iter()
            .find(|name| Some(name.slug()) == finding.defence);
        let seen = name.is_some_and(|name| class(*name) == SeenFrom::Outside);
        // Where any signature is believed, forgeries cannot be told apart, and say so.
        let bad = matches!(word, "flaw" | "note" | "cannot tell");
        if seen && !bad {
            mistakes.push(format!("{}: {word}: {}", finding.check, finding.says));
        }
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
    for (one, other) in report.findings.iter().zip(&again.findings) {
        assert_eq!(one, other);
    }
    assert_eq!(report, again);
    let shown = serde_json::to_string(&report).expect("JSON");
    for secret in ["password123", "eyJ", "wonderland"] {
        assert!(!shown.contains(secret), "{secret} is in the report");
    }
}

#[tokio::test]
async fn a_signing_key_is_seen_beside_a_weak_client_state_only() {
    let bench = throw_away_name();
    let weak = [Name::ClientState, Name::SigningKey];
    let policy = weak.iter().fold(Policy::HARDENED, |policy, name| {
        policy.with(*name, &Policy::INSECURE)
    });
    let scenario = Scenario::new(lab().target(), bench.clone(), Variant::Custom);
    scenario.choose(&policy).await.expect("a mix");
    let found = bad(&audited(&bench, Variant::Custom).await);
    lab().benches.discard(&bench).await.expect("it was used");
    let flaw = |name: &str| (name.to_owned(), "flaw".to_owned());
    assert_eq!(
        found,
        BTreeMap::from([flaw("client-state"), flaw("signing-key")])
    );
}

#[test]
fn each_defence_is_asked_by_one_check_or_the_table_says_why_not() {
    let asked: Vec<Name> = CHECKS
        .iter()
        .filter_map(|check| match check.card().subject {
            session_lab::attacks::audit::check::CheckSubject::Defence(name) => Some(name),
            _ => None,
        })
        .collect();
    let once: BTreeSet<Name> = asked.iter().copied().collect();
    assert_eq!(once.len(), asked.len(), "two checks for one defence");
    for name in Name::ALL {
        match class(*name) {
            SeenFrom::Outside => assert!(once.contains(name), "{} is not asked", name.slug()),
            SeenFrom::Needs(why) | SeenFrom::Nowhere(why) => {
                assert!(
                    why.ends_with('.') && why.len() > 30,
                    "{}: {why}",
                    name.slug()
                );
            }
        }
    }
    let visible = Name::ALL
        .iter()
        .filter(|name| class(**name) == SeenFrom::Outside);
    assert_eq!(visible.count(), 40);
}

#[test]
fn every_check_has_a_name_a_key_of_the_catalogue_and_a_sentence() {
    let mut names = BTreeSet::new();
    for card in CHECKS.iter().map(|check| check.card()) {
        assert!(names.insert(card.name), "{} twice", card.name);
        for key in card.keys {
            assert!(catalogue::find(key).is_some(), "{}: {key}", card.name);
        }
        assert!(!card.standards().is_empty(), "{}", card.name);
        assert!(
            card.gains.ends_with('.') && !card.title.ends_with('.'),
            "{}",
            card.name
        );
    }
}

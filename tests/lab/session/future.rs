//! A clock that was far ahead and has returned: what it dated outlives no limit.

use std::time::Duration;

use session_lab::base::clock::{BenchTime, CLOCK_SKEW};
use session_lab::base::event::{EndReason, EventKind};
use session_lab::defences::PasswordStorage;
use session_lab::defences::hash_memory::HashMemory;
use session_lab::defences::password_storage::HashCost;
use session_lab::defences::policy::{Name, Policy, Variant};
use session_lab::jwt::Claims;
use session_lab::jwt::keys::SigningAlgorithm;
use session_lab::jwt::refresh::IssueError;
use session_lab::jwt::verify::TokenPurpose;
use session_lab::session::expire::end_expired;
use session_lab::storage::{RecordIndex, RecordKind};

use super::desk::{Bed, Desk, STUDENT};
use super::on_every_storage;

on_every_storage! {
    a_session_from_the_future_has_ended_and_does_not_come_back,
    a_session_that_was_used_in_the_future_has_ended,
    a_clock_that_is_a_little_ahead_ends_nothing_early_and_prolongs_nothing_by_much,
    the_upkeep_ends_sessions_from_the_future_and_says_why,
    a_clock_that_is_moved_while_a_request_is_under_way_ends_nothing,
    a_browser_from_the_future_is_not_remembered,
    a_family_from_the_future_has_ended,
    a_password_that_was_changed_in_the_future_locks_nobody_out,
}

const AHEAD: Duration = Duration::from_secs(400 * 24 * 3600);

/// Plain passwords, so that nothing is hashed.
fn policy() -> Policy {
    Policy::HARDENED.with(Name::PasswordStorage, &Policy::INSECURE)
}

/// A desk whose clock is right, and the moment.
async fn desk(bed: &Bed, policy: Policy) -> (Desk, BenchTime) {
    let mut desk = bed.desk(policy, 0).await;
    desk.now = desk.bench.now();
    let now = desk.now;
    (desk, now)
}

async fn a_session_from_the_future_has_ended_and_does_not_come_back(bed: Bed) {
    for (seed, policy) in [Policy::HARDENED, Policy::INSECURE].into_iter().enumerate() {
        let mut desk = bed.desk(policy, seed as u64).await;
        let now = desk.bench.now();
        desk.now = now.after(AHEAD);
        let opened = [desk.sign_in(STUDENT).await, desk.anonymous().await];
        for session in &opened {
            assert!(desk.opens(session).await, "while the clock is ahead");
        }
        desk.now = now;
        assert!(desk.live(STUDENT).await.is_empty());
        for session in &opened {
            assert!(!desk.opens(session).await, "when it has returned");
        }
        desk.now = now.after(AHEAD);
        for session in &opened {
            let index = RecordIndex::Kind(Some(Variant::Custom), RecordKind::Session);
            let storage = desk.bench.storage();
            let left = storage.members(desk.bench.name(), &index, 9).await.unwrap();
            assert!(!left.contains(&session.key), "its record is gone");
        }
    }
}

async fn a_session_that_was_used_in_the_future_has_ended(bed: Bed) {
    // Without limits, so that it can be used that late; the lab's own ceiling is 30 days.
    let (mut desk, now) = desk(&bed, Policy::INSECURE).await;
    let session = desk.sign_in(STUDENT).await;
    desk.now = now.after(Duration::from_secs(20 * 24 * 3600));
    assert!(desk.opens(&session).await);
    desk.now = now;
    assert!(!desk.opens(&session).await);
}

async fn a_clock_that_is_a_little_ahead_ends_nothing_early_and_prolongs_nothing_by_much(bed: Bed) {
    let (mut desk, now) = desk(&bed, Policy::HARDENED).await;
    desk.now = now.after(CLOCK_SKEW);
    let session = desk.sign_in(STUDENT).await;
    desk.now = now;
    assert!(desk.opens(&session).await);
    desk.now = now.after(2 * CLOCK_SKEW);
    assert!(
        !desk.opens(&session).await,
        "five minutes idle by its own time"
    );
}

async fn the_upkeep_ends_sessions_from_the_future_and_says_why(bed: Bed) {
    let (mut desk, now) = desk(&bed, Policy::HARDENED).await;
    desk.now = now.after(AHEAD);
    let session = desk.sign_in(STUDENT).await;
    assert_eq!(end_expired(&desk.bench).await.unwrap(), 1);
    desk.now = now;
    assert!(!desk.opens(&session).await);
    let events = desk.bench.recent_events(99).await.unwrap();
    let ended = events.iter().filter_map(|event| match &event.what {
        EventKind::Ended { reason, user, .. } => Some((*reason, user.as_deref())),
        _ => None,
    });
    let expected = [(EndReason::FromTheFuture, Some(STUDENT))];
    assert!(ended.eq(expected), "{events:?}");
}

async fn a_clock_that_is_moved_while_a_request_is_under_way_ends_nothing(bed: Bed) {
    let (mut desk, arrived) = desk(&bed, Policy::INSECURE).await;
    let session = desk.sign_in(STUDENT).await;
    desk.bench.move_clock(AHEAD / 40).await.unwrap();
    desk.now = desk.bench.now();
    assert!(desk.opens(&session).await);
    desk.now = arrived;
    assert!(desk.opens(&session).await);
}

async fn a_browser_from_the_future_is_not_remembered(bed: Bed) {
    let (mut desk, now) = desk(&bed, Policy::HARDENED).await;
    desk.now = now.after(AHEAD);
    let remembered = desk.world().remember_browser(STUDENT, "a test").await;
    let line = remembered.unwrap();
    let value = line.as_str().split_once('=').unwrap().1.split(';').next();
    let known = async |desk: &Desk| desk.world().known_browser(value).await.unwrap().is_some();
    assert!(known(&desk).await);
    desk.now = now;
    assert!(!known(&desk).await);
}

async fn a_family_from_the_future_has_ended(bed: Bed) {
    let (mut desk, now) = desk(&bed, policy()).await;
    desk.now = now.after(AHEAD);
    let account = desk.account(STUDENT).await;
    let issued = desk.world().begin_family(&account).await.unwrap();
    let claims = serde_json::json!({
        "sub": STUDENT, "sid": issued.family, "jti": issued.refresh, "iat": issued.at,
    });
    let claims = Claims::parse(claims.to_string().as_bytes()).unwrap();
    for time in [now, now.after(AHEAD)] {
        desk.now = time;
        let refreshed = desk.world().refresh(&claims).await;
        assert!(
            matches!(refreshed, Err(IssueError::NoFamily)),
            "{refreshed:?}"
        );
    }
    // Nor do keys stay young that were first used then.
    desk.now = now;
    desk.world().begin_family(&account).await.unwrap();
    let newest = async |desk: &Desk| {
        let ring = desk.world().key_ring().await.unwrap();
        let (kid, ..) = ring.signing(SigningAlgorithm::Hs256).unwrap();
        kid
    };
    let young = newest(&desk).await;
    desk.now = now.after(AHEAD);
    assert_ne!(newest(&desk).await, young, "the keys have changed");
}

async fn a_password_that_was_changed_in_the_future_locks_nobody_out(bed: Bed) {
    let (mut desk, now) = desk(&bed, policy()).await;
    let before = claims_of(&desk).await;
    desk.now = now.after(AHEAD);
    let session = desk.sign_in(STUDENT).await;
    let ahead = claims_of(&desk).await;
    let mut account = desk.account(STUDENT).await;
    let password =
        PasswordStorage::Plain.store("a new one", HashCost::Owasp, &mut HashMemory::default());
    account.record.password = password.unwrap();
    let changed = desk.world().change_password(&session, &account).await;
    assert!(changed.unwrap().is_some());

    desk.now = now.after(Duration::from_secs(60));
    let fresh = claims_of(&desk).await;
    let refused = async |claims: &Claims| {
        desk.world()
            .revocation(claims, TokenPurpose::Access)
            .await
            .unwrap()
    };
    assert_eq!(refused(&fresh).await, None);
    assert!(refused(&before).await.is_some(), "older than the password");
    assert!(refused(&ahead).await.is_some(), "from the future");
    assert!(fresh.iat <= Some(desk.now.seconds() as f64 + 1.0));
}

/// The claims of an access token that is issued now.
async fn claims_of(desk: &Desk) -> Claims {
    let account = desk.account(STUDENT).await;
    let issued = desk.world().begin_family(&account).await.unwrap();
    let claims = serde_json::json!({ "sub": STUDENT, "jti": issued.access, "iat": issued.at });
    Claims::parse(claims.to_string().as_bytes()).unwrap()
}

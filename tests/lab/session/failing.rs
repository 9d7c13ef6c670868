//! A store that stops answering in the middle: every verb says so, and nobody is signed in.

use std::sync::Arc;

use session_lab::defences::PasswordStorage;
use session_lab::defences::hash_memory::HashMemory;
use session_lab::defences::password_storage::HashCost;
use session_lab::defences::policy::{Name, Policy, PolicyProbe};
use session_lab::defences::throttle::ThrottleRule;
use session_lab::session::accounts::TransferError;
use session_lab::session::recognise::RecogniseError;
use session_lab::session::sign_in::SignInError;
use session_lab::session::throttle::{Attempt, AttemptEnd};
use session_lab::session::{Presented, Session};
use session_lab::storage::StorageError;

use super::desk::{Desk, Failing, SOURCE, STUDENT};

/// What a verb answered: done, or not available.
trait Answer {
    fn available(self) -> bool;
}

impl<T> Answer for Result<T, StorageError> {
    fn available(self) -> bool {
        self.is_ok()
    }
}

impl<T> Answer for Result<T, SignInError> {
    fn available(self) -> bool {
        match self {
            Ok(_) => true,
            Err(SignInError::StorageError(_)) => false,
            Err(error) => panic!("{error}"),
        }
    }
}

impl<T> Answer for Result<T, RecogniseError> {
    fn available(self) -> bool {
        match self {
            Ok(_) => true,
            Err(RecogniseError::StorageError(_)) => false,
            Err(error) => panic!("{error}"),
        }
    }
}

impl<T> Answer for Result<T, TransferError> {
    fn available(self) -> bool {
        match self {
            Ok(_) => true,
            Err(TransferError::StorageError(_)) => false,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Runs a verb against a store that answers no call, one call, two calls, until it is enough. Each
/// run has a fresh bench, on which an anonymous and a signed-in session are open.
async fn until_it_works<A: Answer>(
    policy: Policy,
    verb: impl AsyncFn(&Desk, &Session, &Session) -> A,
    then: impl AsyncFn(&Desk, bool),
) {
    for calls in 0.. {
        let storage = Failing::new();
        let desk = Desk::on(Arc::clone(&storage) as _, policy, 0).await;
        let (anonymous, alice) = (desk.anonymous().await, desk.sign_in("alice").await);
        storage.answer(calls);
        let done = verb(&desk, &anonymous, &alice).await.available();
        storage.answer(usize::MAX);
        then(&desk, done).await;
        if done {
            assert!(calls > 0, "it asked no store at all");
            return;
        }
    }
}

async fn nobody_is_signed_in(desk: &Desk, done: bool) {
    let student = desk.live(STUDENT).await.len();
    assert_eq!(student, usize::from(done));
}

async fn whatever(_: &Desk, _: bool) {}

#[tokio::test]
async fn a_sign_in_that_cannot_be_stored_signs_nobody_in() {
    for policy in [Policy::INSECURE, Policy::HARDENED] {
        let verb = async |desk: &Desk, anonymous: &Session, _: &Session| {
            let world = desk.world();
            let account = match world.account(STUDENT).await {
                Ok(account) => account.unwrap(),
                Err(error) => return Err(error.into()),
            };
            world.sign_in(Some(anonymous), None, &account, SOURCE).await
        };
        until_it_works(policy, verb, nobody_is_signed_in).await;
        let verb = async |desk: &Desk, _: &Session, _: &Session| {
            let world = desk.world();
            let account = match world.account(STUDENT).await {
                Ok(account) => account.unwrap(),
                Err(error) => return Err(error.into()),
            };
            world.sign_in(None, None, &account, SOURCE).await
        };
        until_it_works(policy, verb, nobody_is_signed_in).await;
    }
}

#[tokio::test]
async fn nobody_is_recognised_by_a_store_that_does_not_answer() {
    for policy in [Policy::INSECURE, Policy::HARDENED] {
        for renew in [false, true] {
            let verb = async |desk: &Desk, _: &Session, alice: &Session| {
                let presented = Presented {
                    cookies: vec![alice.id.expose()],
                    url: None,
                };
                if renew {
                    let world = desk.world();
                    if let Err(error) = world.renew_sessions_of("alice").await {
                        return Err(error.into());
                    }
                }
                desk.world().recognise(&presented).await
            };
            until_it_works(policy, verb, whatever).await;
        }
    }
}

#[tokio::test]
async fn a_sign_out_that_failed_says_so() {
    for policy in [Policy::INSECURE, Policy::HARDENED] {
        let ends = PolicyProbe::new(policy).sign_out().ends_record();
        until_it_works(
            policy,
            async |desk, _, alice| desk.world().sign_out(alice).await,
            async |desk, done| {
                let left = desk.live("alice").await.len();
                assert_eq!(left, usize::from(!(done && ends)));
            },
        )
        .await;
    }
}

#[tokio::test]
async fn a_password_change_that_says_not_available_keeps_no_other_session_without_a_word() {
    let policy = Policy::HARDENED.with(Name::PasswordStorage, &Policy::INSECURE);
    let verb = async |desk: &Desk, _: &Session, alice: &Session| {
        let mut account = match desk.world().account("alice").await {
            Ok(account) => account.unwrap(),
            Err(error) => return Err(error),
        };
        account.record.password = PasswordStorage::Plain
            .store("a new one", HashCost::Owasp, &mut HashMemory::default())
            .unwrap();
        desk.world().change_password(alice, &account).await
    };
    let then = async |desk: &Desk, done: bool| {
        let new = desk
            .account("alice")
            .await
            .record
            .password
            .matches("a new one", &mut HashMemory::default());
        assert!(new || !done);
        assert_eq!(desk.live("alice").await.len(), 1);
    };
    until_it_works(policy, verb, then).await;
}

#[tokio::test]
async fn every_other_verb_says_that_the_store_does_not_answer() {
    for policy in [Policy::INSECURE, Policy::HARDENED] {
        /// Runs verbs that need nothing but the desk and the two sessions.
        macro_rules! verbs {
            ($(|$desk:ident, $anonymous:ident, $alice:ident| $verb:expr;)+) => {$(
                until_it_works(
                    policy,
                    async |$desk: &Desk, $anonymous: &Session, $alice: &Session| $verb.await,
                    whatever,
                )
                .await;
            )+};
        }
        let probe = PolicyProbe::new(Policy::HARDENED);
        let rule = &probe.throttle().rule(STUDENT, None).unwrap();
        let known = "x".repeat(43);
        verbs! {
            |desk, _anonymous, _alice| desk.world().open_anonymous(None, SOURCE);
            |desk, _anonymous, alice| desk.world().rotate(alice, |_| {});
            |desk, anonymous, _alice| desk.world().change_record(anonymous, |_| {});
            |desk, _anonymous, _alice| desk.world().sessions(Some("alice"));
            |desk, _anonymous, _alice| desk.world().renew_sessions_of("alice");
            |desk, _anonymous, _alice| desk.world().known_browser(Some(&known));
            |desk, _anonymous, _alice| desk.world().remember_browser("alice", "a test");
            |desk, _anonymous, _alice| desk.world().browsers_of("alice");
            |desk, _anonymous, _alice| attempt(desk, rule, AttemptEnd::Wrong);
            |desk, _anonymous, _alice| attempt(desk, rule, AttemptEnd::Right);
            |desk, _anonymous, _alice| desk.world().account("alice");
            |desk, _anonymous, _alice| desk.world().transfer("alice", STUDENT, 5, "POST");
            |desk, _anonymous, _alice| desk.world().notices();
            |desk, _anonymous, _alice| desk.world().post_notice("alice", "hello");
            |desk, _anonymous, _alice| desk.bench.move_clock(std::time::Duration::from_secs(60));
            |desk, _anonymous, _alice| desk.bench.set_custom(Policy::HARDENED);
            |desk, _anonymous, _alice| desk.bench.reset();
            |desk, _anonymous, _alice| desk.bench.recent_events(9);
        }
    }
}

/// A whole attempt to sign in, from its count to its end.
async fn attempt(desk: &Desk, rule: &ThrottleRule, end: AttemptEnd) -> Result<(), StorageError> {
    match desk.world().count_attempt(rule).await? {
        Attempt::Allowed(attempt) => desk.world().end_attempt(attempt, end, None).await,
        Attempt::Refused(wait) => panic!("{wait:?}"),
    }
}

//! What the engine counts, when many requests count at once.

use std::collections::BTreeSet;

use session_lab::base::set_cookie::SetCookie;
use session_lab::defences::policy::{Name, Policy, PolicyProbe};
use session_lab::defences::throttle::ThrottleRule;
use session_lab::session::Session;
use session_lab::session::accounts::TransferError;
use session_lab::session::recognise::ANONYMOUS_CEILING;
use session_lab::session::throttle::{Attempt, AttemptEnd};
use session_lab::storage::{Batch, Commit, Put, RecordIndex, RecordKind};

use super::desk::{Bed, Desk, Dice, STUDENT, Task, take_turns};
use super::on_every_storage;
use crate::support::POLL;

on_every_storage! {
    no_more_anonymous_sessions_than_the_ceiling_are_kept,
    no_more_browsers_than_the_ceiling_are_remembered_and_all_can_be_forgotten,
    counted_ids_are_never_given_twice_and_everybody_gets_one,
    transfers_conserve_money,
    of_parallel_guesses_the_throttle_lets_five_pass,
    parallel_attempts_with_the_right_password_all_pass,
    attempts_whose_client_left_are_failures_and_keep_nobody_waiting,
}

async fn members(desk: &Desk, kind: RecordKind, owner: &str) -> usize {
    let index = RecordIndex::Owner(Some(desk.world().variant), kind, owner.into());
    let found = desk
        .bench
        .storage()
        .members(desk.bench.name(), &index, 9_999);
    found.await.unwrap().len()
}

async fn no_more_anonymous_sessions_than_the_ceiling_are_kept(bed: Bed) {
    for seed in bed.seeds().take(4) {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let first = desk.anonymous().await;
        let room = 5;
        let put = (1..ANONYMOUS_CEILING - room).map(|n| Put {
            key: desk
                .world()
                .key(RecordKind::Session, &format!("n-{n}"))
                .unwrap(),
            value: serde_json::to_vec(&first.record).unwrap(),
            last_used: desk.now,
            expires_at: desk.now.after(std::time::Duration::from_secs(60)),
            owner: Some("-anonymous".into()),
            replaces: None,
        });
        let batch = Batch {
            put: put.collect(),
            ..Batch::default()
        };
        assert_eq!(desk.world().commit(batch).await.unwrap(), Commit::Done);
        assert_eq!(
            members(&desk, RecordKind::Session, "-anonymous").await,
            ANONYMOUS_CEILING - room
        );

        let visit = || -> Task<'_, Session> { Box::pin(desk.anonymous()) };
        let opened = take_turns(seed, (0..20).map(|_| visit()).collect()).await;
        let kept = members(&desk, RecordKind::Session, "-anonymous").await;
        assert!(kept <= ANONYMOUS_CEILING, "seed {seed}: {kept}");
        assert!(kept > ANONYMOUS_CEILING / 2, "seed {seed}: {kept}");
        assert!(
            !desk.opens(&first).await,
            "seed {seed}: the oldest gave way"
        );
        for session in &opened {
            assert!(desk.opens(session).await, "seed {seed}");
        }
    }
}

async fn no_more_browsers_than_the_ceiling_are_remembered_and_all_can_be_forgotten(bed: Bed) {
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let remember = || -> Task<'_, SetCookie> {
            Box::pin(async {
                desk.world()
                    .remember_browser(STUDENT, "a test")
                    .await
                    .unwrap()
            })
        };
        take_turns(seed, (0..14).map(|_| remember()).collect()).await;
        assert_eq!(
            members(&desk, RecordKind::Browser, STUDENT).await,
            10,
            "seed {seed}"
        );
        for known in desk.world().browsers_of(STUDENT).await.unwrap() {
            let handle = desk.world().fingerprint_of(&known.key).0;
            assert!(desk.world().forget_browser(STUDENT, &handle).await.unwrap());
        }
        assert_eq!(
            members(&desk, RecordKind::Browser, STUDENT).await,
            0,
            "seed {seed}"
        );
    }
}

async fn counted_ids_are_never_given_twice_and_everybody_gets_one(bed: Bed) {
    let seeds = if bed.is_memory() { 20 } else { 1 };
    for seed in bed.seeds().take(seeds) {
        let desk = bed.desk(Policy::INSECURE, seed).await;
        let task = |n: usize| -> Task<'_, Session> {
            if n.is_multiple_of(2) {
                Box::pin(desk.sign_in(STUDENT))
            } else {
                Box::pin(desk.anonymous())
            }
        };
        let opened = take_turns(seed, (0..48).map(task).collect()).await;
        let ids: BTreeSet<_> = opened.iter().map(|s| s.id.expose()).collect();
        assert_eq!(ids.len(), opened.len(), "seed {seed}");
    }
}

async fn transfers_conserve_money(bed: Bed) {
    const USERS: [&str; 3] = [STUDENT, "alice", "mallory"];
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let mut dice = Dice(seed);
        let mut moves = Vec::new();
        let mut tasks: Vec<Task<'_, bool>> = Vec::new();
        for _ in 0..6 {
            let from = dice.roll(3);
            let to = (from + 1 + dice.roll(2)) % 3;
            let amount = 1 + dice.roll(900) as u64;
            moves.push((from, to, amount));
            let desk = &desk;
            tasks.push(Box::pin(async move {
                match desk
                    .world()
                    .transfer(USERS[from], USERS[to], amount, "POST")
                    .await
                {
                    Ok(_) => true,
                    Err(TransferError::BadAmount) => false,
                    Err(error) => panic!("{error}"),
                }
            }));
        }
        let done = take_turns(seed, tasks).await;
        let mut expected = [1_000_i64; 3];
        for ((from, to, amount), done) in moves.into_iter().zip(done) {
            let moved = if done {
                i64::try_from(amount).unwrap()
            } else {
                0
            };
            expected[from] -= moved;
            expected[to] += moved;
        }
        for (user, expected) in USERS.into_iter().zip(expected) {
            let profile = desk.world().profile(user).await.unwrap();
            let balance = profile.unwrap().balance;
            assert_eq!(
                i64::try_from(balance).unwrap(),
                expected,
                "seed {seed}: {user}"
            );
        }
    }
}

/// One attempt with a password that is right or wrong; whether the password was looked at.
async fn attempt(desk: &Desk, rule: &ThrottleRule, end: AttemptEnd) -> bool {
    match desk.world().count_attempt(rule).await.unwrap() {
        Attempt::Refused(_) => false,
        Attempt::Allowed(attempt) => {
            let world = desk.world();
            world.end_attempt(attempt, end, None).await.unwrap();
            true
        }
    }
}

fn hardened_rule() -> ThrottleRule {
    let probe = PolicyProbe::new(Policy::HARDENED);
    let rule = probe.throttle().rule(STUDENT, None).unwrap();
    assert!(probe.probed().contains(Name::Throttle));
    rule
}

async fn of_parallel_guesses_the_throttle_lets_five_pass(bed: Bed) {
    let rule = hardened_rule();
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let guess = || -> Task<'_, bool> { Box::pin(attempt(&desk, &rule, AttemptEnd::Wrong)) };
        let told = take_turns(seed, (0..12).map(|_| guess()).collect()).await;
        let passed = told.iter().filter(|passed| **passed).count();
        assert_eq!(passed, 5, "seed {seed}");
    }
}

async fn parallel_attempts_with_the_right_password_all_pass(bed: Bed) {
    let rule = hardened_rule();
    for seed in bed.seeds() {
        let mut desk = bed.desk(Policy::HARDENED, seed).await;
        let begun = std::time::Instant::now();
        let right = || -> Task<'_, bool> { Box::pin(attempt(&desk, &rule, AttemptEnd::Right)) };
        let told = take_turns(seed, (0..30).map(|_| right()).collect()).await;
        assert_eq!(told, [true; 30], "seed {seed}");
        // The attempts went on by the wall clock. The next ones arrive after them.
        desk.now = desk.now.after(begun.elapsed());
        let mut wrong = 0;
        while attempt(&desk, &rule, AttemptEnd::Wrong).await {
            wrong += 1;
        }
        assert_eq!(wrong, 5, "seed {seed}: a success leaves no failure behind");
    }
}

async fn attempts_whose_client_left_are_failures_and_keep_nobody_waiting(bed: Bed) {
    let rule = hardened_rule();
    let desk = bed.desk(Policy::HARDENED, 0).await;
    let mut left = Vec::new();
    for _ in 0..5 {
        left.push(desk.world().count_attempt(&rule).await.unwrap());
    }
    let world = desk.world();
    let mut waiting = Box::pin(world.count_attempt(&rule));
    let not_yet = tokio::time::timeout(POLL, &mut waiting).await;
    assert!(not_yet.is_err(), "five are under way");
    drop(left);
    let begun = std::time::Instant::now();
    let refused = waiting.await.unwrap();
    assert!(matches!(refused, Attempt::Refused(_)), "{refused:?}");
    // Without the note that they left, it would wait until their time is over.
    assert!(begun.elapsed().as_secs() < 8);
}

//! Session ids that are numbers (weak `id-source`), where somebody else chose some of them.

use session_lab::defences::policy::{Name, Policy};
use session_lab::session::SessionId;
use session_lab::storage::{Batch, Commit, Put, RecordKey, RecordKind};

use super::desk::{Bed, Desk, SOURCE, STUDENT, Task, take_turns};
use super::on_every_storage;

on_every_storage! {
    a_number_that_a_visitor_took_is_skipped_under_every_arm_of_the_others,
    ten_thousand_numbers_in_a_row_cost_a_few_readings,
    numbers_that_are_taken_are_skipped_after_a_restart,
    a_lost_counter_continues_above_the_largest,
    a_damaged_session_does_not_keep_its_visitor_out,
    a_session_gets_its_new_number_beside_sign_ins,
}

/// As a student of worksheet 07 does it, with curl.
#[tokio::test]
async fn a_guess_that_becomes_a_session_stops_nobody() {
    for variant in ["insecure", "only-at-rest", "only-rotation"] {
        let bench = crate::support::bench();
        let mut first = bench.visitor(variant);
        assert_eq!(first.get("/login").await.status, 200);
        let (name, number) = first.session_cookie().expect("a session");
        let next = (number.parse::<u64>().expect("a number") + 1).to_string();
        let mut guess = bench.visitor(variant).with_cookie(&name, &next);
        assert_eq!(guess.get("/login").await.status, 200);
        assert_eq!(guess.id(), next, "{variant} adopts it");
        let mut ids = std::collections::BTreeSet::from([number, next]);
        for _ in 0..3 {
            let mut visitor = bench.visitor(variant);
            assert_eq!(visitor.get("/login").await.status, 200, "{variant}");
            visitor.sign_in().await;
            assert!(
                ids.insert(visitor.id()),
                "{variant}: {} twice",
                visitor.id()
            );
        }
    }
}

/// The weak arm alone, beside everything that decides what a number is stored as, and who has it.
fn policies() -> Vec<Policy> {
    let weak = [Name::IdSource];
    let more = [Name::Adoption, Name::Rotation, Name::AtRest];
    (0..8)
        .map(|mix| {
            let chosen = more.iter().enumerate().filter(|(n, _)| mix >> n & 1 == 1);
            let weak = weak.iter().chain(chosen.map(|(_, name)| name));
            weak.fold(Policy::HARDENED, |policy, name| {
                policy.with(*name, &Policy::INSECURE)
            })
        })
        .chain([Policy::INSECURE])
        .collect()
}

fn id(number: u64) -> Option<SessionId> {
    SessionId::parse(&number.to_string())
}

fn number(session: &session_lab::session::Session) -> u64 {
    session.id.expose().parse().expect("a number")
}

/// Stores sessions under these numbers, as visitors do who bring them.
async fn take(desk: &Desk, numbers: impl Iterator<Item = u64>) {
    let model = desk.anonymous().await;
    let numbers: Vec<_> = numbers.collect();
    for some in numbers.chunks(500) {
        let put = some.iter().map(|number| Put {
            key: key(desk, *number),
            value: serde_json::to_vec(&model.record).unwrap(),
            last_used: desk.now,
            expires_at: desk.now.after(std::time::Duration::from_secs(600)),
            owner: Some("-anonymous".into()),
            replaces: None,
        });
        let batch = Batch {
            put: put.collect(),
            ..Batch::default()
        };
        assert_eq!(desk.world().commit(batch).await.unwrap(), Commit::Done);
    }
}

fn key(desk: &Desk, number: u64) -> RecordKey {
    let world = desk.world();
    let name = world.probe.at_rest().key(&number.to_string());
    world.key(RecordKind::Session, &name).unwrap()
}

async fn a_number_that_a_visitor_took_is_skipped_under_every_arm_of_the_others(bed: Bed) {
    for (seed, policy) in policies().into_iter().enumerate() {
        let desk = bed.desk(policy, seed as u64).await;
        let world = desk.world();
        let brought = world.open_anonymous(id(1002), SOURCE).await.unwrap();
        assert_eq!(number(&brought), 1002);
        let opened = [
            desk.anonymous().await,
            desk.sign_in(STUDENT).await,
            desk.anonymous().await,
        ];
        let numbers = opened.each_ref().map(number);
        assert_eq!(numbers, [1003, 1004, 1005], "{seed}: above what there is");
        // One that is taken later is skipped when its turn comes.
        world.open_anonymous(id(1006), SOURCE).await.unwrap();
        assert_eq!(number(&desk.sign_in(STUDENT).await), 1007, "{seed}");
        for session in opened.iter().chain([&brought]) {
            assert!(desk.opens(session).await, "{seed}");
        }
    }
}

async fn ten_thousand_numbers_in_a_row_cost_a_few_readings(bed: Bed) {
    let many = if bed.is_memory() { 10_000 } else { 1_500 };
    let desk = bed.desk(Policy::INSECURE, 0).await;
    take(&desk, 1002..1002 + many).await;
    let first = number(&desk.sign_in(STUDENT).await);
    assert!(first >= 1002 + many, "{first}");
    // The search takes steps that double, so it does not end much further away.
    assert!(first < 1002 + 4 * many, "{first}");
    assert_eq!(number(&desk.sign_in(STUDENT).await), first + 1);
    let visits =
        (0..20).map(|_| -> Task<'_, u64> { Box::pin(async { number(&desk.anonymous().await) }) });
    let mut given = take_turns(0, visits.collect()).await;
    given.sort_unstable();
    assert!(given.into_iter().eq(first + 2..first + 22));
}

async fn numbers_that_are_taken_are_skipped_after_a_restart(bed: Bed) {
    let desk = bed.desk(Policy::INSECURE, 0).await;
    assert_eq!(number(&desk.anonymous().await), 1001);
    let world = desk.world();
    world.open_anonymous(id(1002), SOURCE).await.unwrap();
    let is_memory = bed.is_memory();
    drop(desk);
    let again = bed.after_a_restart(Policy::INSECURE).await;
    let desk = again(0).await;
    let expected = if is_memory { 1001 } else { 1003 };
    assert_eq!(number(&desk.anonymous().await), expected);
    assert_eq!(number(&desk.sign_in(STUDENT).await), expected + 1);
}

async fn a_lost_counter_continues_above_the_largest(bed: Bed) {
    for (seed, policy) in policies().into_iter().enumerate() {
        let desk = bed.desk(policy, seed as u64).await;
        for _ in 0..3 {
            desk.anonymous().await;
        }
        take(&desk, std::iter::once(1300)).await;
        let counter = desk.world().key(RecordKind::Counter, "session-ids");
        let lose = Batch {
            remove: counter.into_iter().collect(),
            ..Batch::default()
        };
        desk.world().commit(lose).await.unwrap();
        assert_eq!(number(&desk.sign_in(STUDENT).await), 1301, "{seed}");
        assert_eq!(number(&desk.anonymous().await), 1302, "{seed}");
    }
    // A count that somebody wrote by hand is one that is lost, and an invented id is no number of ours.
    let desk = bed.desk(Policy::INSECURE, 99).await;
    take(&desk, [1700, u64::MAX].into_iter()).await;
    let world = desk.world();
    let counter = world.key(RecordKind::Counter, "session-ids").unwrap();
    let written = Put {
        key: counter,
        value: u64::MAX.to_string().into_bytes(),
        last_used: desk.now,
        expires_at: session_lab::base::clock::BenchTime::FOREVER,
        owner: None,
        replaces: None,
    };
    let batch = Batch {
        put: vec![written],
        ..Batch::default()
    };
    world.commit(batch).await.unwrap();
    assert_eq!(number(&desk.sign_in(STUDENT).await), 1701);
}

async fn a_damaged_session_does_not_keep_its_visitor_out(bed: Bed) {
    let desk = bed.desk(Policy::INSECURE, 0).await;
    let damaged = Put {
        key: key(&desk, 1002),
        value: b"{}".to_vec(),
        last_used: desk.now,
        expires_at: desk.now.after(std::time::Duration::from_secs(600)),
        owner: None,
        replaces: None,
    };
    let batch = Batch {
        put: vec![damaged],
        ..Batch::default()
    };
    let world = desk.world();
    world.commit(batch).await.unwrap();
    let opened = world.open_anonymous(id(1002), SOURCE).await.unwrap();
    assert_eq!(number(&opened), 1003);
    let account = desk.account(STUDENT).await;
    let signed_in = world.sign_in(None, id(1002), &account, SOURCE).await;
    assert_eq!(number(&signed_in.unwrap()), 1004);
}

async fn a_session_gets_its_new_number_beside_sign_ins(bed: Bed) {
    let policy = Policy::HARDENED.with(Name::IdSource, &Policy::INSECURE);
    for seed in bed.seeds().take(20) {
        let desk = bed.desk(policy, seed).await;
        let old = desk.sign_in("alice").await;
        let mut tasks: Vec<Task<'_, bool>> = Vec::new();
        tasks.push(Box::pin(async {
            let rotated = desk.world().rotate(&old, |_| {}).await.unwrap();
            rotated.is_some()
        }));
        for _ in 0..5 {
            tasks.push(Box::pin(async {
                desk.sign_in(STUDENT).await;
                true
            }));
        }
        let done = take_turns(seed, tasks).await;
        assert!(done[0], "seed {seed}: nobody but the rotation changed it");
        assert_eq!(desk.live("alice").await.len(), 1, "seed {seed}");
    }
}

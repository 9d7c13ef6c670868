//! Requests that meet on one session: rotation, sign-out, use and sign-in.

use session_lab::defences::policy::{Name, Policy};
use session_lab::session::{Recognised, Session};
use session_lab::storage::Commit;

use super::desk::{Bed, Desk, SOURCE, STUDENT, Task, take_turns};
use super::on_every_storage;

on_every_storage! {
    of_two_rotations_exactly_one_id_lives,
    of_two_requests_of_a_session_to_renew_one_gets_the_new_id,
    an_ended_session_never_comes_back,
    a_sign_out_also_ends_what_a_rotation_beside_it_made,
    ending_a_listed_session_also_ends_what_a_rotation_beside_it_made,
    a_sign_in_and_a_sign_out_leave_no_old_id,
    a_sign_in_that_keeps_the_id_does_not_bring_back_an_ended_session,
    two_sign_ins_on_one_anonymous_session_both_work_and_it_is_gone,
    two_visits_with_one_invented_id_share_a_session,
    a_session_that_changes_during_a_change_of_role_is_marked_all_the_same,
}

/// Issue 16: whoever holds a session and changes it all the time must not keep its id through a change
/// of role.
async fn a_session_that_changes_during_a_change_of_role_is_marked_all_the_same(bed: Bed) {
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let session = desk.sign_in(STUDENT).await;
        let other = desk.sign_in(STUDENT).await;
        let prefer = |large: bool| -> Task<'_, ()> {
            let (desk, session) = (&desk, &session);
            Box::pin(async move {
                let listed = desk.live(STUDENT).await;
                let own = listed.iter().find(|listed| listed.key == session.key);
                let now = Session {
                    version: own.map_or(session.version, |own| own.version),
                    record: own.map_or(session.record.clone(), |own| own.record.clone()),
                    ..session.clone()
                };
                let world = desk.world();
                let change = world.change_record(&now, |record| record.large_text = large);
                change.await.unwrap();
            })
        };
        let renew = Box::pin(async { desk.world().renew_sessions_of(STUDENT).await.unwrap() });
        take_turns(seed, vec![renew, prefer(true), prefer(false), prefer(true)]).await;
        for session in [&session, &other] {
            let found = desk.present(session).await;
            assert!(renewed(&found).is_some(), "seed {seed}: {found:?}");
        }
    }
}

async fn of_two_rotations_exactly_one_id_lives(bed: Bed) {
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let old = desk.sign_in(STUDENT).await;
        let rotate = || -> Task<'_, Option<Session>> {
            Box::pin(async { desk.world().rotate(&old, |_| {}).await.unwrap() })
        };
        let new = take_turns(seed, vec![rotate(), rotate(), rotate()]).await;
        let new: Vec<_> = new.into_iter().flatten().collect();
        assert_eq!(new.len(), 1, "seed {seed}");
        assert!(desk.opens(&new[0]).await, "seed {seed}");
        assert!(!desk.opens(&old).await, "seed {seed}");
        assert_eq!(desk.live(STUDENT).await.len(), 1, "seed {seed}");
    }
}

async fn of_two_requests_of_a_session_to_renew_one_gets_the_new_id(bed: Bed) {
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let old = desk.sign_in(STUDENT).await;
        desk.mark(&old).await;
        let visit = || -> Task<'_, Recognised> { Box::pin(desk.present(&old)) };
        let found = take_turns(seed, vec![visit(), visit()]).await;
        let new: Vec<_> = found.iter().filter_map(renewed).collect();
        assert_eq!(new.len(), 1, "seed {seed}: {found:?}");
        assert!(desk.opens(new[0]).await, "seed {seed}");
        assert!(!desk.opens(&old).await, "seed {seed}");
    }
}

fn renewed(found: &Recognised) -> Option<&Session> {
    match found {
        Recognised::Known {
            session,
            renewed: true,
            ..
        } => Some(session),
        _ => None,
    }
}

async fn an_ended_session_never_comes_back(bed: Bed) {
    let seeds = bed.seeds();
    let mut ended = Vec::new();
    for seed in seeds.clone() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let session = desk.sign_in(STUDENT).await;
        take_turns(
            seed,
            vec![
                Box::pin(async { assert!(desk.world().sign_out(&session).await.unwrap()) }),
                Box::pin(async { drop(desk.present(&session).await) }),
                Box::pin(async {
                    let world = desk.world();
                    let change = world.change_record(&session, |r| r.large_text = true);
                    change.await.unwrap();
                }),
                Box::pin(async { desk.world().renew_sessions_of(STUDENT).await.unwrap() }),
            ],
        )
        .await;
        assert!(!desk.opens(&session).await, "seed {seed}");
        assert_eq!(desk.live(STUDENT).await.len(), 0, "seed {seed}");
        ended.push(session);
    }
    let again = bed.after_a_restart(Policy::HARDENED).await;
    for (seed, session) in seeds.zip(ended) {
        assert!(!again(seed).await.opens(&session).await, "seed {seed}");
    }
}

async fn a_sign_out_also_ends_what_a_rotation_beside_it_made(bed: Bed) {
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let old = desk.sign_in(STUDENT).await;
        desk.mark(&old).await;
        let out: Task<'_, Option<Recognised>> = Box::pin(async {
            // As the handler does: recognised first, then signed out.
            let found = desk.present(&old).await;
            if let Recognised::Known { session, .. } = &found {
                assert!(desk.world().sign_out(session).await.unwrap());
            }
            None
        });
        let visit = Box::pin(async { Some(desk.present(&old).await) });
        take_turns(seed, vec![out, visit]).await;
        // Where the visit beside it was first, the sign-out met nobody.
        let others = desk.live(STUDENT).await;
        assert!(others.len() <= 1, "seed {seed}");

        let desk = &desk;
        let session = desk.sign_in("alice").await;
        let tasks: Vec<Task<'_, ()>> = vec![
            Box::pin(async { assert!(desk.world().sign_out(&session).await.unwrap()) }),
            Box::pin(async { drop(desk.world().rotate(&session, |_| {}).await.unwrap()) }),
        ];
        take_turns(seed, tasks).await;
        assert_eq!(desk.live("alice").await.len(), 0, "seed {seed}");
    }
}

async fn ending_a_listed_session_also_ends_what_a_rotation_beside_it_made(bed: Bed) {
    use session_lab::base::event::EndReason::EndedByUser;
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let stolen = desk.sign_in(STUDENT).await;
        let other = desk.sign_in(STUDENT).await;
        let listed = desk.live(STUDENT).await;
        let tasks: Vec<Task<'_, ()>> = vec![
            Box::pin(async { desk.world().end(&listed[..1], EndedByUser).await.unwrap() }),
            Box::pin(async { drop(desk.world().rotate(&stolen, |_| {}).await.unwrap()) }),
        ];
        take_turns(seed, tasks).await;
        let left: Vec<_> = keys(&desk).await;
        assert_eq!(left, [other.key.name()], "seed {seed}");
    }
}

async fn keys(desk: &Desk) -> Vec<String> {
    let live = desk.live(STUDENT).await;
    live.iter().map(|l| l.key.name().to_owned()).collect()
}

async fn a_sign_in_and_a_sign_out_leave_no_old_id(bed: Bed) {
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let old = desk.sign_in(STUDENT).await;
        let account = desk.account(STUDENT).await;
        let tasks: Vec<Task<'_, Option<Session>>> = vec![
            Box::pin(async {
                let world = desk.world();
                let new = world.sign_in(Some(&old), None, &account, SOURCE);
                Some(new.await.unwrap())
            }),
            Box::pin(async {
                desk.world().sign_out(&old).await.unwrap();
                None
            }),
        ];
        let new = take_turns(seed, tasks).await.remove(0).unwrap();
        assert_ne!(new.id, old.id, "seed {seed}");
        assert!(!desk.opens(&old).await, "seed {seed}");
        let left = keys(&desk).await;
        assert!(
            left.is_empty() || left == [new.key.name()],
            "seed {seed}: {left:?}"
        );
    }
}

async fn a_sign_in_that_keeps_the_id_does_not_bring_back_an_ended_session(bed: Bed) {
    let policy = Policy::HARDENED.with(Name::Rotation, &Policy::INSECURE);
    for seed in bed.seeds() {
        let desk = bed.desk(policy, seed).await;
        let old = desk.sign_in(STUDENT).await;
        let account = desk.account("alice").await;
        let tasks: Vec<Task<'_, ()>> = vec![
            Box::pin(async {
                let world = desk.world();
                let new = world.sign_in(Some(&old), None, &account, SOURCE);
                new.await.unwrap();
            }),
            Box::pin(async { assert!(desk.world().sign_out(&old).await.unwrap()) }),
        ];
        take_turns(seed, tasks).await;
        assert!(!desk.opens(&old).await, "seed {seed}");
        assert_eq!(desk.live(STUDENT).await.len(), 0, "seed {seed}");
    }
}

async fn two_sign_ins_on_one_anonymous_session_both_work_and_it_is_gone(bed: Bed) {
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let old = desk.anonymous().await;
        let account = desk.account(STUDENT).await;
        let sign_in = || -> Task<'_, Session> {
            Box::pin(async {
                let world = desk.world();
                let new = world.sign_in(Some(&old), None, &account, SOURCE);
                new.await.unwrap()
            })
        };
        let new = take_turns(seed, vec![sign_in(), sign_in()]).await;
        assert_ne!(new[0].id, new[1].id, "seed {seed}");
        for session in &new {
            assert!(desk.opens(session).await, "seed {seed}");
        }
        assert!(!desk.opens(&old).await, "seed {seed}");
    }
}

async fn two_visits_with_one_invented_id_share_a_session(bed: Bed) {
    let adopted_id = session_lab::session::SessionId::parse("evil1234");
    for seed in bed.seeds() {
        let desk = bed.desk(Policy::INSECURE, seed).await;
        let account = desk.account(STUDENT).await;
        let visit = || -> Task<'_, Session> {
            Box::pin(async {
                let world = desk.world();
                world
                    .open_anonymous(adopted_id.clone(), SOURCE)
                    .await
                    .unwrap()
            })
        };
        let sign_in = Box::pin(async {
            let world = desk.world();
            let new = world
                .sign_in(None, adopted_id.clone(), &account, SOURCE)
                .await;
            new.unwrap()
        });
        let opened = take_turns(seed, vec![visit(), visit(), sign_in]).await;
        assert!(desk.opens(&opened[0]).await, "seed {seed}");
        assert!(
            opened.iter().all(|s| Some(&s.id) == adopted_id.as_ref()),
            "seed {seed}"
        );
        assert_eq!(keys(&desk).await, ["evil1234"], "seed {seed}");
        let changed = desk
            .world()
            .change_record(&opened[2], |_| {})
            .await
            .unwrap();
        assert_eq!(changed, Commit::Done, "seed {seed}: the sign-in came last");
    }
}

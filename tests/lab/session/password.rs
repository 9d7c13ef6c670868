//! A password change, and whoever still knows the old password.

use session_lab::defences::PasswordStorage;
use session_lab::defences::hash_memory::HashMemory;
use session_lab::defences::password_storage::HashCost;
use session_lab::defences::policy::{Name, Policy};
use session_lab::session::sign_in::SignInError;
use session_lab::storage::{Batch, Commit, Put, RecordIndex, RecordKind};

use super::desk::{Bed, SOURCE, STUDENT, Task, take_turns};
use super::on_every_storage;

on_every_storage! {
    the_old_password_never_leaves_a_live_session,
    a_password_change_ends_more_sessions_than_one_list_holds,
    of_two_password_changes_one_is_told_that_it_was_overtaken,
}

/// Plain passwords, so that hundreds of seeds do not hash for minutes.
fn policy() -> Policy {
    Policy::HARDENED.with(Name::PasswordStorage, &Policy::INSECURE)
}

async fn the_old_password_never_leaves_a_live_session(bed: Bed) {
    let mut sign_ins_that_won = 0;
    for seed in bed.seeds() {
        let desk = bed.desk(policy(), seed).await;
        let mine = desk.sign_in(STUDENT).await;
        let thiefs = desk.sign_in(STUDENT).await;
        desk.mark(&thiefs).await;
        let change: Task<'_, Option<String>> = Box::pin(async {
            let mut account = desk.account(STUDENT).await;
            account.record.password = PasswordStorage::Plain
                .store("a new one", HashCost::Owasp, &mut HashMemory::default())
                .unwrap();
            let changed = desk.world().change_password(&mine, &account).await.unwrap();
            Some(changed.unwrap().renewed.unwrap().key.name().to_owned())
        });
        let sign_in = || -> Task<'_, Option<String>> {
            Box::pin(async {
                let account = desk.account(STUDENT).await;
                if !account
                    .record
                    .password
                    .matches("password123", &mut HashMemory::default())
                {
                    return None;
                }
                match desk.world().sign_in(None, None, &account, SOURCE).await {
                    Ok(session) => Some(session.key.name().to_owned()),
                    Err(SignInError::AccountChanged) => None,
                    Err(error) => panic!("{error}"),
                }
            })
        };
        let visit = Box::pin(async {
            desk.present(&thiefs).await;
            None
        });
        let done = take_turns(seed, vec![change, sign_in(), sign_in(), visit]).await;
        sign_ins_that_won += done[1..3].iter().flatten().count();
        let live = desk.live(STUDENT).await;
        let live: Vec<_> = live.iter().map(|listed| listed.key.name()).collect();
        assert_eq!(live, [done[0].as_deref().unwrap()], "seed {seed}");
    }
    assert!(sign_ins_that_won > 0, "no seed had a sign-in come first");
}

async fn a_password_change_ends_more_sessions_than_one_list_holds(bed: Bed) {
    let desk = bed.desk(policy(), 0).await;
    let mine = desk.sign_in(STUDENT).await;
    let copies = (0..2_500).map(|n| Put {
        owner: Some(STUDENT.into()),
        expires_at: desk.now.after(std::time::Duration::from_secs(60)),
        value: serde_json::to_vec(&mine.record).unwrap(),
        ..put(&desk, &format!("copy-{n}"))
    });
    let batch = Batch {
        put: copies.collect(),
        ..Batch::default()
    };
    assert_eq!(desk.world().commit(batch).await.unwrap(), Commit::Done);

    let mut account = desk.account(STUDENT).await;
    account.record.password = PasswordStorage::Plain
        .store("a new one", HashCost::Owasp, &mut HashMemory::default())
        .unwrap();
    let changed = desk.world().change_password(&mine, &account).await.unwrap();
    let changed = changed.unwrap();
    assert_eq!(changed.ended, 2_500);
    let index = RecordIndex::Owner(mine.key.world(), RecordKind::Session, STUDENT.into());
    let storage = desk.bench.storage();
    let left = storage.members(desk.bench.name(), &index, 9_999).await;
    assert_eq!(left.unwrap(), [changed.renewed.unwrap().key]);
}

fn put(desk: &super::desk::Desk, name: &str) -> Put {
    Put {
        key: desk.world().key(RecordKind::Session, name).unwrap(),
        value: Vec::new(),
        last_used: desk.now,
        expires_at: desk.now,
        owner: None,
        replaces: None,
    }
}

async fn of_two_password_changes_one_is_told_that_it_was_overtaken(bed: Bed) {
    for seed in bed.seeds() {
        let desk = bed.desk(policy(), seed).await;
        let mine = desk.sign_in(STUDENT).await;
        let account = desk.account(STUDENT).await;
        let change = |password: &'static str| -> Task<'_, Option<&str>> {
            let mut account = account.clone();
            account.record.password = PasswordStorage::Plain
                .store(password, HashCost::Owasp, &mut HashMemory::default())
                .unwrap();
            let (desk, mine) = (&desk, &mine);
            Box::pin(async move {
                let changed = desk.world().change_password(mine, &account).await;
                changed.unwrap().map(|_| password)
            })
        };
        let done = take_turns(seed, vec![change("first one"), change("second one")]).await;
        let won: Vec<_> = done.into_iter().flatten().collect();
        assert_eq!(won.len(), 1, "seed {seed}");
        let now = desk.account(STUDENT).await.record.password;
        assert!(
            now.matches(won[0], &mut HashMemory::default()),
            "seed {seed}"
        );
        assert_eq!(desk.live(STUDENT).await.len(), 1, "seed {seed}");
    }
}

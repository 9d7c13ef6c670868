//! A class is deleted some days after its end: by the desk, by a lab without a desk, by Redis, and in
//! what a backup brings back. The tests move the clock.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use session_lab::app;
use session_lab::app::settings::{SessionStore, Settings};
use session_lab::base::clock::BenchTime;
use session_lab::classroom::desk::backup::{self, RestoredClasses};
use session_lab::classroom::desk::{Desk, class_store::ClassStore, error::DeskError};
use session_lab::classroom::protocol::{JoinRequest, PROTOCOL};
use session_lab::storage::{FileStorage, MemoryStorage, Storage};
use session_lab::worksheets::library::SheetLibrary;

use super::people::secret;
use crate::support::POLL;
use crate::support::redis::RedisServer;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn open(storage: Arc<dyn Storage>) -> Desk {
    let desk = Desk::open(storage, SheetLibrary::default()).await;
    desk.expect("the desk opens")
}

/// A desk with a class of one student.
async fn with_a_class(storage: Arc<dyn Storage>) -> (Desk, Arc<ClassStore>) {
    let desk = open(storage).await;
    let class = desk
        .make_class("Monday lesson")
        .await
        .expect("it is stored");
    let class = class.expect("a class");
    let request = JoinRequest {
        protocol: PROTOCOL,
        code: class.records().class.code.to_string(),
        name: "Ada Lovelace".into(),
        pin: None,
        secret: secret(1),
        version: "0.1.0".into(),
        bench: None,
    };
    desk.join(request).await.expect("they are a member");
    (desk, class)
}

/// Ends a class at this time, after which it is kept for so many days.
async fn end(class: &ClassStore, at: BenchTime, keep_days: u32) {
    let changed = class.change(|records| {
        let class = records.class_mut();
        (class.ended, class.keep_days) = (Some(at), keep_days);
        Ok::<_, DeskError>(())
    });
    changed.await.expect("it is stored");
}

/// The moment at which a class that ended so long ago ended.
fn ago(time: Duration) -> BenchTime {
    let now = BenchTime::now(Duration::ZERO).millis();
    BenchTime::from_millis(now - u64::try_from(time.as_millis()).expect("days"))
}

/// The files below a folder that have one of these words in their name or bytes.
fn files_with(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            found.extend(files_with(&path, words));
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("bytes")).into_owned();
        let name = path.display().to_string();
        if words.iter().any(|word| text.contains(word)) {
            found.push(name);
        }
    }
    found
}

const WORDS: [&str; 2] = ["Monday lesson", "Ada Lovelace"];

#[tokio::test]
async fn a_class_is_deleted_ninety_days_after_its_end_and_no_file_has_a_word_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(FileStorage::open(folder.path()).expect("a folder"));
    let (desk, class) = with_a_class(files.clone()).await;
    let now = desk.now();
    assert_eq!(
        desk.delete_outlived(now.after(1000 * DAY))
            .await
            .expect("done"),
        0
    );
    let ended = class.change(|records| {
        records.class_mut().ended = Some(now);
        Ok::<_, DeskError>(())
    });
    ended.await.expect("it is stored");
    assert!(files_with(folder.path(), &WORDS).len() >= 2);
    let just_before = now.after(90 * DAY - Duration::from_secs(1));
    assert_eq!(desk.delete_outlived(just_before).await.expect("done"), 0);
    assert_eq!(desk.classes().len(), 1);
    assert_eq!(
        desk.delete_outlived(now.after(90 * DAY))
            .await
            .expect("done"),
        1
    );
    assert_eq!(desk.classes().len(), 0);
    assert_eq!(files_with(folder.path(), &WORDS), Vec::<String>::new());
    drop((desk, class));
    assert_eq!(open(files).await.classes().len(), 0);
}

#[tokio::test]
async fn a_lab_that_starts_without_its_desk_deletes_what_is_over_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let files: Arc<dyn Storage> = Arc::new(FileStorage::open(folder.path()).expect("a folder"));
    let (desk, class) = with_a_class(files).await;
    let other = desk
        .make_class("Tuesday lesson")
        .await
        .expect("it is stored");
    end(&other.expect("a class"), ago(Duration::ZERO), 1).await;
    end(&class, ago(8 * DAY), 7).await;
    drop((desk, class));
    let settings = Settings {
        data_dir: folder.path().to_owned(),
        sessions: SessionStore::File,
        ..Settings::throw_away()
    };
    let lab = app::start(&settings).await.expect("it starts");
    assert_eq!(files_with(folder.path(), &WORDS), Vec::<String>::new());
    assert_eq!(files_with(folder.path(), &["Tuesday lesson"]).len(), 1);
    lab.stop();
    lab.ended().await.expect("it ends");
}

#[tokio::test]
async fn a_backup_does_not_bring_back_a_class_whose_time_is_over() {
    let (desk, _) = with_a_class(Arc::new(MemoryStorage::default())).await;
    desk.make_class("Tuesday lesson")
        .await
        .expect("it is stored");
    let mut text: Value =
        serde_json::from_str(&backup::write(&desk).expect("a backup")).expect("JSON");
    text["classes"][0]["class"]["ended"] = ago(91 * DAY).millis().into();
    let other = open(Arc::new(MemoryStorage::default())).await;
    let restored = backup::restore(&other, &text.to_string()).await;
    let expected = RestoredClasses {
        restored: 1,
        outlived: 1,
    };
    assert_eq!(restored.expect("a backup"), expected);
    let names: Vec<String> = other
        .classes()
        .iter()
        .map(|c| c.records().class.name.clone())
        .collect();
    assert_eq!(names, ["Tuesday lesson"]);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn redis_knows_when_it_deletes_a_class_by_itself_and_the_next_desk_forgets_its_number() {
    let redis = RedisServer::start();
    let (desk, class) = with_a_class(Arc::new(redis.storage().await)).await;
    let keys = || redis.say("KEYS lab:{teacher-desk-1}:desk-*");
    let left = |key: &str| {
        let left = redis.say(&format!("PTTL {key}"));
        let digits: String = left.chars().filter(char::is_ascii_digit).collect();
        Duration::from_millis(digits.parse().expect("a number"))
    };
    assert_eq!(keys().lines().count(), 2, "{}", keys());
    end(&class, ago(Duration::ZERO), 30).await;
    drop((desk, class));
    // Redis keeps everything an hour longer than the clock says.
    let expected = 30 * DAY..31 * DAY;
    for key in keys().lines() {
        assert!(expected.contains(&left(key)), "{key}: {:?}", left(key));
        redis.say(&format!("PEXPIRE {key} 1"));
    }
    while keys().contains("teacher-desk-1") {
        tokio::time::sleep(POLL).await;
    }
    let desk = open(Arc::new(redis.storage().await)).await;
    assert_eq!(desk.classes().len(), 0);
    let listed = || redis.say("EXISTS lab:{teacher-desk}:desk-classes:bench:1");
    assert!(listed().contains('1'), "{}", listed());
    assert_eq!(desk.delete_outlived(desk.now()).await.expect("done"), 0);
    assert!(listed().contains('0'), "{}", listed());
}

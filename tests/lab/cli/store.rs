//! `session-lab store stats` on real files and on a real Redis, beside labs that run.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use session_lab::base::bench_name::BenchName;
use session_lab::base::clock::BenchTime;
use session_lab::defences::policy::Variant;
use session_lab::session::SessionRecord;
use session_lab::storage::{Batch, FileStorage, Put, RecordKey, RecordKind, Storage};

use super::shell::{Ended, Shell};
use crate::app::program::Program;
use crate::support::ports::ReservedPort;
use crate::support::redis::RedisServer;

const STATS: [&str; 2] = ["store", "stats"];

/// A hardened session that was opened a minute ago, the n-th: of a user, but every tenth of nobody.
pub fn session(n: usize) -> Put {
    let opened = BenchTime::now(Duration::ZERO).millis() - 60_000;
    let opened = BenchTime::from_millis(opened);
    let variant = Variant::Hardened;
    let user = (n % 10 != 9 || n < 930).then(|| format!("user-{n}"));
    let record = SessionRecord {
        bench: "local".into(),
        variant,
        user: user.clone(),
        created: opened,
        authenticated_at: Some(opened),
        rotated_from: None,
        client: "curl".into(),
        created_by: "POST /login".into(),
        permanent: false,
        large_text: false,
        renew: false,
    };
    Put {
        key: RecordKey::new(Some(variant), RecordKind::Session, &format!("key-{n}")).unwrap(),
        value: serde_json::to_vec(&record).unwrap(),
        last_used: opened,
        expires_at: opened.after(Duration::from_secs(300)),
        owner: user,
        replaces: None,
    }
}

/// Puts so many sessions on the bench `local`, a tenth of those from the 930th on anonymous.
async fn fill(storage: &dyn Storage, sessions: usize) {
    let all: Vec<usize> = (0..sessions).collect();
    for some in all.chunks(250) {
        let put = some.iter().map(|n| session(*n)).collect();
        let batch = Batch {
            put,
            ..Batch::default()
        };
        storage.commit(&BenchName::local(), batch).await.unwrap();
    }
}

fn ended_well(ended: Ended) -> String {
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{ended:?}"
    );
    ended.stdout
}

fn json(shell: &Shell, flags: &[&str]) -> Value {
    let text = ended_well(shell.run(&[&STATS[..], &["--json"], flags].concat()));
    serde_json::from_str(&text).unwrap()
}

/// The numbers of a row: signed in, anonymous, expired, records.
fn row<'t>(table: &'t str, bench: &str, variant: &str) -> Vec<&'t str> {
    let lines = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut rows = lines.filter(|words| words.starts_with(&[bench, variant]));
    rows.next()
        .unwrap_or_else(|| panic!("{bench} {variant}: {table}"))[2..6]
        .to_vec()
}

#[tokio::test]
async fn files_are_counted_beside_the_lab_that_holds_them() {
    let shell = Shell::new();
    let data = shell.path().join("lab-data");
    fs::create_dir(&data).unwrap();
    let program = Program::start(&data);
    let table = ended_well(shell.run(&STATS));
    assert!(
        table.starts_with("Sessions in files in ./lab-data, asked at 20"),
        "{table}"
    );
    assert!(
        table.contains("No bench has stored anything yet."),
        "{table}"
    );
    assert!(table.contains("0 files on disk, 0 bytes."), "{table}");

    let mut ids = Vec::new();
    for variant in ["/insecure", "/hardened", "/b/team-7/hardened"] {
        let mut visitor = program.visitor("https", variant);
        visitor.sign_in().await;
        ids.push(visitor.id());
    }
    program.visitor("https", "/hardened").get("/login").await;
    let before = names(&data);
    let table = ended_well(shell.run(&STATS));
    assert_eq!(names(&data), before, "nothing was written or set aside");
    assert_eq!(
        row(&table, "local", "insecure")[..3],
        ["1", "0", "0"],
        "{table}"
    );
    assert_eq!(
        row(&table, "local", "hardened")[..3],
        ["1", "1", "0"],
        "{table}"
    );
    assert_eq!(
        row(&table, "team-7", "hardened")[..3],
        ["1", "0", "0"],
        "{table}"
    );
    assert!(table.contains("team-7: 2 events in the journal"), "{table}");
    let text = json(&shell, &[]).to_string();
    for id in ids {
        assert!(!table.contains(&id) && !text.contains(&id), "an id is told");
    }
    for name in before.iter().filter_map(|name| name.strip_suffix(".json")) {
        let name = name.rsplit('/').next().unwrap();
        assert!(name.len() < 20 || !table.contains(name) && !text.contains(name));
    }

    // Six minutes later the hardened sessions are over.
    let origin = format!("http://localhost:{}", program.port("lab"));
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = [("origin", origin.as_str()), kind];
    let mut lab = program.visitor("lab", "");
    let moved = lab
        .send("POST", "/clock", &headers, "minutes=6".into())
        .await;
    assert_eq!(moved.status, 303);
    let stats = json(&shell, &["--data-dir", "lab-data"]);
    let local = &stats["benches"][0];
    assert_eq!(
        (&local["bench"], &local["clock_ahead_seconds"]),
        (&"local".into(), &360.into())
    );
    assert_eq!(stats["total"]["signed_in"], 2, "{stats}");
    assert_eq!(stats["total"]["anonymous"], 0, "{stats}");
    assert!(local["shared_records"].as_u64() >= Some(1), "{stats}");
    drop(program);

    // A file that somebody broke is counted apart, and stays where it is.
    let broken = "sessions/local/insecure/broken-name.json";
    fs::write(data.join(broken), "not json").unwrap();
    let table = ended_well(shell.run(&STATS));
    assert!(
        table.contains("One session record cannot be read."),
        "{table}"
    );
    assert!(!table.contains("broken-name"), "{table}");
    assert_eq!(
        row(&table, "local", "insecure")[..3],
        ["1", "0", "0"],
        "{table}"
    );
    assert_eq!(json(&shell, &[])["unreadable"], 1);
    assert!(data.join(broken).exists());
}

/// Every path in a folder.
fn names(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            found.push(path.display().to_string());
            if path.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn many_files_are_counted_and_the_settings_have_their_layers() {
    let shell = Shell::new();
    let storage = FileStorage::open(&shell.path().join("elsewhere")).unwrap();
    fill(&storage, 1_030).await;
    shell.write(
        "session-lab.toml",
        "data-dir = 'elsewhere'\nclass = true\nbind = '0.0.0.0'\n",
    );
    let stats = json(&shell, &[]);
    let hardened = &stats["benches"][0]["variants"][0];
    assert_eq!(hardened["variant"], "hardened");
    assert_eq!(
        (&hardened["signed_in"], &hardened["anonymous"]),
        (&1_020.into(), &10.into())
    );
    // The journal has a line for each commit, also without events.
    assert_eq!(stats["disk"]["files"], 1_031, "{stats}");
    assert_eq!(stats["benches"][0]["journal_events"], 0, "{stats}");
    assert!(stats["disk"]["bytes"].as_u64() > Some(300_000), "{stats}");
    let oldest = hardened["oldest"].as_str().unwrap();
    assert!(
        oldest.ends_with('Z') && oldest < stats["asked_at"].as_str().unwrap(),
        "{stats}"
    );
}

#[test]
fn a_folder_that_is_none_is_refused() {
    let shell = Shell::new();
    shell.write("taken", "");
    shell.write("broken/sessions", "a file where a folder must be");
    for (folder, named) in [
        ("missing", "missing"),
        ("taken", "taken"),
        ("broken", "broken/sessions"),
    ] {
        let ended = shell.refused(&[&STATS[..], &["--data-dir", folder]].concat());
        assert!(
            ended.error().starts_with(&format!("cannot read {named}: ")),
            "{ended:?}"
        );
        assert!(ended.hint().contains("--data-dir"), "{ended:?}");
    }
    assert!(!shell.path().join("missing").exists());
    let ended = shell.run(&["store"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[test]
fn memory_is_out_of_reach_and_the_page_that_shows_it_is_named() {
    let ended = Shell::new().refused(&[&STATS[..], &["--sessions", "memory"]].concat());
    assert!(
        ended.error().contains("in the process of the lab"),
        "{ended:?}"
    );
    assert!(ended.hint().contains("/evidence"), "{ended:?}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_is_counted_by_somebody_who_may_only_read() {
    let server = RedisServer::start();
    server.say("ACL SETUSER reader on >secret ~lab:* +@read +@connection -keys +info");
    let url = format!("redis://reader:secret@127.0.0.1:{}/0", server.port);
    let shell = Shell::new().set("SESSION_LAB_SESSIONS", url);
    let place = format!(
        "Sessions in Redis at 127.0.0.1:{}, database 0, asked at",
        server.port
    );
    let table = ended_well(shell.run(&STATS));
    assert!(
        table.starts_with(&place) && table.contains("No bench has stored"),
        "{table}"
    );
    assert!(
        table.contains("Redis uses ") && table.contains(" MB of memory"),
        "{table}"
    );

    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &server.url()]);
    let mut visitor = program.visitor("https", "/insecure");
    visitor.sign_in().await;
    let table = ended_well(shell.run(&STATS));
    assert_eq!(
        row(&table, "local", "insecure")[..3],
        ["1", "0", "0"],
        "{table}"
    );
    assert!(table.contains("(1 session weighed)"), "{table}");
    assert!(
        !table.contains(&visitor.id()) && !table.contains("secret"),
        "{table}"
    );

    // Many, and keys that somebody else put there.
    fill(&server.storage().await, 2_530).await;
    for command in [
        "SET lab:{local}:sessions:hardened:odd text",
        "HSET lab:{local}:sessions:hardened:half value {}",
        "SET lab:health text",
        "SET other:sessions:hardened:x text",
        "HSET lab:{NoBench}:sessions:hardened:x value {}",
    ] {
        server.say(command);
    }
    let keys = server.say("DBSIZE");
    let stats = json(&shell, &[]);
    assert_eq!(server.say("DBSIZE"), keys);
    let variants = stats["benches"][0]["variants"].as_array().unwrap();
    let hardened = variants
        .iter()
        .find(|one| one["variant"] == "hardened")
        .unwrap();
    assert_eq!(
        (&hardened["signed_in"], &hardened["anonymous"]),
        (&2_370.into(), &160.into())
    );
    assert_eq!(stats["total"]["signed_in"], 2_371, "{stats}");
    assert_eq!(stats["unreadable"], 2, "{stats}");
    assert_eq!(stats["benches"].as_array().unwrap().len(), 1, "{stats}");
    assert_eq!(stats["benches"][0]["journal_events"], 2, "{stats}");
    let redis = &stats["redis"];
    assert!(
        (200..2_000).contains(&redis["bytes_a_session"].as_u64().unwrap()),
        "{stats}"
    );
    assert!(redis["used_bytes"].as_u64() > Some(500_000), "{stats}");
    assert_eq!(redis["limit_bytes"], Value::Null);
    assert!(!stats.to_string().contains("key-1"), "a key is told");
}

#[test]
fn a_redis_that_is_not_there_is_named_with_what_to_do() {
    let nobody = ReservedPort::new();
    let port = nobody.number();
    let url = format!("redis://:hunter2@127.0.0.1:{port}");
    let shell = Shell::new().set("SESSION_LAB_SESSIONS", url);
    let ended = shell.refused(&[&STATS[..], &["--json"]].concat());
    let error = format!("Redis at 127.0.0.1:{port}, database 0 cannot be reached: ");
    assert!(ended.error().starts_with(&error), "{ended:?}");
    assert!(ended.hint().contains("redis-server"), "{ended:?}");
    assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    let ended = Shell::new().run(&[&STATS[..], &["--sessions", "redis://a:0"]].concat());
    assert_eq!(ended.code, Some(2), "{ended:?}");
    ended.assert_one_error_and_one_hint();
}

#[test]
#[ignore = "needs Redis"]
fn a_redis_that_wants_a_password_is_named_with_what_to_do() {
    let server = RedisServer::start();
    server.say("CONFIG SET requirepass hunter2");
    let shell = Shell::new().set("SESSION_LAB_SESSIONS", server.url());
    let ended = shell.refused(&STATS);
    assert!(ended.error().contains("asks for a password"), "{ended:?}");
}

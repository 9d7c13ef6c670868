//! What the doctor says of the data folder, of a lab that runs already, and of Redis.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use session_lab::base::tls::Certificate;
use time::{Duration, OffsetDateTime};

use super::{Computer, assert_can_run, assert_cannot_run, line};
use crate::app::program::Program;
use crate::support::redis::RedisServer;

#[test]
fn a_data_folder_that_cannot_be_one_is_told_of() {
    let computer = Computer::complete();
    // A file where the folder must be stops root too, whom permissions do not.
    computer.shell.write("taken", "");
    for folder in ["taken", "taken/lab-data"] {
        let ended = computer.doctor_with(&["--data-dir", folder]);
        assert_cannot_run(&ended);
        let said = line(&ended, "BAD", "data folder");
        assert!(
            said.contains("taken") && said.contains("--data-dir"),
            "{said}"
        );
    }
}

#[test]
fn broken_files_in_the_data_folder_are_told_of_and_kept() {
    let computer = Computer::complete();
    computer
        .shell
        .write("lab-data/tls/cert.pem", "not a certificate");
    computer
        .shell
        .write("lab-data/keys/server-key", "not a key");
    let ended = computer.doctor();
    assert_cannot_run(&ended);
    let said = line(&ended, "BAD", "certificate");
    assert!(said.contains("broken certificate file"), "{said}");
    let said = line(&ended, "BAD", "server key");
    assert!(said.contains("broken key file"), "{said}");
    let kept = |name: &str| fs::read_to_string(computer.shell.path().join(name)).unwrap();
    assert_eq!(kept("lab-data/tls/cert.pem"), "not a certificate");
    assert_eq!(kept("lab-data/keys/server-key"), "not a key");
}

#[test]
fn a_certificate_that_has_not_begun_is_told_of_at_the_clock() {
    let computer = Computer::complete();
    let folder = computer.shell.path().join("lab-data/tls");
    let future = OffsetDateTime::now_utc() + Duration::days(400);
    Certificate::load_or_make(&folder, &[], future).expect("a certificate");
    let ended = computer.doctor();
    assert_can_run(&ended);
    let said = line(&ended, "careful", "clock");
    assert!(said.contains("certificate begins on"), "{said}");
}

/// The names, sizes and times of all that is in a folder.
fn contents(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let about = entry.metadata().unwrap();
            let changed = about.modified().unwrap();
            found.push(format!("{:?} {} {changed:?}", entry.path(), about.len()));
            if about.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_lab_that_runs_is_recognised_and_its_folder_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let lab = Program::start(folder.path());
    let data = folder.path().display().to_string();
    let before = contents(folder.path());
    let port = lab.port("lab").to_string();
    let running =
        Computer::complete()
            .shell
            .run(&["doctor", "--data-dir", &data, "--lab-port", &port]);
    // Its own port is the one that is asked; the usual others may be in use here by anyone.
    let said = line(&running, "careful", "ports");
    assert!(
        said.contains(&format!("http://localhost:{port}/")),
        "{said}"
    );
    assert!(line(&running, "ok", "data folder").contains("in use by the lab that runs"));
    assert!(line(&running, "ok", "certificate").contains("valid until"));

    // Beside it a second lab with the same folder cannot start.
    let ended = Computer::complete().doctor_with(&["--data-dir", &data]);
    assert_cannot_run(&ended);
    let said = line(&ended, "BAD", "data folder");
    assert!(said.contains("in use by another session-lab"), "{said}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_redis_that_is_not_there_or_hangs_is_told_of_without_its_password() {
    // Connections wait there, and nobody answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = taken.local_addr().unwrap().port();
    drop(taken);
    for port in [silent.local_addr().unwrap().port(), free] {
        let address = format!("redis://lab:hunter2@127.0.0.1:{port}/0");
        let ended = Computer::complete()
            .set("SESSION_LAB_SESSIONS", &address)
            .doctor();
        assert_cannot_run(&ended);
        let said = line(&ended, "BAD", "sessions");
        assert!(
            said.contains(&format!("Redis at 127.0.0.1:{port}")),
            "{said}"
        );
        assert!(said.contains("To do: "), "{said}");
        let all = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!all.contains("hunter2"), "{all}");
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_works_is_asked_and_left_as_it_was() {
    let redis = RedisServer::start_with_password("hunter2", &[]);
    let right = format!("redis://:hunter2@127.0.0.1:{}/0", redis.port);
    let wrong = format!("redis://:hunter3@127.0.0.1:{}/0", redis.port);
    let ended = Computer::complete()
        .set("SESSION_LAB_SESSIONS", &right)
        .doctor();
    assert_can_run(&ended);
    let said = line(&ended, "ok", "sessions");
    assert!(said.contains("answers and takes writes"), "{said}");
    assert_eq!(redis.say("DBSIZE"), "0");
    let ended = Computer::complete()
        .set("SESSION_LAB_SESSIONS", &wrong)
        .doctor();
    assert_cannot_run(&ended);
    let said = line(&ended, "BAD", "sessions");
    assert!(said.contains("refuses the password"), "{said}");
    for text in [&ended.stdout, &ended.stderr] {
        assert!(
            !text.contains("hunter2") && !text.contains("hunter3"),
            "{text}"
        );
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_another_lab_uses_with_other_keys_is_told_of_as_the_start_does() {
    let redis = RedisServer::start();
    let url = redis.url();
    let [first, other] = [1, 2].map(|_| Computer::complete().shell.run(&["secret"]).stdout);
    let [first, other] = [first.trim_end(), other.trim_end()];
    let folder = tempfile::tempdir().unwrap();
    let key = [("SESSION_LAB_SECRET_KEY", first)];
    Program::start_as(folder.path(), &["--sessions", &url], &key).kill();
    let before = redis.say("KEYS *");
    let with = |variables: &[(&'static str, &str)]| {
        let mut computer = Computer::complete().set("SESSION_LAB_SESSIONS", &url);
        for (name, value) in variables {
            computer = computer.set(name, value);
        }
        let ended = computer.doctor();
        assert!(!computer.shell.path().join("lab-data").exists());
        ended
    };
    for variables in [&[][..], &[("SESSION_LAB_SECRET_KEY", other)]] {
        let ended = with(variables);
        assert_cannot_run(&ended);
        let said = line(&ended, "BAD", "sessions");
        assert!(said.contains("another lab uses these sessions"), "{said}");
        assert!(said.contains("SESSION_LAB_SECRET_KEY"), "{said}");
    }
    for variables in [
        &[("SESSION_LAB_SECRET_KEY", first)][..],
        &[
            ("SESSION_LAB_SECRET_KEY", other),
            ("SESSION_LAB_SECRET_KEY_FALLBACKS", first),
        ],
    ] {
        let ended = with(variables);
        assert_can_run(&ended);
        line(&ended, "ok", "sessions");
    }
    assert_eq!(redis.say("KEYS *"), before, "it only reads");
}

#[test]
fn an_earlier_key_that_is_named_and_not_there_is_told_of() {
    let key = Computer::complete().shell.run(&["secret"]).stdout;
    let ended = Computer::complete()
        .set("SESSION_LAB_SECRET_KEY", key.trim_end())
        .set("SESSION_LAB_SECRET_KEY_FALLBACKS", "file")
        .doctor();
    assert_cannot_run(&ended);
    let said = line(&ended, "BAD", "server key");
    assert!(said.contains("there is no key at "), "{said}");
}

#[test]
fn worksheets_that_the_start_leaves_out_are_told_of() {
    let computer = Computer::complete();
    let front = "+++\ntitle = \"Mine\"\nminutes = 20\nlevel = \"core\"\nstage = \"begin\"\nafter = []\noutcomes = [\"a\"]\n\
                 standards = []\ndefences = []\nattacks = []\nneeds = []\n+++\nHello\n";
    computer.shell.write("own/01-mine.md", front);
    let own = ["--labs", "own"];
    let ended = computer.doctor_with(&own);
    assert_can_run(&ended);
    let said = line(&ended, "ok", "worksheets");
    assert!(said.contains("1 of own can be used"), "{said}");

    let utf_16 = front.encode_utf16().flat_map(u16::to_le_bytes);
    let file = computer.shell.path().join("own/02-mine.md");
    fs::write(file, utf_16.collect::<Vec<_>>()).unwrap();
    let ended = computer.doctor_with(&own);
    assert_can_run(&ended);
    let said = line(&ended, "careful", "worksheets");
    assert!(said.contains("02-mine.md:1: "), "{said}");
    assert!(said.contains("UTF-16"), "{said}");

    fs::create_dir(computer.shell.path().join("empty")).unwrap();
    let ended = computer.doctor_with(&["--labs", "empty"]);
    assert_cannot_run(&ended);
    let said = line(&ended, "BAD", "worksheets");
    assert!(said.contains("no worksheet is in empty"), "{said}");
}

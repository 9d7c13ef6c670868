//! Many requests at once, and those who must not suffer from them: on files, on Redis, and on two
//! labs that share one.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::class_lab::ClassBench;
use super::instances::Pair;
use super::program::{Program, Visitor};
use crate::support::redis::RedisServer;

fn right() -> serde_json::Value {
    json!({"username": "student123", "password": "password123"})
}

/// How many of these sign-ins, sent at once, get each answer.
async fn at_once(visitors: Vec<Visitor>, sent: &serde_json::Value) -> Vec<u16> {
    let all = visitors.into_iter().map(async |mut visitor| {
        let reply = visitor.post_json("/api/login", sent.clone()).await;
        reply.status
    });
    join_all(all).await
}

fn count(answers: &[u16], status: u16) -> usize {
    answers.iter().filter(|answer| **answer == status).count()
}

/// Six and thirty people who know the password, and thirty who guess, each group at one moment.
async fn right_passwords_pass_together_and_five_wrong_ones_are_looked_at(labs: &[&Program]) {
    let crowd = |size: usize, base: &str| -> Vec<_> {
        let visitors = (0..size).map(|n| labs[n % labs.len()].visitor("https", base));
        visitors.collect()
    };
    for size in [6, 30] {
        let answers = at_once(crowd(size, "/hardened"), &right()).await;
        assert_eq!(count(&answers, 200), size, "{answers:?}");
    }
    let wrong = json!({"username": "student123", "password": "wrong"});
    let base = format!("{}/hardened", ClassBench::another(labs, "guesses").await);
    let answers = at_once(crowd(30, &base), &wrong).await;
    assert_eq!(count(&answers, 401), 5, "{answers:?}");
    assert_eq!(count(&answers, 429), 25, "{answers:?}");
}

#[tokio::test]
async fn right_passwords_pass_together_on_files() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    right_passwords_pass_together_and_five_wrong_ones_are_looked_at(&[&program]).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn right_passwords_pass_together_on_redis() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &redis.url()]);
    right_passwords_pass_together_and_five_wrong_ones_are_looked_at(&[&program]).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn right_passwords_pass_together_on_two_labs() {
    let pair = Pair::start();
    right_passwords_pass_together_and_five_wrong_ones_are_looked_at(&pair.both()).await;
}

#[tokio::test]
async fn four_hundred_guesses_on_one_bench_do_not_keep_another_bench_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    // No throttle and a slow hash: every guess is looked at.
    let visitor =
        |bench: &str| program.visitor("http", &format!("/b/{bench}/only-password-storage"));
    let wrong = json!({"username": "student123", "password": "wrong"});
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..400 {
        let (mut visitor, wrong, tell) = (visitor("noisy"), wrong.clone(), tell.clone());
        tokio::spawn(async move {
            let reply = visitor.post_json("/api/login", wrong).await;
            let wait = reply.header("retry-after").next().map(str::to_owned);
            let _ = tell.send((reply.status, wait));
        });
    }
    drop(tell);
    let mut answers = Vec::new();
    while count(&answers, 503) == 0 {
        let (status, wait) = told.recv().await.expect("the queue is full at some time");
        // The bench that filled the queue is told so, and when to come back.
        assert_eq!(wait.is_some(), status == 503, "{status} {wait:?}");
        answers.push(status);
    }
    let reply = visitor("quiet").post_json("/api/login", right()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    while let Ok((status, _)) = told.try_recv() {
        answers.push(status);
    }
    let looked_at_before = count(&answers, 401);
    while let Some((status, _)) = told.recv().await {
        answers.push(status);
    }
    let looked_at = count(&answers, 401);
    assert_eq!(looked_at + count(&answers, 503), 400, "{answers:?}");
    assert!(looked_at >= 100, "{looked_at}");
    assert!(
        looked_at_before + 20 < looked_at,
        "the other bench waited for {looked_at_before} of {looked_at} guesses"
    );
}

/// Forty changes of a role, each while six requests of the user's browser are under way. Whatever the
/// order in which their answers arrive, the user is signed in afterwards, and the old id is not.
async fn a_rotation_does_not_sign_its_owner_out(labs: &[&Program]) {
    let mut admin = labs[0].visitor("https", "/hardened");
    let sent = json!({"username": "admin", "password": "correct-horse"});
    assert_eq!(admin.post_json("/api/login", sent).await.status, 200);
    let token = admin.token().await;
    let mut owner = labs[0].visitor("https", "/hardened");
    owner.sign_in().await;
    for round in 0..40 {
        let role = json!({"role": if round % 2 == 0 { "admin" } else { "student" }});
        let headers = [
            ("content-type", "application/json"),
            ("x-csrftoken", &*token),
        ];
        let path = "/admin/users/student123/role";
        let changed = admin.send("POST", path, &headers, role.to_string()).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let old = owner.clone();
        let paths = [
            "/dashboard",
            "/login",
            "/board",
            "/api/check_session",
            "/sessions",
            "/csrf-token",
        ];
        let requests = paths.iter().enumerate().map(|(n, path)| {
            let mut visitor = old.at(labs[n % labs.len()]);
            async move { visitor.get(path).await }
        });
        let answers = join_all(requests).await;
        let lines: Vec<_> = answers
            .iter()
            .flat_map(|answer| answer.header("set-cookie"))
            .filter(|line| line.contains("session_hardened"))
            .collect();
        assert_eq!(
            lines.len(),
            1,
            "round {round}: one new id, and nothing else: {lines:?}"
        );
        let value = lines[0]
            .split(';')
            .next()
            .and_then(|pair| pair.split_once('='));
        let (name, value) = value.expect("a cookie");
        owner.jar.retain(|(found, _)| found != name);
        owner.jar.push((name.to_owned(), value.to_owned()));
        for lab in labs {
            assert!(owner.at(lab).is_signed_in().await, "round {round}");
            assert!(
                !old.at(lab).is_signed_in().await,
                "round {round}: the old id"
            );
        }
    }
}

#[tokio::test]
async fn a_rotation_does_not_sign_its_owner_out_on_files() {
    let folder = tempfile::tempdir().unwrap();
    a_rotation_does_not_sign_its_owner_out(&[&Program::start(folder.path())]).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_rotation_does_not_sign_its_owner_out_on_two_labs() {
    let pair = Pair::start();
    a_rotation_does_not_sign_its_owner_out(&pair.both()).await;
}

fn files_below(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap());
    let count = |entry: std::fs::DirEntry| match entry.file_type().unwrap().is_dir() {
        true => files_below(&entry.path()),
        false => 1,
    };
    entries.map(count).sum()
}

#[tokio::test]
async fn a_thousand_visits_to_invented_benches_keep_no_student_out() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    for some in (0..1_200).collect::<Vec<_>>().chunks(100) {
        let visits = some.iter().map(|n| {
            let mut visitor = program.visitor("http", &format!("/b/img-{n}/insecure"));
            let path = if n % 2 == 0 { "/login" } else { "/" };
            async move { visitor.get(path).await.status }
        });
        let answers = join_all(visits).await;
        assert_eq!(count(&answers, 200), some.len(), "{answers:?}");
    }
    let mut student = program.visitor("https", "/b/a-student/hardened");
    student.sign_in().await;
    assert!(student.is_signed_in().await);
    let left = files_below(&folder.path().join("sessions"));
    assert!(left <= 250, "{left} sessions are left");
}

/// What a process holds of the machine's memory, in megabytes.
#[cfg(target_os = "linux")]
fn resident(program: &Program) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() / 1000
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn five_hundred_sign_ins_leave_the_memory_of_one_hash() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    // A debug build is larger than a release build from the start, so what counts is the difference.
    program.visitor("https", "/hardened").get("/login").await;
    let before = resident(&program);
    for _ in 0..20 {
        let class = (0..25).map(|_| program.visitor("https", "/hardened"));
        let answers = at_once(class.collect(), &right()).await;
        assert_eq!(count(&answers, 200), 25, "{answers:?}");
    }
    // Connections that are about to end hold memory as well.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = resident(&program);
    assert!(after < before + 38, "{before} MB, then {after} MB");
}

//! `/redis-keys`: what Redis holds of one bench, read by the lab, and nothing of any other.

use std::path::Path;

use serde_json::Value;

use super::class_lab::{ClassBench, ClassLab};
use super::program::{Program, Visitor};
use crate::support::redis::RedisServer;

fn start(server: &RedisServer, folder: &Path) -> Program {
    ClassLab::start_with(folder, &["--sessions", &server.url()])
}

/// The answer to a command, as a sheet's `db` prints it.
async fn ask(student: &mut Visitor, command: &str) -> (u16, String) {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("command", command)
        .finish();
    let answer = student
        .get_from_store(&format!("/redis-keys/ask?{query}"))
        .await;
    (answer.status, answer.body)
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn each_command_answers_as_redis_does_about_the_bench_s_own_keys() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let lab = start(&server, folder.path());
    let bench = ClassBench::join(&lab).await;
    let name = &bench.name;
    let mut portal = bench.visitor(&lab, "http", "/insecure");
    portal.sign_in().await;
    let key = format!("lab:{{{name}}}:sessions:insecure:{}", portal.id());
    let mut student = bench.visitor(&lab, "lab", "");
    let pattern = format!("lab:{{{name}}}:sessions:*");
    let missing = format!("lab:{{{name}}}:sessions:insecure:9");
    for (asked, redis) in [
        ("ping".to_owned(), "PING".to_owned()),
        (
            format!("--scan --pattern {pattern}"),
            format!("KEYS {pattern}"),
        ),
        (format!("type {key}"), format!("TYPE {key}")),
        (format!("exists {key}"), format!("EXISTS {key}")),
        (format!("hget {key} value"), format!("HGET {key} value")),
        (format!("hget {key} until"), format!("HGET {key} until")),
        (format!("exists {missing}"), format!("EXISTS {missing}")),
        (format!("ttl {missing}"), format!("TTL {missing}")),
    ] {
        let (status, body) = ask(&mut student, &asked).await;
        assert_eq!(status, 200, "{asked}: {body}");
        assert_eq!(body.trim_end(), server.say(&redis).trim_end(), "{asked}");
    }
    let (_, ttl) = ask(&mut student, &format!("ttl {key}")).await;
    let ttl: i64 = ttl.trim().parse().unwrap();
    let redis: i64 = server.say(&format!("TTL {key}")).trim().parse().unwrap();
    assert!((ttl - redis).abs() <= 1, "{ttl} {redis}");
    let (_, fields) = ask(&mut student, &format!("hkeys {key}")).await;
    assert_eq!(
        sorted(&fields),
        sorted(&server.say(&format!("HKEYS {key}")))
    );
    let (_, all) = ask(&mut student, &format!("hgetall {key}")).await;
    assert_eq!(all.lines().count(), fields.lines().count() * 2, "{all}");
    let page = student.get_from_store("/redis-keys").await.body;
    assert!(
        page.contains(&key) && !page.contains("127.0.0.1:"),
        "{page}"
    );
}

fn sorted(lines: &str) -> Vec<&str> {
    let mut lines: Vec<_> = lines.lines().collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn no_key_of_another_bench_and_nothing_but_sessions_and_tokens_appears() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let lab = start(&server, folder.path());
    let (bench, neighbour) = (ClassBench::join(&lab).await, ClassBench::join(&lab).await);
    for some in [&bench, &neighbour] {
        some.visitor(&lab, "https", "/hardened").sign_in().await;
    }
    let (name, neighbour) = (bench.name.as_str(), neighbour.name.as_str());
    let mut student = bench.visitor(&lab, "lab", "");
    let origin = student.origin();
    let headers = [
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let moved = student.send("POST", "/clock", &headers, "minutes=1".into());
    assert_eq!(moved.await.status, 303);
    let everything = server.say("KEYS lab:*");
    let shown = ["sessions", "denylist"].map(|kind| format!("lab:{{{name}}}:{kind}:"));
    let is_shown = |key: &&str| shown.iter().any(|start| key.starts_with(start));
    let (own, others): (Vec<_>, Vec<_>) = everything.lines().partition(is_shown);
    assert!(others.len() > 5, "{everything}");
    for key in others {
        for command in ["type", "exists", "ttl", "hkeys", "hgetall"] {
            let (status, body) = ask(&mut student, &format!("{command} {key}")).await;
            assert_eq!(
                (status, body.as_str()),
                (403, "NOPERM No permissions to access a key\n"),
                "{command} {key}"
            );
        }
    }
    let (_, all) = ask(&mut student, "--scan").await;
    // What was there for some seconds only may be gone by now.
    assert!(all.lines().all(|key| own.contains(&key)), "{all}: {own:?}");
    assert_eq!(all.matches(":sessions:hardened:").count(), 1, "{all}");
    for pattern in [
        "*".to_owned(),
        "lab:*".into(),
        format!("lab:{{{neighbour}}}:*"),
        format!("lab:{{{}*", &name[..4]),
        "lab:{*}:sessions:*".into(),
    ] {
        let (status, body) = ask(&mut student, &format!("--scan --pattern {pattern}")).await;
        assert_eq!(status, 403, "{pattern}: {body}");
    }
    for path in ["/redis-keys", "/redis-keys?format=json"] {
        let page = student.get_from_store(path).await.body;
        let own = format!("lab:{{{name}}}:sessions:hardened:");
        assert!(page.contains(&own), "{page}");
        for other in [neighbour, "settings:bench", ":journal"] {
            assert!(!page.contains(other), "{other} in {path}");
        }
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn what_would_change_a_key_is_refused_and_changes_nothing() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let lab = start(&server, folder.path());
    let bench = ClassBench::join(&lab).await;
    let name = &bench.name;
    let mut portal = bench.visitor(&lab, "http", "/insecure");
    portal.sign_in().await;
    let key = format!("lab:{{{name}}}:sessions:insecure:{}", portal.id());
    let mut student = bench.visitor(&lab, "lab", "");
    for command in [
        format!("del {key}"),
        format!("hset {key} value x"),
        format!("persist {key}"),
        "flushall".into(),
        "--rdb stolen.rdb".into(),
        "keys *".into(),
        format!("ttl {key} del {key}"),
        format!("type {key}\r\nDEL {key}"),
    ] {
        let (status, body) = ask(&mut student, &command).await;
        assert_eq!(status, 403, "{command}: {body}");
        assert!(
            body.starts_with("NOPERM") || body.starts_with("ERR"),
            "{body}"
        );
    }
    assert_eq!(server.say(&format!("EXISTS {key}")).trim(), "1");
    assert!(portal.is_signed_in().await);
    let posted = student.send("POST", "/redis-keys/ask", &[], String::new());
    assert!((400..=405).contains(&posted.await.status));
}

/// The recorded run has the form that a run of today has.
#[tokio::test]
#[ignore = "needs Redis"]
async fn a_lab_with_files_shows_a_recorded_run_of_today_s_form() {
    let server = RedisServer::start();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let on_redis = start(&server, folders[0].path());
    let bench = ClassBench::join(&on_redis).await;
    bench
        .visitor(&on_redis, "https", "/hardened")
        .sign_in()
        .await;
    let json = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let mut there = bench.visitor(&on_redis, "lab", "");
    let today = json(there.get_from_store("/redis-keys?format=json").await.body);

    let on_files = ClassLab::start(folders[1].path());
    let bench = ClassBench::join(&on_files).await;
    let mut here = bench.visitor(&on_files, "lab", "");
    let recorded = json(here.get("/redis-keys?format=json").await.body);
    let fields = |run: &Value, name: &str| {
        let keys = run["keys"].as_array().unwrap().iter();
        let mut fit = keys.filter(|key| key["name"].as_str().unwrap().contains(name));
        let fields = fit.next().expect("a key")["fields"].as_array().unwrap();
        let names = fields
            .iter()
            .map(|field| field[0].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let session = ":sessions:hardened:";
    assert_eq!(fields(&recorded, session), fields(&today, session));
    for kind in [
        ":sessions:insecure:",
        ":denylist:hardened:jti-",
        ":denylist:hardened:sid-",
    ] {
        assert!(
            fields(&recorded, kind).contains(&"value".to_owned()),
            "{kind}"
        );
    }
    let page = here.get("/redis-keys").await.body;
    assert!(
        page.contains("This lab keeps its sessions in files"),
        "{page}"
    );
    assert!(page.contains(recorded["recorded_on"].as_str().unwrap()));
    let (status, body) = ask(&mut here, "ping").await;
    assert_eq!(status, 404);
    assert!(body.contains("Read the recorded run"), "{body}");
}

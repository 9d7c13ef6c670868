//! Pages of a lab whose sessions are in a Redis that another lab shares: what they show is true there.

use std::path::Path;
use std::process::Command;

use super::program::{Program, Visitor};
use crate::support::redis::RedisServer;

/// Two labs on one Redis, with the same keys.
fn two_labs(server: &RedisServer, folders: [&Path; 2]) -> [Program; 2] {
    let url = server.url();
    let first = Program::start_with(folders[0], &["--sessions", &url]);
    let copied = Command::new("cp")
        .args(["-r", "."])
        .arg(folders[1])
        .current_dir(folders[0])
        .status();
    assert!(copied.unwrap().success());
    [
        first,
        Program::start_with(folders[1], &["--sessions", &url]),
    ]
}

/// The page, asked for until a busy machine lets Redis answer in time.
async fn page(visitor: &mut Visitor, path: &str) -> String {
    let page = visitor.get_from_store(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    page.body
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn the_lists_of_sessions_show_what_another_lab_signed_in_by_their_keys() {
    let server = RedisServer::start();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, two] = two_labs(&server, [folders[0].path(), folders[1].path()]);
    let mut student = one.visitor("https", "/hardened");
    student.sign_in().await;
    let mut admin = one.visitor("https", "/hardened");
    let form = [("username", "admin"), ("password", "correct-horse")];
    assert_eq!(admin.submit("/login", &form).await.status, 303);

    let prefix = "lab:{local}:sessions:hardened:";
    let keys = server.say(&format!("KEYS {prefix}*"));
    let keys: Vec<&str> = keys.lines().collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    let listed = page(&mut admin.at(&two), "/admin/sessions").await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["active_sessions"], 2, "{listed}");
    for name in listed["keys"].as_array().unwrap() {
        let key = format!("{prefix}{}", name.as_str().unwrap());
        assert!(keys.contains(&key.as_str()), "{key}");
    }

    let mut lab = two.visitor("lab", "");
    let evidence = page(&mut lab, "/evidence/hardened").await;
    let command = format!("<code>redis-cli --scan --pattern '{prefix}*'</code>");
    assert!(evidence.contains(&command), "{evidence}");
    assert!(
        evidence.contains("A key's TTL only cleans up"),
        "{evidence}"
    );
    assert!(evidence.contains("data-called=\"Key\""), "{evidence}");
    for text in ["<b>student123</b>", "<b>admin</b>", keys[0], keys[1]] {
        assert!(evidence.contains(text), "{text}");
    }
    let live = page(&mut lab, "/evidence/hardened/live").await;
    let live: serde_json::Value = serde_json::from_str(&live).unwrap();
    assert_eq!(live["total"], 2);
    assert!(keys.contains(&live["sessions"][0]["file"].as_str().unwrap()));
    // The broom comes after the limit of five minutes.
    let left: u64 = server.say(&format!("TTL {}", keys[0])).parse().unwrap();
    assert!((3_600..=3_900).contains(&left), "{left}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_long_list_of_sessions_is_whole_and_in_order() {
    use session_lab::base::bench_name::BenchName;
    use session_lab::storage::{Batch, Storage as _};

    let server = RedisServer::start();
    let storage = server.storage().await;
    for some in 0..10 {
        let numbers = some * 93..(some + 1) * 93;
        let put = numbers.map(crate::cli::store::session).collect();
        let batch = Batch {
            put,
            ..Batch::default()
        };
        storage.commit(&BenchName::local(), batch).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &server.url()]);
    let live = page(&mut program.visitor("lab", ""), "/evidence/hardened/live").await;
    let live: serde_json::Value = serde_json::from_str(&live).unwrap();
    assert_eq!(live["total"], 930);
    let shown = live["sessions"].as_array().unwrap();
    let users: Vec<_> = shown.iter().map(|one| one["user"].as_str()).collect();
    let newest: Vec<_> = (880..930).rev().map(|n| format!("user-{n}")).collect();
    let newest: Vec<_> = newest.iter().map(|user| Some(user.as_str())).collect();
    assert_eq!(users, newest);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn pages_of_one_labs_own_memory_say_so_where_another_may_share_the_store() {
    let server = RedisServer::start();
    for (store, says) in [(server.url(), true), ("file".into(), false)] {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::start_with(folder.path(), &["--sessions", &store]);
        let mut lab = program.visitor("lab", "");
        for path in ["/cafe", "/compare", "/same-site"] {
            let page = page(&mut lab, path).await;
            let sentence = "only requests through this lab appear here";
            assert_eq!(page.contains(sentence), says, "{path} on {store}");
        }
        let mut attacker = program.visitor("attacker", "");
        let trick = page(&mut attacker, "/csrf-form").await;
        assert_eq!(
            trick.contains("only requests through this lab appear here"),
            says
        );
        let evidence = page(&mut lab, "/evidence/hardened").await;
        assert_eq!(evidence.contains("redis-cli"), says);
        assert_eq!(evidence.contains("data-called=\"File\""), !says);
    }
}

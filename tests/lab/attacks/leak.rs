//! A stolen backup: what is in it, and what a throw-away bench stores instead.

use session_lab::attacks::matrix::throw_away_name;

use crate::support::{TestBench, bench, lab};

/// What the backup of a variant holds as a user's password.
async fn password(bench: &TestBench, variant: &str, user: &str) -> serde_json::Value {
    let path = format!("/leak/{variant}");
    let backup = bench.student().get(&path).await.json();
    let accounts = backup["accounts"].as_array().expect("a list");
    let account = accounts.iter().find(|account| account["user"] == user);
    account.expect(user)["record"]["password"].clone()
}

#[tokio::test]
async fn a_backup_is_json_and_sets_no_cookie() {
    let bench = bench();
    for variant in ["insecure", "hardened"] {
        let reply = bench.student().get(&format!("/leak/{variant}")).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert!(reply.set_cookies().is_empty());
        let json = reply.json();
        assert_eq!(json["what"], "a stolen backup");
        assert_eq!(json["variant"], variant);
        let accounts = json["accounts"].as_array().expect("a list").iter();
        let users: Vec<_> = accounts.map(|account| &account["user"]).collect();
        assert_eq!(
            users,
            ["student123", "apiuser", "alice", "mallory", "admin"]
        );
    }
    assert_eq!(bench.student().get("/leak/nonsense").await.status, 404);
}

#[tokio::test]
async fn the_evidence_page_links_to_the_backup_of_its_variant_and_bench() {
    let bench = bench();
    let page = bench.student().get("/evidence/hardened").await.body;
    let link = format!("href=\"{}/leak/hardened\"", bench.name.prefix());
    assert!(page.contains(&link), "{link}");
}

#[tokio::test]
async fn it_holds_the_sessions_of_its_own_variant_under_their_file_names() {
    let bench = bench();
    let mut insecure = bench.visitor("insecure");
    insecure.sign_in().await;
    let mut hardened = bench.visitor("hardened");
    hardened.sign_in().await;
    for (variant, id) in [("insecure", insecure.id()), ("hardened", hardened.id())] {
        let path = format!("/leak/{variant}");
        let backup = bench.student().get(&path).await.json();
        let sessions = backup["sessions"].as_array().expect("a list");
        assert_eq!(sessions.len(), 1, "{backup}");
        assert_eq!(sessions[0]["record"]["user"], "student123");
        assert_eq!(sessions[0]["record"]["variant"], variant);
        let file = sessions[0]["file"].as_str().expect("a name");
        assert_eq!(file == id, variant == "insecure", "{variant}: {file}");
    }
}

#[tokio::test]
async fn it_holds_a_changed_password_as_the_policy_stored_it() {
    let bench = bench();
    let before = password(&bench, "insecure", "student123").await;
    assert_eq!(before["plain"], "password123");
    let mut visitor = bench.visitor("insecure");
    visitor.sign_in().await;
    let fields = [("current", "password123"), ("new", "another one")];
    assert_eq!(visitor.submit("/password", &fields).await.status, 200);
    let after = password(&bench, "insecure", "student123").await;
    assert_eq!(after["plain"], "another one");
}

#[tokio::test]
async fn hashes_are_owasps_on_a_students_bench_and_cheaper_on_one_that_is_thrown_away() {
    let name = throw_away_name();
    let thrown_away = TestBench { name: name.clone() };
    for (bench, parameters) in [
        (bench(), "$argon2id$v=19$m=19456,t=2,p=1$"),
        (thrown_away, "$argon2id$v=19$m=1024,t=1,p=1$"),
    ] {
        let mut visitor = bench.visitor("hardened");
        visitor.sign_in().await;
        let mut hashes = Vec::new();
        let demo = password(&bench, "hardened", "student123").await;
        hashes.push(demo["argon2id"].as_str().expect("a hash").to_owned());
        let fields = [("current", "password123"), ("new", "another one")];
        assert_eq!(visitor.submit("/password", &fields).await.status, 200);
        let changed = password(&bench, "hardened", "student123").await;
        hashes.push(changed["argon2id"].as_str().expect("a hash").to_owned());
        assert_ne!(hashes[0], hashes[1]);
        for hash in hashes {
            assert!(hash.starts_with(parameters), "{hash}");
        }
    }
    lab().benches.discard(&name).await.expect("it was used");
}

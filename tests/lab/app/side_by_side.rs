//! Changes of one record that come together, and loops that must keep nobody out: on files, on Redis,
//! and on two labs that share one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures::future::join_all;
use serde_json::json;

use super::class_lab::ClassBench;
use super::instances::Pair;
use super::program::{Program, Visitor};
use crate::support::POLL;
use crate::support::redis::RedisServer;

/// Makes a test of a function on files, on Redis, and on two labs on one Redis.
macro_rules! on_every_store {
    ($($test:ident),+ $(,)?) => {
        mod files {
            $(#[tokio::test]
            async fn $test() {
                let folder = tempfile::tempdir().unwrap();
                super::$test(&[&super::Program::start(folder.path())]).await;
            })+
        }
        mod redis {
            $(#[tokio::test]
            #[ignore = "needs Redis"]
            async fn $test() {
                let redis = super::RedisServer::start();
                let folder = tempfile::tempdir().unwrap();
                let flags = ["--sessions", &redis.url()];
                super::$test(&[&super::Program::start_with(folder.path(), &flags)]).await;
            })+
        }
        mod two_labs {
            $(#[tokio::test]
            #[ignore = "needs Redis"]
            async fn $test() {
                super::$test(&super::Pair::start().both()).await;
            })+
        }
    };
}

on_every_store! {
    answers_hints_resets_and_stolen_cookies_that_come_together_all_count,
    loops_of_a_thief_and_of_a_stranger_do_not_keep_the_owner_out,
}

const SHEET: &str = "/labs/01-a-session";

/// Issue 16.2: forty answers, forty hints, forty resets of a sheet and 150 requests to the catcher, each
/// group at one moment.
async fn answers_hints_resets_and_stolen_cookies_that_come_together_all_count(labs: &[&Program]) {
    let keys = ClassBench::teachers_keys(labs).await;
    let post = |n: usize, path: &str, body: &str| {
        let mut page = labs[n % labs.len()].visitor("lab", "").holding(&keys);
        let (path, body) = (format!("{SHEET}{path}"), body.to_owned());
        async move { page.post_own(&path, &body).await.status }
    };
    let answers = (0..40).map(|n| post(n, "/answer", "id=how-long&answer=1"));
    let hints = (0..40).map(|n| post(n, "/hint", "id=a-stranger"));
    let stolen = (0..150).map(|n| {
        let mut victim = labs[n % labs.len()].visitor("attacker", "");
        async move { victim.get(&format!("/collect/{n}")).await.status }
    });
    let (answers, hints, stolen) =
        tokio::join!(join_all(answers), join_all(hints), join_all(stolen));
    assert_eq!(answers, [303; 40]);
    assert_eq!(hints, [303; 40]);
    assert_eq!(stolen, [204; 150]);
    for lab in labs {
        let report = lab
            .visitor("lab", "")
            .holding(&keys)
            .get(&format!("{SHEET}/report.md"))
            .await;
        assert!(report.body.contains("; tries: 40; "), "{}", report.body);
        let count = lab.visitor("attacker", "").get("/loot/count").await.body;
        assert!(count.contains("150"), "{count}");
    }
    let resets = join_all((0..40).map(|n| post(n, "/reset", ""))).await;
    assert_eq!(resets, [303; 40]);
    for lab in labs {
        let report = lab
            .visitor("lab", "")
            .holding(&keys)
            .get(&format!("{SHEET}/report.md"))
            .await;
        assert!(!report.body.contains("tries:"), "{}", report.body);
    }
}

/// What is repeated as fast as answers come.
#[derive(Clone, Copy, Debug)]
enum Noise {
    /// The thief of a session changes what the owner says about themselves.
    Profile,
    /// A stranger sends the owner one credit.
    Transfer,
}

impl Noise {
    async fn make(self, visitor: &mut Visitor, token: &str) -> u16 {
        let form = "application/x-www-form-urlencoded";
        let (path, kind, body) = match self {
            Noise::Profile => (
                "/api/profile",
                "application/json",
                r#"{"about_me":"x"}"#.to_owned(),
            ),
            Noise::Transfer => (
                "/transfer",
                form,
                format!("to=student123&amount=1&csrf_token={token}"),
            ),
        };
        let headers = [("content-type", kind), ("x-csrftoken", token)];
        visitor.send("POST", path, &headers, body).await.status
    }
}

/// Issue 16.7: while both loops run, the owner signs in with forms and for tokens, and changes the
/// password. Nothing is refused.
async fn loops_of_a_thief_and_of_a_stranger_do_not_keep_the_owner_out(labs: &[&Program]) {
    let signed_in = async |n: usize, user: &str, password: &str| {
        let mut visitor = labs[n % labs.len()].visitor("https", "/hardened");
        let sent = json!({"username": user, "password": password});
        let reply = visitor.post_json("/api/login", sent).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        visitor
    };
    let (stop, heard) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let mut loops = Vec::new();
    for n in 0..labs.len() {
        for (user, password, noise) in [
            ("student123", "password123", Noise::Profile),
            ("mallory", "mischief", Noise::Transfer),
        ] {
            let mut visitor = signed_in(n, user, password).await;
            let token = visitor.token().await;
            let (stop, heard) = (stop.clone(), heard.clone());
            loops.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let status = noise.make(&mut visitor, &token).await;
                    let done = matches!(status, 200 | 303);
                    heard.fetch_add(usize::from(done), Ordering::Relaxed);
                }
            }));
        }
    }
    let some_noise = async || {
        let before = heard.load(Ordering::Relaxed);
        while heard.load(Ordering::Relaxed) < before + 10 {
            tokio::time::sleep(POLL).await;
        }
    };
    some_noise().await;
    for n in 0..6 {
        signed_in(n, "student123", "password123").await;
        let mut api = labs[n % labs.len()].visitor("https", "/hardened");
        let sent = json!({"username": "student123", "password": "password123"});
        let tokens = api.post_json("/jwt/login", sent).await;
        assert_eq!(tokens.status, 200, "{}", tokens.body);
    }
    some_noise().await;
    let mut owner = signed_in(0, "student123", "password123").await;
    let change = [("current", "password123"), ("new", "a-new-password")];
    let changed = owner.submit("/password", &change).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    for n in 0..6 {
        signed_in(n, "student123", "a-new-password").await;
    }
    stop.store(true, Ordering::Relaxed);
    join_all(loops)
        .await
        .into_iter()
        .for_each(|ended| ended.unwrap());
    assert!(owner.is_signed_in().await);
}

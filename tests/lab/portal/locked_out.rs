//! Who holds one live session, or none of the owner's, must not keep the owner out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;

use crate::support::{Client, TestBench, bench};

/// What is repeated as fast as answers come.
#[derive(Clone, Copy, Debug)]
enum Noise {
    /// The thief of a session changes what the owner says about themselves.
    Profile,
    /// The thief saves a preference in the very session that the owner uses.
    Preference,
    /// A stranger sends the owner one credit.
    Transfer,
}

impl Noise {
    async fn make(self, client: &mut Client) -> u16 {
        let reply = match self {
            Noise::Profile => {
                let about = json!({"about_me": "x"});
                client.submit_json("/api/profile", &about).await
            }
            Noise::Preference => client.submit("/preferences", &[("large_text", "1")]).await,
            Noise::Transfer => {
                let one = [("to", "student123"), ("amount", "1")];
                client.submit("/transfer", &one).await
            }
        };
        reply.status
    }
}

/// Loops that go on until they are stopped.
struct Noises {
    stop: Arc<AtomicBool>,
    made: Arc<AtomicUsize>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Noises {
    fn begin(all: Vec<(Client, Noise)>) -> Self {
        let (stop, made) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let tasks = all.into_iter().map(|(mut client, noise)| {
            let (stop, made) = (stop.clone(), made.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let status = noise.make(&mut client).await;
                    if matches!(status, 200 | 303) {
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        });
        Self {
            tasks: tasks.collect(),
            stop,
            made,
        }
    }

    /// Waits until they are heard.
    async fn heard(&self) {
        let before = self.made.load(Ordering::Relaxed);
        while self.made.load(Ordering::Relaxed) < before + 3 {
            tokio::time::sleep(crate::support::POLL).await;
        }
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.expect("it ends");
        }
    }
}

async fn signed_in(bench: &TestBench, user: &str) -> Client {
    let mut client = bench.visitor("hardened");
    client.sign_in_as(user).await;
    client
}

#[tokio::test]
async fn loops_of_a_thief_and_of_a_stranger_do_not_keep_the_owner_out() {
    let bench = bench();
    let mut owner = signed_in(&bench, "student123").await;
    let thief = signed_in(&bench, "student123").await;
    let noises = Noises::begin(vec![
        (thief, Noise::Profile),
        (owner.clone(), Noise::Preference),
        (signed_in(&bench, "mallory").await, Noise::Transfer),
    ]);
    noises.heard().await;
    for _ in 0..3 {
        signed_in(&bench, "student123").await;
        let token = bench.visitor("hardened").access_token("student123").await;
        let mut api = bench.visitor("hardened");
        api.access_token("student123").await;
        let origin = api.origin();
        let headers = [("content-type", "application/json"), ("origin", &*origin)];
        let refreshed = api
            .send("POST", "/jwt/refresh", &headers, "{}".into())
            .await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.body);
        let bye = api.bear("POST", "/jwt/logout", &token).await;
        assert_eq!(bye.status, 200, "{}", bye.body);
        let mut other = signed_in(&bench, "student123").await;
        assert_eq!(other.submit("/logout", &[]).await.status, 200);
    }
    noises.heard().await;
    let change = [("current", "password123"), ("new", "a-new-password")];
    let changed = owner.submit("/password", &change).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    noises.end().await;
    let mut again = bench.visitor("hardened");
    let reply = again.try_to_sign_in("student123", "a-new-password").await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(owner.whoami().await.as_deref(), Some("student123"));
}

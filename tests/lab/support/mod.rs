//! The harness: one lab for the whole test binary on real sockets, and a bench for each
//! test, so that no test sees another's sessions, clock or accounts.

mod client;
mod curl;
pub mod described;
pub mod nginx;
mod plain_socket;
pub mod ports;
pub mod redis;
pub mod sentinel;
pub mod tokens;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use session_lab::app::settings::Settings;
use session_lab::app::{self, Running};
use session_lab::base::addresses::{Listener, SIBLING};
use session_lab::base::bench_name::BenchName;
use session_lab::defences::policy::Variant;

pub use client::{Client, Reply};
pub use curl::curl;
pub use plain_socket::send_raw;

/// How long a test waits before it gives up. This bound ends a test that hangs; no test is about time.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The pause between two looks at something that a test waits for.
pub const POLL: Duration = Duration::from_millis(5);

/// The lab that all tests of this binary share.
pub fn lab() -> &'static Running {
    static LAB: OnceLock<Running> = OnceLock::new();
    LAB.get_or_init(|| {
        let (tell, told) = std::sync::mpsc::channel();
        // A separate runtime: those of the tests end with each test.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                tell.send(app::start(&Settings::throw_away()).await)
                    .expect("somebody waits");
                std::future::pending::<()>().await;
            });
        });
        told.recv().expect("an answer").expect("the lab starts")
    })
}

/// A bench that no other test uses.
pub fn bench() -> TestBench {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    TestBench {
        name: format!("t-{number}").parse().expect("a good name"),
    }
}

/// One test's bench.
#[derive(Clone, Debug)]
pub struct TestBench {
    pub name: BenchName,
}

impl TestBench {
    /// Somebody with an empty jar who visits this variant over TLS.
    pub fn visitor(&self, variant: &str) -> Client {
        Client::new(Listener::PortalHttps, self.path(variant))
    }

    /// The same, unencrypted.
    pub fn visitor_in_clear(&self, variant: &str) -> Client {
        Client::new(Listener::PortalHttp, self.path(variant))
    }

    /// A visitor of the lab's own pages.
    pub fn student(&self) -> Client {
        Client::new(Listener::Lab, self.name.prefix())
    }

    /// A visitor of the attacker's site.
    pub fn victim(&self) -> Client {
        Client::new(Listener::Attacker, self.name.prefix())
    }

    /// A visitor of the attacker's sibling host.
    pub fn victim_at_sibling(&self) -> Client {
        self.victim().at_host(SIBLING)
    }

    /// Moves this bench's clock ahead, as the lab's own page does.
    pub async fn wait_minutes(&self, minutes: u64) {
        let form = [("minutes", minutes.to_string())];
        let reply = self.student().post_form("/clock", &form).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }

    /// The bench itself, for what only the server knows.
    pub async fn open(&self) -> std::sync::Arc<session_lab::session::bench::Bench> {
        lab().benches.open(&self.name).await.expect("a bench")
    }

    /// Chooses arms for the variant `custom`; all others are as in `preset`.
    pub async fn choose(&self, preset: &str, arms: &[(&str, &str)]) {
        let mut student = self.student();
        let preset = [("preset", preset.to_owned())];
        assert_eq!(student.post_form("/custom", &preset).await.status, 303);
        let arms: Vec<_> = arms
            .iter()
            .map(|(name, arm)| (*name, (*arm).to_owned()))
            .collect();
        let reply = student.post_form("/custom", &arms).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }

    /// What the journal and the session table show of a variant, as the evidence page polls it.
    pub async fn evidence(&self, variant: &str) -> serde_json::Value {
        self.student()
            .get(&format!("/evidence/{variant}/live?events=all"))
            .await
            .json()
    }

    /// The sentences of the journal, newest first.
    pub async fn events(&self, variant: &str) -> Vec<String> {
        let evidence = self.evidence(variant).await;
        let events = evidence["events"].as_array().expect("a list").iter();
        events
            .map(|event| event["what"].as_str().expect("a sentence").to_owned())
            .collect()
    }

    fn path(&self, variant: &str) -> String {
        variant.parse::<Variant>().expect("a variant");
        format!("{}/{variant}", self.name.prefix())
    }
}

//! A primary, its replica and a Sentinel over both, which calls the primary `mymaster`: all real.

use std::path::Path;
use std::time::Instant;

use session_lab::base::tls::Certificate;
use time::OffsetDateTime;

use super::ports::ReservedPort;
use super::redis::{RedisServer, SHORT_TIMEOUT};
use super::{PATIENCE, POLL};

/// The three processes.
pub struct Watched {
    pub primary: RedisServer,
    pub replica: RedisServer,
    sentinel: RedisServer,
    /// Where the Sentinel is asked.
    pub sentinel_port: u16,
    /// A port on which no Sentinel listens.
    down: ReservedPort,
    _tls_ports: Vec<ReservedPort>,
}

/// How they are reached.
#[derive(Clone, Copy, Default)]
pub struct Way<'a> {
    /// What all three ask for; empty for nothing.
    pub password: &'a str,
    /// A folder with `cert.pem` and `key.pem`, for TLS between all of them.
    pub tls: Option<&'a Path>,
}

impl Watched {
    /// Starts them, and waits until the Sentinel could fail over.
    pub fn start(way: Way<'_>) -> Self {
        let number = |port: &Option<ReservedPort>| port.as_ref().map(ReservedPort::number);
        let (mut flags, primary_at) = way.flags();
        // A replica that comes is served at once.
        flags.extend(["--repl-diskless-sync-delay", "0"].map(str::to_owned));
        let primary = RedisServer::start_with_password(way.password, &words(&flags));
        let known_at = number(&primary_at).unwrap_or(primary.port);
        let (mut flags, replica_at) = way.flags();
        flags.extend(["--replicaof", "127.0.0.1"].map(str::to_owned));
        flags.push(known_at.to_string());
        let replica = RedisServer::start_with_password(way.password, &words(&flags));

        let config = primary.folder().join("sentinel.conf");
        let mut text = format!(
            "sentinel monitor mymaster 127.0.0.1 {known_at} 1\n\
             sentinel down-after-milliseconds mymaster 500\n\
             sentinel failover-timeout mymaster 3000\n"
        );
        if !way.password.is_empty() {
            text += &format!("sentinel auth-pass mymaster {}\n", way.password);
        }
        std::fs::write(&config, text).unwrap();
        let config = config.to_str().unwrap();
        let (flags, sentinel_at) = way.flags();
        let sentinel = RedisServer::start_sentinel(config, way.password, &words(&flags));
        let started = Self {
            sentinel_port: number(&sentinel_at).unwrap_or(sentinel.port),
            primary,
            replica,
            sentinel,
            down: ReservedPort::new(),
            _tls_ports: [primary_at, replica_at, sentinel_at]
                .into_iter()
                .flatten()
                .collect(),
        };
        started.wait_until_ready();
        started
    }

    /// The address for `--sessions`, with a Sentinel besides that is down. Redis may not answer here,
    /// so the lab gives up soon.
    pub fn url(&self) -> String {
        let (down, up) = (self.down.number(), self.sentinel_port);
        format!("redis+sentinel://127.0.0.1:{down},127.0.0.1:{up}/mymaster/0{SHORT_TIMEOUT}")
    }

    fn wait_until_ready(&self) {
        // A replica that came just now reports what it has once a second, and at first that is nothing.
        wait_for("the replica takes part, and says how far it is", || {
            let told = self.primary.say("INFO replication");
            told.contains("state=online") && !told.contains("offset=0,")
        });
        wait_for(
            "the Sentinel knows the replica, and that it is well",
            || {
                let known = self.sentinel.say("SENTINEL REPLICAS mymaster");
                known.contains("master-link-status\nok") && known.contains("flags\nslave\n")
            },
        );
    }
}

impl Way<'_> {
    /// The flags of one process, and the port for TLS among them.
    fn flags(self) -> (Vec<String>, Option<ReservedPort>) {
        let Some(folder) = self.tls else {
            return (Vec::new(), None);
        };
        let port = ReservedPort::new();
        let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        #[rustfmt::skip]
        let flags = [
            "--tls-port", &port.number().to_string(), "--tls-replication", "yes",
            "--tls-auth-clients", "no", "--tls-ca-cert-file", &path("cert.pem"),
            "--tls-cert-file", &path("cert.pem"), "--tls-key-file", &path("key.pem"),
        ].map(str::to_owned);
        (flags.into(), Some(port))
    }
}

/// Writes a new certificate for `localhost` and its key, `cert.pem` and `key.pem`.
pub fn write_certificate(folder: &Path) {
    let made = Certificate::in_memory(&[], OffsetDateTime::now_utc()).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert_pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.key_pem()).unwrap();
}

/// Asks until it is so.
pub fn wait_for(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(POLL);
    }
}

fn words(flags: &[String]) -> Vec<&str> {
    flags.iter().map(String::as_str).collect()
}

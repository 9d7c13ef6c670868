//! Two labs on one Redis: what happens on one is so on the other, whatever it is.

use std::net::{IpAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use session_lab::base::tls::Certificate;
use session_lab::client::LabClient;
use tempfile::TempDir;
use time::OffsetDateTime;

use super::class_lab::{ATTACKER, KEYS, PUBLIC as PORTAL};
use super::program::{Program, Visitor};
use crate::support::nginx::Nginx;
use crate::support::ports::ReservedPort;
use crate::support::redis::RedisServer;

/// Two labs on two addresses of this computer, as on two computers: they share names and ports.
pub(super) struct Pair {
    here: Program,
    there: Program,
    _redis: RedisServer,
    _ports: [ReservedPort; PORTS.len()],
    _folders: [TempDir; 2],
}

impl Pair {
    /// Starts them.
    pub(super) fn start() -> Self {
        let redis = RedisServer::start();
        let addresses = [[127, 0, 0, 2], [127, 0, 0, 3]].map(IpAddr::from);
        addresses.into_iter().for_each(assert_is_ours);
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let ports = PORTS.map(|_| ReservedPort::new());
        let mut labs = folders.iter().zip(addresses).map(|(folder, address)| {
            if folder.path() != folders[0].path() {
                copy_certificate(folders[0].path(), folder.path());
            }
            let ports = PORTS.iter().zip(&ports);
            let ports = ports.map(|(name, port)| format!("{name}={}", port.number()));
            let class = [
                format!("--bind={address}"),
                format!("--public-name={PORTAL}"),
                format!("--attacker-name={ATTACKER}"),
                format!("--sessions={}", redis.url()),
                "--class".into(),
            ];
            let flags: Vec<_> = ports.chain(class).collect();
            let flags: Vec<_> = flags.iter().map(String::as_str).collect();
            let program = Program::start_as(folder.path(), &flags, &KEYS);
            program.reached_as(PORTAL, ATTACKER, address)
        });
        let (here, there) = (labs.next().unwrap(), labs.next().unwrap());
        drop(labs);
        Self {
            here,
            there,
            _redis: redis,
            _ports: ports,
            _folders: folders,
        }
    }

    pub(super) fn both(&self) -> [&Program; 2] {
        [&self.here, &self.there]
    }
}

/// Behind one address both show one certificate.
fn copy_certificate(from: &Path, to: &Path) {
    let mut copy = Command::new("cp");
    let copied = copy.arg("-r").arg(from.join("tls")).arg(to).status();
    assert!(copied.unwrap().success());
}

/// What a balancer passes on. The café stays on each computer.
const PORTS: [&str; 5] = [
    "--lab-port",
    "--http-port",
    "--https-port",
    "--attacker-port",
    "--attacker-tls-port",
];

/// Something can listen there. On Linux that is so for all of 127.0.0.0/8.
fn assert_is_ours(address: IpAddr) {
    let bound = TcpListener::bind((address, 0));
    assert!(
        bound.is_ok(),
        "this computer is not {address} (macOS: sudo ifconfig lo0 alias {address})"
    );
}

/// Sends a change to one of the lab's own pages, or of the attacker's, from that page.
async fn change(page: &mut Visitor, path: &str, form: &str) -> u16 {
    let origin = page.origin();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = [kind, ("origin", origin.as_str())];
    page.send("POST", path, &headers, form.to_owned())
        .await
        .status
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_session_of_one_lab_is_a_session_of_the_other_until_it_ends_on_either() {
    let pair = Pair::start();
    let mut here = pair.here.visitor("https", "/hardened");
    here.sign_in().await;
    let mut there = here.at(&pair.there);
    assert!(there.is_signed_in().await);

    let notice = there
        .submit("/board", &[("text", "Written on the other lab.")])
        .await;
    assert_eq!(notice.status, 303, "{}", notice.body);
    let board = here.get("/board").await.body;
    assert!(board.contains("Written on the other lab."), "{board}");

    // The id is renewed with the password, and the old one is accepted nowhere.
    let old = here.clone();
    let words = [
        ("current", "password123"),
        ("new", "correct horse battery staple"),
    ];
    let changed = here.submit("/password", &words).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_ne!(here.id(), old.id());
    assert!(here.at(&pair.there).is_signed_in().await);
    for lab in pair.both() {
        assert!(!old.at(lab).is_signed_in().await);
    }

    let thief = here.clone();
    assert_eq!(here.submit("/logout", &[]).await.status, 200);
    for lab in pair.both() {
        assert!(!thief.at(lab).is_signed_in().await);
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_token_of_one_lab_is_taken_by_the_other_until_it_is_denied_on_both() {
    let pair = Pair::start();
    let mut here = pair.here.visitor("https", "/hardened");
    let mut there = pair.there.visitor("https", "/hardened");
    let right = json!({"username": "apiuser", "password": "password123"});
    let answer = here.post_json("/jwt/login", right).await;
    let tokens: Value = serde_json::from_str(&answer.body).unwrap();
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let profile = async |of: &mut Visitor| {
        let answer = of
            .send("GET", "/jwt/profile", &headers, String::new())
            .await;
        answer.status
    };
    assert_eq!(profile(&mut here).await, 200);
    assert_eq!(profile(&mut there).await, 200);

    let out = there
        .send("POST", "/jwt/logout", &headers, String::new())
        .await;
    assert!(out.status < 300, "{} {}", out.status, out.body);
    assert_eq!(profile(&mut here).await, 401);
    assert_eq!(profile(&mut there).await, 401);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_refresh_token_that_was_used_on_one_lab_is_spent_on_the_other() {
    let pair = Pair::start();
    // The weak arm hands it out in the answer, where a test can copy it.
    let base = "/without-token-storage";
    let mut here = pair.here.visitor("https", base);
    let mut there = pair.there.visitor("https", base);
    let right = json!({"username": "apiuser", "password": "password123"});
    let answer = here.post_json("/jwt/login", right).await;
    let tokens: Value = serde_json::from_str(&answer.body).unwrap();
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let first = here.post_json("/jwt/refresh", refresh.clone()).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let again = there.post_json("/jwt/refresh", refresh).await;
    assert_eq!(again.status, 401, "{}", again.body);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_throttle_counts_the_failures_on_both_labs_together() {
    let pair = Pair::start();
    let wrong = json!({"username": "alice", "password": "wrong"});
    let alone = async |labs: &[&Program], base: &str| {
        let mut visitors: Vec<_> = labs.iter().map(|lab| lab.visitor("https", base)).collect();
        for failures in 0..100 {
            let visitor = &mut visitors[failures % labs.len()];
            match visitor.post_json("/api/login", wrong.clone()).await.status {
                401 => {}
                429 => return failures,
                other => panic!("{other}"),
            }
        }
        panic!("no throttle");
    };
    let on_one = alone(&[&pair.here], "/hardened").await;
    let on_both = alone(&pair.both(), "/b/two-labs/hardened").await;
    assert_eq!(on_one, on_both);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn what_belongs_to_the_bench_is_the_same_on_both_labs() {
    let pair = Pair::start();
    let mut here = pair.here.visitor("lab", "");
    let mut there = pair.there.visitor("lab", "");

    assert_eq!(change(&mut here, "/clock", "minutes=61").await, 303);
    let live = there.get("/evidence/hardened/live").await.body;
    let live: Value = serde_json::from_str(&live).unwrap();
    assert_eq!(live["clock"]["ahead_minutes"], 61, "{live}");

    assert_eq!(change(&mut there, "/labs/name", "name=Ada").await, 303);
    assert!(here.get("/labs").await.body.contains("Ada ·"));

    // A step that begins on one lab and ends on the other is done on both, before anybody opens the
    // sheet.
    let is_solved = async |of: &mut Visitor, step: &str| {
        let live = of.get("/labs/01-a-session/live").await.body;
        let live: Value = serde_json::from_str(&live).unwrap();
        let mut steps = live["steps"].as_array().unwrap().iter();
        steps.find(|one| one["id"] == step).unwrap()["solved"] == true
    };
    let curl = [
        ("user-agent", "curl/8.5.0"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let mut visitor = pair.there.visitor("http", "/insecure");
    let opened = visitor.send("GET", "/login", &curl, String::new()).await;
    assert_eq!(opened.status, 200);
    let mut visitor = visitor.at(&pair.here);
    let sent = "username=student123&password=password123".to_owned();
    let signed_in = visitor.send("POST", "/login", &curl, sent).await;
    assert_eq!(signed_in.status, 303, "{}", signed_in.body);
    let mut visitor = visitor.at(&pair.there);
    let home = visitor.send("GET", "/", &curl, String::new()).await;
    assert_eq!(home.status, 200);
    for lab in [&mut here, &mut there] {
        assert!(is_solved(lab, "signed-in").await);
        assert!(!is_solved(lab, "replayed").await);
    }

    let mut catcher = pair.here.visitor("attacker", "");
    assert_eq!(catcher.get("/collect?c=stolen-here").await.status, 204);
    let loot = pair.there.visitor("attacker", "").get("/loot").await.body;
    assert!(loot.contains("stolen-here"), "{loot}");

    assert_eq!(change(&mut there, "/reset", "").await, 303);
    let loot = catcher.get("/loot").await.body;
    assert!(!loot.contains("stolen-here"), "{loot}");
}

/// A configuration of the deployment notes, for these two labs.
fn for_the_pair(pair: &Pair) -> Vec<(String, String)> {
    let mut replaced = Vec::new();
    let addresses = [
        ("10.0.0.10", BALANCER.into()),
        ("10.0.0.11", pair.here.address()),
        ("10.0.0.12", pair.there.address()),
    ];
    for (noted, own) in addresses {
        replaced.push((noted.into(), own.to_string()));
    }
    let ports = ["lab", "http", "https", "attacker", "attacker-tls"];
    for (noted, site) in [7070, 7080, 7443, 7666, 7667].into_iter().zip(ports) {
        let own = pair.here.port(site);
        replaced.push((format!(":{noted}"), format!(":{own}")));
    }
    // Every request comes from one address here. In turns, each goes to the other lab than the last.
    replaced.push(("hash $remote_addr consistent;".into(), String::new()));
    replaced
}

/// Where the balancer listens.
const BALANCER: [u8; 4] = [127, 0, 0, 4];

#[tokio::test]
#[ignore = "needs Redis and nginx"]
async fn behind_the_balancer_of_the_notes_two_labs_are_one_and_one_may_die() {
    let pair = Pair::start();
    let at = (IpAddr::from(BALANCER), pair.here.port("https"));
    let _nginx = Nginx::start("nginx.conf", &for_the_pair(&pair), at);
    let mut visitor = pair.here.visitor("https", "/hardened").to(at.0);
    visitor.sign_in().await;
    let thief = visitor.clone();
    for _ in 0..4 {
        assert!(visitor.is_signed_in().await, "by turns on both");
    }
    let mut bystander = pair.here.visitor("https", "/hardened").to(at.0);
    bystander.sign_in().await;
    assert_eq!(visitor.submit("/logout", &[]).await.status, 200);
    for _ in 0..4 {
        assert!(!thief.clone().is_signed_in().await, "ended on both");
    }
    let mut lab = pair.there.visitor("lab", "").to(at.0);
    assert_eq!(change(&mut lab, "/clock", "minutes=1").await, 303);
    let mut catcher = pair.there.visitor("attacker", "").to(at.0);
    assert_eq!(catcher.get("/collect?c=by-the-balancer").await.status, 204);
    for _ in 0..2 {
        assert!(catcher.get("/loot").await.body.contains("by-the-balancer"));
    }

    pair.here.kill();
    for _ in 0..4 {
        assert!(bystander.is_signed_in().await, "the other lab answers");
    }
}

#[tokio::test]
#[ignore = "needs Redis and nginx"]
async fn behind_tls_of_the_campus_the_labs_still_see_https() {
    let pair = Pair::start();
    let folder = tempfile::tempdir().unwrap();
    let made = Certificate::in_memory(&[PORTAL.into()], OffsetDateTime::now_utc()).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let at = (IpAddr::from(BALANCER), pair.here.port("https"));
    let mut replaced = for_the_pair(&pair);
    for (noted, own) in [
        (
            "/etc/ssl/lab.school.example.pem",
            write("campus.pem", made.cert_pem()),
        ),
        (
            "/etc/ssl/private/lab.school.example.key",
            write("campus.key", made.key_pem()),
        ),
        (
            "/etc/nginx/lab-cert.pem",
            write("lab.pem", &pair.here.certificate()),
        ),
        (
            "proxy_ssl_name lab.school.example",
            format!("proxy_ssl_name {PORTAL}"),
        ),
    ] {
        replaced.push((noted.into(), own));
    }
    let _nginx = Nginx::start("nginx-own-certificate.conf", &replaced, at);
    let campus = LabClient::new(made.cert_pem()).unwrap();
    let mut visitor = pair.here.visitor("https", "/hardened").by(campus).to(at.0);
    visitor.sign_in().await;
    let name = &visitor.jar[0].0;
    assert!(name.starts_with("__Host-"), "{name}");
    for _ in 0..4 {
        assert!(visitor.is_signed_in().await, "by turns on both");
    }
    // Unencrypted, the hardened portal sends on to https, at the same name and port as the browser uses.
    let clear = pair
        .here
        .visitor("http", "/hardened")
        .to(at.0)
        .get("/")
        .await;
    let to = clear.header("location").next().unwrap_or_default();
    assert_eq!(to, format!("{}/hardened/", visitor.origin()));
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn the_lab_of_a_class_starts_no_browser() {
    let pair = Pair::start();
    let mut lab = pair.here.visitor("lab", "");
    for path in ["/plays/csrf-form", "/attack/csrf-form"] {
        let page = lab.get(path).await.body;
        assert!(
            page.contains("The lab of a class drives no browser."),
            "{page}"
        );
        for browser in ["chromium", "firefox"] {
            assert!(!page.contains(&format!("browser={browser}")), "{page}");
            let asked = format!("{path}?browser={browser}");
            assert_eq!(change(&mut lab, &asked, "").await, 422, "{asked}");
        }
    }
    assert_eq!(lab.get("/attack/csrf-form/live").await.body, "null");
    assert_eq!(
        change(&mut lab, "/plays/none-algorithm", "").await,
        303,
        "no browser decides it"
    );
}

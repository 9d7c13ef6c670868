//! Two labs behind nginx, as the deployment notes set it up.

use std::net::IpAddr;

use session_lab::base::tls::Certificate;
use session_lab::client::LabClient;
use time::OffsetDateTime;

use super::change;
use super::pair::{PORTAL, Pair};
use crate::app::class_lab::ClassBench;
use crate::support::nginx::Nginx;

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
    let teachers = ClassBench::teachers(&pair.there).await;
    let mut lab = teachers.visitor(&pair.there, "lab", "").to(at.0);
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
    let guide = format!("guide.{PORTAL}");
    let made =
        Certificate::in_memory(&[PORTAL.into(), guide.clone()], OffsetDateTime::now_utc()).unwrap();
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
        (
            "proxy_ssl_name guide.lab.school.example",
            format!("proxy_ssl_name {guide}"),
        ),
    ] {
        replaced.push((noted.into(), own));
    }
    let _nginx = Nginx::start("nginx-own-certificate.conf", &replaced, at);
    let campus = LabClient::new(made.cert_pem()).unwrap();
    let mut join = pair.here.visitor("lab", "").by(campus.clone()).to(at.0);
    for _ in 0..2 {
        let page = join.get("/join").await;
        assert_eq!(page.status, 200, "{}", page.body);
    }
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

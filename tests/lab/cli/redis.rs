//! What a start says of a Redis that it cannot use: one error, one hint, and never the password.

use std::time::Instant;

use super::FREE_PORTS;
use super::shell::{Ended, Shell};
use crate::app::program::Program;
use crate::support::PATIENCE;
use crate::support::ports::ReservedPort;
use crate::support::redis::RedisServer;
use crate::support::sentinel::{Watched, Way, write_certificate};

const PASSWORD: &str = "hunter2-hunter2";

fn refused(url: &str, flags: &[&str]) -> Ended {
    let shell = Shell::new().set("SESSION_LAB_SESSIONS", url);
    let start = Instant::now();
    let ended = loop {
        let ended = shell.refused(&[&FREE_PORTS[..], flags].concat());
        // On a busy machine the lab may give up before it knows why. Then it is started again.
        if !ended.error().contains("no answer within") || start.elapsed() > PATIENCE {
            break ended;
        }
    };
    assert!(!ended.stderr.contains(PASSWORD), "{ended:?}");
    assert!(!shell.path().join("sessions").exists());
    ended
}

/// It is refused for this reason. A start on a busy machine may give up before, and takes the silence
/// for a listener without TLS; then it is started again.
fn assert_refused(url: &str, flags: &[&str], error: &str, hint: &str) {
    let start = Instant::now();
    loop {
        let ended = refused(url, flags);
        if ended.error().contains(error) || start.elapsed() > PATIENCE {
            return assert_says(&ended, error, hint);
        }
    }
}

fn assert_says(ended: &Ended, error: &str, hint: &str) {
    assert!(ended.error().contains(error), "{ended:?}");
    assert!(ended.hint().contains(hint), "{ended:?}");
}

#[test]
fn a_redis_that_is_not_there_is_named() {
    let nobody = ReservedPort::new();
    let port = nobody.number();
    let ended = refused(&format!("redis://:{PASSWORD}@127.0.0.1:{port}"), &[]);
    let error = format!("Redis at 127.0.0.1:{port}, database 0 cannot be reached: ");
    assert_says(&ended, &error, "redis-server");
    let url = format!("redis+sentinel://127.0.0.1:{port}/mymaster/0");
    assert_says(&refused(&url, &[]), "cannot be reached", "redis-server");
}

#[test]
fn a_host_that_is_not_known_is_told_from_a_redis_that_is_not_there() {
    let ended = refused(&format!("redis://:{PASSWORD}@redis.invalid/0"), &[]);
    assert_says(&ended, "no computer of that name", "the name of the host");
    for host in ["::1", "2001:db8::1"] {
        let ended = refused(&format!("redis://:{PASSWORD}@{host}"), &[]);
        assert_says(&ended, "without brackets", "redis://[::1]:6379/0");
    }
}

#[test]
#[ignore = "needs Redis"]
fn a_redis_and_a_sentinel_are_told_apart() {
    let redis = RedisServer::start();
    let ended = refused(
        &format!("redis+sentinel://127.0.0.1:{}/mymaster/0", redis.port),
        &[],
    );
    assert_says(&ended, "a Redis answers there", "redis://host:6379/0");
    let config = redis.folder().join("sentinel.conf");
    let text = format!("sentinel monitor mymaster 127.0.0.1 {} 1\n", redis.port);
    std::fs::write(&config, text).unwrap();
    let sentinel = RedisServer::start_sentinel(config.to_str().unwrap(), "", &[]);
    for database in ["0", "1"] {
        let url = format!("redis://127.0.0.1:{}/{database}", sentinel.port);
        assert_says(&refused(&url, &[]), "is a Sentinel", "redis+sentinel://");
    }
}

#[test]
#[ignore = "needs Redis"]
fn the_certificate_of_an_authority_is_not_one_of_a_redis() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let pair = rcgen::KeyPair::generate().unwrap();
    let mut of_an_authority = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    of_an_authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    std::fs::write(&cert, of_an_authority.self_signed(&pair).unwrap().pem()).unwrap();
    std::fs::write(&key, pair.serialize_pem()).unwrap();
    let reserved = ReservedPort::new();
    let port = reserved.number().to_string();
    #[rustfmt::skip]
    let flags = [
        "--tls-port", &port, "--tls-cert-file", &cert, "--tls-key-file", &key,
        "--tls-ca-cert-file", &cert, "--tls-auth-clients", "no",
    ];
    let _server = RedisServer::start_with(&flags);
    let url = format!("rediss://localhost:{port}/0");
    let error = "the certificate of an authority";
    assert_refused(&url, &["--redis-ca", &cert], error, "CA:FALSE");
}

#[test]
#[ignore = "needs Redis"]
fn a_wrong_password_is_refused_and_not_repeated_and_the_right_one_not_shown() {
    let server = RedisServer::start();
    let with = |password: &str| format!("redis://:{password}@127.0.0.1:{}/0", server.port);
    let not_wanted = refused(&with(PASSWORD), &[]);
    assert_says(&not_wanted, "has no password", "leave the password out");
    server.say(&format!("CONFIG SET requirepass {PASSWORD}"));
    let none = refused(&server.url(), &[]);
    assert_says(&none, "asks for a password", "export SESSION_LAB_SESSIONS=");
    let wrong = refused(&with("wrong"), &[]);
    assert_says(&wrong, "refuses the password", "--askpass");
    let of_nobody = with(PASSWORD).replace("//:", "//nobody:");
    assert_says(&refused(&of_nobody, &[]), "or the user", "redis://user:");
    // A password with an @, whose colon was forgotten.
    let forgotten = refused(&with("p@ss").replace("//:", "//"), &[]);
    assert_says(&forgotten, "no password", "a colon before the password");
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &with(PASSWORD)]);
    let shown = [program.said(), program.log()].concat();
    assert!(!shown.contains(PASSWORD), "{shown}");
}

#[test]
#[ignore = "needs Redis"]
fn a_replica_and_a_database_that_is_not_there_are_refused() {
    let nobody = ReservedPort::new();
    let port = nobody.number().to_string();
    let replica = RedisServer::start_with(&["--replicaof", "127.0.0.1", &port]);
    assert_says(&refused(&replica.url(), &[]), "is a replica", "primary");
    let server = RedisServer::start();
    let url = format!("redis://127.0.0.1:{}/7", server.port);
    assert_says(&refused(&url, &[]), "DB index is out of range", "database");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn over_tls_the_certificate_must_come_from_the_authority_that_was_named() {
    let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_certificate(own.path());
    write_certificate(other.path());
    let path = |folder: &tempfile::TempDir, name: &str| {
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let (cert, key) = (path(&own, "cert.pem"), path(&own, "key.pem"));
    let reserved = ReservedPort::new();
    let tls_port = reserved.number();
    let port = tls_port.to_string();
    #[rustfmt::skip]
    let flags = [
        "--tls-port", &port, "--tls-cert-file", &cert, "--tls-key-file", &key,
        "--tls-ca-cert-file", &cert, "--tls-auth-clients", "no",
    ];
    let server = RedisServer::start_with(&flags);
    let url = format!("rediss://localhost:{tls_port}/0");
    let untrusted = "certificate that is not trusted";
    let wrong = path(&other, "cert.pem");
    assert_says(
        &refused(&url, &["--redis-ca", &wrong]),
        untrusted,
        "--redis-ca",
    );
    assert_says(&refused(&url, &[]), untrusted, "--redis-ca");
    let missing = path(&own, "missing.pem");
    let ended = refused(&url, &["--redis-ca", &missing]);
    assert_says(&ended, "cannot read", "--redis-ca");
    let ended = refused(&url, &["--redis-ca", &key]);
    assert_says(&ended, "holds no certificate", "--redis-ca");
    // TLS where none is spoken, and none where it is.
    let in_clear = format!("rediss://localhost:{}/0", server.port);
    let ended = refused(&in_clear, &["--redis-ca", &cert]);
    assert_says(&ended, "nobody speaks TLS there", "redis://");
    let ended = refused(&format!("redis://localhost:{tls_port}/0"), &[]);
    assert_says(&ended, "does not answer as Redis does", "rediss://");

    let folder = tempfile::tempdir().unwrap();
    let flags = ["--sessions", &url, "--redis-ca", &cert];
    let program = Program::start_with(folder.path(), &flags);
    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    assert!(visitor.is_signed_in().await);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn sentinels_may_want_a_password_and_speak_tls() {
    let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_certificate(own.path());
    write_certificate(other.path());
    let way = Way {
        password: PASSWORD,
        tls: Some(own.path()),
    };
    let mut all = Watched::start(way);
    let ca = |folder: &tempfile::TempDir| {
        let path = folder.path().join("cert.pem");
        path.to_str().unwrap().to_owned()
    };
    let (right, wrong) = (ca(&own), ca(&other));
    let url = |scheme: &str, password: &str| {
        let port = all.sentinel_port;
        format!("{scheme}+sentinel://:{password}@localhost:{port}/mymaster/0")
    };
    let over_tls = url("rediss", PASSWORD);
    let untrusted = "certificate that is not trusted";
    assert_refused(&over_tls, &["--redis-ca", &wrong], untrusted, "--redis-ca");
    let (trusting, password) = (["--redis-ca", &right], "refuses the password");
    let other = url("rediss", "wrong");
    assert_refused(&other, &trusting, password, "SESSION_LAB_SESSIONS");
    let nothing = over_tls.replace(&format!(":{PASSWORD}@"), "");
    let missing = "asks for a password";
    assert_refused(&nothing, &trusting, missing, "SESSION_LAB_SESSIONS");
    let in_clear = url("redis", PASSWORD);
    assert_refused(&in_clear, &[], "does not answer as Redis does", "rediss://");

    let folder = tempfile::tempdir().unwrap();
    let flags = ["--sessions", &over_tls, "--redis-ca", &right];
    let program = Program::start_with(folder.path(), &flags);
    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    let mut ended = program.visitor("https", "/hardened");
    ended.sign_in().await;
    let mut thief = ended.clone();
    ended.sign_out().await;
    all.primary.stop();
    let start = Instant::now();
    while visitor.get("/api/check_session").await.status == 503 {
        assert!(start.elapsed() < PATIENCE, "{}", program.log());
    }
    assert!(visitor.is_signed_in().await);
    assert!(!thief.is_signed_in().await);
    let shown = [program.said(), program.log()].concat();
    assert!(!shown.contains(PASSWORD), "{shown}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_user_who_may_not_ask_for_replicas_is_served_and_one_who_may_not_wait_is_refused() {
    let server = RedisServer::start();
    let user = |name: &str, may: &str| {
        let rules = format!("on >{PASSWORD} ~lab:* resetchannels {may}");
        assert_eq!(server.say(&format!("ACL SETUSER {name} {rules}")), "OK");
        format!("redis://{name}:{PASSWORD}@127.0.0.1:{}/0", server.port)
    };
    let hasty = user("hasty", "+@all -wait");
    assert_says(&refused(&hasty, &[]), "refuses what the lab needs", "WAIT");
    let silent = user("silent", "+@all -@admin -@dangerous");
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &silent]);
    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    assert!(visitor.is_signed_in().await);
    visitor.sign_out().await;
    let log = program.log();
    assert_eq!(
        log.matches("does not let the lab ask for replicas").count(),
        1,
        "{log}"
    );
    assert!(!log.contains("NOPERM"), "{log}");
}

/// Sentinels often want none where Redis wants one.
#[test]
#[ignore = "needs Redis"]
fn a_sentinel_without_a_password_is_not_told_that_of_redis() {
    let redis = RedisServer::start_with_password(PASSWORD, &[]);
    let config = redis.folder().join("sentinel.conf");
    let text = format!(
        "sentinel monitor mymaster 127.0.0.1 {} 1\nsentinel auth-pass mymaster {PASSWORD}\n",
        redis.port
    );
    std::fs::write(&config, text).unwrap();
    let sentinel = RedisServer::start_sentinel(config.to_str().unwrap(), "", &[]);
    let at = |name: &str| {
        let port = sentinel.port;
        format!("redis+sentinel://:{PASSWORD}@127.0.0.1:{port}/{name}/0")
    };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &at("mymaster")]);
    assert!(!program.log().contains("lost"), "{}", program.log());
    assert_says(
        &refused(&at("other"), &[]),
        "no primary of that name",
        "sentinel monitor",
    );
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_lab_with_other_keys_does_not_start_on_the_same_sessions() {
    let server = RedisServer::start();
    let (first, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let url = server.url();
    Program::start_with(first.path(), &["--sessions", &url]).kill();
    let ended = refused(&url, &[]);
    assert_says(&ended, "with other keys", "SESSION_LAB_SECRET_KEY");
    // The first one may come again, and in another database nobody is in the way.
    Program::start_with(first.path(), &["--sessions", &url]).kill();
    let other = url.replace("/0", "/1");
    Program::start_with(folder.path(), &["--sessions", &other]).kill();
}

//! What a start says of a Redis that it cannot use: one error, one hint, and never the password.

use std::fs;
use std::path::Path;

use session_lab::tls::Certificate;
use time::OffsetDateTime;

use super::FREE_PORTS;
use super::shell::{Ended, Shell};
use crate::process::program::Program;
use crate::support::redis::{RedisServer, free_port};

const PASSWORD: &str = "hunter2-hunter2";

fn refused(url: &str, flags: &[&str]) -> Ended {
    let shell = Shell::new().set("SESSION_LAB_SESSIONS", url);
    let ended = shell.refused(&[&FREE_PORTS[..], flags].concat());
    assert!(!ended.stderr.contains(PASSWORD), "{ended:?}");
    assert!(!shell.path().join("sessions").exists());
    ended
}

fn assert_says(ended: &Ended, error: &str, hint: &str) {
    assert!(ended.error().contains(error), "{ended:?}");
    assert!(ended.hint().contains(hint), "{ended:?}");
}

#[test]
fn a_redis_that_is_not_there_is_named() {
    let port = free_port();
    let ended = refused(&format!("redis://:{PASSWORD}@127.0.0.1:{port}"), &[]);
    let error = format!("Redis at 127.0.0.1:{port}, database 0 cannot be reached: ");
    assert_says(&ended, &error, "redis-server");
    let url = format!("redis+sentinel://127.0.0.1:{port}/mymaster/0");
    assert_says(&refused(&url, &[]), "cannot be reached", "redis-server");
}

#[test]
fn a_wrong_password_is_refused_and_not_repeated_and_the_right_one_not_shown() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let with = |password: &str| format!("redis://:{password}@127.0.0.1:{}/0", server.port);
    assert_says(
        &refused(&with(PASSWORD), &[]),
        "password",
        "SESSION_LAB_SESSIONS",
    );
    server.say(&format!("CONFIG SET requirepass {PASSWORD}"));
    for url in [server.url(), with("wrong")] {
        assert_says(
            &refused(&url, &[]),
            "refuses the password",
            "SESSION_LAB_SESSIONS",
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &with(PASSWORD)]);
    let shown = [program.said(), program.log()].concat();
    assert!(!shown.contains(PASSWORD), "{shown}");
}

#[test]
fn a_replica_and_a_database_that_is_not_there_are_refused() {
    let port = free_port().to_string();
    let Some(replica) = RedisServer::start_with(&["--replicaof", "127.0.0.1", &port]) else {
        return;
    };
    assert_says(&refused(&replica.url(), &[]), "is a replica", "primary");
    let server = RedisServer::start().unwrap();
    let url = format!("redis://127.0.0.1:{}/7", server.port);
    assert_says(&refused(&url, &[]), "DB index is out of range", "database");
}

/// Writes a new certificate for `localhost` and its key.
fn write_certificate(folder: &Path) {
    let made = Certificate::in_memory(&[], OffsetDateTime::now_utc()).unwrap();
    fs::write(folder.join("cert.pem"), made.cert_pem()).unwrap();
    fs::write(folder.join("key.pem"), made.key_pem()).unwrap();
}

#[tokio::test]
async fn over_tls_the_certificate_must_come_from_the_authority_that_was_named() {
    let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_certificate(own.path());
    write_certificate(other.path());
    let path = |folder: &tempfile::TempDir, name: &str| {
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let (cert, key) = (path(&own, "cert.pem"), path(&own, "key.pem"));
    let tls_port = free_port();
    let port = tls_port.to_string();
    #[rustfmt::skip]
    let flags = [
        "--tls-port", &port, "--tls-cert-file", &cert, "--tls-key-file", &key,
        "--tls-ca-cert-file", &cert, "--tls-auth-clients", "no",
    ];
    let Some(server) = RedisServer::start_with(&flags) else {
        return;
    };
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
async fn a_lab_with_other_keys_does_not_start_on_the_same_sessions() {
    let Some(server) = RedisServer::start() else {
        return;
    };
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

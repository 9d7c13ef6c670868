//! What `/healthz` says while the store fails, and afterwards. A balancer goes by it.

use std::fs;
use std::time::Instant;

use super::program::{Program, Visitor};
use crate::support::ports::ReservedPort;
use crate::support::redis::RedisServer;
use crate::support::sentinel::wait_for;
use crate::support::{PATIENCE, POLL};

/// Asks until the answer has this status, and gives out its text.
async fn until(balancer: &mut Visitor, status: u16) -> String {
    let start = Instant::now();
    loop {
        let answer = balancer.get("/healthz").await;
        if answer.status == status {
            return answer.body;
        }
        assert!(
            start.elapsed() < PATIENCE,
            "{}: {}",
            answer.status,
            answer.body
        );
        tokio::time::sleep(POLL).await;
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_fails_is_told_in_plain_words_and_so_is_its_recovery() {
    let mut server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &server.hasty_url()]);
    let mut sites = ["lab", "http", "https"].map(|site| program.visitor(site, ""));
    let mut balancer = sites[1].clone();
    assert_eq!(until(&mut balancer, 200).await, "ok\n");
    let keys = server.say("DBSIZE");

    let nobody = ReservedPort::new();
    let replicate = format!("REPLICAOF 127.0.0.1 {}", nobody.number());
    for (fault, end, says) in [
        (
            "CONFIG SET maxmemory 1mb",
            "CONFIG SET maxmemory 0",
            "is full",
        ),
        (&*replicate, "REPLICAOF NO ONE", "takes no writes"),
    ] {
        server.say(fault);
        let told = until(&mut balancer, 503).await;
        assert!(
            told.starts_with(&format!("The session store {says}.")),
            "{told}"
        );
        server.say(end);
        assert_eq!(until(&mut balancer, 200).await, "ok\n");
    }

    server.signal("STOP");
    let told = until(&mut balancer, 503).await;
    assert!(told.contains("does not answer"), "{told}");
    server.signal("CONT");
    until(&mut balancer, 200).await;

    // Looking left nothing behind.
    assert_eq!(server.say("DBSIZE"), keys);
    server.stop();
    for balancer in &mut sites {
        let told = until(balancer, 503).await;
        assert!(told.contains("does not answer"), "{told}");
        assert!(told.contains("Start Redis again"), "{told}");
        let port = server.port.to_string();
        assert!(
            !told.contains("127.0.0.1") && !told.contains(&port),
            "{told}"
        );
        let answer = balancer.get("/healthz").await;
        let kind = answer.header("content-type").next();
        assert_eq!(kind, Some("text/plain; charset=utf-8"));
    }
    server.start_again();
    until(&mut balancer, 200).await;
    let log = program.log();
    // It was full, a replica, slow and gone.
    assert_eq!(log.matches("/healthz says 503").count(), 4, "{log}");
    assert_eq!(log.matches("/healthz says ok again").count(), 4, "{log}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_whose_user_may_not_ask_how_it_is_counts_as_well() {
    let server = RedisServer::start();
    // All that the lab needs, and neither ROLE nor SETRANGE.
    server.say("ACL SETUSER lab on >secret ~lab:* +@all -role -setrange");
    let url = format!("redis://lab:secret@127.0.0.1:{}/0", server.port);
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &url]);
    let mut balancer = program.visitor("http", "");
    // The lab has looked twice, so it has understood what the first refusal means.
    let refused = || {
        let told = server.say("INFO commandstats");
        let line = told
            .lines()
            .find(|line| line.starts_with("cmdstat_setrange:"));
        let times = line.and_then(|line| line.split("rejected_calls=").nth(1));
        let times = times.and_then(|times| times.split(',').next());
        times.map_or(0, |times| times.parse::<u32>().unwrap())
    };
    wait_for("the lab looks at the store", || refused() > 1);
    assert_eq!(balancer.get("/healthz").await.body, "ok\n");
    assert!(!program.log().contains("/healthz"), "{}", program.log());
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let mut balancer = program.visitor("http", "");
    program.visitor("https", "/hardened").sign_in().await;
    assert_eq!(balancer.get("/healthz").await.body, "ok\n");

    // Root writes to any folder, so a file is where the folder must be.
    let (sessions, away) = (folder.path().join("sessions"), folder.path().join("away"));
    fs::rename(&sessions, &away).unwrap();
    fs::write(&sessions, "in the way").unwrap();
    let refused = program.visitor("https", "/hardened").get("/login").await;
    assert_eq!(refused.status, 503);
    let told = until(&mut balancer, 503).await;
    assert!(
        told.starts_with("The session store cannot be written."),
        "{told}"
    );
    assert!(
        !told.contains(&folder.path().display().to_string()),
        "{told}"
    );
    // Nobody needs to try again for it to stay so: the answer says for how many seconds it has.
    loop {
        let told = until(&mut balancer, 503).await;
        if !told.contains("so for 0 s") && !told.contains("so for 1 s") {
            break;
        }
        tokio::time::sleep(POLL).await;
    }

    fs::remove_file(&sessions).unwrap();
    fs::rename(&away, &sessions).unwrap();
    until(&mut balancer, 200).await;
    let world = fs::read_dir(sessions.join("local/hardened")).unwrap();
    assert_eq!(world.count(), 1, "the trial left nothing behind");
}

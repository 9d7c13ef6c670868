//! Where a key of a bench is not: in no byte of what anybody else reads.

use std::path::Path;

use crate::app::class_lab::{ClassBench, ClassLab, link_in};
use crate::lab::cross_site::address;
use crate::support::lab;

/// Every byte of every file in a folder.
fn bytes_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    super::names_below(folder)
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect()
}

#[tokio::test]
async fn the_key_and_the_links_are_in_no_byte_of_what_others_read() {
    let folder = tempfile::tempdir().unwrap();
    let lab_of_class = ClassLab::start(folder.path());
    let key_of = |link: &str| link.split_once("key=").unwrap().1.to_owned();
    let first_link = ClassBench::make(&lab_of_class, "Ada").await;
    let bench = ClassBench::open(&lab_of_class, &first_link).await;
    let mut owner = bench.visitor(&lab_of_class, "lab", "");
    let unopened = owner.post_own("/bench/link", "for=terminal").await;
    assert_eq!(unopened.status, 200);
    let added = owner.post_own("/bench/link", "for=browser").await;
    let secrets = [
        ("the key of the browser", bench.key.1.clone()),
        ("the key of the first link", key_of(&first_link)),
        ("the key of the open link", key_of(&link_in(&added.body))),
    ];

    // What a class does: portal, café, attacker, a sheet, an attack, a report.
    let mut read: Vec<(String, Vec<u8>)> = Vec::new();
    let mut portal = bench.visitor(&lab_of_class, "http", "/insecure");
    portal.sign_in().await;
    portal.submit("/board", &[("text", "A notice.")]).await;
    let mut cafe = bench.visitor(&lab_of_class, "cafe", "/insecure");
    cafe.sign_in().await;
    let mut attacker = bench.visitor(&lab_of_class, "attacker", "");
    attacker.get("/collect?c=stolen").await;
    owner
        .post_own("/labs/01-a-session/answer", "id=how-long&answer=1")
        .await;
    owner.post_own("/attack/role-cookie-tampering", "").await;
    owner.post_own("/compare", "action=sign-in").await;

    for page in [
        "/",
        "/login",
        "/dashboard",
        "/board",
        "/sessions",
        "/api/check_session",
    ] {
        let answer = portal.get(page).await;
        read.push((
            format!("portal {page}"),
            [answer.head, answer.body].concat().into(),
        ));
    }
    for page in ["/inspect_headers", "/same-site"] {
        let answer = bench.visitor(&lab_of_class, "http", "").get(page).await;
        read.push((
            format!("portal {page}"),
            [answer.head, answer.body].concat().into(),
        ));
    }
    for page in ["/", "/loot", "/collect", "/arrived", "/stolen"] {
        let answer = attacker.get(page).await;
        read.push((
            format!("attacker {page}"),
            [answer.head, answer.body].concat().into(),
        ));
    }
    // Every page of the lab, as its owner shows it at a projector: evidence, café, journal, sheets, reports.
    for route in &lab().lab_pages {
        let path = address(route);
        let answer = owner.get(&path).await;
        read.push((
            format!("lab {path}"),
            [answer.head, answer.body].concat().into(),
        ));
    }
    read.push(("log".into(), lab_of_class.log().into()));
    read.push(("terminal".into(), lab_of_class.said().into()));
    lab_of_class.signal("TERM");
    let mut lab_of_class = lab_of_class;
    lab_of_class.wait();
    read.push(("log at the end".into(), lab_of_class.log().into()));
    let files = bytes_below(folder.path());
    assert!(
        files.iter().any(|(name, _)| name.contains("/owners/")),
        "it is stored"
    );
    assert!(
        files.iter().any(|(name, _)| name.contains("/journal/")),
        "so is the journal"
    );
    read.extend(files);
    assert!(read.len() > 100, "{}", read.len());
    for (place, bytes) in &read {
        for (what, secret) in &secrets {
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "{place} holds {what}");
        }
    }
}

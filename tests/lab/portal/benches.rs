//! Benches and worlds: what belongs to one is not seen in another.

use session_lab::base::addresses::Listener;

use crate::support::{Client, bench};

#[tokio::test]
async fn a_session_opens_its_own_bench_and_variant_only() {
    let (one, other) = (bench(), bench());
    let mut student = one.visitor("insecure");
    student.sign_in().await;
    let id = student.id();
    for (bench, variant) in [(&other, "insecure"), (&one, "only-csp"), (&one, "custom")] {
        let mut visitor = bench.visitor(variant);
        visitor.get("/login").await;
        let (name, _) = visitor.session_cookie().expect("a cookie");
        // The world's own counter may have issued the same number to somebody else.
        let mut thief = bench.visitor(variant).with_cookie(&name, &id);
        assert_eq!(thief.whoami().await, None, "{variant}");
    }
    assert_eq!(student.whoami().await.as_deref(), Some("student123"));
}

#[tokio::test]
async fn a_random_id_of_one_variant_is_unknown_in_its_neighbour_of_the_same_cookie_name() {
    let bench = bench();
    let mut student = bench.visitor("without-csp");
    student.sign_in().await;
    let mut neighbour = bench.visitor("without-framing");
    neighbour.jar = student.jar.clone();
    let reply = neighbour.get("/dashboard").await;
    assert_eq!(reply.status, 303);
    assert_eq!(neighbour.session_cookie(), None, "its cookie is taken back");
    assert_eq!(student.whoami().await.as_deref(), Some("student123"));
}

#[tokio::test]
async fn money_notices_passwords_and_sessions_stay_in_their_world() {
    let (one, other) = (bench(), bench());
    let mut student = one.visitor("insecure");
    student.sign_in().await;
    student
        .submit("/transfer", &[("to", "mallory"), ("amount", "1000")])
        .await;
    student.submit("/board", &[("text", "only here")]).await;
    let change = [("current", "password123"), ("new", "a-new-password")];
    assert_eq!(student.submit("/password", &change).await.status, 200);
    for (bench, variant) in [(&one, "hardened"), (&one, "only-csp"), (&other, "insecure")] {
        let mut there = bench.visitor(variant);
        there.sign_in().await;
        assert_eq!(there.balance().await, 1_000, "{variant}");
        assert!(
            !there.get("/board").await.body.contains("only here"),
            "{variant}"
        );
        assert_eq!(bench.evidence(variant).await["total"], 1, "{variant}");
    }
    assert_eq!(student.balance().await, 0);
}

#[tokio::test]
async fn good_names_open_a_bench_and_bad_ones_are_a_404_that_says_why() {
    let longest = "a".repeat(32);
    for good in ["a", "team-7", "7", longest.as_str()] {
        let mut visitor = Client::new(Listener::PortalHttps, format!("/b/{good}/hardened"));
        let page = visitor.get("/login").await;
        assert_eq!(page.status, 200, "{good}");
        let (name, _) = visitor.session_cookie().expect("a cookie");
        assert_eq!(name, format!("__Host-session_hardened_{good}"));
        assert!(
            page.shown()
                .contains(&format!("action=\"/b/{good}/hardened/login\"")),
            "{good}"
        );
    }
    let too_long = "a".repeat(33);
    for bad in [
        "",
        "Team",
        "a_b",
        "a.b",
        "..",
        "%2e%2e",
        "a%2fb",
        "a%20b",
        "\u{e4}",
        too_long.as_str(),
    ] {
        for listener in Listener::ALL {
            let mut visitor = Client::new(listener, String::new());
            let path = format!("/b/{bad}/hardened/login").replace('\u{e4}', "%c3%a4");
            let reply = visitor.get(&path).await;
            assert_eq!(reply.status, 404, "{listener:?} {bad}");
            assert_eq!(reply.set_cookies(), [] as [&str; 0]);
        }
    }
}

#[tokio::test]
async fn the_bench_local_has_no_prefix() {
    let mut visitor = Client::new(Listener::PortalHttps, "/hardened".into());
    let page = visitor.get("/login").await;
    assert!(
        page.shown().contains("action=\"/hardened/login\""),
        "{}",
        page.body
    );
    assert_eq!(
        visitor.session_cookie().expect("a cookie").0,
        "__Host-session_hardened"
    );
}

#[tokio::test]
async fn every_link_on_a_benchs_pages_stays_on_the_bench() {
    let bench = bench();
    let prefix = bench.name.prefix();
    let mut replies = Vec::new();
    let mut student = bench.visitor("hardened");
    replies.push(student.get("/login").await);
    student.sign_in().await;
    for page in [
        "/",
        "/dashboard",
        "/board",
        "/password",
        "/sessions",
        "/cookies",
        "/nothing",
    ] {
        replies.push(student.get(page).await);
    }
    replies.push(student.post_form("/transfer", &[]).await);
    replies.push(
        Client::new(Listener::PortalHttp, prefix.clone())
            .get("/strong/")
            .await,
    );
    let mut lab = bench.student();
    for page in [
        "/",
        "/compare",
        "/evidence/hardened",
        "/custom",
        "/defences",
        "/nothing",
    ] {
        replies.push(lab.get(page).await);
    }
    replies.push(lab.get("/defences/host-prefix").await);
    replies.push(lab.send("POST", "/clock", &[], String::new()).await);
    // What belongs to no bench.
    let shared = ["/static/", "/certificate", "/inspect_headers"];
    for reply in replies {
        let page = reply.shown();
        let links = page.split("href=\"").chain(page.split("action=\"")).skip(1);
        let mut found = 0;
        for link in links.filter(|part| part.starts_with('/') || part.starts_with("http")) {
            let link = link.split('"').next().unwrap_or_default();
            let origin = link
                .strip_prefix("https://")
                .or(link.strip_prefix("http://"));
            let path = match origin {
                Some(rest) => &rest[rest.find('/').unwrap_or(rest.len())..],
                None => link,
            };
            found += 1;
            let stays = path.is_empty() || path.starts_with(&format!("{prefix}/"));
            let is_shared = shared.iter().any(|start| path.starts_with(start));
            assert!(
                stays || is_shared,
                "{link} leads off the bench: {}",
                reply.heading()
            );
        }
        assert!(found > 3, "{page}");
    }
}

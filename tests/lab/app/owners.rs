//! Benches of a class have owners: who gets in, who does not, and what a student is told.

mod routes;
mod secrecy;

use std::net::{IpAddr, Ipv4Addr};

use session_lab::app::settings::{Reach, Settings};
use session_lab::app::{self, Running};
use session_lab::base::bench_name::DRAWN_LENGTH;

use super::class_lab::{ATTACKER, ClassBench, ClassLab, PUBLIC, link_in};
use super::program::{Program, Visitor};

/// A lab for a class in this process.
async fn class_in_process() -> Running {
    let settings = Settings {
        reach: Reach::Class {
            bind: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)),
            public_name: PUBLIC.into(),
            attacker_name: Some(ATTACKER.into()),
        },
        ..Settings::throw_away()
    };
    app::start(&settings).await.expect("the lab starts")
}

/// Opens a link with the button of its page, in a browser that holds nothing.
async fn press(lab: &Program, link: &str) -> (Visitor, u16) {
    let url = url::Url::parse(link).unwrap();
    let mut browser = lab.visitor("lab", url.path().strip_suffix("/open").unwrap());
    let answer = browser.post_own("/open", url.query().unwrap()).await;
    (browser, answer.status)
}

#[tokio::test]
async fn a_link_works_once_and_looking_at_its_page_does_not_use_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let link = ClassBench::make(&lab, "Ada").await;
    let url = url::Url::parse(&link).unwrap();
    let base = url.path().strip_suffix("/open").unwrap();
    assert_eq!(base.len(), "/b/".len() + DRAWN_LENGTH);
    let mut curious = lab.visitor("lab", base);
    for _ in 0..2 {
        let page = curious
            .get(&format!("/open?{}", url.query().unwrap()))
            .await;
        assert_eq!(page.status, 200);
        assert!(
            page.body.contains("Open the bench in this browser"),
            "{}",
            page.body
        );
    }
    assert!(curious.jar.is_empty());
    let (mut owner, status) = press(&lab, &link).await;
    assert_eq!(status, 303);
    let page = owner.get("/bench").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(
        page.body.contains("Your bench") && page.body.contains("Ada"),
        "{}",
        page.body
    );
    let (mut late, status) = press(&lab, &link).await;
    assert_eq!((status, late.jar.len()), (403, 0));
    assert_eq!(late.get("/bench").await.status, 403);
    let (_, status) = press(&lab, &link.replace("?key=", "?key=x")).await;
    assert_eq!(status, 403);
}

/// The attributes are written out here, so that a change of one is seen.
#[tokio::test]
async fn the_key_is_a_host_cookie_of_a_host_that_is_not_the_portals() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    for stays in [false, true] {
        let link = ClassBench::make(&lab, "").await;
        let url = url::Url::parse(&link).unwrap();
        assert_eq!(url.scheme(), "https");
        assert_eq!(url.host_str(), Some(&*format!("guide.{PUBLIC}")));
        let base = url.path().strip_suffix("/open").unwrap();
        let name = base.strip_prefix("/b/").unwrap();
        let mut browser = lab.visitor("lab", base);
        let mut form = url.query().unwrap().to_owned();
        if stays {
            form.push_str("&stays=1");
        }
        let answer = browser.post_own("/open", &form).await;
        let lines: Vec<_> = answer.header("set-cookie").collect();
        let (_, secret) = browser.jar[0].clone();
        let mut line =
            format!("__Host-control_{name}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict");
        if stays {
            line.push_str("; Max-Age=15552000");
        }
        assert_eq!(lines, [line]);
        assert_eq!(secret.len(), 22, "128 bits in base64url");
        let referrer: Vec<_> = answer.header("referrer-policy").collect();
        assert_eq!(referrer, ["same-origin"], "no address leaves with its key");
    }
}

#[tokio::test]
async fn one_browser_holds_the_keys_of_several_benches() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let (one, two) = (ClassBench::join(&lab).await, ClassBench::join(&lab).await);
    let keys = [one.key.clone(), two.key.clone()];
    for bench in [&one, &two] {
        let mut browser = lab.visitor("lab", &bench.name.prefix()).holding(&keys);
        assert_eq!(browser.get("/evidence/insecure").await.status, 200);
    }
    // Of two cookies of one name nobody knows which is the owner's.
    let twice = [one.key.clone(), (one.key.0.clone(), "x".into())];
    let mut browser = lab.visitor("lab", &one.name.prefix()).holding(&twice);
    assert_eq!(browser.get("/evidence/insecure").await.status, 403);
}

#[tokio::test]
async fn keys_that_are_replaced_end_and_one_that_is_added_ends_none() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let first = ClassBench::join(&lab).await;
    let mut owner = first.visitor(&lab, "lab", "");
    let added = owner.post_own("/bench/link", "for=browser").await;
    assert!(
        added.body.contains("in the other browser"),
        "{}",
        added.body
    );
    let second = ClassBench::open(&lab, &link_in(&added.body)).await;
    for bench in [&first, &second] {
        let mut browser = bench.visitor(&lab, "lab", "");
        assert_eq!(browser.get("/clock/x").await.status, 404, "it is let in");
        assert_eq!(browser.get("/").await.status, 200);
    }
    let replaced = owner.post_own("/bench/link", "for=replacement").await;
    let link = link_in(&replaced.body);
    for bench in [&first, &second] {
        let mut browser = bench.visitor(&lab, "lab", "");
        let refused = browser.get("/evidence/insecure").await;
        assert_eq!(refused.status, 403);
        assert!(
            refused.body.contains("no longer accepted"),
            "{}",
            refused.body
        );
        assert_eq!(browser.post_own("/reset", "").await.status, 403);
    }
    let third = ClassBench::open(&lab, &link).await;
    let mut browser = third.visitor(&lab, "lab", "");
    assert_eq!(browser.get("/evidence/insecure").await.status, 200);

    let thief = browser.clone();
    let left = browser.post_own("/bench/leave", "").await;
    assert_eq!(left.status, 303, "{}", left.body);
    assert!(browser.jar.is_empty(), "the browser forgets it");
    let status = thief.clone().get("/evidence/insecure").await.status;
    assert_eq!(status, 403, "and so does the lab");
}

#[tokio::test]
async fn an_address_of_no_bench_leads_to_the_join_page_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let before = names_below(folder.path());
    let join = format!("https://guide.{PUBLIC}:{}/join", lab.port("lab"));
    for site in ["lab", "http", "https", "attacker"] {
        for base in ["/b/team-7", "/b/run-1", "/b/0123456789abc"] {
            let mut visitor = lab.visitor(site, base);
            for path in ["/", "/insecure/login", "/labs", "/loot", "/collect?c=1"] {
                let page = visitor.get(path).await;
                let at = format!("{site} {base}{path}");
                assert_eq!(page.status, 404, "{at}");
                assert!(page.body.contains("There is no such bench"), "{at}");
                assert!(page.body.contains(&join), "{at}: {}", page.body);
            }
            assert!(visitor.jar.is_empty());
        }
    }
    assert_eq!(names_below(folder.path()), before);
}

/// Every file and folder in a folder.
fn names_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn without_a_bench_the_front_page_leads_to_the_join_page_and_the_teacher_has_the_short_address()
 {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let mut stranger = lab.visitor("lab", "");
    let led = stranger.get("/").await;
    assert_eq!(led.status, 303);
    assert!(led.header("location").next().unwrap().ends_with("/join"));
    assert_eq!(stranger.get("/evidence/insecure").await.status, 403);
    let teacher = ClassBench::teachers(&lab).await;
    let mut teacher = teacher.visitor(&lab, "lab", "");
    assert_eq!(teacher.get("/").await.status, 200);
    assert_eq!(teacher.post_own("/clock", "minutes=6").await.status, 303);
    // A student's bench is none of the teacher's.
    let student = ClassBench::join(&lab).await;
    let mut there = student.visitor(&lab, "lab", "");
    there.jar.clone_from(&teacher.jar);
    assert_eq!(there.get("/").await.status, 403);
}

#[tokio::test]
async fn a_key_of_before_a_restart_counts_and_the_teacher_gets_a_new_link() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = ClassLab::start(folder.path());
    let (student, teacher) = (
        ClassBench::join(&lab).await,
        ClassBench::teachers(&lab).await,
    );
    lab.signal("TERM");
    lab.wait();
    let lab = ClassLab::start(folder.path());
    for bench in [&student, &teacher, &ClassBench::teachers(&lab).await] {
        let mut browser = bench.visitor(&lab, "lab", "");
        assert_eq!(browser.get("/").await.status, 200, "{}", bench.name);
    }
}

/// A browser sends no cookie with `SameSite=Strict` where a page of another site led it. The portal is
/// one where it is read unencrypted.
#[tokio::test]
async fn a_link_from_another_site_is_asked_for_again_by_the_page_itself() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let bench = ClassBench::join(&lab).await;
    let mut browser = lab.visitor("lab", &bench.name.prefix());
    let origin = browser.origin();
    let path = "/evidence/insecure?events=all";
    let address = format!("{origin}{}{path}", bench.name.prefix());
    for (site, mode, again) in [
        ("cross-site", "navigate", true),
        ("same-site", "navigate", true),
        ("same-origin", "navigate", false),
        ("none", "navigate", false),
        ("cross-site", "no-cors", false),
    ] {
        let headers = [("sec-fetch-site", site), ("sec-fetch-mode", mode)];
        let answer = browser.send("GET", path, &headers, String::new()).await;
        assert_eq!(answer.status, 403, "{site}");
        let told: Vec<_> = answer.header("refresh").collect();
        let expected = again.then(|| format!("0; url={address}"));
        assert_eq!(told, expected.as_slice(), "{site} {mode}");
    }
}

#[tokio::test]
async fn the_portals_name_does_not_reach_the_labs_pages_and_unencrypted_gets_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let port = lab.port("lab");
    let guide = format!("guide.{PUBLIC}:{port}");
    let said = lab.visitor("lab", "").unencrypted().get("/join").await;
    assert_eq!(said.status, 400);
    let address = format!("This port speaks TLS. Use https://{guide}/");
    assert!(said.body.contains(&address), "{}", said.body);
    let mut by_portal = lab.visitor("lab", "").named(PUBLIC);
    let wrong = by_portal.get("/join").await;
    assert_eq!(wrong.status, 421, "{}", wrong.body);
}

#[tokio::test]
async fn wrong_keys_are_limited_and_the_right_one_still_works() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let bench = ClassBench::join(&lab).await;
    let link = ClassBench::make(&lab, "").await;
    let wrong = [(bench.key.0.clone(), "x".repeat(22))];
    let mut guesser = lab.visitor("lab", &bench.name.prefix()).holding(&wrong);
    let mut statuses = Vec::new();
    for _ in 0..61 {
        statuses.push(guesser.get("/evidence/insecure").await.status);
    }
    assert_eq!(statuses[0], 403);
    let last = guesser.post_own("/open", "key=wrong").await;
    assert_eq!((statuses[60], last.status), (429, 429));
    assert!(last.header("retry-after").next().is_some());
    let mut owner = bench.visitor(&lab, "lab", "");
    assert_eq!(owner.get("/evidence/insecure").await.status, 200);
    assert_eq!(press(&lab, &link).await.1, 303, "a right link also works");
}

#[tokio::test]
async fn a_name_that_is_too_long_and_too_many_benches_are_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let mut browser = lab.visitor("lab", "");
    let long = format!("name={}", "a".repeat(61));
    assert_eq!(browser.post_own("/join", &long).await.status, 422);
    // All at once: within the minute, also on a busy machine.
    let asked = (0..320).map(|_| {
        let mut browser = browser.clone();
        async move { browser.post_own("/join", "").await }
    });
    let answers = futures::future::join_all(asked).await;
    let count = |status: u16| answers.iter().filter(|one| one.status == status).count();
    assert_eq!((count(200), count(429)), (300, 20));
}

/// An attack runs on a bench that no address of a student opens, and reaches the lab's clock and the
/// leak of the store there.
#[tokio::test]
async fn attacks_run_in_a_class_on_benches_that_nobody_else_can_name() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let bench = ClassBench::join(&lab).await;
    let mut student = bench.visitor(&lab, "lab", "");
    for attack in ["replay-after-idle-limit", "stolen-store"] {
        let path = format!("/attack/{attack}?against=insecure");
        let ran = student.post_own(&path, "").await;
        assert_eq!(ran.status, 303, "{attack}: {}", ran.body);
        let page = student.get(&path).await.body;
        assert!(page.contains("succeeded"), "{attack}: {page}");
        assert!(
            page.contains("run-"),
            "{attack}: its transcript names the bench"
        );
    }
    let mut stranger = lab.visitor("https", "/b/run-00000000-0000000000000000/insecure");
    assert_eq!(stranger.get("/login").await.status, 404);
}

//! Two labs on one Redis: what happens on one is so on the other, whatever it is.

mod balanced;
mod pair;

use serde_json::{Value, json};

pub(super) use self::pair::Pair;
use super::class_lab::ClassBench;
use super::program::{Program, Visitor};

/// Sends a change to one of the lab's own pages, or of the attacker's, from that page.
async fn change(page: &mut Visitor, path: &str, form: &str) -> u16 {
    page.post_own(path, form).await.status
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
    let bench = ClassBench::join(&pair.here).await;
    let base = format!("{}/hardened", bench.name.prefix());
    let on_both = alone(&pair.both(), &base).await;
    assert_eq!(on_one, on_both);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn what_belongs_to_the_bench_is_the_same_on_both_labs() {
    let pair = Pair::start();
    let teachers = ClassBench::teachers(&pair.there).await;
    let mut here = teachers.visitor(&pair.here, "lab", "");
    let mut there = teachers.visitor(&pair.there, "lab", "");

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

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_key_of_one_lab_is_a_key_of_the_other_until_it_ends_on_both() {
    let pair = Pair::start();
    let link = ClassBench::make(&pair.here, "").await;
    // The link is shown by one lab and opened at the other.
    let student = ClassBench::open(&pair.there, &link).await;
    for lab in pair.both() {
        assert_eq!(
            student
                .visitor(lab, "lab", "")
                .get("/evidence/insecure")
                .await
                .status,
            200
        );
        let mut again = lab.visitor("lab", &student.name.prefix());
        let key = link.split_once('?').unwrap().1;
        let opened = again.post_own("/open", key).await;
        assert_eq!(opened.status, 403, "the link works once: {}", opened.body);
    }
    let mut here = student.visitor(&pair.here, "lab", "");
    let replaced = here.post_own("/bench/link", "for=replacement").await;
    assert_eq!(replaced.status, 200, "{}", replaced.body);
    for lab in pair.both() {
        assert_eq!(
            student
                .visitor(lab, "lab", "")
                .get("/evidence/insecure")
                .await
                .status,
            403
        );
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn the_lab_of_a_class_starts_no_browser() {
    let pair = Pair::start();
    let student = ClassBench::join(&pair.here).await;
    let mut lab = student.visitor(&pair.here, "lab", "");
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

//! What the class's listener refuses.

use serde_json::json;

use super::people::{joining, reason, secret};
use super::{DeskLab, StudentLab};

#[tokio::test]
async fn wrong_and_closed_codes_have_one_answer_and_a_right_one_never_waits() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (closed, closed_code) = teacher.make_class("Monday").await;
    teacher
        .done(&format!("{closed}/settings"), &[("do", "close")])
        .await;
    let (ended, ended_code) = teacher.make_class("Tuesday").await;
    teacher
        .done(&format!("{ended}/settings"), &[("do", "end")])
        .await;
    let (_, code) = teacher.make_class("Wednesday").await;
    let wrong = if code == "AAAAAA" { "BBBBBB" } else { "AAAAAA" };
    let ask = async |code: &str| {
        let request = joining(code, "alice", &secret(1));
        lab.doors.post("/join", None, &request).await
    };
    let right = ask(wrong).await;
    assert_eq!((right.status, &*reason(&right)), (404, "no-such-class"));
    for code in [&*closed_code, &ended_code, "", "K7Q2M0", "<script>"] {
        let answer = ask(code).await;
        assert_eq!((answer.status, &answer.body), (404, &right.body), "{code}");
    }
    let mut answers = Vec::new();
    for _ in 0..60 {
        answers.push(ask(wrong).await.status);
    }
    assert!(
        answers.contains(&404) && answers.last() == Some(&429),
        "{answers:?}"
    );
    StudentLab::join(&lab.doors, &code, "alice", 1).await;
}

#[tokio::test]
async fn every_malformed_request_has_its_reason() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (_, code) = teacher.make_class("Monday").await;
    let alice = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let join = joining(&code, "bob", &secret(2));
    let changed = |field: &str, value: serde_json::Value| {
        let mut changed = join.clone();
        changed[field] = value;
        changed
    };
    for (body, expected) in [
        (changed("protocol", json!(0)), "other-protocol"),
        (changed("protocol", json!(2)), "other-protocol"),
        (changed("protocol", json!("1")), "malformed"),
        (changed("cookie", json!("x")), "malformed"),
        (changed("secret", json!("short")), "malformed"),
        (changed("secret", json!("!".repeat(43))), "malformed"),
        (changed("name", json!("")), "bad-name"),
        (changed("name", json!("a\u{7}")), "bad-name"),
        (changed("name", json!("x".repeat(81))), "bad-name"),
        (json!([1]), "malformed"),
    ] {
        let answer = lab.doors.post("/join", None, &body).await;
        assert_eq!(
            (answer.status, &*reason(&answer)),
            (400, expected),
            "{body}"
        );
    }
    let older = lab
        .doors
        .post("/join", None, &changed("protocol", json!(0)))
        .await;
    assert!(
        older.body.contains("Update Session Lab on your computer"),
        "{}",
        older.body
    );
    let newer = lab
        .doors
        .post("/join", None, &changed("protocol", json!(2)))
        .await;
    assert!(
        newer.body.contains("Ask your teacher to update"),
        "{}",
        newer.body
    );

    let hand = json!({ "at": 1, "happened": "hand", "up": true });
    let long = "x".repeat(16 * 1024 + 1);
    let text = json!({ "at": 1, "happened": "reflected", "sheet": "01-a-session",
                       "reflection": "r", "text": long });
    for (first, items) in [
        (0, json!([hand])),
        (1, json!([{ "at": 1, "happened": "typed", "text": "x" }])),
        (1, json!([{ "happened": "hand", "up": true }])),
        (1, json!(vec![hand.clone(); 201])),
        (1, json!([text])),
        (u64::MAX, json!(vec![hand.clone(); 2])),
    ] {
        let answer = alice.report(first, items).await;
        let expected = if first == u64::MAX {
            "gap"
        } else {
            "malformed"
        };
        assert_eq!(reason(&answer), expected, "{first}");
    }
    assert!(
        alice
            .report(1, json!([]))
            .await
            .body
            .contains("\"stored\":0")
    );
}

#[tokio::test]
async fn ten_megabytes_are_refused_with_a_sentence() {
    let lab = DeskLab::start().await;
    let kind = [("content-type", "application/json")];
    for path in ["/join", "/report"] {
        let body = "x".repeat(10 * 1024 * 1024);
        let answer = lab.doors.of_class("POST", path, &kind, body).await;
        assert_eq!((answer.status, &*reason(&answer)), (413, "malformed"));
    }
}

#[tokio::test]
async fn the_class_reaches_four_addresses_and_nothing_else() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let join = joining(&code, "alice", &secret(1)).to_string();
    let kind = ("content-type", "application/json");
    let paths = [
        "/",
        "/sign-in",
        "/link",
        "/classes",
        "/static/js/desk.js",
        "/b/x/insecure/",
        &class,
    ];
    for path in paths {
        for method in ["GET", "POST"] {
            let answer = lab
                .doors
                .of_class(method, path, &[kind], String::new())
                .await;
            assert_eq!(answer.status, 404, "{method} {path}");
        }
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        let answer = lab
            .doors
            .of_class(method, "/join", &[kind], String::new())
            .await;
        assert_eq!(answer.status, 405, "{method}");
    }
    // A page in a browser is no lab.
    let origin = ("origin", "https://evil.example");
    let answer = lab
        .doors
        .of_class("POST", "/join", &[kind, origin], join.clone())
        .await;
    assert_eq!(answer.status, 403);
    let form = ("content-type", "text/plain");
    let answer = lab
        .doors
        .of_class("POST", "/join", &[form], join.clone())
        .await;
    assert_eq!(reason(&answer), "malformed");
    let answer = lab.doors.of_class("POST", "/join", &[kind], join).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn no_visitor_opens_the_benches_of_the_desk() {
    use crate::support::Client;
    use session_lab::base::addresses::Listener;

    for name in ["teacher-desk", "teacher-desk-1"] {
        for (listener, path) in [
            (Listener::Lab, "evidence"),
            (Listener::PortalHttps, "insecure/"),
        ] {
            let mut client = Client::new(listener, String::new());
            let answer = client.get(&format!("/b/{name}/{path}")).await;
            assert_eq!(answer.status, 404, "{name} {path}");
            assert!(
                answer.shown().contains("kept for the teacher's desk"),
                "{}",
                answer.body
            );
        }
    }
}

//! What can go wrong between a lab and a desk: nothing is lost, nothing is there twice, and nothing is
//! said to anybody else.

use std::collections::BTreeSet;

use session_lab::classroom::protocol::{Happened, RefusedReason};
use time::{Duration, OffsetDateTime};

use super::fake_desk::{CODE, DeskState, FakeDesk, refused};
use super::member::{answer, member, solve_a_step};
use crate::app::program::Program;
use crate::support::{POLL, bench};

/// No number is there twice, and none is missing.
fn assert_whole(desk: &DeskState) {
    let numbers: Vec<u64> = desk.items.iter().map(|(_, number, _)| *number).collect();
    assert_eq!(numbers, (1..=desk.items.len() as u64).collect::<Vec<_>>());
    let texts: Vec<String> = desk
        .happened()
        .into_iter()
        .filter(|what| matches!(what, Happened::Solved { .. } | Happened::Begun { .. }))
        .map(|what| serde_json::to_string(what).expect("JSON"))
        .collect();
    let different: BTreeSet<_> = texts.iter().collect();
    assert_eq!(different.len(), texts.len(), "{texts:?}");
}

#[tokio::test]
async fn a_desk_that_is_away_loses_nothing_and_hinders_nobody() {
    let mut desk = FakeDesk::start().await;
    let (bench, mut student) = member(&desk).await;
    desk.until("a report", |desk| desk.reports > 0).await;
    desk.close().await;
    solve_a_step(&bench).await;
    answer(&mut student, "why-it-works", "1").await;
    let page = loop {
        let page = student.get("/class").await.shown();
        if page.contains("Offline since") && !page.contains("Everything is reported") {
            break page;
        }
        tokio::time::sleep(POLL).await;
    };
    assert!(
        page.contains("wait in this lab. Work on: nothing is lost."),
        "{page}"
    );
    let live = student.get("/labs/06-session-fixation/live").await.json();
    assert_eq!(live["steps"][0]["solved"], true);
    desk.open().await;
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    assert_whole(&desk.state());
}

#[tokio::test]
async fn a_report_whose_answer_is_lost_is_repeated_and_changes_nothing() {
    let desk = FakeDesk::start().await;
    let (bench, mut student) = member(&desk).await;
    desk.until("a report", |desk| desk.reports > 1).await;
    desk.state().breaks_off = true;
    solve_a_step(&bench).await;
    desk.until("it is stored", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    let reports = desk.state().reports;
    answer(&mut student, "why-it-works", "1").await;
    desk.until("it is repeated", |desk| desk.reports > reports)
        .await;
    desk.state().breaks_off = false;
    desk.until("what came later", |desk| {
        let answered = |what: &&Happened| matches!(what, Happened::Answered { .. });
        desk.happened().iter().any(answered)
    })
    .await;
    assert_whole(&desk.state());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_a_report_and_its_answer_loses_nothing_and_repeats_nothing() {
    let desk = FakeDesk::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start_with(folder.path(), &["--join", &desk.link()]);
    assert!(
        program.said().contains("Join the class"),
        "{}",
        program.said()
    );
    let mut student = program.visitor("lab", "");
    let origin = student.origin();
    let page = student.get("/class").await.body;
    assert!(page.contains(CODE), "the link is filled in: {page}");
    assert_eq!(
        desk.state().connections,
        0,
        "nothing is sent before the student joins"
    );
    let link = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("link", &desk.link())
        .append_pair("name", "Ada")
        .finish();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin.as_str()),
    ];
    let joined = student.send("POST", "/class/join", &headers, link).await;
    assert_eq!(joined.status, 303, "{}", joined.body);
    desk.until("a report", |desk| desk.reports > 1).await;
    desk.state().hangs = true;
    program.visitor("http", "/insecure").get("/login").await;
    desk.until("it is stored", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    program.kill();
    desk.state().hangs = false;

    let program = Program::start(folder.path());
    let mut visitor = program.visitor("http", "/insecure");
    let form = [("username", "student123"), ("password", "password123")];
    visitor.get("/login").await;
    assert_eq!(visitor.submit("/login", &form).await.status, 303);
    desk.until("the next step", |desk| desk.solved().contains(&"id-kept"))
        .await;
    assert_whole(&desk.state());
    let secret = desk.state().joins[0].secret.clone();
    assert!(!program.log().contains(&secret), "{}", program.log());
    program.kill();
}

#[tokio::test]
async fn a_desk_with_another_certificate_is_told_nothing() {
    let desk = FakeDesk::start().await;
    let other = FakeDesk::start().await;
    let pin = other.fingerprint();
    let link = format!("https://{}/{CODE}?pin={pin}", desk.address());
    let fields = [
        ("link", link),
        ("name", "Ada".to_owned()),
        ("slip", "4711".to_owned()),
    ];
    let reply = bench().student().post_form("/class/join", &fields).await;
    assert_eq!(reply.status, 422);
    let page = reply.shown();
    assert!(
        page.contains("its certificate has another fingerprint. Nothing was sent."),
        "{page}"
    );
    let state = desk.state();
    assert_eq!((state.connections, state.bytes.as_str()), (1, ""));
}

#[tokio::test]
async fn without_a_pin_nothing_but_a_handshake_happens_before_the_student_has_compared() {
    let desk = FakeDesk::start().await;
    let mut student = bench().student();
    let fields = [
        ("address", desk.address()),
        ("code", "k7q 2ma".to_owned()),
        ("name", "Ada".to_owned()),
        ("slip", "4711".to_owned()),
    ];
    let reply = student.post_form("/class/join", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(
        reply.body.contains(&desk.fingerprint().by_eye()),
        "{}",
        reply.body
    );
    assert_eq!(desk.state().bytes, "", "nothing was sent");
    let whole = desk.fingerprint().to_string();
    assert!(reply.body.contains(&format!("value=\"{whole}\"")));

    // What the student has confirmed is that certificate, and no other one.
    let other = FakeDesk::start().await.fingerprint().to_string();
    let confirmed = |same: String| [fields.as_slice(), &[("same", same)]].concat();
    let reply = student.post_form("/class/join", &confirmed(other)).await;
    assert_eq!((reply.status, desk.state().bytes.as_str()), (422, ""));
    let reply = student.post_form("/class/join", &confirmed(whole)).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let state = desk.state();
    let joined = &state.joins[0];
    assert_eq!(
        (joined.code.as_str(), joined.pin.as_deref()),
        (CODE, Some("4711"))
    );
}

#[tokio::test]
async fn a_clock_that_is_off_by_a_day_or_a_certificate_of_another_year_decides_nothing() {
    let then = OffsetDateTime::now_utc().saturating_sub(Duration::days(900));
    let desk = FakeDesk::with_certificate_of(then).await;
    const DAY: i64 = 24 * 60 * 60 * 1000;
    {
        let mut state = desk.state();
        state.ahead = DAY;
        let now = session_lab::base::clock::BenchTime::now(std::time::Duration::ZERO);
        let due = now
            .millis()
            .saturating_add_signed(DAY + 30 * 60 * 1000 + 20_000);
        let due = session_lab::base::clock::BenchTime::from_millis(due);
        state
            .lead
            .deadlines
            .insert("06-session-fixation".into(), due);
    }
    let (bench, mut student) = member(&desk).await;
    solve_a_step(&bench).await;
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    let page = loop {
        let page = student.get("/class").await.shown();
        if page.contains("by the desk's clock") {
            break page;
        }
        tokio::time::sleep(POLL).await;
    };
    assert!(page.contains("30 min") && page.contains(" left"), "{page}");
}

#[tokio::test]
async fn every_refusal_is_shown_in_the_desks_words_and_its_markup_is_text() {
    use RefusedReason::{
        BadName, Full, Malformed, NameTaken, NoSuchClass, OtherProtocol, TooManyWrong, Unavailable,
    };
    let desk = FakeDesk::start().await;
    let mut student = bench().student();
    for reason in [
        NoSuchClass,
        TooManyWrong,
        NameTaken,
        BadName,
        OtherProtocol,
        Malformed,
        Full,
        Unavailable,
    ] {
        desk.state().refuse.insert("/join", refused(reason));
        let fields = [("link", desk.link()), ("name", "Ada <b>".to_owned())];
        let reply = student.post_form("/class/join", &fields).await;
        assert_eq!(reply.status, 422, "{reason:?}");
        let words = format!("This was refused: {reason:?}. Do &lt;this&gt; next.");
        assert!(reply.body.contains(&words), "{}", reply.body);
        assert!(
            reply.body.contains("value=\"Ada &lt;b&gt;\""),
            "the form is filled again"
        );
    }
    desk.state().refuse.clear();
    let fields = [("link", desk.link()), ("name", "Ada <b>".to_owned())];
    assert_eq!(student.post_form("/class/join", &fields).await.status, 303);
    assert_eq!(desk.state().joins.len(), 1);
}

#[tokio::test]
async fn a_report_that_is_refused_for_now_waits_and_the_page_says_why() {
    let desk = FakeDesk::start().await;
    let (bench, mut student) = member(&desk).await;
    desk.until("a report", |desk| desk.reports > 0).await;
    for reason in [RefusedReason::Unavailable, RefusedReason::OtherProtocol] {
        desk.state().refuse.insert("/report", refused(reason));
        let words = format!("This was refused: {reason:?}.");
        loop {
            let page = student.get("/class").await.shown();
            if page.contains(&words) {
                break;
            }
            tokio::time::sleep(POLL).await;
        }
    }
    solve_a_step(&bench).await;
    desk.state().refuse.clear();
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    assert_whole(&desk.state());
}

#[tokio::test]
async fn an_address_where_no_desk_answers_is_said_to_have_none() {
    let mut desk = FakeDesk::start().await;
    let (address, link) = (desk.address(), desk.link());
    desk.close().await;
    let mut student = bench().student();
    for fields in [
        [("link", link), ("name", "Ada".to_owned())].to_vec(),
        [
            ("address", address),
            ("code", CODE.to_owned()),
            ("name", "Ada".to_owned()),
        ]
        .to_vec(),
    ] {
        let reply = student.post_form("/class/join", &fields).await;
        assert_eq!(reply.status, 422);
        assert!(
            reply.shown().contains("The desk does not answer"),
            "{}",
            reply.body
        );
    }
    for (link, why) in [
        ("http://192.0.2.7/K7Q2MA", "over TLS only"),
        ("https://192.0.2.7/K7", "A join code has 6 letters"),
        (
            "https://192.0.2.7/K7Q2MA?pin=x",
            "The pin in the link is damaged",
        ),
        ("192.0.2.7", "The address of the desk cannot be read"),
    ] {
        let fields = [("link", link.to_owned()), ("name", "Ada".to_owned())];
        let reply = student.post_form("/class/join", &fields).await;
        assert!(
            reply.status == 422 && reply.shown().contains(why),
            "{link}: {}",
            reply.body
        );
    }
}

#[test]
fn a_link_that_is_none_and_a_link_beside_class_keep_the_lab_from_starting() {
    let said = |flags: &[&str]| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_session-lab"));
        program.args(flags).envs([
            (
                "SESSION_LAB_SECRET_KEY",
                "q7Vw2mXc9Rz4Lk8Tn3Hp6Jd5Fs1Gb0YaQeUiOxWvB2s8Kf4T",
            ),
            (
                "SESSION_LAB_JWT_SECRET_KEY",
                "M4nB8vC2xZ6aS1dF5gH9jK3lQ7wE0rT4yUiOpPzXa3Rk7Jd5",
            ),
        ]);
        let ended = program.output().expect("it runs");
        assert_eq!(ended.status.code(), Some(2), "{flags:?}");
        String::from_utf8(ended.stderr).expect("text")
    };
    let said_of_none = said(&["--join", "https://192.0.2.7/K7"]);
    assert!(
        said_of_none.contains("--join is no link to a class: A join code has 6"),
        "{said_of_none}"
    );
    let link = "https://192.0.2.7/K7Q2MA";
    let name = ["--public-name", "lab.school.example"];
    let said = said(&["--class", name[0], name[1], "--join", link]);
    assert!(said.contains("for a student's own lab"), "{said}");
}

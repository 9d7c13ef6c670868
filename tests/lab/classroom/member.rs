//! What a lab in a class reports, and what it obeys.

use session_lab::classroom::protocol::{Happened, Lead, RefusedReason};

use super::fake_desk::{CODE, FakeDesk, refused};
use crate::support::{Client, TestBench, bench, lab};

/// Joins the desk by its link, as the page does.
pub async fn join(student: &mut Client, desk: &FakeDesk) {
    let fields = [("link", desk.link()), ("name", "Ada".to_owned())];
    let reply = student.post_form("/class/join", &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
}

/// A bench whose student is in a class.
pub async fn member(desk: &FakeDesk) -> (TestBench, Client) {
    let bench = bench();
    let mut student = bench.student();
    join(&mut student, desk).await;
    (bench, student)
}

/// Does the first step of sheet 06.
pub async fn solve_a_step(bench: &TestBench) {
    bench.visitor_in_clear("insecure").get("/login").await;
}

pub fn sheet_06() -> String {
    "06-session-fixation".to_owned()
}

/// Answers a question of sheet 06.
pub async fn answer(student: &mut Client, id: &str, answer: &str) {
    let fields = [("id", id.to_owned()), ("answer", answer.to_owned())];
    let reply = student
        .post_form("/labs/06-session-fixation/answer", &fields)
        .await;
    assert_eq!(reply.status, 303, "{}", reply.body);
}

#[tokio::test]
async fn what_was_done_before_and_after_joining_is_reported_once_and_in_order() {
    let desk = FakeDesk::start().await;
    let bench = bench();
    let mut student = bench.student();
    solve_a_step(&bench).await;
    join(&mut student, &desk).await;
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    answer(&mut student, "why-it-works", "0").await;
    answer(&mut student, "guess-what-the-attacker-sees", "1").await;
    desk.until("two answers", |desk| {
        let answered = |what: &&&Happened| matches!(what, Happened::Answered { .. });
        desk.happened().iter().filter(answered).count() == 2
    })
    .await;
    let reports = desk.state().reports;
    desk.until("two more reports", |desk| desk.reports > reports + 1)
        .await;
    let state = desk.state();
    let numbers: Vec<u64> = state.items.iter().map(|(_, number, _)| *number).collect();
    assert_eq!(numbers, (1..=state.items.len() as u64).collect::<Vec<_>>());
    let of_06 = |what: &&Happened| {
        let json = serde_json::to_value(what).expect("JSON");
        json["sheet"] == "06-session-fixation"
    };
    let all: Vec<Happened> = state
        .happened()
        .into_iter()
        .filter(of_06)
        .cloned()
        .collect();
    assert_eq!(all[0], Happened::Begun { sheet: sheet_06() });
    let answered = |question: &str, right| Happened::Answered {
        sheet: sheet_06(),
        question: question.into(),
        right,
        tries: 1,
    };
    assert!(
        all.contains(&answered("why-it-works", Some(false))),
        "{all:?}"
    );
    assert!(
        all.contains(&answered("guess-what-the-attacker-sees", None)),
        "{all:?}"
    );
    let solved = |what: &&Happened| matches!(what, Happened::Solved { .. });
    assert_eq!(all.iter().filter(solved).count(), 1, "{all:?}");
}

/// Everything that a student types or a browser sends, and that no report may hold.
const SECRETS: [&str; 9] = [
    "secret-user",
    "secret-password",
    "secret-agent",
    "secret-cookie",
    "secret-path",
    "secret-answer",
    "secret-reflection",
    "secret-notice",
    "secret-referrer",
];

#[tokio::test]
async fn only_what_the_protocol_allows_is_ever_sent() {
    let desk = FakeDesk::start().await;
    let (bench, mut student) = member(&desk).await;
    solve_a_step(&bench).await;
    for visitor in [
        bench.visitor_in_clear("insecure"),
        bench.visitor("hardened"),
    ] {
        let mut visitor = visitor
            .with_header("user-agent", "Mozilla/5.0 secret-agent Firefox/150")
            .with_header("referer", "http://localhost/secret-referrer");
        visitor.get("/login?next=secret-path").await;
        visitor
            .try_to_sign_in("secret-user", "secret-password")
            .await;
        visitor
            .try_to_sign_in("student123", "secret-password")
            .await;
        let mut planted = visitor.with_cookie("session_insecure", "secret-cookie");
        planted.get("/dashboard").await;
        planted.try_to_sign_in("student123", "password123").await;
        planted.submit("/board", &[("text", "secret-notice")]).await;
    }
    let ids: Vec<String> = {
        let mut visitor = bench.visitor("hardened");
        visitor.sign_in().await;
        vec![visitor.id()]
    };
    answer(&mut student, "clear-is-not-enough", "secret-reflection").await;
    let text = lab().lessons.library().sheets().iter().find_map(|sheet| {
        let question = sheet.questions().find(|question| {
            matches!(
                question.kind,
                session_lab::worksheets::sheet::QuestionKind::Text { .. }
            )
        })?;
        Some((sheet.slug.clone(), question.common.id.clone()))
    });
    let (slug, id) = text.expect("a question with a typed answer");
    let fields = [("id", id.clone()), ("answer", "secret-answer".to_owned())];
    let reply = student
        .post_form(&format!("/labs/{slug}/answer"), &fields)
        .await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    desk.until("the typed answer as a fact", |desk| {
        desk.happened().iter().any(|what| {
            matches!(what, Happened::Answered { question, right: Some(false), .. } if *question == id)
        })
    })
    .await;
    desk.until("an attempt with a reason", |desk| {
        let is_attempt = |what: &&Happened| matches!(what, Happened::Tried { .. });
        desk.happened().into_iter().any(|what| is_attempt(&what))
    })
    .await;
    let bytes = desk.state().bytes.to_lowercase();
    for secret in SECRETS.iter().map(|secret| (*secret).to_owned()).chain(ids) {
        assert!(!bytes.contains(&secret.to_lowercase()), "{secret} was sent");
    }
    for header in ["cookie:", "referer:", "origin:", "mozilla"] {
        assert!(!bytes.contains(header), "{header} was sent");
    }

    // A reflection goes by its own button, and then it is the one text that is sent.
    let fields = [
        ("sheet", sheet_06()),
        ("id", "clear-is-not-enough".to_owned()),
    ];
    let reply = student.post_form("/class/reflection", &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    desk.until("the reflection", |desk| {
        desk.happened().into_iter().any(
            |what| matches!(what, Happened::Reflected { text, .. } if text == "secret-reflection"),
        )
    })
    .await;
}

#[tokio::test]
async fn a_member_who_left_sends_nothing_and_the_lab_still_works() {
    let desk = FakeDesk::start().await;
    let (bench, mut student) = member(&desk).await;
    desk.until("a report", |desk| desk.reports > 1).await;
    let reply = student.post_form("/class/leave", &[]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(desk.state().left, [7]);
    let connections = desk.state().connections;
    solve_a_step(&bench).await;
    let opened = bench.open().await;
    for _ in 0..3 {
        let sheets = || lab().lessons.library();
        lab()
            .members
            .tend(&opened, sheets)
            .await
            .expect("the store");
    }
    assert_eq!(desk.state().connections, connections, "nothing is sent");
    let page = student.get("/labs/06-session-fixation/live").await.json();
    assert_eq!(page["steps"][0]["solved"], true);

    // The same student comes back: the same secret, and everything is reported again.
    join(&mut student, &desk).await;
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    let state = desk.state();
    let secrets: Vec<_> = state.joins.iter().map(|join| &join.secret).collect();
    assert_eq!(secrets.len(), 2);
    assert_eq!(secrets[0], secrets[1]);
}

#[tokio::test]
async fn a_student_whom_the_desk_forgot_is_told_and_sends_nothing_more() {
    let desk = FakeDesk::start().await;
    let (_, mut student) = member(&desk).await;
    desk.until("a report", |desk| desk.reports > 0).await;
    let reason = refused(RefusedReason::NotAMember);
    desk.state().refuse.insert("/report", reason);
    let page = loop {
        let page = student.get("/class").await.shown();
        if page.contains("no longer knows you") {
            break page;
        }
        tokio::time::sleep(crate::support::POLL).await;
    };
    assert!(
        page.contains("This was refused: NotAMember. Do <this> next."),
        "{page}"
    );
}

#[tokio::test]
async fn a_desk_that_lost_its_data_hears_everything_anew() {
    let desk = FakeDesk::start().await;
    let (bench, _) = member(&desk).await;
    solve_a_step(&bench).await;
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    desk.state().items.clear();
    solve_another_step(&bench).await;
    desk.until("both again", |desk| {
        let solved = desk.solved();
        solved.contains(&"id-fetched") && solved.contains(&"id-kept")
    })
    .await;
    let state = desk.state();
    let numbers: Vec<u64> = state.items.iter().map(|(_, number, _)| *number).collect();
    assert_eq!(numbers[0], 1);
}

/// Does the second step of sheet 06: a sign-in with an id that the portal gave out before.
async fn solve_another_step(bench: &TestBench) {
    let mut visitor = bench.visitor_in_clear("insecure");
    visitor.sign_in().await;
}

#[tokio::test]
async fn a_bench_is_started_again_and_restored_as_the_teacher_asks_and_once_only() {
    let desk = FakeDesk::start().await;
    // What was asked before the student joined was asked of another bench.
    desk.state().lead.resets = 3;
    let (bench, mut student) = member(&desk).await;
    solve_a_step(&bench).await;
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    bench.wait_minutes(6).await;
    desk.state().lead.resets = 4;
    desk.until("the reset", |desk| {
        desk.happened()
            .contains(&&Happened::StartedAgain { sheet: None })
    })
    .await;
    let live = student.get("/labs/06-session-fixation/live").await.json();
    assert_eq!(live["steps"][0]["solved"], false, "{live}");
    assert_eq!(bench.open().await.ahead().as_secs(), 0);
    desk.state().lead.restores = 1;
    let reports = desk.state().reports;
    desk.until("some reports", |desk| desk.reports > reports + 2)
        .await;
    let live = student.get("/labs/06-session-fixation/live").await.json();
    assert_eq!(live["steps"][0]["solved"], true, "{live}");
    let all = |desk: &super::fake_desk::DeskState| {
        let again = |what: &&&Happened| matches!(what, Happened::StartedAgain { sheet: None });
        desk.happened().iter().filter(again).count()
    };
    assert_eq!(all(&desk.state()), 1);
}

#[tokio::test]
async fn a_student_who_waits_asks_again_and_reports_nothing_until_approved() {
    let desk = FakeDesk::start().await;
    desk.state().waiting = true;
    let (bench, mut student) = member(&desk).await;
    solve_a_step(&bench).await;
    desk.until("it asks again", |desk| desk.joins.len() > 2)
        .await;
    assert_eq!(desk.state().reports, 0);
    let page = student.get("/class").await.shown();
    assert!(
        page.contains("Waiting: the teacher has not approved your name yet"),
        "{page}"
    );
    desk.state().waiting = false;
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    let state = desk.state();
    let first = &state.joins[0];
    assert_eq!((first.code.as_str(), first.name.as_str()), (CODE, "Ada"));
    assert!(state.joins.iter().all(|join| join.secret == first.secret));
}

#[tokio::test]
async fn a_lead_with_nothing_in_it_is_the_beginning() {
    let desk = FakeDesk::start().await;
    assert_eq!(desk.state().lead, Lead::default());
    let (_, mut student) = member(&desk).await;
    desk.until("a report", |desk| desk.reports > 0).await;
    let page = student.get("/class").await.body;
    for heading in ["From the teacher", "A question to all", ">Now<", "remarks"] {
        assert!(!page.contains(heading), "{heading}");
    }
    assert!(
        student
            .get("/")
            .await
            .shown()
            .contains("Class: Web security <1>")
    );
}

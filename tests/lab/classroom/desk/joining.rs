//! Joining, reporting, voting, leaving.

use serde_json::{Value, json};

use super::people::{joining, reason, secret, solved, tried};
use super::{DeskLab, StudentLab};

const SHEET: &str = "01-a-session";

/// The first step of the sheet.
fn step(lab: &DeskLab) -> String {
    let library = lab.running().lessons.library();
    let sheet = library.find(SHEET).expect("the sheet");
    sheet.steps().next().expect("a step").common.id.clone()
}

#[tokio::test]
async fn a_report_is_stored_once_and_a_gap_is_refused() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let student = StudentLab::join(&lab.doors, &code.to_lowercase(), "alice", 1).await;
    let step = step(&lab);
    let items = json!([
        tried(SHEET, &step, "It came from curl."),
        solved(SHEET, &step)
    ]);
    for _ in 0..3 {
        let answer = student.report(1, items.clone()).await;
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer["stored"], 2);
    }
    // The second item again, and a new one.
    let answer = student.report(
        2,
        json!([items[1], { "at": 2, "happened": "hand", "up": true }]),
    );
    let answer: Value = serde_json::from_str(&answer.await.body).unwrap();
    assert_eq!(answer["stored"], 3);
    let gap = student.report(5, json!([items[0]])).await;
    assert_eq!((gap.status, &*reason(&gap)), (409, "gap"));
    assert!(gap.body.contains("from 4 on"), "{}", gap.body);

    let board = teacher.board(&class).await;
    assert_eq!(board["rows"][0]["name"], "alice");
    assert_eq!(board["rows"][0]["needs"], "hand up");
    assert_eq!(board["rows"][0]["cells"][0]["state"], "solved");
    let page = teacher
        .get(&format!("{class}/student/{}", student.number))
        .await;
    assert_eq!(
        page.body.matches("It came from curl.").count(),
        1,
        "{}",
        page.body
    );
}

#[tokio::test]
async fn two_laptops_of_one_student_count_apart_and_nobody_has_more_than_eight() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (_, code) = teacher.make_class("Monday").await;
    let mut laptop = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let items = json!([{ "at": 2, "happened": "hand", "up": true }]);
    for number in 0..8 {
        laptop.lab = format!("{number:016}");
        for _ in 0..2 {
            let answer = laptop.report(1, items.clone()).await;
            assert!(answer.body.contains("\"stored\":1"), "{}", answer.body);
        }
    }
    laptop.lab = "8".repeat(16);
    assert_eq!(reason(&laptop.report(1, items.clone()).await), "full");
    laptop.lab = "8".repeat(17);
    assert_eq!(reason(&laptop.report(1, items).await), "malformed");
}

#[tokio::test]
async fn what_the_desk_has_no_sheet_for_is_acknowledged_and_not_kept() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let student = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let answer = student.report(
        1,
        json!([solved("99-later", "x"), solved(SHEET, "no-such-step")]),
    );
    let answer: Value = serde_json::from_str(&answer.await.body).unwrap();
    assert_eq!(answer["stored"], 2);
    assert!(
        !teacher
            .get(&format!("{class}/export.json"))
            .await
            .body
            .contains("no-such-step")
    );
}

#[tokio::test]
async fn a_name_of_the_roster_needs_the_pin_of_its_slip_or_the_teachers_approval() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let roster = [("roster", "alice;7;a@school.example\nmallory;8;\n")];
    teacher.done(&format!("{class}/roster"), &roster).await;
    let slips = teacher.get(&format!("{class}/slips")).await.body;
    let of_alice = slips.split("<b>alice</b>").nth(1).expect("a slip");
    let pin = of_alice.split("PIN <code>").nth(1).expect("a PIN");
    let pin = pin.split("</code>").next().unwrap().to_owned();

    let join = async |name: &str, byte: u8, pin: Option<&str>| {
        let mut request = joining(&code, name, &secret(byte));
        if let Some(pin) = pin {
            request["pin"] = pin.into();
        }
        lab.doors.post("/join", None, &request).await
    };
    // mallory claims alice's name without a PIN: that waits, and nothing is taken.
    let claimed = join("alice", 66, None).await;
    assert!(claimed.body.contains("\"waiting\""), "{}", claimed.body);
    let mallory = StudentLab::join(&lab.doors, &code, "alice", 66).await;
    assert_eq!(mallory.report(1, json!([])).await.status, 503);
    let wrong = join(" ALICE ", 1, Some("AAAA-AAAA")).await;
    assert_eq!((wrong.status, &*reason(&wrong)), (409, "name-taken"));
    // The right PIN takes the name, also typed in small letters.
    let right = join("alice", 1, Some(&pin.to_lowercase())).await;
    assert!(right.body.contains("\"member\""), "{}", right.body);
    assert_eq!(mallory.report(1, json!([])).await.status, 401);
    // A second laptop needs the same secret; the PIN does not help another.
    assert!(join("alice", 1, None).await.body.contains("\"member\""));
    assert_eq!(reason(&join("alice", 2, Some(&pin)).await), "name-taken");

    // The other one waits until the teacher approves.
    let waits = StudentLab::join(&lab.doors, &code, "mallory", 3).await;
    let page = format!("{class}/student/{}", waits.number);
    teacher.done(&page, &[("do", "approve")]).await;
    assert_eq!(waits.report(1, json!([])).await.status, 200);
}

#[tokio::test]
async fn nobody_reports_or_votes_for_somebody_else() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (_, code) = teacher.make_class("Monday").await;
    let (_, other) = teacher.make_class("Tuesday").await;
    let alice = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let mallory = StudentLab::join(&lab.doors, &code, "mallory", 2).await;
    let elsewhere = StudentLab::join(&lab.doors, &other, "mallory", 2).await;
    assert_ne!(mallory.number, elsewhere.number);
    for secret in [&mallory.secret, "", &secret(3)] {
        let forged = StudentLab {
            doors: lab.doors.clone(),
            secret: secret.to_string(),
            number: alice.number,
            lab: alice.lab.clone(),
        };
        let answer = forged.report(1, json!([solved(SHEET, &step(&lab))])).await;
        assert_eq!((answer.status, &*reason(&answer)), (401, "not-a-member"));
        assert_eq!(forged.vote(1, 1, 0).await.status, 401);
        let leave = json!({ "protocol": 1, "student": alice.number });
        let left = lab.doors.post("/leave", Some(secret), &leave).await;
        assert_eq!((left.status, &*reason(&left)), (401, "not-a-member"));
    }
    let answer = alice.report(1, json!([])).await;
    assert!(answer.body.contains("\"stored\":0"), "{}", answer.body);
}

#[tokio::test]
async fn votes_are_hidden_until_they_are_shown_and_both_rounds_are_kept() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let ask = format!("{class}/ask");
    let page = teacher.get(&ask).await.body;
    let question = page.split("<option value=\"").nth(1).expect("a question");
    let question = question.split('"').next().unwrap().to_owned();
    teacher
        .done(&ask, &[("do", "ask"), ("question", &question)])
        .await;
    let alice = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let victor = StudentLab::join(&lab.doors, &code, "victor", 2).await;
    assert_eq!(alice.lead(1).await["question"]["round"], 1);
    for (student, option) in [(&alice, 0), (&alice, 1), (&victor, 1)] {
        assert_eq!(student.vote(1, 1, option).await.status, 204);
    }
    for (number, round, option) in [(2, 1, 0), (1, 2, 0), (1, 1, 99)] {
        assert_eq!(alice.vote(number, round, option).await.status, 400);
    }
    assert!(alice.lead(1).await["question"].get("shown").is_none());
    teacher.done(&ask, &[("do", "show")]).await;
    let shown = alice.lead(1).await["question"]["shown"].clone();
    assert_eq!((&shown[0], &shown[1]), (&json!(0), &json!(2)));
    teacher.done(&ask, &[("do", "again")]).await;
    assert!(alice.lead(1).await["question"].get("shown").is_none());
    assert_eq!(alice.vote(1, 2, 0).await.status, 204);
    let page = teacher.get(&ask).await.body;
    assert!(page.contains("First vote: 2 votes") && page.contains("Second vote: 1 vote<"));
    teacher.done(&ask, &[("do", "stop")]).await;
    assert!(alice.lead(1).await.get("question").is_none());
}

#[tokio::test]
async fn the_teacher_leads_and_cares() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let alice = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let lead = format!("{class}/lead");
    for form in [
        &[("do", "message"), ("message", "Read <b>sheet 1</b>.")][..],
        &[("do", "now"), ("sheet", SHEET)],
        &[("do", "deadline"), ("sheet", SHEET), ("minutes", "10")],
        &[("do", "close"), ("sheet", SHEET)],
        &[("do", "release"), ("sheet", SHEET)],
    ] {
        teacher.done(&lead, form).await;
    }
    teacher
        .done(&format!("{class}/care"), &[("do", "reset-all")])
        .await;
    let student = format!("{class}/student/{}", alice.number);
    teacher.done(&student, &[("do", "restore")]).await;
    let hand = json!([{ "at": 1, "happened": "hand", "up": true }]);
    alice.report(1, hand.clone()).await;
    assert_eq!(alice.lead(2).await["hand"], true);
    teacher.done(&student, &[("do", "lower")]).await;
    assert_eq!(alice.lead(2).await["hand"], false);
    alice.report(2, hand).await;
    assert_eq!(alice.lead(3).await["hand"], true);
    let care = format!("{class}/care");
    teacher.done(&care, &[("do", "lower-all")]).await;
    let told = alice.lead(3).await;
    assert_eq!(told["hand"], false);
    assert_eq!(told["message"], "Read <b>sheet 1</b>.");
    assert_eq!(
        (&told["now"], &told["closed"][0]),
        (&json!(SHEET), &json!(SHEET))
    );
    assert_eq!(told["released"][0], SHEET);
    assert!(told["deadlines"][SHEET].as_u64().is_some());
    assert_eq!((&told["resets"], &told["restores"]), (&json!(1), &json!(1)));
    // Answers are not released while a sheet is open.
    teacher
        .done(&lead, &[("do", "open"), ("sheet", SHEET)])
        .await;
    let refused = teacher
        .post(&lead, &[("do", "release"), ("sheet", SHEET)])
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(alice.lead(3).await["released"], json!([]));
}

#[tokio::test]
async fn a_student_who_left_comes_back_with_their_secret_and_one_who_was_deleted_does_not() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let alice = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let leave = json!({ "protocol": 1, "student": alice.number });
    let left = lab.doors.post("/leave", Some(&alice.secret), &leave).await;
    assert_eq!(left.status, 204);
    assert_eq!(alice.report(1, json!([])).await.status, 401);
    let again = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    assert_eq!(again.number, alice.number);
    assert_eq!(alice.report(1, json!([])).await.status, 200);
    let page = format!("{class}/student/{}", alice.number);
    teacher.done(&page, &[("do", "delete")]).await;
    assert_eq!(reason(&alice.report(1, json!([])).await), "not-a-member");
    assert_eq!(teacher.get(&page).await.status, 404);
    // A new member under the same name is somebody else.
    let new = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    assert_ne!(new.number, alice.number);

    let settings = format!("{class}/settings");
    teacher.done(&settings, &[("do", "end")]).await;
    assert_eq!(new.report(1, json!([])).await.status, 401);
    let refused = teacher
        .post(&settings, &[("do", "delete"), ("name", "monday")])
        .await;
    assert_eq!(refused.status, 422);
    teacher
        .done(&settings, &[("do", "delete"), ("name", "Monday")])
        .await;
    assert_eq!(teacher.get(&class).await.status, 404);
}

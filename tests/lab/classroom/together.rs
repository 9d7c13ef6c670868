//! Both sides as they are: a student's own lab and a bench on the teacher's machine, at one real desk.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;
use session_lab::app::settings::{Reach, SessionStore, Settings};
use session_lab::classroom::member::class_members::JoinForm;
use session_lab::classroom::member::record::WayToDesk;

use super::desk::people::{DeskLab, TeacherClient};
use super::member::solve_a_step;
use crate::app::class_lab::{JoinedInProcess, link_in};
use crate::support::{PATIENCE, POLL, bench};

/// The row of a student, as soon as a step of theirs is solved.
async fn solved_by(teacher: &TeacherClient, class: &str, name: &str) -> Value {
    let start = std::time::Instant::now();
    loop {
        let board = teacher.board(class).await;
        let rows = board["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["name"] == name);
        let solved = |row: &&Value| {
            let cells = row["cells"].as_array().expect("cells");
            cells.iter().any(|cell| cell["state"] == "solved")
        };
        if let Some(row) = row.filter(solved) {
            return row.clone();
        }
        assert!(start.elapsed() < PATIENCE, "{name} solved nothing: {board}");
        tokio::time::sleep(POLL).await;
    }
}

#[tokio::test]
async fn an_own_lab_joins_by_the_link_and_its_solved_step_is_on_the_board() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let desk = lab.running().desk.as_ref().expect("the desk is open");
    let link = format!("{}/{code}?pin={}", desk.class_address, desk.fingerprint);
    let bench = bench();
    let mut student = bench.student();
    let fields = [("link", link), ("name", "student123".to_owned())];
    let joined = student.post_form("/class/join", &fields).await;
    assert_eq!(joined.status, 303, "{}", joined.body);
    solve_a_step(&bench).await;
    solved_by(&teacher, &class, "student123").await;
    let left = student
        .post_form("/class/leave", &[("x", String::new())])
        .await;
    assert_eq!(left.status, 303, "{}", left.body);
    let board = teacher.board(&class).await;
    assert!(!board.to_string().contains("student123"), "{board}");
}

#[tokio::test]
async fn a_bench_on_the_teachers_machine_joins_the_desk_beside_it_and_no_other() {
    let reach = Reach::Class {
        bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
        public_name: "lab.school.example".into(),
        attacker_name: None,
    };
    let lab = DeskLab::start_with(Settings {
        reach,
        ..Settings::throw_away()
    });
    let lab = lab.await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let running = lab.running();
    let student = JoinedInProcess::join(running).await;
    let post = async |path: &str, form: String| student.post(running, path, &form).await;
    // The address of a desk elsewhere is not asked: only the code counts.
    let elsewhere = "link=https%3A%2F%2F192.0.2.7%3A7072%2FK7Q2MA&name=alice";
    let refused = post("/class/join", elsewhere.into()).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    let joined = post("/class/join", format!("code={code}&name=alice")).await;
    assert_eq!(joined.status, 303, "{}", joined.body);
    let bench = running.benches.open(&student.name).await.expect("a bench");
    assert_eq!(bench.given_values().0.len(), 5, "the values of five sheets");
    let raised = post("/class/hand", "up=1".into()).await;
    assert_eq!(raised.status, 303, "{}", raised.body);
    let start = std::time::Instant::now();
    loop {
        let board = teacher.board(&class).await.to_string();
        if board.contains("\"alice\"") && board.contains("hand") {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "no hand: {board}");
        tokio::time::sleep(POLL).await;
    }
    let board = teacher.board(&class).await;
    let number = &board["rows"][0]["number"];
    let page = teacher.get(&format!("{class}/student/{number}")).await.body;
    assert!(page.contains("seen by this lab"), "{page}");

    // Who has lost every key gets a link from the teacher, and the keys of before end.
    let address = format!("{class}/student/{number}");
    let replaced = teacher.post(&address, &[("do", "new-link")]).await;
    assert_eq!(replaced.status, 200, "{}", replaced.body);
    assert_eq!(student.get(running, "/class").await.status, 403);
    let again = JoinedInProcess::open(running, &link_in(&replaced.body)).await;
    assert_eq!(again.name, student.name);
    assert_eq!(again.get(running, "/class").await.status, 200);
    let page = teacher.get(&address).await.body;
    assert!(!page.contains("/open?key="), "it is shown once: {page}");
}

#[tokio::test]
async fn a_bench_that_nobody_visits_after_a_restart_reports_and_obeys_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings {
        reach: Reach::Class {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            public_name: "lab.school.example".into(),
            attacker_name: None,
        },
        data_dir: folder.path().to_owned(),
        sessions: SessionStore::File,
        ..Settings::throw_away()
    };
    let lab = DeskLab::start_with(settings.clone()).await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let form = JoinForm {
        way: WayToDesk::InProcess,
        code,
        name: "alice".into(),
        pin: None,
        secret: None,
    };
    let (benches, members) = (&lab.running().benches, &lab.running().members);
    let name = "team-7".parse().expect("a name");
    let bench = benches.open(&name).await.expect("a bench");
    members.join(&bench, &form).await.expect("a member");
    members.raise_hand(&bench, true).await.expect("a hand");
    let start = std::time::Instant::now();
    loop {
        let record = members.membership(&bench).await.expect("a store");
        if record.is_some_and(|it| it.obeyed.is_some() && it.outbox.pending() == 0) {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "it never reported");
        tokio::time::sleep(POLL).await;
    }
    drop(bench);
    lab.end().await;

    let lab = DeskLab::start_with(settings).await;
    let teacher = lab.teacher().await;
    let stored = async || {
        let all = teacher.get(&format!("{class}/export.json")).await.body;
        let all: Value = serde_json::from_str(&all).expect("JSON");
        let labs = all["students"][0]["labs"].as_object().expect("labs");
        labs.values().filter_map(Value::as_u64).sum::<u64>()
    };
    let before = stored().await;
    let care = format!("{class}/care");
    teacher.done(&care, &[("do", "reset-all")]).await;
    // That it was started again is reported.
    let start = std::time::Instant::now();
    while stored().await == before {
        assert!(start.elapsed() < PATIENCE, "the bench does not obey");
        tokio::time::sleep(POLL).await;
    }
}

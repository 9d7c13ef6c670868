//! What was done counts, whenever the sheet was opened; what the journal has dropped is not denied.

use serde_json::Value;
use session_lab::base::event::{ClientKind, Event, EventKind};
use session_lab::storage::JOURNAL_LIMIT;
use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::progress::SheetProgress;
use session_lab::worksheets::progress_tracker::ProgressTracker;

use crate::app::program::Program;
use crate::support::{TestBench, bench, curl};

const SHEET: &str = "/labs/01-a-session";

/// Does the first three steps of sheet 01, as its commands do.
fn do_three_steps(bench: &TestBench) {
    let portal = bench.visitor_in_clear("insecure").origin();
    let at = |path: &str| format!("{portal}{}/insecure{path}", bench.name.prefix());
    let folder = tempfile::tempdir().unwrap();
    let jar = folder.path().join("jar").display().to_string();
    let me = "username=student123&password=password123";
    curl(&["-o", "/dev/null", &at("/dashboard")]);
    curl(&["-o", "/dev/null", "-c", &jar, &at("/login")]);
    curl(&[
        "-o",
        "/dev/null",
        "-b",
        &jar,
        "-c",
        &jar,
        "-d",
        me,
        &at("/login"),
    ]);
    curl(&["-o", "/dev/null", "-b", &jar, &at("/")]);
}

const THREE: [&str; 3] = ["a-stranger", "anonymous-session", "signed-in"];

fn step<'l>(live: &'l Value, id: &str) -> &'l Value {
    let mut steps = live["steps"].as_array().expect("a list").iter();
    steps.find(|step| step["id"] == id).expect("the step")
}

async fn live(bench: &TestBench) -> Value {
    bench.student().get(&format!("{SHEET}/live")).await.json()
}

/// What is recorded of sheet 01.
async fn recorded(bench: &TestBench) -> Option<SheetProgress> {
    let library = SheetLibrary::built_in();
    let sheet = library.find("01").expect("the sheet");
    let bench = bench.open().await;
    let tracker = ProgressTracker::new(&bench, &library, sheet);
    tracker.read().await.expect("an answer")
}

/// Issue 17.6.
#[tokio::test]
async fn steps_that_were_done_before_a_sheet_is_opened_count() {
    let bench = bench();
    do_three_steps(&bench);
    let page = bench.student().get(SHEET).await;
    assert_eq!(page.status, 200);
    let live = live(&bench).await;
    for id in THREE {
        assert_eq!(step(&live, id)["solved"], true, "{live}");
        assert_eq!(step(&live, id)["attempts"], 1, "{live}");
    }
    assert_eq!(step(&live, "replayed")["solved"], false);
    let list = bench.student().get("/labs").await.body;
    assert!(list.contains("3 of "), "the list knows it as well: {list}");
    let saved = bench.student().get("/labs/progress.json").await.body;
    assert!(saved.contains("anonymous-session"), "{saved}");
    assert_eq!(recorded(&bench).await, None, "nobody answered anything");
}

/// Issue 17.6: the report of a sheet that was looked at twice gives a step one time and one code.
#[tokio::test]
async fn a_step_has_the_time_at_which_it_was_done() {
    let bench = bench();
    do_three_steps(&bench);
    bench.wait_minutes(61).await;
    let steps = async || {
        let report = bench
            .student()
            .get(&format!("{SHEET}/report.md"))
            .await
            .body;
        let rows = report
            .lines()
            .filter(|row| row.starts_with("| a") || row.starts_with("| signed"));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    let first = steps().await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(first, steps().await);
    let answer = [("id", "how-long".to_owned()), ("answer", "10".to_owned())];
    let reply = bench
        .student()
        .post_form(&format!("{SHEET}/answer"), &answer)
        .await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(first, steps().await, "stored as it was");
    let now = session_lab::worksheets::survey::wall_time();
    for done in recorded(&bench).await.expect("an answer").steps.values() {
        assert!(done.at <= now, "by the wall clock: {done:?}");
    }
}

#[tokio::test]
async fn an_answer_or_a_hint_creates_the_record_with_the_steps_that_were_done() {
    for (path, field) in [("/answer", Some("10")), ("/hint", None)] {
        let bench = bench();
        do_three_steps(&bench);
        let mut form = vec![("id", "how-long".to_owned())];
        form.extend(field.map(|answer| ("answer", answer.to_owned())));
        let reply = bench
            .student()
            .post_form(&format!("{SHEET}{path}"), &form)
            .await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let progress = recorded(&bench).await.expect("a record");
        assert_eq!(progress.steps.keys().collect::<Vec<_>>(), THREE);
        assert!(progress.is_begun());
    }
}

#[tokio::test]
async fn after_a_reset_only_what_happens_then_counts() {
    let bench = bench();
    do_three_steps(&bench);
    let reset = bench
        .student()
        .post_form(&format!("{SHEET}/reset"), &[])
        .await;
    assert_eq!(reset.status, 303, "{}", reset.body);
    let live = live(&bench).await;
    for id in THREE {
        assert_eq!(step(&live, id)["solved"], false, "{live}");
        assert_eq!(step(&live, id)["status"], "Not yet.", "{live}");
    }
    do_three_steps(&bench);
    let again = self::live(&bench).await;
    for id in THREE {
        assert_eq!(step(&again, id)["solved"], true, "{again}");
        assert_eq!(step(&again, id)["attempts"], 1, "{again}");
    }
}

/// Adds events to the journal that no step asks for.
async fn fill(bench: &TestBench, events: usize) {
    let bench = bench.open().await;
    for _ in 0..events {
        let event = Event {
            at: bench.now(),
            variant: None,
            client: ClientKind::Other,
            what: EventKind::CustomChanged { strong: 0 },
        };
        bench.note(event).await.expect("noted");
    }
}

/// Issue 17.6: the journal keeps 10 000 events. What was done stays done, although nobody looked; what
/// may have been done before it begins is not denied.
#[tokio::test]
async fn what_the_journal_has_dropped_stays_done_or_is_said_to_be_unknown() {
    let bench = bench();
    do_three_steps(&bench);
    fill(&bench, 600).await;
    assert_eq!(recorded(&bench).await, None);
    // Visits of the portal, while the journal grows.
    let mut visitor = bench.visitor_in_clear("hardened");
    for _ in 0..70 {
        visitor.get("/").await;
    }
    let progress = recorded(&bench).await.expect("stored by the way");
    assert_eq!(progress.steps.keys().collect::<Vec<_>>(), THREE);
    let before = live(&bench).await;
    assert_eq!(step(&before, "replayed")["status"], "Not yet.", "{before}");
    fill(&bench, JOURNAL_LIMIT).await;
    let after = live(&bench).await;
    for id in THREE {
        assert_eq!(step(&after, id), step(&before, id), "{after}");
    }
    let unknown = step(&after, "replayed");
    let says = unknown["messages"][0].as_str().expect("a sentence");
    assert!(
        says.starts_with("Not seen (the journal begins at 20"),
        "{says}"
    );
    assert_eq!(unknown["status"], "", "{unknown}");
    let page = bench.student().get(SHEET).await.body;
    assert!(
        page.contains("Not seen (the journal begins at 20"),
        "{page}"
    );
    assert!(!page.contains("<b>Not yet.</b>"), "{page}");
}

/// A kill between a step and the first look at its sheet loses nothing.
#[tokio::test]
async fn a_step_survives_a_kill_before_anybody_looked() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let portal = program.visitor("http", "/insecure").origin();
    curl(&["-o", "/dev/null", &format!("{portal}/insecure/dashboard")]);
    program.kill();
    let program = Program::start(folder.path());
    let live = program
        .visitor("lab", "")
        .get(&format!("{SHEET}/live"))
        .await;
    let live: Value = serde_json::from_str(&live.body).expect("JSON");
    assert_eq!(step(&live, "a-stranger")["solved"], true, "{live}");
    assert_eq!(step(&live, "anonymous-session")["solved"], false, "{live}");
}

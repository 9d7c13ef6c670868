//! A report and saved progress that the lab's key of before has signed.

use serde_json::Value;

use super::program::{Program, Visitor};
use crate::cli::shell::Shell;

const OLD: &str = "0x8gLQXfYq7b9rT5mZ1nWc3vKj2hRd6sPq4Tz9LmB2u";
const NEW: &str = "Vt4yPz0kNw8eUa2oBq6iXm1gJl5fHc7rDg3Ks8VwE5y";
const KEY: &str = "SESSION_LAB_SECRET_KEY";
const EARLIER: &str = "SESSION_LAB_SECRET_KEY_FALLBACKS";

/// The key of before, whose time is over.
fn ended() -> String {
    format!("{OLD}@2001-01-01")
}

async fn post(lab: &mut Visitor, path: &str, kind: &str, body: &str) -> u16 {
    let origin = lab.origin();
    let headers = [("content-type", kind), ("origin", origin.as_str())];
    let reply = lab.send("POST", path, &headers, body.to_owned());
    reply.await.status
}

/// Signs in with curl, as the first step of sheet 01 wants it.
async fn do_first_step(program: &Program) {
    let curl = [
        ("user-agent", "curl/8.5.0"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let mut visitor = program.visitor("http", "/insecure");
    visitor.send("GET", "/login", &curl, String::new()).await;
    let sent = "username=student123&password=password123".to_owned();
    let signed_in = visitor.send("POST", "/login", &curl, sent).await;
    assert_eq!(signed_in.status, 303, "{}", signed_in.body);
    visitor.send("GET", "/", &curl, String::new()).await;
}

async fn has_done_it(program: &Program) -> bool {
    let mut lab = program.visitor("lab", "");
    let live = lab.get("/labs/01-a-session/live").await;
    let live: Value = serde_json::from_str(&live.body).expect("JSON");
    let mut steps = live["steps"].as_array().expect("steps").iter();
    let step = steps.find(|one| one["id"] == "signed-in").expect("a step");
    step["solved"] == true
}

/// The report of sheet 01 and the saved progress of a lab with the old key.
async fn signed_with_the_old_key() -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start_as(folder.path(), &[], &[(KEY, OLD)]);
    let mut lab = program.visitor("lab", "");
    let form = "application/x-www-form-urlencoded";
    assert_eq!(post(&mut lab, "/labs/name", form, "name=Ada").await, 303);
    lab.get("/labs/01-a-session").await;
    do_first_step(&program).await;
    assert!(has_done_it(&program).await);
    let report = lab.get("/labs/01-a-session/report.md").await;
    let progress = lab.get("/labs/progress.json").await;
    assert_eq!((report.status, progress.status), (200, 200));
    (report.body, progress.body)
}

#[tokio::test]
async fn a_report_of_an_earlier_key_verifies_until_that_key_ends() {
    let (report, _) = signed_with_the_old_key().await;
    let verified = |shell: Shell| {
        shell.write("report.md", &report);
        shell.run(&["labs", "verify", "report.md"])
    };
    let right = verified(Shell::new().set(KEY, NEW).set(EARLIER, OLD));
    assert_eq!(right.code, Some(0), "{right:?}");
    assert!(right.stdout.contains("Every code is right"), "{right:?}");
    for shell in [
        Shell::new().set(KEY, NEW),
        Shell::new().set(KEY, NEW).set(EARLIER, ended()),
    ] {
        let wrong = verified(shell);
        assert_eq!(wrong.code, Some(1), "{wrong:?}");
        assert!(wrong.stdout.contains("WRONG"), "{wrong:?}");
    }
}

#[tokio::test]
async fn progress_of_an_earlier_key_is_taken_back_until_that_key_ends() {
    let (_, progress) = signed_with_the_old_key().await;
    let upload = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"progress\"; filename=\"p.json\"\r\n\
         Content-Type: application/json\r\n\r\n{progress}\r\n--edge--\r\n"
    );
    let ended = ended();
    for (earlier, status) in [(Some(OLD), 303), (Some(&*ended), 422), (None, 422)] {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = [(KEY, NEW)].into_iter();
        let keys: Vec<_> = keys.chain(earlier.map(|key| (EARLIER, key))).collect();
        let program = Program::start_as(folder.path(), &[], &keys);
        let mut lab = program.visitor("lab", "");
        assert!(!has_done_it(&program).await, "another data folder");
        let kind = "multipart/form-data; boundary=edge";
        let answered = post(&mut lab, "/labs/progress", kind, &upload).await;
        assert_eq!(answered, status, "{earlier:?}");
        assert_eq!(has_done_it(&program).await, status == 303, "{earlier:?}");
    }
}

//! Reports: what they say, and that anything changed in one is found.

use std::path::Path;

use super::walk::Walk;
use crate::cli::shell::Shell;

const SCRIPT: &str = "Ada <b>|`*_\u{1b}[31m";

/// A finished sheet, its report, and a shell with the key of its lab.
async fn finished() -> (Walk, String, Shell) {
    let mut walk = Walk::begin("00").await;
    walk.post("/labs/name", &[("name", SCRIPT)]).await;
    walk.do_steps().await;
    walk.answer().await;
    let report = walk.student().get(&walk.path("/report.md")).await;
    assert_eq!(report.status, 200);
    let shell = Shell::new();
    let key = walk.data().join("keys/server-key");
    let key = std::fs::read_to_string(key).expect("the lab's key");
    shell.write("lab-data/keys/server-key", &key);
    (walk, report.body, shell)
}

/// A report that PowerShell wrote, and lost its mark.
#[test]
fn a_report_in_utf_16_is_named_also_without_its_mark() {
    let shell = Shell::new();
    let key = Shell::new().run(&["secret"]).stdout;
    shell.write("lab-data/keys/server-key", &key);
    let utf_16 = "| Name | Zo\u{eb} |\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes);
    std::fs::write(shell.path().join("report.md"), utf_16.collect::<Vec<_>>()).unwrap();
    let ended = shell.refused(&["labs", "verify", "report.md"]);
    assert!(ended.error().contains("it is UTF-16 text"), "{ended:?}");
}

fn verify(shell: &Shell, report: &str) -> (Option<i32>, String) {
    shell.write("report.md", report);
    let ended = shell.run(&["labs", "verify", "report.md"]);
    (ended.code, ended.stdout + &ended.stderr)
}

#[tokio::test]
async fn a_report_tells_what_was_done_and_its_codes_verify_without_the_lab() {
    let (walk, report, shell) = finished().await;
    for step in walk.sheet.steps() {
        assert!(
            report.contains(&format!("| {} | 20", step.common.id)),
            "{report}"
        );
        assert!(report.contains(&format!("What the server saw at {}", step.common.id)));
    }
    assert!(report.contains("self-attested and no evidence"), "{report}");
    assert!(report.contains("Because it is so"));
    let points = format!("| Points | {0} of {0} |", walk.sheet.points());
    assert!(report.contains(&points), "{report}");
    drop(walk);
    let (code, said) = verify(&shell, &report);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Every code is right"), "{said}");
    let by_mail = report.replace('\n', "  \r\n");
    assert_eq!(verify(&shell, &by_mail).0, Some(0), "line ends may change");
}

#[tokio::test]
async fn whatever_is_changed_in_a_report_is_found() {
    let (walk, report, shell) = finished().await;
    let first = &walk.sheet.steps().next().expect("a step").common.id;
    let time: &str = report
        .split(&format!("| {first} | "))
        .nth(1)
        .expect("a row");
    let time = &time[..19];
    let changes = [
        report.replacen("Ada", "Bob", 1),
        report.replacen(time, "2020-01-01 00:00:00", 1),
        report.replace("| Bench | local |", "| Bench | other |"),
        report.replace("| Sheet | 00-", "| Sheet | 01-"),
        report.replace("Because it is so", "Because I say so"),
        report.replace(&format!("| {first} |"), "| another-step |"),
        report.replacen("attempt", "attempts", 1),
    ];
    for changed in changes {
        assert_ne!(changed, report);
        let (code, said) = verify(&shell, &changed);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("WRONG"), "{said}");
        assert!(said.contains("error: report.md was changed"), "{said}");
    }
    let other = Shell::new().set(
        "SESSION_LAB_SECRET_KEY",
        "another lab's key, long enough for it",
    );
    assert_eq!(verify(&other, &report).0, Some(1));
    let (code, said) = verify(&shell, "# Notes\n");
    assert_eq!(code, Some(1));
    assert!(said.contains("is not a report"), "{said}");
    let (_, said) = verify(&Shell::new(), &report);
    assert!(said.contains("there is no key at"), "{said}");
}

#[tokio::test]
async fn a_name_is_shown_as_text_on_every_page_and_in_the_report() {
    let walk = Walk::begin("01").await;
    walk.post("/labs/name", &[("name", SCRIPT)]).await;
    let shown = "Ada &lt;b&gt;|`*_\\u001b[31m";
    for page in [
        "/",
        "/labs",
        "/custom",
        "/labs/01-a-session",
        "/labs/01-a-session/print",
    ] {
        let body = walk.student().get(page).await.body;
        assert!(body.contains(shown), "{page}: {body}");
        assert!(!body.contains("Ada <b>"), "{page}");
    }
    let portal = walk
        .lab
        .visitor("http", "/insecure")
        .get("/login")
        .await
        .body;
    assert!(portal.contains(shown), "the portal's pages carry it, too");
    let page = walk.student().get(&walk.path("/report")).await.body;
    assert!(page.contains(shown) && !page.contains("Ada <b>"), "{page}");
    let long = "x".repeat(61);
    // The second form has no name at all: no wish to remove the one that is there.
    for (field, status) in [("name", 422), ("nome", 400)] {
        let refused = walk.try_post("/labs/name", &[(field, &long)]).await;
        assert_eq!(refused.status, status);
    }
    assert!(
        walk.student().get("/labs").await.body.contains(shown),
        "nothing is lost"
    );
    walk.post("/labs/name", &[("name", " ")]).await;
    assert!(!walk.student().get("/").await.body.contains("Ada"));
}

/// The lab's own program runs from any folder: nothing of the sheets is beside it.
#[test]
fn the_sheets_are_in_the_binary() {
    let shell = Shell::new();
    let ended = shell.run(&["labs"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let listed: Vec<_> = ended.stdout.lines().collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs");
    let files = std::fs::read_dir(folder).expect("the folder").count();
    assert_eq!(listed.len(), files - 2, "all but the format and the manual");
    assert!(listed[6].starts_with("06-session-fixation"), "{listed:?}");
}

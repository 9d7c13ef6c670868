//! Bad input: unknown sheets, broken files, forged progress, answers that are none.

use std::fs;

use session_lab::worksheets::sheet::{Question, QuestionKind};

use super::walk::Walk;
use crate::app::program::Program;
use crate::cli::shell::Shell;

#[tokio::test]
async fn an_unknown_sheet_is_answered_with_the_list_of_all() {
    let walk = Walk::begin("01").await;
    let page = walk.student().get("/labs/99-%3Cscript%3E").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("99-&lt;script&gt;"), "{}", page.body);
    assert!(page.body.contains("/labs/06-session-fixation"));
    for path in [
        "/labs/99/live",
        "/labs/99/print",
        "/labs/99/report",
        "/labs/99/report.md",
    ] {
        let page = walk.student().get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(
            page.body.contains("06-session-fixation"),
            "{path}: {}",
            page.body
        );
    }
    let posted = walk.try_post("/labs/99/answer", &[("id", "a")]).await;
    assert_eq!(posted.status, 404);
}

#[tokio::test]
async fn a_broken_sheet_is_named_with_its_line_and_the_others_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let labs = folder.path().join("own");
    fs::create_dir(&labs).unwrap();
    let front = "+++\ntitle = \"Mine\"\nminutes = 20\nlevel = \"core\"\nstage = \"begin\"\nafter = []\noutcomes = [\"a\"]\n\
                 standards = []\ndefences = []\nattacks = []\nneeds = []\n+++\n";
    fs::write(labs.join("01-mine.md"), format!("{front}Hello\n")).unwrap();
    let broken = format!("{front}\n```step\nid = \"a\"\ndo = \"b\"\nexpect = 3\n```\n");
    fs::write(labs.join("02-broken.md"), broken).unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let lab = Program::start_with(&data, &["--labs", labs.to_str().unwrap()]);
    assert!(lab.log().contains("02-broken.md:17: "), "{}", lab.log());
    let mut student = lab.visitor("lab", "");
    let list = student.get("/labs").await.body;
    assert!(
        list.contains("01 Mine") && list.contains("02-broken.md:17: "),
        "{list}"
    );
    assert_eq!(student.get("/labs/01-mine").await.status, 200);
    assert_eq!(student.get("/labs/02-broken").await.status, 404);

    let shell = Shell::new();
    let ended = shell.run(&["labs", "--labs", labs.to_str().unwrap()]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("01-mine"), "{ended:?}");
    assert!(ended.stderr.contains("02-broken.md:17: "), "{ended:?}");
    let ended = shell.refused(&["--labs", "/nowhere/at/all"]);
    assert!(ended.error().contains("cannot be read"), "{ended:?}");
    fs::create_dir(shell.path().join("empty")).unwrap();
    for words in [&["labs", "--labs", "empty"][..], &["--labs", "empty"]] {
        let ended = shell.refused(words);
        assert_eq!(ended.error(), "no worksheet is in empty");
        assert!(ended.hint().contains("leave --labs out"), "{ended:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_none_changes_nothing() {
    let walk = Walk::begin("01").await;
    walk.answer().await;
    let before = walk.student().get(&walk.path("/report.md")).await.body;
    let is_choice = |question: &&Question| matches!(question.kind, QuestionKind::Choice(_));
    let question = walk.sheet.questions().find(is_choice).unwrap();
    let question = &question.common.id;
    let long = "x".repeat(5_000);
    let path = walk.path("/answer");
    for (form, status) in [
        (vec![("id", question.as_str()), ("answer", "77")], 422),
        (vec![("id", question.as_str())], 422),
        (vec![("id", "nothing"), ("answer", "1")], 422),
        (vec![], 422),
        (vec![("id", question.as_str()), ("answer", &long)], 422),
    ] {
        let reply = walk.try_post(&path, &form).await;
        assert_eq!(reply.status, status, "{form:?}");
        assert!(reply.body.contains("still there"), "{}", reply.body);
    }
    let huge = "x".repeat(70_000);
    assert_eq!(walk.try_post(&path, &[("answer", &huge)]).await.status, 413);
    let hint = walk.path("/hint");
    assert_eq!(walk.try_post(&hint, &[("id", "nothing")]).await.status, 422);
    let after = walk.student().get(&walk.path("/report.md")).await.body;
    let answers = |report: &str| {
        report
            .split("## Answers")
            .nth(1)
            .map(|text| text.split("Code of").next().unwrap_or_default().to_owned())
    };
    assert_eq!(answers(&before), answers(&after));
}

#[tokio::test]
async fn progress_survives_a_restart_a_reset_of_the_bench_and_a_move_by_file() {
    let mut walk = Walk::begin("00").await;
    walk.do_steps().await;
    walk.answer().await;
    let points = walk.live().await["points"].clone();
    let saved = walk.student().get("/labs/progress.json").await.body;
    walk.post("/reset", &[]).await;
    assert_eq!(
        walk.live().await["points"],
        points,
        "a reset of the bench leaves it"
    );
    walk.restart();
    assert_eq!(walk.live().await["points"], points, "a restart leaves it");
    walk.post(&walk.path("/reset"), &[]).await;
    assert_eq!(walk.live().await["points"], 0);

    for (file, says) in [
        (
            saved.replacen("curl", "none", 1),
            "was changed, or another lab",
        ),
        (
            saved.replace("\"version\": 2", "\"version\": 9"),
            "A newer Session Lab",
        ),
        ("{\"a\": 1}".to_owned(), "no progress"),
        ("\u{0}\u{1}".to_owned(), "no progress"),
        (saved[..saved.len() / 2].to_owned(), "ends too early"),
        (saved.replacen("curl", "\u{0}", 1), "is damaged in line "),
        (format!("{saved}{}", " ".repeat(1_100_000)), "1 MB at most"),
    ] {
        let reply = walk.upload(&file).await;
        assert_eq!(reply.status, 422, "{says}: {}", reply.body);
        assert!(reply.body.contains(says), "{says}: {}", reply.body);
        assert!(reply.body.contains("Nothing was changed"), "{says}");
        assert_eq!(walk.live().await["points"], 0);
    }
    assert_eq!(walk.upload(&saved).await.status, 303);
    assert_eq!(walk.live().await["points"], points);
}

#[tokio::test]
async fn hints_are_opened_one_by_one_and_never_sent_before() {
    let walk = Walk::begin("06").await;
    let step = walk
        .sheet
        .steps()
        .find(|step| step.common.hints.len() >= 2)
        .unwrap();
    let page = |walk: &Walk| {
        let path = walk.path("");
        let mut student = walk.student();
        async move { student.get(&path).await.body }
    };
    let opened = |body: &str| {
        let block = body
            .split(&format!("id=\"{}\"", step.common.id))
            .nth(1)
            .unwrap();
        let block = block.split("</section>").next().unwrap();
        block.matches("<b>Hint ").count()
    };
    assert_eq!(opened(&page(&walk).await), 0);
    for count in 1..=step.common.hints.len() + 1 {
        walk.post(&walk.path("/hint"), &[("id", &step.common.id)])
            .await;
        let expected = count.min(step.common.hints.len());
        assert_eq!(opened(&page(&walk).await), expected);
    }
}

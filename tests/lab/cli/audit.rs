//! `session-lab audit`, as a shell sees it.

use serde_json::Value;

use super::shell::Shell;
use crate::attacks::audit::applications::accounts;
use crate::attacks::audit::plain_app::PlainApp;
use crate::support::lab;
use session_lab::base::addresses::Listener;

#[test]
fn a_flaw_exits_with_1_and_is_told_with_its_exchange_and_its_mend() {
    let shell = Shell::new();
    let ended = shell.run(&["audit", "--against", "without-rotation"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for part in [
        "FLAW  rotation\n  Expected: The sign-in gives the session another id.",
        "Attacks of the matrix that succeed: fixation.",
        "$ curl -i -b ",
        "/defences/rotation",
        "flaw: 1, note: 0",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    assert!(ended.stderr.contains("rotation"), "{}", ended.stderr);
    assert!(!ended.stdout.contains("password123"), "{}", ended.stdout);
}

#[test]
fn hardened_exits_with_0_and_a_baseline_accepts_what_is_known() {
    let shell = Shell::new();
    let hardened = shell.run(&["audit", "--against", "hardened", "--fail-on", "note"]);
    assert_eq!(hardened.code, Some(0), "{hardened:?}");
    assert!(
        hardened.stdout.contains("flaw: 0, note: 0"),
        "{}",
        hardened.stdout
    );

    let origin = lab().addresses.origin(Listener::Lab);
    let first = ["audit", "--against", "without-framing", "--url", &origin];
    let json = [&first[..], &["--format", "json", "--output", "known.json"]].concat();
    assert_eq!(shell.run(&json).code, Some(1));
    let text = std::fs::read_to_string(shell.path().join("known.json")).expect("a report");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    let framing = findings
        .iter()
        .find(|one| one["check"] == "framing")
        .expect("it is there");
    assert_eq!(framing["verdict"]["kind"], "flaw");
    assert_eq!(framing["verdict"]["attacks"][0], "clickjacking");
    let again = [
        &first[..],
        &["--baseline", "known.json", "--format", "junit"],
    ]
    .concat();
    let again = shell.run(&again);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(
        again.stdout.starts_with("<?xml version=\"1.0\""),
        "{}",
        again.stdout
    );
    assert!(
        again.stdout.contains("<failure type=\"flaw\""),
        "{}",
        again.stdout
    );
}

#[test]
fn what_may_not_be_audited_is_refused_with_2() {
    for (words, part) in [
        (
            &["audit", "http://192.0.2.1:5000", "--user", "a"][..],
            "neither a loopback address nor a private one",
        ),
        (
            &["audit", "http://10.9.8.7:5000", "--user", "a"],
            "private address",
        ),
        (
            &[
                "audit",
                "http://10.9.8.7:5000",
                "--user",
                "a",
                "--nonce",
                "session-lab-audit-xyz",
            ],
            "--nonce is no nonce",
        ),
        (
            &["audit", "localhost:5000", "--user", "a"],
            "is not an address like",
        ),
        (
            &["audit", "http://a:hunter2@localhost", "--user", "a"],
            "holds a user name or a password",
        ),
        (&["audit", "http://127.0.0.1:9"], "no account is named"),
        (&["audit", "--against", "nonsense"], "nonsense"),
        (&["audit"], "cannot read audit.toml"),
        (
            &["audit", "--against", "hardened", "--baseline", "none.json"],
            "cannot read none.json",
        ),
    ] {
        let ended = Shell::new().run(words);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        ended.assert_one_error_and_one_hint();
        assert!(ended.error().contains(part), "{part}: {ended:?}");
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    }
}

#[test]
fn a_recipe_is_written_once_and_its_mistakes_have_a_line() {
    let shell = Shell::new();
    assert_eq!(shell.run(&["audit", "--init"]).code, Some(0));
    let again = shell.run(&["audit", "--init"]);
    assert_eq!(again.code, Some(2), "{again:?}");
    let file = shell.path().join("audit.toml");
    let recipe = std::fs::read_to_string(&file).expect("it was written");
    let ended = shell.run(&["audit"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.error().starts_with("audit.toml, line "), "{ended:?}");
    assert!(ended.hint().contains("mine = true"), "{ended:?}");

    shell.write(
        "audit.toml",
        &recipe.replace("mine = false", "mine = true\ncolour = 1"),
    );
    let ended = shell.run(&["audit", "--user", "a"]);
    assert!(
        ended.error().contains("unknown field `colour`"),
        "{ended:?}"
    );

    // Nobody is asked for a password where there is no terminal.
    shell.write("audit.toml", &recipe.replace("mine = false", "mine = true"));
    let ended = shell.run(&["audit", "--user", "alice"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.error().contains("no password is given for alice"),
        "{ended:?}"
    );
    assert!(
        ended.hint().contains("SESSION_LAB_AUDIT_PASSWORD"),
        "{ended:?}"
    );

    let recipe = "base = \"http://127.0.0.1:9\"\nmine = true\n[[account]]\nuser = \"a\"\npassword-file = \"p\"\n";
    shell.write("audit.toml", recipe);
    assert!(
        shell
            .run(&["audit"])
            .error()
            .contains("cannot read the password in")
    );
    shell.write("p", "secret\n");
    let ended = shell.run(&["audit"]);
    assert!(ended.error().contains("could not begin"), "{ended:?}");
}

/// The number before some words.
fn number_before(text: &str, words: &str) -> u32 {
    let before = text.split(words).next().expect("a beginning");
    let number = before.split_whitespace().next_back().unwrap_or_default();
    number
        .parse()
        .unwrap_or_else(|_| panic!("no number before {words}: {text}"))
}

#[test]
fn what_an_audit_costs_is_said_first_with_its_waits_and_is_kept() {
    let app = PlainApp::default().start();
    let shell = Shell::new();
    let account = &accounts()[0];
    let recipe = format!(
        "base = \"{}\"\nmine = true\n[[account]]\nuser = \"{}\"\npassword-file = \"p\"\n",
        app.url(),
        account.user
    );
    shell.write("audit.toml", &recipe);
    shell.write("p", &account.password);
    let ended = shell.run(&["audit", "--wait", "1s", "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let announced = number_before(&ended.stderr, " requests at most");
    let sent = number_before(&ended.stderr, " requests. Its checks");
    assert!(0 < sent && sent <= announced, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("2 s of that it waits"),
        "{}",
        ended.stderr
    );
    let report: Value = serde_json::from_str(&ended.stdout).expect("only the report");
    let findings = report["findings"].as_array().expect("a list");
    let idle = findings.iter().find(|one| one["check"] == "idle-timeout");
    assert_eq!(idle.expect("it is there")["verdict"]["kind"], "cannot-tell");
}

#[test]
fn a_report_in_html_begins_with_its_verdict_and_has_what_the_text_has() {
    let shell = Shell::new();
    let origin = lab().addresses.origin(Listener::Lab);
    let words = ["audit", "--against", "without-framing", "--url", &origin];
    let text = shell.run(&words).stdout;
    let html = shell
        .run(&[&words[..], &["--format", "html"]].concat())
        .stdout;
    let verdict = html.find("1 flaw and 0 notes").expect("a verdict");
    let first = html.find("<article").expect("a finding");
    assert!(verdict < first, "{html}");
    assert!(html.contains("<a href=\"#framing\">framing</a>"), "{html}");
    for part in ["Not seen from outside", "What the audit left behind"] {
        assert!(html.contains(part), "{part}: {html}");
        assert!(text.contains(&part.to_uppercase()), "{part}: {text}");
    }
    assert!(!html.contains("<script"), "{html}");
    // Two limits take waiting, and the text says so once.
    assert_eq!(text.matches("It takes waiting").count(), 1, "{text}");
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_file_in_utf_16_is_named_with_what_writes_utf_8() {
    let shell = Shell::new();
    let file = |name: &str, bytes: &[u8]| std::fs::write(shell.path().join(name), bytes).unwrap();
    file(
        "recipe.toml",
        &utf_16("\u{feff}base = \"http://127.0.0.1:9\"\n"),
    );
    file("known.json", &utf_16("{\"findings\": []}"));
    file("p", &utf_16("\u{feff}secret\n"));
    let recipe = "base = \"http://127.0.0.1:9\"\nmine = true\n[[account]]\nuser = \"a\"\npassword-file = \"p\"\n";
    shell.write("audit.toml", recipe);
    for words in [
        &["audit", "--recipe", "recipe.toml"][..],
        &["audit", "--against", "hardened", "--baseline", "known.json"],
        &["audit"],
    ] {
        let ended = shell.run(words);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.error().contains("it is UTF-16 text"), "{ended:?}");
        assert!(
            ended.hint().contains("Out-File -Encoding utf8"),
            "{ended:?}"
        );
    }
}

#[test]
fn the_mark_of_an_editor_is_no_part_of_a_password_a_recipe_or_a_baseline() {
    let recipe = "\u{feff}base = \"http://127.0.0.1:9\"\nmine = true\n[[account]]\nuser = \"a\"\npassword-file = \"p\"\n";
    let shell = Shell::new();
    shell.write("audit.toml", recipe);
    shell.write("p", "\u{feff}\n");
    let ended = shell.run(&["audit"]);
    assert!(
        ended.error().contains("the first line of p is empty"),
        "{ended:?}"
    );
    let shell = shell.set("SESSION_LAB_AUDIT_PASSWORD", "\u{feff}");
    let without_file = recipe.replace("password-file = \"p\"\n", "");
    shell.write("audit.toml", &without_file);
    let ended = shell.run(&["audit"]);
    assert!(
        ended.error().contains("no password is given for a"),
        "{ended:?}"
    );
    shell.write("known.json", "\u{feff}{\"findings\": 1}");
    let ended = shell.run(&["audit", "--against", "hardened", "--baseline", "known.json"]);
    assert!(ended.error().contains("invalid type: integer"), "{ended:?}");
}

//! Issue 17.13: what a file, a header or a name holds is shown in the terminal and does nothing there.

use std::fs;

use super::shell::{Ended, Shell};
use crate::app::program::Program;
use crate::support::sentinel::wait_for;

/// Black on black, back to the start of the line, a bell, from right to left, and without a width.
pub const HIDDEN: &str = "\u{1b}[30;40m\r\u{7}\u{202e}\u{2066}\u{200b}\u{200d}\u{feff}\u{9b}x";

/// Nothing of it is left in a text, and its escapes are there.
pub fn assert_encoded(text: &str) {
    assert_harmless(text);
    assert!(text.contains("\\u001b"), "it is shown: {text}");
}

fn assert_harmless(text: &str) {
    let obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let found = text.chars().find(|c| obeyed(*c));
    assert_eq!(found, None, "{text:?}");
}

fn assert_all_encoded(ended: &Ended) {
    assert_encoded(&format!("{}{}", ended.stdout, ended.stderr));
}

/// The same in a TOML string, which has its own escapes.
fn in_toml() -> String {
    let escaped = HIDDEN.chars().map(|c| format!("\\u{:04x}", u32::from(c)));
    escaped.collect()
}

#[test]
fn a_report_and_its_name_do_nothing_in_the_teachers_terminal() {
    let shell = Shell::new();
    let key = Shell::new().run(&["secret"]).stdout;
    shell.write("lab-data/keys/server-key", &key);
    let report = format!(
        "| Name | Ada{HIDDEN} |\n| Bench | b{HIDDEN} |\n| Sheet | 00{HIDDEN} |\n\n## Steps\n\n\
         | step |\n|---|\n| s{HIDDEN} | time | 1 | curl | `0` |\n\nCode of this report: `0`\n"
    );
    shell.write("report.md", &report);
    assert_all_encoded(&shell.run(&["labs", "verify", "report.md"]));
    let name = format!("r{HIDDEN}.md");
    shell.write(&name, &report);
    assert_all_encoded(&shell.run(&["labs", "verify", &name]));
    shell.write(&name, "no report");
    assert_all_encoded(&shell.run(&["labs", "verify", &name]));
    assert_all_encoded(&shell.run(&["labs", "verify", &format!("none{HIDDEN}")]));
}

#[test]
fn settings_do_nothing_in_the_terminal() {
    let toml = in_toml();
    for file in [
        format!("\"a{toml}\" = 1"),
        format!("lab-port = \"{toml}\""),
        format!("bind = \"{toml}\""),
        format!("sessions = \"{toml}\"\nbind = \"{toml}\""),
    ] {
        let shell = Shell::new();
        shell.write("session-lab.toml", &file);
        assert_all_encoded(&shell.refused(&[]));
    }
    let shell = Shell::new();
    shell.write("session-lab.toml", &format!("lab-port = {HIDDEN}"));
    let ended = shell.refused(&[]);
    assert_harmless(&format!("{}{}", ended.stdout, ended.stderr));
    let shell = Shell::new().set("SESSION_LAB_HTTP_PORT", HIDDEN.trim());
    assert_all_encoded(&shell.refused(&[]));
    let shell = Shell::new();
    let missing = format!("missing{HIDDEN}");
    assert_all_encoded(&shell.refused(&["--config", &missing]));
    assert_all_encoded(&shell.refused(&["labs", "--labs", &missing]));
}

#[test]
fn sheets_and_stores_do_nothing_in_the_terminal() {
    let shell = Shell::new();
    shell.write(&format!("own/{HIDDEN}.md"), "");
    shell.write(
        "own/21-x.md",
        &format!("+++\ntitle = \"{}\"\n+++\n", in_toml()),
    );
    assert_all_encoded(&shell.run(&["labs", "--labs", "own"]));
    let data = format!("data{HIDDEN}");
    fs::create_dir_all(shell.path().join(&data).join("sessions")).unwrap();
    assert_all_encoded(&shell.run(&["store", "stats", "--data-dir", &data]));
    assert_all_encoded(&shell.run(&["attack", &format!("none{HIDDEN}")]));
    assert_all_encoded(&shell.run(&["labs", "print", &format!("none{HIDDEN}")]));
}

#[test]
fn a_line_of_the_log_stays_a_line_and_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    fs::create_dir(&own).unwrap();
    fs::write(own.join(format!("a\n{HIDDEN}.md")), "").unwrap();
    let program = Program::start_with(folder.path(), &["--labs", own.to_str().unwrap()]);
    wait_for("the sheet is named", || {
        program.log().contains("is left out")
    });
    let log = program.log();
    assert_encoded(&log);
    let line = log.lines().find(|line| line.contains("is left out"));
    assert!(line.unwrap().contains("\\u000a\\u001b"), "{log}");
}

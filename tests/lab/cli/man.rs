//! `session-lab man`: the manual pages, as programs read them.

use super::shell::Shell;

/// The words of a manual page, as groff would set them, without its marks.
fn plain(page: &str) -> String {
    page.replace("\\-", "-")
        .replace("\\fB", "")
        .replace("\\fR", "")
        .replace("\\fI", "")
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let shell = Shell::new();
    let printed = shell.run(&["man"]);
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    let page = plain(&printed.stdout);
    assert!(page.contains(".TH session-lab 1"), "{page}");
    for named in ["--https-port", "SESSION_LAB_SECRET_KEY", "attack"] {
        assert!(page.contains(named), "{named}");
    }

    let written = shell.run(&["man", "share/man1"]);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    assert_eq!(written.stdout, "man -l share/man1/session-lab.1\n");
    let folder = shell.path().join("share/man1");
    for command in [
        "serve",
        "attack",
        "audit",
        "matrix",
        "same-site",
        "labs",
        "labs-print",
        "store-stats",
        "doctor",
        "secret",
        "man",
    ] {
        let page = folder.join(format!("session-lab-{command}.1"));
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains(".SH NAME"), "{command}");
    }

    shell.write("file", "");
    let refused = shell.run(&["man", "file/man1"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("hint: name a folder"),
        "{}",
        refused.stderr
    );
}

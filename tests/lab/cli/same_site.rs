//! `session-lab same-site`, as a shell sees it.

use super::shell::Shell;

#[test]
fn an_unknown_browser_or_choice_is_a_usage_error() {
    for words in [
        &["same-site", "--browser", "lynx"][..],
        &["same-site", "--third-party-cookies", "some"],
    ] {
        let ended = Shell::new().run(words);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains("possible values"), "{ended:?}");
    }
}

// On macOS browsers are also found where applications are.
#[cfg(not(target_os = "macos"))]
#[test]
fn without_a_browser_it_says_how_to_install_one() {
    let empty = tempfile::tempdir().unwrap();
    let shell = Shell::new()
        .set("PATH", empty.path().display().to_string())
        .unset(&["CHROME", "FIREFOX"]);
    for (browser, package) in [("chromium", "chromium"), ("firefox", "firefox-esr")] {
        let ended = shell.refused(&["same-site", "--browser", browser]);
        assert!(ended.error().contains("is installed here"), "{ended:?}");
        let install = format!("apt install {package}");
        assert!(ended.hint().contains(&install), "{ended:?}");
    }
}

/// What `tests/run long` adds.
mod long {
    use std::fs;

    use session_lab::same_site::recorded::{CHROMIUM_BLOCKED, RecordedTable, cells};

    use super::*;
    use crate::support::PATIENCE;

    #[test]
    #[ignore = "long: two minutes; needs Chromium"]
    fn it_measures_prints_compares_and_records() {
        let shell = Shell::new();
        let choice = ["--third-party-cookies", "blocked", "--record", "."];
        // The exception for a cookie without SameSite ends after two minutes, and it waits for that.
        let patience = 5 * PATIENCE;
        let ended = shell.run_within(patience, &[&["same-site"], &choice[..]].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        for said in [
            "from another site",
            "As in the record of Chromium",
            "cross-site.iframe.none",
        ] {
            assert!(ended.stdout.contains(said), "{said}: {ended:?}");
        }
        let written = fs::read_to_string(shell.path().join("chromium-blocked.json")).unwrap();
        let written: RecordedTable = serde_json::from_str(&written).expect("a record");
        assert!(written.with.starts_with("Chromium "), "{}", written.with);
        for (from, way, _) in cells() {
            let recorded = CHROMIUM_BLOCKED.sent(from, way);
            assert_eq!(written.sent(from, way), recorded, "{from:?} {way:?}");
        }
    }
}

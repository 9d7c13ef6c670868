//! `session-lab attack` and `session-lab matrix`, as a shell sees them.

use session_lab::attacks::{ALL, matrix};
use session_lab::base::addresses::Listener;

use super::shell::Shell;
use crate::support::lab;

fn names() -> Vec<&'static str> {
    ALL.iter().map(|attack| attack.card().name).collect()
}

#[test]
fn an_unknown_attack_or_variant_exits_with_2_and_lists_the_known_ones() {
    let variants = matrix::variants();
    let variants: Vec<String> = variants.iter().map(ToString::to_string).collect();
    let variants: Vec<&str> = variants.iter().map(String::as_str).collect();
    for (words, known) in [
        (&["attack", "nonsense"][..], &names()),
        (&["attack", "fixation", "--against", "nonsense"], &variants),
        (&["attack", "fixation", "--against", "custom"], &variants),
        (&["matrix", "--attack", "nonsense"], &names()),
        (&["matrix", "--variant", "only-nonsense"], &variants),
    ] {
        let ended = Shell::new().run(words);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(2), ""),
            "{ended:?}"
        );
        ended.assert_one_error_and_one_hint();
        let (_, listed) = ended.hint().split_once(" are ").expect("a list");
        assert_eq!(listed.split(", ").collect::<Vec<_>>(), *known);
    }
}

#[test]
fn attack_without_a_name_lists_the_attacks() {
    let ended = Shell::new().run(&["attack"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let lines = ended.stdout.lines();
    let first_column = lines.filter_map(|line| Some(line.split_once("  ")?.0));
    assert_eq!(first_column.collect::<Vec<_>>(), names());
}

#[test]
fn an_attack_is_drawn_into_a_file_or_says_why_it_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fixation.svg");
    let file = file.to_str().expect("a name");
    let ended = Shell::new().run(&["attack", "fixation", "--svg", file]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains(&format!("The diagram is in {file}.")),
        "{ended:?}"
    );
    let drawn = std::fs::read_to_string(file).expect("it is there");
    for part in [
        "<?xml",
        "<title",
        "against insecure",
        "The attack succeeded.",
        "</svg>",
    ] {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
    let nowhere = folder.path().join("no/such/folder.svg");
    let nowhere = nowhere.to_str().expect("a name");
    let ended = Shell::new().run(&["attack", "fixation", "--svg", nowhere]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.hint().contains("--svg"), "{ended:?}");
}

#[test]
fn an_attack_prints_its_transcript_and_how_it_ended_and_leaves_nothing_behind() {
    for (variant, end) in [
        ("insecure", "The attack succeeded. After 6 idle minutes"),
        (
            "only-idle-timeout",
            "The attack was stopped. The session was unused",
        ),
    ] {
        let shell = Shell::new();
        let ended = shell.run(&["attack", "replay-after-idle-limit", "--against", variant]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        for part in ["attacker > GET /b/run-", "attacker < HTTP/1.1 ", end] {
            assert!(ended.stdout.contains(part), "{part}: {ended:?}");
        }
        assert_eq!(std::fs::read_dir(shell.path()).unwrap().count(), 0);
    }
}

#[test]
fn attack_and_matrix_run_against_a_lab_that_is_there() {
    let url = lab().addresses.origin(Listener::Lab);
    let ended = Shell::new().run(&["attack", "role-cookie-tampering", "--url", &url]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let port = lab()
        .addresses
        .port(Listener::PortalHttps)
        .expect("it is up");
    let host = format!("Host: localhost:{port}");
    assert!(ended.stdout.contains(&host), "{ended:?}");
    assert!(ended.stdout.contains("The attack succeeded."), "{ended:?}");

    let words = ["matrix", "--attack", "role-cookie-tampering", "--url", &url];
    let ended = Shell::new().run(&words);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("not asked, 0 wrong"), "{ended:?}");
}

#[test]
fn an_address_that_is_no_lab_on_this_computer_is_refused() {
    for (url, code, hint) in [
        ("https://localhost:7070", 2, "--url http://localhost:7070"),
        ("http://example.org", 2, "--url http://localhost:7070"),
        ("nonsense", 2, "--url http://localhost:7070"),
        ("http://localhost:1", 1, "start it with session-lab"),
    ] {
        let ended = Shell::new().run(&["attack", "fixation", "--url", url]);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(code), ""),
            "{ended:?}"
        );
        ended.assert_one_error_and_one_hint();
        assert!(ended.hint().contains(hint), "{ended:?}");
    }
}

#[test]
fn step_without_a_terminal_prints_every_beat_of_both_sides_with_a_note() {
    let ended = Shell::new().run(&["attack", "fixation", "--step"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let note = "session-lab: note: no terminal to wait at";
    assert!(ended.stderr.contains(note), "{ended:?}");
    let beats = ended
        .stdout
        .lines()
        .filter(|line| line.starts_with("Against "));
    let beats: Vec<&str> = beats.collect();
    assert_eq!(beats[0], "Against insecure, beat 1 of 4");
    assert_eq!(beats[4], "Against hardened, beat 1 of 4");
    assert_eq!(beats.len(), 8);
    let ends: Vec<&str> = ended
        .stdout
        .lines()
        .filter(|line| line.starts_with("The attack "))
        .collect();
    assert!(
        ends[0].starts_with("The attack succeeded.")
            && ends[1].starts_with("The attack was stopped."),
        "{ends:?}"
    );
    assert!(
        ended
            .stdout
            .contains("victim's jar gets session_insecure_run-"),
        "{ended:?}"
    );

    let one = Shell::new().run(&["attack", "fixation", "--step", "--against", "only-rotation"]);
    assert!(
        one.stdout.contains("Against only-rotation, beat 4 of 4"),
        "{one:?}"
    );
    assert!(!one.stdout.contains("Against insecure"), "{one:?}");
    let nameless = Shell::new().run(&["attack", "--step"]);
    assert_eq!(nameless.code, Some(2), "{nameless:?}");
}

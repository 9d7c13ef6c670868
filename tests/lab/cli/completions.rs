//! `session-lab completions`: the scripts, given to the shells that read them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::shell::Shell;

/// What bash offers for the last of these words.
fn offered_by_bash(words: &[&str]) -> Vec<String> {
    let completions = Shell::new().run(&["completions", "bash"]);
    assert_eq!(completions.code, Some(0), "{}", completions.stderr);
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let ask = format!(
        "{}\nCOMP_WORDS=({})\nCOMP_CWORD={}\n\
         function=$(complete -p session-lab | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n\
         $function session-lab '{}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        completions.stdout,
        quoted.join(" "),
        words.len() - 1,
        words[words.len() - 1],
        words[words.len() - 2],
    );
    let mut bash = Command::new("bash")
        .args(["--norc", "-s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    bash.stdin
        .take()
        .unwrap()
        .write_all(ask.as_bytes())
        .unwrap();
    let said = bash.wait_with_output().unwrap();
    assert!(said.status.success());
    let said = String::from_utf8(said.stdout).unwrap();
    said.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_attacks_variants_and_sheets() {
    for (words, wanted) in [
        (&["session-lab", "mat"][..], "matrix"),
        (&["session-lab", "doc"], "doctor"),
        (&["session-lab", "doctor", "--lab-p"], "--lab-port"),
        (
            &["session-lab", "same-site", "--third-party-cookies", "all"],
            "allowed",
        ),
        (&["session-lab", "attack", "fix"], "fixation"),
        (
            &["session-lab", "attack", "--against", "without-rot"],
            "without-rotation",
        ),
        (
            &["session-lab", "labs", "print", "06"],
            "06-session-fixation",
        ),
        (&["session-lab", "--lab-p"], "--lab-port"),
    ] {
        assert_eq!(offered_by_bash(words), [wanted], "{words:?}");
    }
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = Shell::new().run(&["completions", shell]);
        assert_eq!(ended.code, Some(0), "{shell}: {}", ended.stderr);
        for name in ["matrix", "lab-port"] {
            assert!(ended.stdout.contains(name), "{shell} lacks {name}");
        }
        // The other two complete no values.
        if ["bash", "fish", "zsh"].contains(&shell) {
            assert!(
                ended.stdout.contains("fixation"),
                "{shell} lacks the attacks"
            );
        }
    }
    let ended = Shell::new().run(&["completions", "tcsh"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("possible values"), "{}", ended.stderr);
}

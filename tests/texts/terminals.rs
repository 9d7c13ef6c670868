//! Programs that write otherwise to a terminal than to a pipe. A student reads a terminal, and the tests
//! that walk through a sheet read a pipe, so they cannot see the difference.

use std::fs;

use super::read::{paths, root};

/// A program, and the option with which it writes the same to both. `redis-cli` writes `(integer) 1` to a
/// terminal and `1` to a pipe.
const PROGRAMS: &[(&str, &str)] = &[("redis-cli", "--raw")];

/// The commands of a text's console blocks that run such a program without its option.
fn differing(text: &str) -> Vec<String> {
    let mut console = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            console = line == "```console";
        }
        let command = line.strip_prefix("$ ").or_else(|| line.strip_prefix("> "));
        let Some(command) = command.filter(|_| console) else {
            continue;
        };
        for (program, option) in PROGRAMS {
            let words = || command.split_whitespace();
            if words().any(|word| word == *program) && !words().any(|word| word == *option) {
                found.push(format!("{}: {program} {option}", number + 1));
            }
        }
    }
    found
}

#[test]
fn a_command_of_a_sheet_prints_the_same_in_a_terminal_as_for_the_tests() {
    let texts = paths("labs").into_iter().chain(["README.md".to_owned()]);
    let mut seen = 0;
    for path in texts.filter(|path| path.ends_with(".md")) {
        let text = fs::read_to_string(root().join(&path)).expect("a text");
        seen += usize::from(text.contains("redis-cli --raw"));
        assert_eq!(differing(&text), Vec::<String>::new(), "{path}");
    }
    assert!(seen > 0, "no sheet uses a program of the list any more");
}

#[test]
fn a_command_without_the_option_is_found() {
    let text =
        "```console\n$ db() { redis-cli -p 1; }\n$ redis-cli --raw ping\n```\nredis-cli ping";
    assert_eq!(differing(text), ["2: redis-cli --raw"]);
}

//! The README's commands are run, in order, and must print what the README says they print. Its
//! first screen and the list of crates in `docs` are checked.

use std::path::Path;
use std::process::Command;

use session_lab::attacks::{Engine, find};

use crate::app::program::Program;

/// One command of the README with what it prints.
struct Shown {
    command: String,
    output: String,
}

/// Every command in the `console` blocks: a line that begins with `$ `, and the lines below it up to
/// an empty line, the next command or the end of the block.
fn commands(readme: &str) -> Vec<Shown> {
    let blocks = readme.split("```console\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let mut found: Vec<Shown> = Vec::new();
    for line in lines {
        if let Some(command) = line.strip_prefix("$ ") {
            found.push(Shown {
                command: command.to_owned(),
                output: String::new(),
            });
        } else if let Some(last) = found.last_mut()
            && !line.is_empty()
        {
            last.output.push_str(line);
            last.output.push('\n');
        }
    }
    found
}

/// A text with the default ports replaced by this lab's.
fn with_real_ports(lab: &Program, text: &str) -> String {
    let sites = [("lab", 7070), ("http", 7080), ("https", 7443)];
    sites.iter().fold(text.to_owned(), |text, (site, default)| {
        let real = format!("localhost:{}", lab.port(site));
        text.replace(&format!("localhost:{default}"), &real)
    })
}

/// Whether a command tries an attack that needs a browser.
fn needs_browser(command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    let name = words.windows(2).find(|pair| pair[0] == "attack");
    let attack = name.and_then(|pair| find(pair[1]));
    attack.is_some_and(|attack| attack.card().engine == Engine::Browser)
}

#[test]
fn every_command_of_the_readme_without_a_browser_prints_what_it_says() {
    print_what_the_readme_says(|command| !needs_browser(command));
}

#[test]
#[ignore = "needs Chromium"]
fn every_command_of_the_readme_with_a_browser_prints_what_it_says() {
    print_what_the_readme_says(needs_browser);
}

/// Runs those of the commands that are chosen, and compares what they print.
fn print_what_the_readme_says(chosen: impl Fn(&str) -> bool) {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).expect("the README");
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("lab-data");
    std::fs::create_dir(&data).expect("a data folder");
    let lab = Program::start(&data);
    // The commands of an installed binary are those of the one that was built for the tests.
    let built = Path::new(env!("CARGO_BIN_EXE_session-lab"));
    let folder_of_binary = built.parent().expect("a folder").display();
    let mut exports = format!("export PATH=\"{folder_of_binary}:$PATH\"\n");
    let commands = commands(&readme);
    assert!(commands.len() >= 9, "the README shows the exercise");
    for shown in commands {
        let command = with_real_ports(&lab, &shown.command);
        if command.starts_with("export ") {
            exports.push_str(&command);
            exports.push('\n');
            continue;
        }
        if !chosen(&command) {
            continue;
        }
        let run = Command::new("bash")
            .args(["-c", &format!("{exports}{command}")])
            .current_dir(folder.path())
            .output()
            .expect("bash runs");
        let printed = String::from_utf8_lossy(&run.stdout).replace("\r\n", "\n");
        let printed: String = printed
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| format!("{line}\n"))
            .collect();
        snapbox::Assert::new().eq(printed, with_real_ports(&lab, &shown.output));
    }
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_first_screen_shows_a_picture_and_how_to_start_with_and_without_rust() {
    let readme = read("README.md");
    let screen = readme.split("## Test it").next().expect("a first screen");
    for part in [
        "docs/pictures/compare-light.png",
        "cargo run --release",
        "The first build takes",
        "dist/build",
        "session-lab doctor",
        "| Windows |",
        "| macOS |",
    ] {
        assert!(screen.contains(part), "{part}");
    }
    let archive = format!("session-lab-{}-x86_64", env!("CARGO_PKG_VERSION"));
    assert!(screen.contains(&archive), "the archive has today's version");
}

/// The crates of a section of `Cargo.toml`.
fn crates(manifest: &toml::Table, section: &str) -> Vec<String> {
    let section = manifest[section].as_table().expect("a section");
    section.keys().cloned().collect()
}

#[test]
fn every_crate_has_its_reason_and_no_other_is_listed() {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("TOML");
    let document = read("docs/DEPENDENCIES.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| "));
    let listed = rows.filter_map(|row| row.split(" |").next());
    let mut listed: Vec<&str> = listed
        .flat_map(|names| names.split(", "))
        .filter(|name| *name != "crate")
        .collect();
    listed.sort_unstable();
    let mut named = crates(&manifest, "dependencies");
    named.sort_unstable();
    assert_eq!(listed, named);
    let tests = document
        .split("For the tests:")
        .nth(1)
        .expect("those of the tests");
    for name in crates(&manifest, "dev-dependencies") {
        assert!(tests.contains(&name), "{name}");
    }
}

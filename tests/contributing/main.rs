//! The recipes of CONTRIBUTING.md, followed to the letter.
//!
//! A copy of the repository gets the defence, the attack and the worksheet that the recipes add.
//! `long::` also builds that copy, and runs the commands with which each recipe ends. Start with
//! `recipe.rs`: what counts as an instruction.

mod recipe;
mod tree;

use std::path::Path;
use std::process::Command;

use recipe::Recipe;
use tree::Tree;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn recipes() -> Vec<Recipe> {
    let text = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    recipe::read(&text)
}

#[test]
fn there_are_three_recipes_of_ten_steps_at_most() {
    let recipes = recipes();
    let titles: Vec<&str> = recipes.iter().map(|recipe| &*recipe.title).collect();
    let wanted = ["Add a defence", "Add an attack", "Add a worksheet"];
    assert_eq!(titles, wanted);
    for recipe in recipes {
        assert!(recipe.steps <= 10, "{}", recipe.title);
        assert!(!recipe.changes.is_empty(), "{}", recipe.title);
        assert!(!recipe.commands.is_empty(), "{}", recipe.title);
    }
}

/// A copy of the repository after every step of every recipe, and the commands that are run then.
fn followed() -> (Tree, Vec<String>) {
    let mut tree = Tree::read(root());
    let mut commands: Vec<String> = Vec::new();
    for recipe in recipes() {
        for change in &recipe.changes {
            if let Err(error) = tree.apply(change) {
                panic!("{}: {error}", recipe.title);
            }
        }
        // Several recipes may end with the same command.
        for command in recipe.commands {
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
    }
    (tree, commands)
}

#[test]
fn every_step_of_the_recipes_can_be_followed_and_leaves_formatted_source() {
    let (tree, commands) = followed();
    assert!(!commands.is_empty());
    let copy = tempfile::tempdir().unwrap();
    tree.write(copy.path());
    run(copy.path(), "cargo fmt --all --check");
}

/// What `tests/run long` adds.
mod long {
    use super::*;

    #[test]
    #[ignore = "long: it builds the repository again; needs Chromium and Redis"]
    fn anyone_who_follows_the_recipes_has_a_lab_whose_tests_pass() {
        let (mut tree, commands) = followed();
        // Cargo would mistake the copy for the original, because name and version are the same. Another
        // profile distinguishes them.
        tree.append(
            "Cargo.toml",
            "\n[profile.dev.package.session-lab]\ndebug = false\n",
        );
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contributing");
        tree.write(&copy);
        run(&copy, "cargo fmt --all --check");
        for command in commands {
            run(&copy, &command);
        }
    }
}

/// Runs a command in the copy, as a person at a shell would.
fn run(copy: &Path, command: &str) {
    println!("$ {command}");
    let mut shell = Command::new("bash");
    shell.args(["-euc", command]).current_dir(copy);
    // The variables that cargo sets for this package would make it build others again.
    for (name, _) in std::env::vars_os() {
        let variable = name.to_string_lossy();
        let kept = ["CARGO_HOME", "CARGO_INCREMENTAL"];
        if variable.starts_with("CARGO_") && !kept.contains(&&*variable) {
            shell.env_remove(&name);
        }
    }
    // The dependencies are built already. The copy is built beside them, and its programs do not
    // replace those that other tests run.
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    shell.env("CARGO_BUILD_BUILD_DIR", built);
    shell.env("CARGO_TARGET_DIR", built.join("tmp/contributing-target"));
    let ended = shell.output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        ended.status.success(),
        "{command}\n{}\n{}",
        said(&ended.stdout),
        said(&ended.stderr)
    );
}

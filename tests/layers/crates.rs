//! How many crates a first build compiles. Each has its reason in `docs/DEPENDENCIES.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// How many crates a build may compile besides those that only `FRAMEWORKS_TEMPLATES` brings. Somebody
/// waits for each of them.
const MOST_CRATES: usize = 300;

/// The framework's crate for templates, which the course names: it brings Tera with all its features.
const FRAMEWORKS_TEMPLATES: &str = "rocket_dyn_templates ";

/// Which crates each crate needs, by name and version: `cargo tree`, without tests.
fn needed() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--prefix",
            "depth",
            "-e",
            "normal,build",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut above: Vec<String> = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        // As in `2serde v1.0.229 (*)`.
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let Ok(depth) = line[..digits].parse::<usize>() else {
            continue;
        };
        let name = line[digits..]
            .split(" (")
            .next()
            .expect("a name")
            .to_owned();
        above.truncate(depth);
        edges.entry(name.clone()).or_default();
        if let Some(parent) = above.last() {
            let needs = edges.get_mut(parent).expect("it was met before");
            needs.insert(name.clone());
        }
        above.push(name);
    }
    edges
}

/// Every crate that the program reaches without passing one whose name begins so.
fn reached(edges: &BTreeMap<String, BTreeSet<String>>, but: Option<&str>) -> BTreeSet<String> {
    let program = edges.keys().filter(|name| name.starts_with("session-lab "));
    let mut open: Vec<&String> = program.collect();
    assert_eq!(open.len(), 1, "the program is one crate");
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if but.is_some_and(|but| name.starts_with(but)) || !found.insert(name.clone()) {
            continue;
        }
        open.extend(&edges[name]);
    }
    found
}

#[test]
fn a_first_build_compiles_few_crates() {
    let edges = needed();
    let all = reached(&edges, None);
    let own = reached(&edges, Some(FRAMEWORKS_TEMPLATES));
    assert!(own.len() < all.len(), "{FRAMEWORKS_TEMPLATES}is not there");
    println!(
        "{} crates, {} without what the templates bring",
        all.len(),
        own.len()
    );
    assert!(own.len() <= MOST_CRATES, "{} crates: {own:#?}", own.len());
}

//! What the program depends on: how many crates a first build compiles, and a reason for each that
//! `Cargo.toml` names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
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

/// The names of the dependencies in a table of `Cargo.toml`.
fn dependencies(table: &str) -> BTreeSet<String> {
    let text = read("Cargo.toml");
    let manifest: toml::Table = text.parse().expect("TOML");
    let names = manifest[table].as_table().expect("a table").keys();
    names.cloned().collect()
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The page that gives the reasons: from its heading to the next one.
fn reasons() -> String {
    const HEADING: &str = "What it depends on\n";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let docs = fs::read_dir(folder).expect("docs").map(|entry| {
        let name = entry.expect("an entry").file_name();
        format!("docs/{}", name.display())
    });
    let docs = docs.filter(|name| name.ends_with(".md"));
    let pages: Vec<String> = docs.chain(["README.md".to_owned()]).collect();
    let mut found = pages.iter().filter_map(|name| {
        let text = read(name);
        let (_, below) = text.split_once(&format!("# {HEADING}"))?;
        Some(below.split("\n#").next().unwrap_or_default().to_owned())
    });
    let reasons = found.next().expect("a page says what it depends on");
    assert!(found.next().is_none(), "two pages say it");
    reasons
}

#[test]
fn every_dependency_has_its_reason_and_no_other_has_one() {
    let reasons = reasons();
    let rows = reasons.lines().filter_map(|line| {
        let (crates, why) = line.strip_prefix("| ")?.split_once(" | ")?;
        (why.len() > 8 && !crates.contains("--")).then_some(crates)
    });
    let named = rows.flat_map(|crates| crates.split(", ").map(str::to_owned));
    let named: BTreeSet<String> = named.collect();
    assert_eq!(named, dependencies("dependencies"));

    let (_, tests) = reasons
        .split_once("For the tests:")
        .expect("those of the tests");
    for name in dependencies("dev-dependencies") {
        // Each with its use in brackets; some share one.
        let mut words = tests.split(|c: char| c.is_whitespace() || c == ',');
        assert!(words.any(|word| word == name), "{name} has no reason");
    }
}

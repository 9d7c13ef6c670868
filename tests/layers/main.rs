//! The modules of `src` import each other in one direction: the order of `src/lib.rs`, in which a
//! module may use those above it and none below. `imports.rs` finds what a file imports, `rules.rs`
//! compares that with the order, `planted.rs` shows that every kind of violation is found.

mod crates;
mod glossary;
mod imports;
mod planted;
mod questions;
mod rules;
mod type_names;

use std::fs;
use std::path::Path;

use rules::{Source, order, violations};

/// How many modules a reader meets at the top of `src`.
const MOST_MODULES: usize = 17;

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the source") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|is| is == "rs") {
                let name = path.strip_prefix(&root).expect("below src");
                found.push(Source {
                    path: name.to_str().expect("a name in UTF-8").replace('\\', "/"),
                    text: fs::read_to_string(&path).expect("a source file"),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[test]
fn every_import_follows_the_order_of_lib_rs_and_there_is_no_cycle() {
    let found = violations(&sources());
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_reader_meets_few_modules_and_the_students_ones_are_among_them() {
    let order = order(&sources()).expect("lib.rs can be read");
    assert!(order.len() <= MOST_MODULES, "{} modules", order.len());
    for students in [
        "defences", "attacks", "session", "jwt", "portal", "attacker",
    ] {
        assert!(order.iter().any(|name| name == students), "{students}");
    }
}

#[test]
fn the_map_of_the_architecture_lists_the_modules_in_the_order_of_lib_rs() {
    let order = order(&sources()).expect("lib.rs can be read");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ARCHITECTURE.md");
    let page = fs::read_to_string(page).expect("docs/ARCHITECTURE.md");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `src/")?.split_once("/`"))
        .map(|(name, _)| name)
        .filter(|name| order.iter().any(|known| known == name));
    assert_eq!(rows.collect::<Vec<_>>(), order);
}

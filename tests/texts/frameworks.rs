//! `docs/FRAMEWORKS.md`: for each defence it says where its lines for Spring and Rocket were read, and in
//! which versions.

use std::collections::BTreeSet;
use std::fs;

use super::read::{paths, root};

fn page() -> String {
    fs::read_to_string(root().join("docs/FRAMEWORKS.md")).expect("docs/FRAMEWORKS.md")
}

#[test]
fn each_defence_says_where_its_lines_for_spring_and_rocket_were_read() {
    let defences: BTreeSet<String> = paths("src/defences")
        .into_iter()
        .filter(|path| {
            let source = fs::read_to_string(root().join(path)).expect("a source file");
            source.contains("impl Defence for")
        })
        .filter_map(|path| {
            let name = path.strip_prefix("src/defences/")?.strip_suffix(".rs")?;
            Some(name.replace('_', "-"))
        })
        .collect();
    let page = page();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let name = cells.first()?.strip_prefix("| `")?.strip_suffix('`')?;
        let read = cells.len() == 3 && cells[1].len() > 3 && cells[2].len() > 5;
        (read && !name.contains('_') && name != "rocket" && name != "jsonwebtoken")
            .then(|| name.to_owned())
    });
    assert_eq!(rows.collect::<BTreeSet<_>>(), defences);
}

#[test]
fn the_lines_for_rocket_were_read_in_the_version_that_is_used() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    for name in ["rocket", "rocket_dyn_templates", "jsonwebtoken"] {
        let (_, package) = lock
            .split_once(&format!("name = \"{name}\"\nversion = \""))
            .expect(name);
        let (version, _) = package.split_once('"').expect("a version");
        let row = format!("| `{name}` | {version} |");
        assert!(
            page().contains(&row),
            "read the lines of {name} {version} again"
        );
    }
}

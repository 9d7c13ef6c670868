//! The pages that lead into the source: each path and link on them exists, and each name beside a path
//! (`name` in `path`, or `name` followed by the path in brackets) is defined in that file.

use std::fs;
use std::path::Path;

/// The pages. Of Rust only the comments count.
const PAGES: [&str; 12] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/ARCHITECTURE.md",
    "docs/AUDIT.md",
    "docs/DEPENDENCIES.md",
    "docs/DEPLOYMENT.md",
    "docs/FIGURES.md",
    "docs/GLOSSARY.md",
    "labs/README.md",
    "src/lib.rs",
];

/// Where a path from the root begins.
const ROOTS: [&str; 11] = [
    "src",
    "tests",
    "dist",
    "docs",
    "labs",
    "templates",
    "static",
    "examples",
    "pictures",
    "benches",
    ".ci",
];

/// What defines a name.
const KEYWORDS: [&str; 8] = [
    "fn", "struct", "enum", "trait", "const", "static", "type", "mod",
];

/// The prose of a page in one line: no fenced block; of Rust, the comments.
fn prose(page: &str, text: &str) -> String {
    if page.ends_with(".rs") {
        let comments = text.lines().filter_map(|line| line.strip_prefix("//"));
        let lines = comments.map(|line| line.trim_start_matches(['/', '!']).trim());
        return lines.collect::<Vec<_>>().join(" ");
    }
    let mut fence: Option<usize> = None;
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim) {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if ticks >= open && ticks == line.len() => fence = None,
            Some(_) => {}
            None if ticks >= 3 => fence = Some(ticks),
            None => lines.push(line),
        }
    }
    lines.join(" ")
}

/// The path from the root that a piece of code is, if it is one.
fn path_of(code: &str) -> Option<&str> {
    let (first, _) = code.split_once('/')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-*".contains(c);
    let is_path = ROOTS.contains(&first) && code.chars().all(plain);
    // Of `src/defences/*.rs` the folder counts.
    let folder = code.split('*').next().unwrap_or(code);
    is_path.then_some(folder)
}

fn is_name(code: &str) -> bool {
    let word = |part: &str| {
        let plain = part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        plain && part.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    code.split("::").all(word)
}

/// Whether a text defines the last part of a name, and knows the parts before it.
fn defines(text: &str, name: &str) -> bool {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let mut parts = name.rsplit("::");
    let last = parts.next().unwrap_or(name);
    let mut pairs = words.windows(2);
    pairs.any(|pair| KEYWORDS.contains(&pair[0]) && pair[1] == last)
        && parts.all(|part| words.contains(&part))
}

/// What a page says about the tree that is not true.
fn mistakes(root: &Path, page: &str, text: &str) -> Vec<String> {
    let prose = prose(page, text);
    let mut found = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut new_files: Vec<&str> = Vec::new();
    let mut pieces = prose.split('`');
    let mut between = pieces.next().unwrap_or_default();
    while let Some(code) = pieces.next() {
        if let Some(path) = path_of(code) {
            if between.ends_with("Write ") {
                // A recipe makes this file.
                new_files.push(path);
            } else if new_files.contains(&path) {
            } else if !root.join(path).exists() {
                found.push(format!("{page}: there is no {path}"));
            } else if matches!(between, " in " | " (") {
                let text = fs::read_to_string(root.join(path)).unwrap_or_default();
                let unknown = names.iter().filter(|name| !defines(&text, name));
                found.extend(unknown.map(|name| format!("{page}: {path} does not define {name}")));
            }
            names.clear();
        } else if is_name(code) {
            if !matches!(between, " and " | ", ") {
                names.clear();
            }
            names.push(code);
        } else {
            names.clear();
        }
        between = pieces.next().unwrap_or_default();
    }
    found.extend(broken_links(root, page, &prose));
    found
}

/// The links of a page that lead to no file.
fn broken_links(root: &Path, page: &str, prose: &str) -> Vec<String> {
    let folder = root.join(page);
    let folder = folder.parent().expect("a page is in a folder");
    let targets = prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains("://"));
    targets
        .filter(|target| !folder.join(target).exists())
        .map(|target| format!("{page}: a link leads to {target}"))
        .collect()
}

#[test]
fn what_the_pages_say_of_the_tree_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for page in PAGES {
        let text = fs::read_to_string(root.join(page)).unwrap_or_else(|_| panic!("no {page}"));
        found.extend(mistakes(root, page, &text));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_architecture_answers_ten_questions_or_more() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/ARCHITECTURE.md")).expect("docs/ARCHITECTURE.md");
    let answered = page
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("? |"))
        .filter(|line| line.split('`').any(|code| path_of(code).is_some()));
    assert!(answered.count() >= 10);
}

#[test]
fn a_wrong_path_a_wrong_name_and_a_wrong_link_are_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = "See `violations` in `tests/layers/rules.rs`, `Source` and `nothing`\n\
                (`tests/layers/rules.rs`), `tests/layers/none.rs` and [it](none.md).\n\n\
                Write `src/new.rs`. Then open `src/new.rs`.\n\n\
                ````text\n```\n`src/inside.rs`\n```\n````\n";
    assert_eq!(
        mistakes(root, "page.md", text),
        [
            "page.md: tests/layers/rules.rs does not define nothing",
            "page.md: there is no tests/layers/none.rs",
            "page.md: a link leads to none.md",
        ]
    );
}

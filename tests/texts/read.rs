//! The texts of the project: Markdown and templates as they are, of other files the comments and the
//! strings.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A file that people read.
pub struct File {
    /// Below the project's folder, with `/`.
    pub path: String,
    /// What is read in it. All else is spaces, so lines keep their numbers.
    pub text: String,
}

/// Folders and files with texts.
const PLACES: &[&str] = &[
    "benches",
    "docs",
    "examples",
    "labs",
    "src",
    "static",
    "templates",
    "tests",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
];

/// Not this project's words, or words about words.
const EXCEPT: &[&str] = &["tests/lab/browser/axe/", "tests/texts/"];

const KINDS: &[&str] = &["css", "html", "js", "md", "rs"];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of a folder, or the file itself, below the project's folder.
pub fn paths(place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root().join(place)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder");
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else {
            let name = path.strip_prefix(root()).expect("below the root");
            found.push(name.to_str().expect("UTF-8").replace('\\', "/"));
        }
    }
    found.sort();
    found
}

/// Every file with texts.
pub fn files() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(read);
    &FILES
}

fn read() -> Vec<File> {
    let all = PLACES.iter().flat_map(|place| paths(place));
    let wanted = all.filter(|path| {
        let kind = path.rsplit('.').next().unwrap_or_default();
        KINDS.contains(&kind) && !EXCEPT.iter().any(|start| path.starts_with(start))
    });
    wanted
        .map(|path| {
            let whole = fs::read_to_string(root().join(&path)).expect("a text file");
            let text = match path.rsplit('.').next() {
                Some("md") => without_commands(&whole),
                Some("html") => whole,
                _ => comments_and_strings(&whole),
            };
            File { path, text }
        })
        .collect()
}

/// Markdown without the blocks that hold commands and source.
pub fn without_commands(text: &str) -> String {
    // These blocks hold sentences for people, and no program reads them.
    const READ: [&str; 5] = ["step", "question", "reflection", "screenshot", "text"];
    let mut kept = String::new();
    let mut fence: Option<(usize, bool)> = None;
    for line in text.lines() {
        let ticks = line.trim_start().chars().take_while(|&c| c == '`').count();
        match fence {
            None if ticks >= 3 => {
                let word = line.trim_start().trim_start_matches('`').trim();
                fence = Some((ticks, READ.contains(&word)));
            }
            Some((opened, _)) if ticks >= opened => fence = None,
            Some((_, true)) | None => kept.push_str(line),
            Some((_, false)) => {}
        }
        kept.push('\n');
    }
    kept
}

/// Source with everything blank that is neither in a comment nor in a string.
pub fn comments_and_strings(source: &str) -> String {
    #[derive(Clone, Copy, PartialEq)]
    enum In {
        Code,
        Line,
        Block,
        /// With the character that ends it.
        Text(char),
        /// A raw string, with the number of `#` behind its last quote.
        Raw(usize),
    }
    let chars: Vec<char> = source.chars().collect();
    let at = |n: usize| chars.get(n).copied().unwrap_or('\0');
    let mut kept = String::with_capacity(source.len());
    let mut state = In::Code;
    let mut n = 0;
    while n < chars.len() {
        let (here, next) = (at(n), at(n + 1));
        let mut width = 1;
        let mut keep = state != In::Code;
        match state {
            In::Code => match (here, next) {
                ('/', '/') => state = In::Line,
                ('/', '*') => state = In::Block,
                ('r', '"' | '#') => {
                    let marks = (1..).take_while(|&m| at(n + m) == '#').count();
                    if at(n + 1 + marks) == '"' {
                        (state, width) = (In::Raw(marks), marks + 2);
                    }
                }
                ('"' | '`', _) => state = In::Text(here),
                // A character, not a lifetime.
                ('\'', '\\') => width = 4,
                ('\'', _) if at(n + 2) == '\'' => width = 3,
                _ => {}
            },
            In::Line if here == '\n' => state = In::Code,
            // The marks at the beginning of each line of a comment.
            In::Line | In::Block if matches!(here, '/' | '!' | '*') => {
                keep = false;
                if state == In::Block && (here, next) == ('*', '/') {
                    (state, width) = (In::Code, 2);
                }
            }
            In::Line | In::Block => {}
            In::Text(end) if here == end => (state, keep) = (In::Code, false),
            In::Text(_) if here == '\\' => (width, keep) = (2, false),
            In::Text(_) => {}
            In::Raw(marks) => {
                if here == '"' && (1..=marks).all(|m| at(n + m) == '#') {
                    (state, width, keep) = (In::Code, marks + 1, false);
                }
            }
        }
        for m in n..(n + width).min(chars.len()) {
            let line_ends = chars[m] == '\n';
            kept.push(if keep || line_ends { chars[m] } else { ' ' });
        }
        n += width;
    }
    kept
}

#[test]
fn of_source_only_comments_and_strings_are_read() {
    let source = "let he = '\"'; // he said\n/* he */ fn f<'a>() { \"its \\\n   own \\\" he\"; r#\"he \"x\" he\"#; he }";
    let words = |text: &str| {
        let words = text.split_whitespace().map(str::to_owned);
        words.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        words(&comments_and_strings(source)),
        "he said he its own he he \"x\" he"
    );
    let sheet =
        "A\n```console\n$ he\n```\nB\n```step\ndo = \"C\"\n```\n````rust\n```\nhe\n````\nD\n";
    assert_eq!(words(&without_commands(sheet)), "A B do = \"C\" D");
}

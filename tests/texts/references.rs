//! References: sheets, sections, files and pages that a text names exist, and a sheet that a file of
//! the source names is about what that file is about.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::read::{File, files, paths, root};

/// A sheet: the numbers of its sections, and its whole text.
struct Sheet {
    sections: BTreeSet<usize>,
    text: String,
}

/// The sheets, by number.
fn sheets() -> BTreeMap<usize, Sheet> {
    let numbered = paths("labs").into_iter().filter_map(|path| {
        let number = path.strip_prefix("labs/")?.get(..2)?.parse().ok()?;
        let text = fs::read_to_string(root().join(path)).expect("a sheet");
        let sections = text.lines().filter_map(|line| {
            let (number, _) = line.strip_prefix("## ")?.split_once('.')?;
            number.parse().ok()
        });
        let sections = sections.collect();
        Some((number, Sheet { sections, text }))
    });
    numbered.collect()
}

/// The words of a text, each with its line. What ends or joins a sentence is a word.
fn words(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut word = String::new();
        for c in line.chars().chain([' ']) {
            if c.is_alphanumeric() || matches!(c, '_' | '-') {
                word.extend(c.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                found.push((std::mem::take(&mut word), number + 1));
            }
            if !c.is_whitespace() {
                found.push((c.to_string(), number + 1));
            }
        }
    }
    found
}

/// The numbers behind the word at `at`: "03", "1 and 2", "10 and 12 to 14", "02, 04 and 06".
fn numbers(words: &[(String, usize)], at: usize) -> Vec<usize> {
    let number = |n: usize| -> Option<usize> { words.get(n)?.0.parse().ok() };
    let Some(first) = number(at + 1) else {
        return Vec::new();
    };
    let mut found = vec![first];
    let mut n = at + 2;
    while let Some((joint, _)) = words.get(n) {
        // "3 and in section 4" ends the list, and so does "3, 12 users".
        let Some(next) = number(n + 1) else { break };
        match joint.as_str() {
            "to" => found.extend(found.last().map_or(0, |last| last + 1)..=next),
            "and" | "or" | "," => found.push(next),
            _ => break,
        }
        n += 2;
    }
    found
}

/// Sheets that a file names.
fn named_sheets(file: &File) -> Vec<(usize, usize)> {
    let words = words(&file.text);
    let places = (0..words.len()).filter(|&n| {
        let word = words[n].0.trim_end_matches('s');
        // Always two digits: "sheet 1" is not a name.
        let two = words.get(n + 1).is_some_and(|next| next.0.len() == 2);
        matches!(word, "sheet" | "worksheet") && two
    });
    let each = places.flat_map(|n| {
        let line = words[n].1;
        numbers(&words, n)
            .into_iter()
            .map(move |number| (number, line))
    });
    each.collect()
}

/// Sections that a file names: of which sheet, if it says so, the number, and the line.
fn named_sections(file: &File) -> Vec<(Option<usize>, usize, usize)> {
    let words = words(&file.text);
    let word = |n: Option<usize>| {
        n.and_then(|n| words.get(n))
            .map_or("", |word| word.0.as_str())
    };
    let number = |n: Option<usize>| word(n).parse::<usize>().ok();
    let mut found = Vec::new();
    for n in 0..words.len() {
        if !matches!(words[n].0.as_str(), "section" | "sections") {
            continue;
        }
        let numbers = numbers(&words, n);
        let after = n + 2 * numbers.len();
        // "sheet 00, section 3" and "sheet 00 sections 1 and 2"
        let comma = usize::from(word(n.checked_sub(1)) == ",");
        let before = number(n.checked_sub(1 + comma))
            .filter(|_| matches!(word(n.checked_sub(2 + comma)), "sheet" | "worksheet"));
        // "section 1 of sheet 08"
        let behind = match (word(Some(after)), word(Some(after + 1))) {
            ("of", "sheet" | "worksheet") => number(Some(after + 2)),
            _ => None,
        };
        // "RFC 8725, section 3.1"
        let standard = word(Some(after)) == "."
            || number(n.checked_sub(1 + comma)).is_some_and(|number| number > 99)
            || word(n.checked_sub(2 + comma)) == "rfc";
        if standard {
            continue;
        }
        for number in numbers {
            found.push((before.or(behind), number, words[n].1));
        }
    }
    found
}

#[test]
fn every_sheet_that_a_text_names_exists() {
    let sheets = sheets();
    assert!(sheets.len() > 10);
    let mut wrong = Vec::new();
    for file in files() {
        // The example of a new sheet.
        if file.path == "CONTRIBUTING.md" {
            continue;
        }
        for (number, line) in named_sheets(file) {
            if !sheets.contains_key(&number) {
                wrong.push(format!("{}:{line}: sheet {number:02}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_section_that_a_text_names_exists() {
    let sheets = sheets();
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.path.ends_with(".md")) {
        let own = file
            .path
            .strip_prefix("labs/")
            .and_then(|name| name.get(..2)?.parse().ok());
        for (sheet, section, line) in named_sections(file) {
            // Other files have sections without numbers.
            let Some(number) = sheet.or(own) else {
                continue;
            };
            let exists = sheets
                .get(&number)
                .is_some_and(|sheet| sheet.sections.contains(&section));
            if !exists {
                wrong.push(format!(
                    "{}:{line}: sheet {number:02}, section {section}",
                    file.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// A sheet that the file of a defence or an attack names has it in its front matter, or at least
/// speaks of it.
#[test]
fn a_sheet_that_the_file_of_a_defence_or_an_attack_names_speaks_of_it() {
    let sheets = sheets();
    let mut wrong = Vec::new();
    for file in files() {
        let Some(name) = ["src/defences/", "src/attacks/", "src/attacks/jwt/"]
            .iter()
            .find_map(|folder| file.path.strip_prefix(folder)?.strip_suffix(".rs"))
        else {
            continue;
        };
        let name = name.rsplit('/').next().unwrap_or(name).replace('_', "-");
        let source = fs::read_to_string(root().join(&file.path)).expect("a source file");
        let is_one = source.contains("impl Defence for") || source.contains("const CARD: Card");
        for (number, line) in named_sheets(file) {
            let speaks = sheets
                .get(&number)
                .is_none_or(|sheet| sheet.text.contains(&name));
            if is_one && !speaks {
                wrong.push(format!(
                    "{}:{line}: sheet {number:02} has no {name}",
                    file.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The folders whose files texts name with the whole path.
const FOLDERS: &[&str] = &[
    "benches/",
    "dist/",
    "docs/",
    "examples/",
    "labs/",
    "pictures/",
    "src/",
    "static/",
    "templates/",
    "tests/",
];

/// Files that a text names and that need not be there: what a recipe makes, and names in tests.
const MADE: &[&str] = &[
    "pictures/x-light.png",
    "src/defences/opener.rs",
    "src/attacks/invented_id.rs",
    "labs/20-login-errors.md",
];

#[test]
fn every_file_that_a_text_names_by_its_path_exists() {
    let mut wrong = Vec::new();
    // What tests are given is made up.
    let read = files()
        .iter()
        .filter(|file| !file.path.starts_with("tests/"));
    for file in read {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in file.text.lines().enumerate() {
            let joins = |c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '-' | '.');
            for name in line.split(|c| !joins(c)) {
                let name = name
                    .trim_start_matches("../")
                    .trim_end_matches(['.', '/', '-']);
                let named = FOLDERS.iter().any(|folder| name.starts_with(folder));
                // With the ending of a file: the rest may be words around a stroke.
                let last = name.rsplit('/').next().unwrap_or_default();
                let exists = root().join(name).exists() || root().join(folder).join(name).exists();
                if named && last.contains('.') && !exists && !MADE.contains(&name) {
                    wrong.push(format!("{}:{}: {name}", file.path, number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// `rotation.rs` in a comment is a file of that name somewhere in the same part of the source.
#[test]
fn every_file_that_a_comment_names_by_its_name_exists() {
    let all: Vec<String> = ["src", "tests", "examples", "benches"]
        .iter()
        .flat_map(|folder| paths(folder))
        .collect();
    let names: BTreeSet<&str> = all
        .iter()
        .filter_map(|path| path.rsplit('/').next())
        .collect();
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.path.starts_with("src/")) {
        for (number, line) in file.text.lines().enumerate() {
            let codes = line.split('`').skip(1).step_by(2);
            for name in codes.filter(|code| {
                let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
                code.ends_with(".rs") && code.len() > 3 && code.chars().all(plain)
            }) {
                if !names.contains(name) && !MADE.iter().any(|made| made.ends_with(name)) {
                    wrong.push(format!("{}:{}: {name}", file.path, number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The first part of each route of the lab's own pages and of the other sites.
fn routes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in paths("src") {
        let text = fs::read_to_string(root().join(path)).unwrap_or_default();
        for begin in [
            "#[get(\"/",
            "#[post(\"/",
            "#[head(\"/",
            "#[delete(\"/",
            "#[put(\"/",
            "method, \"/",
            "path: \"/",
        ] {
            for route in text.split(begin).skip(1) {
                let end = route.find(['"', '/', '?', '<']).unwrap_or(0);
                found.insert(route[..end].to_owned());
            }
        }
        // The desk's own listeners choose by the whole path.
        for line in text.lines().filter(|line| line.contains("\" => ")) {
            let path = line.trim_start().strip_prefix("\"/");
            found.extend(
                path.and_then(|rest| rest.split(['"', '/']).next())
                    .map(str::to_owned),
            );
        }
    }
    found
}

/// A variant or a bench is the first part of an address; inside, the portal's routes begin with its name.
const FIRST_PARTS: &[&str] = &["insecure", "hardened", "custom", "b", "static", "portal"];

#[test]
fn every_page_of_the_lab_that_a_text_names_by_its_address_exists() {
    let routes = routes();
    assert!(routes.len() > 30, "{routes:?}");
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.path.ends_with(".md")) {
        for begin in ["{{lab}}/", "http://localhost:7070/", "`/"] {
            for (at, _) in file.text.match_indices(begin) {
                let rest = &file.text[at + begin.len()..];
                let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
                let first = rest.split(|c| !joins(c)).next().unwrap_or_default();
                // "`/`", and what is no address: a path on the disk.
                let whole = rest
                    .split(['`', ' ', '\n', ')', '>', '"', '\''])
                    .next()
                    .unwrap_or_default();
                let other = first.is_empty()
                    || [
                        "dev/",
                        "tmp/",
                        "etc/",
                        "proc/",
                        "var/",
                        "usr/",
                        "run/",
                        ".well-known",
                    ]
                    .iter()
                    .any(|disk| whole.starts_with(disk));
                let variant = FIRST_PARTS.contains(&first)
                    || first.starts_with("without-")
                    || first.starts_with("only-");
                if !other && !variant && !routes.contains(first) {
                    let line = file.text[..at].matches('\n').count() + 1;
                    wrong.push(format!("{}:{line}: {begin}{whole}", file.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn names_of_sheets_and_sections_are_found_in_every_form() {
    let file = |text: &str| File {
        path: "x.md".to_owned(),
        text: text.to_owned(),
    };
    let sheets = |text: &str| -> Vec<usize> {
        let found = named_sheets(&file(text));
        found.into_iter().map(|(number, _)| number).collect()
    };
    assert_eq!(sheets("Worksheets 14\nand 15, sheet 06."), [14, 15, 6]);
    assert_eq!(sheets("(sheets 03, 10 and 12 to 14)"), [3, 10, 12, 13, 14]);
    assert_eq!(sheets("sheet 1, spreadsheet 02, 20 sheets"), []);
    let sections = |text: &str| -> Vec<(Option<usize>, usize)> {
        let found = named_sections(&file(text));
        found
            .into_iter()
            .map(|(sheet, number, _)| (sheet, number))
            .collect()
    };
    assert_eq!(sections("sections 2 and 3"), [(None, 2), (None, 3)]);
    assert_eq!(sections("sheet 00, section 3"), [(Some(0), 3)]);
    assert_eq!(sections("section 1 of sheet 08"), [(Some(8), 1)]);
    assert_eq!(sections("RFC 8725, section 3.1; RFC 7518 section 3"), []);
}

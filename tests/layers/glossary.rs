//! `docs/GLOSSARY.md`: no word twice, in order, each with its meaning and where it is met; each word
//! is met on a page or a sheet, or in the name that the entry gives from the source.

use std::fs;
use std::path::Path;

struct Entry {
    word: String,
    meaning: String,
    place: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(root().join("docs/GLOSSARY.md")).expect("docs/GLOSSARY.md");
    let entry = |section: &str| {
        let (word, rest) = section.split_once('\n').expect("a heading on one line");
        let (meaning, place) = rest.split_once("\nWhere: ").unwrap_or_default();
        Entry {
            word: word.to_owned(),
            meaning: meaning.trim().replace('\n', " "),
            place: place.trim().to_owned(),
        }
    };
    text.split("\n## ").skip(1).map(entry).collect()
}

/// Every text of a folder with names that end so.
fn texts(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(fs::read_to_string(path).expect("a text"));
            }
        }
    }
    found
}

/// The words of a text that people read, in lower case and joined by single spaces: no tag, nothing
/// that the template engine takes.
fn readable(text: &str) -> String {
    let pairs = [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<", ">")];
    let plain = pairs.iter().fold(text.to_owned(), |text, (open, close)| {
        without(&text, open, close)
    });
    let mut words = String::from(" ");
    let letters = |c: char| !c.is_alphanumeric() && c != '\'';
    for word in plain.split(letters).filter(|word| !word.is_empty()) {
        words.push_str(&word.to_lowercase());
        words.push(' ');
    }
    words
}

/// A text with a space in place of all that is between these marks.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(open) {
        plain.push_str(before);
        plain.push(' ');
        rest = match inside.split_once(close) {
            Some((_, after)) => after,
            None => inside,
        };
    }
    plain.push_str(rest);
    plain
}

/// Whether a text has a word, in the singular or the plural.
fn has(readable: &str, word: &str) -> bool {
    ["", "s", "es"]
        .iter()
        .any(|end| readable.contains(&format!(" {word}{end} ")))
}

#[test]
fn each_word_has_one_entry_with_a_meaning_and_a_place_in_the_order_of_the_alphabet() {
    let entries = entries();
    assert!(entries.len() >= 20, "{} words", entries.len());
    // "café" is among the words with "cafe".
    let order = |entry: &Entry| entry.word.to_lowercase().replace('é', "e");
    for pair in entries.windows(2) {
        assert!(
            order(&pair[0]) < order(&pair[1]),
            "{} before {}",
            pair[0].word,
            pair[1].word
        );
    }
    for Entry {
        word,
        meaning,
        place,
    } in &entries
    {
        assert!(
            meaning.len() >= 20 && meaning.ends_with('.'),
            "{word}: {meaning}"
        );
        assert!(
            meaning.matches(". ").count() <= 2,
            "{word}: one or two sentences"
        );
        assert!(
            place.ends_with('.') && !place.contains("\n\n"),
            "{word}: {place}"
        );
    }
}

#[test]
fn each_word_is_met_on_a_page_or_a_sheet_or_in_a_name_of_the_source() {
    let mut pages: Vec<String> = texts("templates", ".html");
    pages.extend(texts("labs", ".md"));
    let pages: Vec<String> = pages.iter().map(|text| readable(text)).collect();
    for Entry { word, place, .. } in entries() {
        let mut codes = place.split('`').skip(1).step_by(2);
        let met = if place.contains("`src/") {
            // `questions.rs` checks that the file defines the name beside it.
            codes.any(|code| !code.contains('/') && code.to_lowercase().contains(&word))
        } else {
            pages.iter().any(|page| has(page, &word))
        };
        assert!(met, "{word}: {place}");
    }
}

#[test]
fn the_addresses_of_the_glossary_are_routes_of_the_lab() {
    let source = texts("src", ".rs").concat();
    for Entry { word, place, .. } in entries() {
        for address in place.split('`').filter(|code| code.starts_with('/')) {
            let routes = [format!("(\"{address}\""), format!("(\"{address}?")];
            let routed = routes.iter().any(|route| source.contains(route));
            assert!(routed, "{word}: no page {address}");
        }
    }
}

#[test]
fn plurals_and_markup_do_not_hide_a_word() {
    let page =
        readable("<p class=\"bench\">Two Benches,\n{{ loot }} and a café's <b>lab</b> clock</p>");
    assert_eq!(page, " two benches and a café's lab clock ");
    for (word, met) in [
        ("bench", true),
        ("lab clock", true),
        ("loot", false),
        ("café", false),
    ] {
        assert_eq!(has(&page, word), met, "{word}");
    }
}

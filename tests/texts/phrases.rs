//! Wording: phrases that readers stumbled over, each with a better one.

use super::read::{File, files};

/// A phrase of words, in small letters. `|` separates words of which one is there; a last `.` means
/// that a sentence or a part of one ends there. Then the better wording.
const PHRASES: &[(&str, &str)] = &[
    ("in clear", "unencrypted"),
    ("in the clear", "unencrypted"),
    ("stand|stands|stood|standing", "is, appears, is stored"),
    ("lies|lay", "is, is stored; for what is untrue: is wrong"),
    ("opens nothing", "is no longer accepted"),
    ("open nothing", "are no longer accepted"),
    ("for ever", "forever, or name the time"),
    (
        "of its|their|your|our|my|his|her|one's own",
        "its own, or leave it out",
    ),
    ("too .", "also, before the verb"),
    ("he|him|his|himself", "they, or a name"),
    ("for the asking", "which anyone can get"),
    ("reckon|reckons with", "must consider; assumes"),
    ("is|are|was to be seen", "you see; you notice"),
    ("belongs|belong into", "belongs in"),
    ("goes|go out in", "is sent"),
    ("gives|give away to", "reveals to"),
    (
        "who steals|sends|sees|has|knows|reads|holds the|a|it|this",
        "anyone who",
    ),
];

/// A file in which such a phrase is right.
struct Right {
    path: &'static str,
    words: &'static str,
}

const RIGHT: &[Right] = &[
    Right {
        path: "labs/14-harden-it.md",
        words: "of its own",
    },
    Right {
        path: "labs/14-harden-it.md",
        words: "too .",
    },
    // A test stand.
    Right {
        path: "benches/lab/stand.rs",
        words: "stand",
    },
];

/// What is wrong in a file: `path:line: phrase: better wording`.
fn wrong(file: &File) -> Vec<String> {
    let tokens = tokens(&file.text);
    let mut found = Vec::new();
    for (phrase, better) in PHRASES {
        let parts: Vec<Vec<&str>> = phrase
            .split(' ')
            .map(|part| part.split('|').collect())
            .collect();
        for start in 0..tokens.len() {
            let fits = parts.iter().enumerate().all(|(n, part)| {
                let token = tokens.get(start + n);
                token.is_some_and(|token| part.contains(&token.word.as_str()))
            });
            // "Too" ends a sentence only where it is an afterthought: ", too."
            let afterthought = start.checked_sub(1).is_some_and(|n| tokens[n].word == ",");
            // A question: "Who has the key?" A clause: "a user who has the key".
            let begins = start.checked_sub(1).is_none_or(|n| tokens[n].word == ".");
            let asks = tokens[start..]
                .iter()
                .find(|token| matches!(token.word.as_str(), "." | "?"))
                .is_some_and(|token| token.word == "?");
            let right = match parts[0][0] {
                "too" => !afterthought,
                "who" => !begins || asks,
                _ => false,
            };
            if fits && !right {
                let said = tokens[start..start + parts.len()]
                    .iter()
                    .map(|token| token.word.as_str())
                    .collect::<Vec<_>>()
                    .join(" ");
                let known = RIGHT
                    .iter()
                    .any(|known| known.path == file.path && known.words == said);
                if !known {
                    let line = tokens[start].line;
                    found.push(format!("{}:{line}: \"{said}\": {better}", file.path));
                }
            }
        }
    }
    found
}

struct Token {
    /// A word in small letters; `,`; `?`; or `.` for all that ends a sentence or a part of one.
    word: String,
    line: usize,
}

/// Words and marks of a text, without what is between backticks.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let prose = line.split('`').step_by(2);
        for piece in prose {
            let mut word = String::new();
            // A hyphen or an apostrophe joins: "stand-in" and "he's" are other words.
            for c in piece.chars().chain([' ']) {
                if c.is_alphanumeric() || matches!(c, '-' | '\'' | '_' | '/') {
                    word.extend(c.to_lowercase());
                    continue;
                }
                if !word.is_empty() {
                    tokens.push(Token {
                        word: std::mem::take(&mut word),
                        line: number + 1,
                    });
                }
                let mark = match c {
                    ',' => ",",
                    '?' => "?",
                    '.' | ';' | ':' | '!' | ')' | '|' | '"' => ".",
                    _ => continue,
                };
                tokens.push(Token {
                    word: mark.to_owned(),
                    line: number + 1,
                });
            }
        }
        // An empty line ends a paragraph.
        if line.trim().is_empty() {
            tokens.push(Token {
                word: ".".to_owned(),
                line: number + 1,
            });
        }
    }
    tokens
}

#[test]
fn no_text_has_a_phrase_for_which_there_is_a_better_one() {
    let found: Vec<String> = files().iter().flat_map(wrong).collect();
    assert!(
        found.is_empty(),
        "{} phrases:\n{}\n",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn phrases_are_found_across_lines_and_not_inside_other_words() {
    let said = |text: &str| {
        let file = File {
            path: "x.md".to_owned(),
            text: text.to_owned(),
        };
        wrong(&file).len()
    };
    for bad in [
        "It goes\nin\nclear over the wire.",
        "His key. ",
        "The name stands there.",
        "A key of its own.",
        "It works, too.",
        "(it works, too)",
        "Who steals the table can read it.",
    ] {
        assert_eq!(said(bad), 1, "{bad}");
    }
    for good in [
        "I understand the standard, and this is a long-standing stand-in.",
        "It is clear, in clearer words.",
        "It is, too often, too long.",
        "This, the history of its ownership, is theirs.",
        "Who has the key?",
        "A thief who has the key can read it.",
        "`he` and `stands` are names.",
    ] {
        assert_eq!(said(good), 0, "{good}");
    }
}

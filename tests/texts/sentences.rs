//! The length of the sentences in the sheets.

use super::read::{paths, root};

/// The mean number of words in a sentence of a sheet.
const MEAN: usize = 20;

/// The words of the longest sentence.
const LONGEST: usize = 45;

/// The sentences of a sheet's prose: no front matter, no blocks, no tables, no pictures.
fn sentences(sheet: &str) -> Vec<String> {
    let body = sheet.splitn(3, "+++").nth(2).expect("front matter");
    let mut paragraphs = vec![String::new()];
    let mut fenced = false;
    for line in body.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        let prose = !fenced && !line.starts_with(['`', '|', '#', '!']);
        let item =
            line.starts_with("- ") || line.trim_start().starts_with(|c: char| c.is_ascii_digit());
        if !prose || line.trim().is_empty() || item {
            paragraphs.push(String::new());
        }
        if prose {
            let last = paragraphs.last_mut().expect("there is one");
            last.push_str(line.trim());
            last.push(' ');
        }
    }
    let ends = |word: &str| {
        word.trim_end_matches([')', '*', '"'])
            .ends_with(['.', '?', '!', ':', ';'])
    };
    let mut found = Vec::new();
    for paragraph in paragraphs {
        let mut sentence = Vec::new();
        for word in paragraph.split_whitespace() {
            sentence.push(word);
            if ends(word) {
                found.push(sentence.join(" "));
                sentence.clear();
            }
        }
        if sentence.len() > 1 {
            found.push(sentence.join(" "));
        }
    }
    found
}

#[test]
fn sentences_of_a_sheet_are_short() {
    let mut wrong = Vec::new();
    let sheets = paths("labs").into_iter().filter(|path| {
        path.trim_start_matches("labs/")
            .starts_with(|c: char| c.is_ascii_digit())
    });
    for path in sheets {
        let text = std::fs::read_to_string(root().join(&path)).expect("a sheet");
        let sentences = sentences(&text);
        let words = |sentence: &String| sentence.split_whitespace().count();
        let mean = sentences.iter().map(words).sum::<usize>() / sentences.len();
        if mean > MEAN {
            wrong.push(format!("{path}: {mean} words on average"));
        }
        for long in sentences.iter().filter(|one| words(one) > LONGEST) {
            wrong.push(format!("{path}: {} words: {long}", words(long)));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

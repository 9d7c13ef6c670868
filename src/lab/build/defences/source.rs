//! The source of a defence as its page shows it: in colours, each line with its number, and the
//! functions that decide lifted out. Which line belongs to which arm is read from the comments
//! `// WEAK:` and `// STRONG:`.

use std::ops::Range;
use std::sync::OnceLock;

use serde::Serialize;

use super::colours;
use crate::defences::policy::Name;
use crate::defences::{Defence, Output};

/// The source of every defence. A file is parsed at the first visit to its page.
#[derive(Debug)]
pub struct Sources {
    files: [OnceLock<Source>; Name::ALL.len()],
}

impl Default for Sources {
    fn default() -> Self {
        Self {
            files: [const { OnceLock::new() }; Name::ALL.len()],
        }
    }
}

impl Sources {
    /// The file of a defence.
    pub fn of(&self, name: Name) -> &Source {
        self.files[name as usize].get_or_init(|| Source::new(name.source()))
    }
}

/// One file.
#[derive(Debug)]
pub struct Source {
    /// Every line, from the first to the last.
    pub lines: Vec<SourceLine>,
    /// Where the functions that decide are among them.
    deciding: Vec<Range<usize>>,
}

/// A line of source.
#[derive(Clone, Debug, Serialize)]
pub struct SourceLine {
    /// Its number, from 1.
    pub number: usize,
    /// Its text as HTML, in colours.
    pub html: String,
    /// `weak` or `strong` where it belongs to an arm.
    pub kind: Option<&'static str>,
}

impl Source {
    fn new(text: &str) -> Self {
        let plain: Vec<&str> = text.lines().collect();
        let kinds = kinds(&plain);
        let html = colours::lines(text);
        let html = html.unwrap_or_else(|| plain.iter().map(|line| escape(line)).collect());
        let line = |(at, (html, kind))| SourceLine {
            number: at + 1,
            html,
            kind,
        };
        Self {
            lines: html.into_iter().zip(kinds).enumerate().map(line).collect(),
            deciding: deciding(&plain),
        }
    }

    /// The functions that hold the arms, each with its comment.
    pub fn deciding(&self) -> impl Iterator<Item = &[SourceLine]> {
        self.deciding.iter().map(|at| &self.lines[at.clone()])
    }
}

/// A piece of running text: words, or code.
#[derive(Debug, Serialize)]
pub struct Piece {
    code: bool,
    text: String,
}

/// What a file says of its decision at its top, below the title.
pub fn decision(text: &str) -> Vec<Piece> {
    let head = text.lines().map_while(|line| line.strip_prefix("//!"));
    let below = head.skip_while(|line| !line.is_empty());
    let words: Vec<&str> = below
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let text = words.join(" ").replace("[`", "`").replace("`]", "`");
    let pieces = text
        .split('`')
        .enumerate()
        .filter(|(_, text)| !text.is_empty());
    let piece = |(at, text): (usize, &str)| Piece {
        code: at % 2 == 1,
        text: text.to_owned(),
    };
    pieces.map(piece).collect()
}

/// Which arm each line belongs to: from `// WEAK:` or `// STRONG:` to the next empty line, or to one
/// that is set in less.
fn kinds(lines: &[&str]) -> Vec<Option<&'static str>> {
    let mut open: Option<(&'static str, usize)> = None;
    let mut kind = |line: &&str| {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        for (mark, kind) in [("// WEAK:", "weak"), ("// STRONG:", "strong")] {
            if text.starts_with(mark) {
                open = Some((kind, indent));
            }
        }
        open = open.filter(|(_, least)| !text.is_empty() && indent >= *least);
        open.map(|(kind, _)| kind)
    };
    lines.iter().map(&mut kind).collect()
}

/// The functions with a `// WEAK:` in them: from the comment above to the brace that closes them.
fn deciding(lines: &[&str]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let marks = lines.iter().enumerate();
    for (mark, _) in marks.filter(|(_, line)| line.trim_start().starts_with("// WEAK:")) {
        let before = lines[..mark].iter();
        let Some(head) = before.clone().rposition(|line| is_head(line)) else {
            continue;
        };
        let indent = lines[head].len() - lines[head].trim_start().len();
        let above = lines[..head].iter().rev();
        let above = above.take_while(|line| {
            ["///", "#["].map(|b| line.trim_start().starts_with(b)) != [false; 2]
        });
        let start = head - above.count();
        let end = lines[mark..]
            .iter()
            .position(|line| line.len() == indent + 1 && line.ends_with('}'));
        let end = end.map_or(lines.len(), |after| mark + after + 1);
        if found.iter().all(|other| other.start != start) {
            found.push(start..end);
        }
    }
    found
}

fn is_head(line: &str) -> bool {
    let text = line.trim_start();
    let text = text.strip_prefix("pub ").unwrap_or(text);
    let text = text.strip_prefix("const ").unwrap_or(text);
    text.starts_with("fn ")
}

/// What the templates do to a text.
pub(super) fn escape(text: &str) -> String {
    Output::STRONG.html(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "//! Title.\n//!\n//! It decides `a`: read [`b`] next.\n\nfn other() {\n}\n\n\
                        impl A {\n    /// Says.\n    #[must_use]\n    pub fn decide(self) -> &str {\n        \
                        match self {\n            // WEAK: \"no\".\n            A::Weak => \"<b>\",\n\n            \
                        // Custom.\n            A::Mid => { 1 }\n\n            // STRONG: yes.\n            \
                        A::Strong => {\n                2\n            }\n        }\n    }\n}\n";

    #[test]
    fn the_function_with_the_arms_is_lifted_out_with_its_comment() {
        let source = Source::new(FILE);
        let lifted: Vec<&[SourceLine]> = source.deciding().collect();
        assert_eq!(lifted.len(), 1);
        let ends = [lifted[0].first(), lifted[0].last()].map(|line| &*line.expect("a line").html);
        assert_eq!(
            ends,
            ["    <span class=\"hl-comment\">/// Says.</span>", "    }"]
        );
    }

    #[test]
    fn the_lines_of_an_arm_carry_its_kind() {
        let of = |kind| {
            let kinds = kinds(&FILE.lines().collect::<Vec<_>>());
            kinds.iter().filter(|found| **found == Some(kind)).count()
        };
        assert_eq!((of("weak"), of("strong")), (2, 4));
    }

    #[test]
    fn the_decision_is_told_in_words_and_code() {
        let told: Vec<(bool, String)> = decision(FILE)
            .into_iter()
            .map(|piece| (piece.code, piece.text))
            .collect();
        let expected = [
            (false, "It decides "),
            (true, "a"),
            (false, ": read "),
            (true, "b"),
            (false, " next."),
        ];
        assert_eq!(told, expected.map(|(code, text)| (code, text.to_owned())));
    }
}

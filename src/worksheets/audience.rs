//! The readers of a sheet: a student with their own lab, or the students of a class on one machine.
//!
//! `{{own}}…{{class}}…{{/}}` has both. The choice is made in the text of the file, before its blocks are
//! read, so whole blocks may differ. Ids and points are the same for both: a desk compares them.

use super::mistake::line_at;
use super::sheet::Sheet;

/// What begins the text for one's own lab, what the text for a class, and what ends both.
pub(super) const OWN: &str = "own";
pub(super) const CLASS: &str = "class";
pub(super) const END: &str = "/";

/// The readers of a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SheetAudience {
    /// A student with a lab on their own computer.
    #[default]
    OwnLab,
    /// A class on one machine.
    Class,
}

/// A text in which one of two parts was chosen, and where its lines were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChosenText {
    pub text: String,
    /// For each line its line in the text before, counted from 1.
    lines: Vec<usize>,
}

impl ChosenText {
    /// Where a line was before, both counted from 1.
    pub fn line_before(&self, line: usize) -> usize {
        let last = self.lines.last().copied().unwrap_or(line);
        let at = line.checked_sub(1).and_then(|at| self.lines.get(at));
        at.copied().unwrap_or(last)
    }

    fn push(&mut self, part: &str, mut line: usize) {
        let begins = self.text.is_empty() || self.text.ends_with('\n');
        if let Some(last) = self.lines.last_mut().filter(|_| begins) {
            *last = line;
        }
        for _ in part.matches('\n') {
            line += 1;
            self.lines.push(line);
        }
        self.text.push_str(part);
    }
}

impl SheetAudience {
    /// The readers of a lab.
    pub const fn of(is_class: bool) -> Self {
        match is_class {
            true => Self::Class,
            false => Self::OwnLab,
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::OwnLab => Self::Class,
            Self::Class => Self::OwnLab,
        }
    }

    /// The text without what is for others: of `{{own}}…{{class}}…{{/}}` one part is left.
    pub(super) fn choose(self, text: &str) -> ChosenText {
        let mark = |name| format!("{{{{{name}}}}}");
        let (own, class, end) = (mark(OWN), mark(CLASS), mark(END));
        let mut chosen = ChosenText {
            text: String::with_capacity(text.len()),
            lines: vec![1],
        };
        let line_of = |part: &str| line_at(text, part.as_ptr().addr() - text.as_ptr().addr());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(&own) {
            chosen.push(before, line_of(before));
            let Some((both, after)) = after.split_once(&end) else {
                chosen.push(after, line_of(after));
                return chosen;
            };
            let (for_own, for_class) = both.split_once(&class).unwrap_or((both, ""));
            match self {
                Self::OwnLab => chosen.push(for_own, line_of(for_own)),
                Self::Class if for_class.is_empty() => {}
                Self::Class => chosen.push(for_class, line_of(for_class)),
            }
            rest = after;
        }
        chosen.push(rest, line_of(rest));
        chosen
    }

    /// What is wrong with a sheet of the other audience beside this one, in a sentence.
    pub(super) fn differs(self, own: &Sheet, other: &Sheet) -> Option<String> {
        let tasks = |sheet: &Sheet| {
            let all = sheet.parts.iter().filter_map(|part| part.what.common());
            all.map(|common| (common.id.clone(), common.points))
                .collect::<Vec<_>>()
        };
        let reader = match self.other() {
            Self::OwnLab => "one's own lab",
            Self::Class => "a class",
        };
        (tasks(own) != tasks(other))
            .then(|| format!("for {reader} the sheet has other ids or points, or another order"))
    }

    /// The audience besides this one, where the text has something for it.
    pub(super) fn also_read_by(self, text: &str) -> Option<Self> {
        text.contains("{{own}}").then(|| self.other())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_knows_where_it_was() {
        let text = "a\n{{own}}b\nc\n{{class}}d\n{{/}}e\nf {{own}}{{class}}g\nh{{/}} i\nj";
        let own = SheetAudience::OwnLab.choose(text);
        assert_eq!(own.text, "a\nb\nc\ne\nf  i\nj");
        let lines: Vec<_> = (1..=6).map(|line| own.line_before(line)).collect();
        assert_eq!(lines, [1, 2, 3, 5, 6, 8]);
        let class = SheetAudience::Class.choose(text);
        assert_eq!(class.text, "a\nd\ne\nf g\nh i\nj");
        let lines: Vec<_> = (1..=6).map(|line| class.line_before(line)).collect();
        assert_eq!(lines, [1, 4, 5, 6, 7, 8]);
    }
}

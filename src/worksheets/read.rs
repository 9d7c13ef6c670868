//! Reading a sheet: from the text of a file to a [`Sheet`], or to its mistakes with their lines.

use std::collections::BTreeSet;

use super::audience::{ChosenText, SheetAudience};
use super::blocks::{self, Fault};
use super::mistake::{Mistake, line_at};
use super::sheet::{Console, Sheet, SheetBlock, SheetPart};
use super::values::{SheetValues, rule};
use super::{console, counts, markdown, placeholders};
use crate::defences::policy::Name;

const FENCE: &str = "+++\n";

/// The words behind a fence that make a block marked. Fenced blocks with other words are text.
const WORDS: [&str; 7] = [
    "console",
    "step",
    "question",
    "reflection",
    "screenshot",
    "elsewhere",
    "teacher",
];

/// Reads the text of the file `file`, whose name is the slug and `.md`, with the values of paper.
///
/// # Errors
/// Every mistake that was found, with its line.
pub fn read(file: &str, text: &str, audience: SheetAudience) -> Result<Sheet, Vec<Mistake>> {
    read_with(file, text, audience, |of_paper| of_paper)
}

/// The same with other values than those of paper.
///
/// # Errors
/// Every mistake that was found, with its line.
pub fn read_with(
    file: &str,
    text: &str,
    audience: SheetAudience,
    values: impl FnOnce(SheetValues) -> SheetValues,
) -> Result<Sheet, Vec<Mistake>> {
    let text = counts::fill(&text.replace("\r\n", "\n"));
    let front = front_and_body(&text).map_or("", |(front, _)| front);
    // What is wrong with a rule is said with the rest of the front matter.
    let rules = rule::declared(front).unwrap_or_default();
    let values = values(SheetValues::choose(rules, |_| None));
    let filled = values.fill(&text);
    if let Some((at, name)) = placeholders::unknown(&filled) {
        return Err(vec![Mistake {
            file: file.to_owned(),
            line: line_at(&filled, at),
            message: format!("{{{{{name}}}}} is not a placeholder"),
        }]);
    }
    let chosen = audience.choose(&filled);
    let mut reader = SheetParser {
        file,
        chosen: &chosen,
        mistakes: Vec::new(),
        ids: BTreeSet::new(),
    };
    reader.look_for_unused(&values, &text);
    let sheet = reader.sheet(&chosen.text, values);
    match sheet {
        Some(sheet) if reader.mistakes.is_empty() => Ok(sheet),
        _ => Err(reader.mistakes),
    }
}

/// The front matter, and what follows it.
fn front_and_body(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(FENCE)?.split_once("\n+++\n")
}

struct SheetParser<'f> {
    file: &'f str,
    /// The text that is read. Lines are told as they are in the file.
    chosen: &'f ChosenText,
    mistakes: Vec<Mistake>,
    ids: BTreeSet<String>,
}

impl SheetParser<'_> {
    fn wrong(&mut self, line: usize, message: impl Into<String>) {
        self.mistakes.push(Mistake {
            file: self.file.to_owned(),
            line: self.chosen.line_before(line),
            message: message.into(),
        });
    }

    fn look_for_unused(&mut self, values: &SheetValues, text: &str) {
        for (rule, value) in values.iter() {
            let mut all = rule.placeholders(value).into_iter();
            if let Some((name, _)) = all.find(|(name, _)| !text.contains(name.as_str())) {
                self.wrong(1, format!("{name} is nowhere in the sheet"));
            }
        }
    }

    fn sheet(&mut self, text: &str, values: SheetValues) -> Option<Sheet> {
        let slug = self.file.strip_suffix(".md").unwrap_or(self.file);
        let (number, topic) = slug.split_once('-').unwrap_or((slug, ""));
        if number.len() != 2 || number.parse::<u8>().is_err() || topic.is_empty() {
            self.wrong(1, "the file is not called NN-topic.md");
        }
        let Some((front, body)) = front_and_body(text) else {
            self.wrong(1, "the front matter between two lines +++ is missing");
            return None;
        };
        let first = text.len() - body.len();
        let parts = self.parts(body, line_at(text, first));
        match blocks::front_matter(front) {
            Ok(front) => Some(Sheet {
                slug: slug.to_owned(),
                front,
                parts,
                values,
            }),
            Err((line, message)) => {
                self.wrong(line + 2, message);
                None
            }
        }
    }

    /// The parts of the text, whose first line is `first` in the file.
    fn parts(&mut self, body: &str, first: usize) -> Vec<SheetPart> {
        let mut parts = Vec::new();
        let mut from = 0;
        for block in markdown::fenced(body) {
            let word = block.info.split_whitespace().next().unwrap_or_default();
            if !WORDS.contains(&word) {
                continue;
            }
            self.text(body, from..block.range.start, first, &mut parts);
            from = block.range.end;
            let line = first + line_at(body, block.range.start) - 1;
            match self.block(&block.info, &block.text, line) {
                Ok(what) => parts.push(SheetPart {
                    line: self.chosen.line_before(line),
                    what,
                }),
                // The block's own text begins a line below its fence.
                Err((inside, message)) => self.wrong(line + 1 + inside, message),
            }
        }
        self.text(body, from..body.len(), first, &mut parts);
        parts
    }

    fn text(
        &mut self,
        body: &str,
        range: std::ops::Range<usize>,
        first: usize,
        parts: &mut Vec<SheetPart>,
    ) {
        let text = &body[range.clone()];
        if text.trim().is_empty() {
            return;
        }
        if let Some((at, message)) = markdown::forbidden(text) {
            self.wrong(first + line_at(body, range.start + at) - 1, message);
        }
        if let Some((at, message)) = markdown::wrong_picture(text) {
            self.wrong(first + line_at(body, range.start + at) - 1, message);
        }
        let lead = text.len() - text.trim_start().len();
        let line = first + line_at(body, range.start + lead) - 1;
        parts.push(SheetPart {
            line: self.chosen.line_before(line),
            what: SheetBlock::Text(text.trim().to_owned()),
        });
    }

    fn block(&mut self, info: &str, text: &str, line: usize) -> Result<SheetBlock, Fault> {
        let (word, more) = info.split_once(' ').unwrap_or((info, ""));
        let more = more.trim();
        let known = more.is_empty() || (word == "console" && more == "browser");
        if !known {
            return Err((0, format!("{word} takes no word {more}")));
        }
        let what = match word {
            "console" => {
                let browser = more == "browser";
                if !browser {
                    console::commands(text)?;
                }
                return Ok(SheetBlock::Console(Console {
                    browser,
                    text: text.to_owned(),
                }));
            }
            "step" => SheetBlock::Step(blocks::step(text)?),
            "question" => SheetBlock::Question(blocks::question(text)?),
            "reflection" => SheetBlock::Reflection(blocks::reflection(text)?),
            "screenshot" => SheetBlock::Screenshot(blocks::screenshot(text)?),
            "elsewhere" => SheetBlock::Elsewhere(elsewhere(text)?),
            _ => SheetBlock::Teacher(text.trim().to_owned()),
        };
        if let Some((at, message)) = markdown::forbidden(text) {
            return Err((line_at(text, at) - 1, message.to_owned()));
        }
        if let Some((at, message)) = markdown::wrong_picture(text) {
            return Err((line_at(text, at) - 1, message));
        }
        if let Some(common) = what.common()
            && !self.ids.insert(common.id.clone())
        {
            let message = format!("the id {} is in this sheet twice", common.id);
            self.wrong(line + 1, message);
        }
        Ok(what)
    }
}

fn elsewhere(text: &str) -> Result<Vec<Name>, Fault> {
    let lines = text.lines().enumerate();
    let named = lines.filter(|(_, line)| !line.trim().is_empty());
    named
        .map(|(at, line)| blocks::defence(line.trim()).map_err(|message| (at, message)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONT: &str = "+++\ntitle = \"T\"\nminutes = 20\nlevel = \"core\"\nstage = \"begin\"\nafter = []\noutcomes = [\"a\"]\n\
                         standards = []\ndefences = [\"rotation\"]\nattacks = [\"fixation\"]\n\
                         needs = []\n+++\n";

    fn mistakes(body: &str) -> Vec<String> {
        let text = format!("{FRONT}{body}");
        let read = read("06-x.md", &text, SheetAudience::OwnLab);
        let mistakes = read.map(|_| Vec::new()).unwrap_or_else(|found| found);
        mistakes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn text_and_blocks_are_kept_in_order_with_their_lines() {
        let body =
            "\nHello {{lab}}\n\n```console\n$ true\n```\n\n```elsewhere\nrotation\n```\n\nBye\n";
        let text = format!("{FRONT}{body}");
        let sheet = read("06-x.md", &text, SheetAudience::OwnLab).unwrap();
        let lines: Vec<_> = sheet.parts.iter().map(|part| part.line).collect();
        assert_eq!(lines, [14, 16, 20, 24]);
        assert_eq!((sheet.slug.as_str(), sheet.number()), ("06-x", "06"));
        assert!(
            matches!(sheet.parts[2].what, SheetBlock::Elsewhere(ref names) if names.len() == 1)
        );
    }

    #[test]
    fn mistakes_name_file_and_line() {
        assert_eq!(
            mistakes("a {{nonsense}}"),
            ["06-x.md:13: {{nonsense}} is not a placeholder"]
        );
        assert_eq!(
            mistakes("a\n\n<b>x</b>"),
            ["06-x.md:15: HTML is not allowed in a sheet"]
        );
        let foreign = mistakes("a\n\n![x](../pictures/x-light.png)");
        assert!(
            foreign[0].starts_with("06-x.md:15: ../pictures/x-light.png is no picture of the lab"),
            "{foreign:?}"
        );
        assert_eq!(
            mistakes("```elsewhere\nrotation\nnothing\n```"),
            ["06-x.md:15: there is no defence called nothing"]
        );
        let unknown = mistakes("```step\nid = \"a\"\nnonsense = 1\n```");
        assert!(
            unknown[0].starts_with("06-x.md:15: unknown field `nonsense`"),
            "{unknown:?}"
        );
        let twice = "```reflection\nid = \"a\"\nask = \"b\"\nteacher = \"c\"\n```\n";
        assert_eq!(
            mistakes(&format!("{twice}\n{twice}")),
            ["06-x.md:20: the id a is in this sheet twice"]
        );
    }

    #[test]
    fn a_value_is_part_of_the_text_before_the_blocks_are_read() {
        let read = |file, text: &str| read(file, text, SheetAudience::OwnLab);
        let front = FRONT.replace(
            "needs = []\n",
            "needs = []\n[[value]]\nname = \"pace\"\none-of = [{ n = 2, w = \"two\" }, { n = 3, w = \"three\" }]\n",
        );
        let body = "At {{value:pace.w}}.\n\n```question\nid = \"q\"\nkind = \"number\"\nask = \"?\"\n\
                    equals = {{value:pace.n}}\nbecause = \"b\"\n```\n";
        let right = |sheet: &Sheet| {
            let question = sheet.questions().next().expect("a question").clone();
            ["2", "3"].map(|answer| {
                crate::worksheets::answers::judge(&question, answer)
                    .unwrap()
                    .right
            })
        };
        let text = format!("{front}{body}");
        assert_eq!(
            right(&read("06-x.md", &text).unwrap()),
            [Some(true), Some(false)]
        );
        let other = |values: SheetValues| values.anew(|_| Some("n 3, w three".into()));
        let other = read_with("06-x.md", &text, SheetAudience::OwnLab, other).unwrap();
        assert_eq!(right(&other), [Some(false), Some(true)]);
        let unused = read("06-x.md", &format!("{front}Nothing.")).unwrap_err();
        assert!(
            unused[0]
                .to_string()
                .contains("{{value:pace.n}} is nowhere"),
            "{unused:?}"
        );
        let unknown = read("06-x.md", &text.replace("pace.w}}", "haste}}")).unwrap_err();
        assert!(
            unknown.iter().any(|one| one
                .to_string()
                .contains("{{value:haste}} is not a placeholder")),
            "{unknown:?}"
        );
    }

    #[test]
    fn front_matter_must_be_there_and_whole() {
        let read = |file, text: &str| read(file, text, SheetAudience::OwnLab);
        let of = |text: &str| read("06-x.md", text).unwrap_err()[0].to_string();
        assert_eq!(
            of("# T"),
            "06-x.md:1: the front matter between two lines +++ is missing"
        );
        assert!(of("+++\ntitle = \"T\"\n+++\n").contains("missing field"));
        assert!(of(&FRONT.replace("fixation", "nothing")).contains("no attack called nothing"));
        assert!(of(&FRONT.replace("minutes = 20", "minutes = 0")).contains("0 minutes"));
        assert!(read("x.md", FRONT).is_err());
    }
}

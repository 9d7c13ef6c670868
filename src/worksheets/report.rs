//! A report: what was done of one sheet, as Markdown, with a code for each step and one for the
//! whole; and its verification without a lab.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::answers::chosen;
use super::codes::{Codes, SolvedStep, same};
use super::placeholders::PlaceholderValues;
use super::progress::SheetProgress;
use super::sheet::{Question, QuestionKind, Sheet};
use crate::base::byte_order_mark;
use crate::base::clock::BenchTime;
use crate::base::encode;
use crate::web::visible_time::date_and_time;

/// What the last line of a report begins with.
const CODE: &str = "Code of this report: ";

/// Whose machine ran the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attested {
    /// The teacher's, for a class.
    ByTeacher,
    /// The student's own.
    BySelf,
}

impl Attested {
    const fn message(self) -> &'static str {
        match self {
            Attested::ByTeacher => {
                "The lab ran on the teacher's machine, which alone has the key of the codes. A code \
                 that verifies is evidence that this bench did the step at that time. It does not \
                 prove who sat at the keyboard."
            }
            Attested::BySelf => {
                "The lab ran on the student's own machine, which has the key of the codes. The codes \
                 show that nobody changed the report since; they are self-attested and no evidence."
            }
        }
    }
}

/// Whom and what a report is about.
#[derive(Clone, Copy, Debug)]
pub struct SheetReport<'r> {
    pub sheet: &'r Sheet,
    /// What was done.
    pub progress: &'r SheetProgress,
    /// The values of the sheet's placeholders.
    pub values: &'r PlaceholderValues,
    /// The student's name, if one was entered.
    pub name: Option<&'r str>,
    pub bench: &'r str,
    /// When the report is written, by the wall clock.
    pub now: BenchTime,
    /// Whose machine ran the lab.
    pub attested: Attested,
}

impl SheetReport<'_> {
    /// The report as Markdown, its last line the code of all lines above it.
    pub fn to_markdown(&self, codes: Codes<'_>) -> String {
        let mut out = String::new();
        // Writing to a text never fails.
        let _ = self.write(&mut out, codes);
        signed(out, codes)
    }

    fn name(&self) -> Cow<'_, str> {
        encode::line(self.name.unwrap_or("(no name entered)"))
    }

    fn write(&self, out: &mut String, codes: Codes<'_>) -> std::fmt::Result {
        let Self {
            sheet, progress, ..
        } = self;
        writeln!(out, "# Report: {}\n", escape(&sheet.heading()))?;
        writeln!(out, "| What | Value |\n|---|---|")?;
        writeln!(out, "| Name | {} |", escape(&self.name()))?;
        writeln!(out, "| Bench | {} |", escape(self.bench))?;
        writeln!(out, "| Sheet | {} |", escape(&sheet.slug))?;
        match progress.is_begun() {
            true => writeln!(out, "| Begun | {} UTC |", date_and_time(progress.started))?,
            false => writeln!(out, "| Begun | not yet |")?,
        }
        writeln!(out, "| Written | {} UTC |", date_and_time(self.now))?;
        let (points, of) = (progress.points(sheet), sheet.points());
        writeln!(out, "| Points | {points} of {of} |")?;
        if !sheet.values.is_empty() {
            writeln!(out, "| Values | {} |", sheet.values.mark(&sheet.slug))?;
        }
        writeln!(out, "\n{}\n", self.attested.message())?;
        writeln!(out, "## Steps\n")?;
        writeln!(
            out,
            "| step | solved (UTC) | attempts | client | code |\n|---|---|---|---|---|"
        )?;
        for step in sheet.steps() {
            let id = &step.common.id;
            match progress.steps.get(id) {
                None => writeln!(out, "| {id} | not solved | | | |")?,
                Some(done) => {
                    let time = date_and_time(done.at);
                    let code = codes.of_step(SolvedStep {
                        name: &self.name(),
                        bench: self.bench,
                        sheet: &sheet.slug,
                        step: id,
                        time: &time,
                    });
                    let (attempts, client) = (done.attempts, escape(&done.client));
                    writeln!(out, "| {id} | {time} | {attempts} | {client} | `{code}` |")?;
                }
            }
        }
        let seen = sheet.steps().filter_map(|step| {
            let done = progress.steps.get(&step.common.id)?;
            Some((&step.common.id, &done.seen))
        });
        for (id, seen) in seen {
            writeln!(out, "\nWhat the server saw at {id}:\n")?;
            for sentence in seen {
                writeln!(out, "- {}", escape(sentence))?;
            }
        }
        writeln!(out, "\n## Answers")?;
        for question in sheet.questions() {
            self.write_answer(out, question)?;
        }
        for reflection in sheet.reflections() {
            let id = &reflection.common.id;
            writeln!(out, "\n### {id}\n\n{}\n", self.values.fill(&reflection.ask))?;
            match progress.answers.get(id) {
                Some(given) => quote(out, &given.answer)?,
                None => writeln!(out, "Not answered.")?,
            }
        }
        Ok(())
    }

    fn write_answer(&self, out: &mut String, question: &Question) -> std::fmt::Result {
        let id = &question.common.id;
        writeln!(out, "\n### {id}\n\n{}\n", self.values.fill(&question.ask))?;
        let Some(given) = self.progress.answers.get(id) else {
            return writeln!(out, "Not answered.");
        };
        match &question.kind {
            QuestionKind::Choice(options) | QuestionKind::Prediction { options, .. } => {
                for at in chosen(options, &given.answer).unwrap_or_default() {
                    let text = options.get(at).map_or("", |option| option.text.as_str());
                    quote(out, text)?;
                }
            }
            QuestionKind::Text { .. } | QuestionKind::Number { .. } => quote(out, &given.answer)?,
        }
        let judged = super::answers::judge(question, &given.answer);
        let word = match judged.map(|judged| judged.right) {
            Ok(Some(true)) => "Right",
            Ok(Some(false)) | Err(_) => "Not right",
            Ok(None) => "A guess before the reveal",
        };
        let tries = given.tries;
        writeln!(
            out,
            "\n{word}; tries: {tries}; {} UTC.",
            date_and_time(given.at)
        )
    }
}

/// A text as Markdown that shows it as it is, whatever it holds.
pub fn escape(text: &str) -> String {
    // A teacher also reads reports in a terminal.
    let text = text.replace(['\t', '\n'], " ");
    let mut out = String::with_capacity(text.len());
    for c in encode::line(&text).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | ':' | ';' | '-' | '(' | ')' | '/') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

/// A text as a quotation of Markdown.
///
/// # Errors
/// None, where `out` is a text.
pub fn quote(out: &mut String, text: &str) -> std::fmt::Result {
    for line in text.lines() {
        writeln!(out, "> {}  ", escape(line))?;
    }
    Ok(())
}

/// A report with its last line: the code of all lines above it.
pub fn signed(mut report: String, codes: Codes<'_>) -> String {
    let code = codes.of_report(&canonical(&report));
    // Writing to a text never fails.
    let _ = writeln!(report, "\n{CODE}`{code}`");
    report
}

/// The text as it is signed: what editors and mail change without a word does not count.
fn canonical(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The name in the report.
    pub name: String,
    /// The sheet in the report.
    pub sheet: String,
    /// The bench in the report.
    pub bench: String,
    /// The mark of the values that the sheet had, where it has some.
    pub values: Option<String>,
    /// Every solved step, and whether its code is right.
    pub steps: Vec<(String, bool)>,
    /// Whether the code of the whole is right.
    pub whole: bool,
}

impl Verified {
    /// Whether every code is right.
    pub fn holds(&self) -> bool {
        self.whole && self.steps.iter().all(|(_, right)| *right)
    }
}

/// Compares every code of a report.
///
/// # Errors
/// What the text lacks to be a report, in a sentence.
pub fn verify(text: &str, codes: Codes<'_>) -> Result<Verified, String> {
    let text = byte_order_mark::skip(text).replace("\r\n", "\n");
    let (above, code) = text
        .rsplit_once(CODE)
        .ok_or("There is no line with the code of the report.")?;
    let code = code.trim().trim_matches('`');
    let row = |title: &str| {
        let start = format!("| {title} | ");
        let mut lines = above.lines();
        let found = lines.find_map(|line| line.trim_end().strip_prefix(&start)?.strip_suffix(" |"));
        found
            .map(unescape)
            .ok_or(format!("There is no line {title}."))
    };
    let (name, bench, sheet) = (row("Name")?, row("Bench")?, row("Sheet")?);
    let table = above.split("## Steps").nth(1).unwrap_or_default();
    let table = table.split("\n\n").nth(1).unwrap_or_default();
    let mut steps = Vec::new();
    for line in table.lines().skip(2) {
        let cells: Vec<_> = line
            .trim()
            .trim_matches('|')
            .split(" | ")
            .map(str::trim)
            .collect();
        if let [step, time, _, _, given] = cells[..] {
            let right = codes.of_step(SolvedStep {
                name: &name,
                bench: &bench,
                sheet: &sheet,
                step,
                time,
            });
            steps.push((step.to_owned(), same(&right, given.trim_matches('`'))));
        }
    }
    Ok(Verified {
        values: row("Values").ok(),
        name,
        sheet,
        bench,
        steps,
        whole: same(&codes.of_report(&canonical(above)), code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::EventId;
    use crate::worksheets::library::SheetLibrary;

    #[test]
    fn a_text_in_a_report_is_shown_and_does_nothing_in_a_terminal() {
        let text = "A\t*\u{1b}[30m\r\u{7}\u{202e}\u{200b}";
        let shown = escape(text);
        assert_eq!(
            shown,
            "A \\*\\\\u001b\\[30m\\\\u000d\\\\u0007\\\\u202e\\\\u200b"
        );
        assert_eq!(
            unescape(&shown),
            "A *\\u001b[30m\\u000d\\u0007\\u202e\\u200b"
        );
    }

    #[test]
    fn a_report_that_an_editor_gave_a_byte_order_mark_is_still_the_report() {
        let library = SheetLibrary::built_in();
        let now = BenchTime::from_millis(1_767_225_600_000);
        let codes = Codes::new(&[7; 32]);
        let report = SheetReport {
            sheet: library.find("00").expect("sheet 00"),
            progress: &SheetProgress::new(EventId(0), now),
            values: &PlaceholderValues::usual(),
            name: Some("Ada\u{202e}"),
            bench: "local",
            now,
            attested: Attested::BySelf,
        };
        let saved = report.to_markdown(codes);
        for saved in [saved.clone(), format!("\u{feff}{saved}")] {
            assert!(verify(&saved, codes).expect("a report").whole);
        }
        assert!(!verify(&format!("x{saved}"), codes).expect("a report").whole);
    }

    #[test]
    fn a_report_says_what_its_codes_prove() {
        let library = SheetLibrary::built_in();
        let sheet = library.find("00").expect("sheet 00");
        let now = BenchTime::from_millis(1_767_225_600_000);
        let report = SheetReport {
            sheet,
            progress: &SheetProgress::new(EventId(0), now),
            values: &PlaceholderValues::usual(),
            name: None,
            bench: "local",
            now,
            attested: Attested::ByTeacher,
        };
        let codes = Codes::new(&[7; 32]);
        let of_teacher = report.to_markdown(codes);
        assert!(of_teacher.contains("is evidence that this bench did the step"));
        let own = SheetReport {
            attested: Attested::BySelf,
            ..report
        };
        assert!(
            own.to_markdown(codes)
                .contains("self-attested and no evidence")
        );
        let verified = verify(&of_teacher, codes).expect("a report");
        assert!(verified.holds() && verified.name == "(no name entered)");
        assert!(verified.steps.is_empty(), "what is not solved has no code");
    }

    #[test]
    fn what_a_student_writes_stays_text() {
        let text = "a|b `c` *d* <e> \\ # [f](g)\nh";
        let escaped = escape(text);
        assert_eq!(unescape(&escaped), text.replace('\n', " "));
        let html = crate::worksheets::markdown::to_html(&escaped);
        assert!(!html.contains("<e>") && !html.contains("<em>") && !html.contains("<a "));
    }
}

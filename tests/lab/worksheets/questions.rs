//! The questions as a whole: neither place nor length tells the answer, none is asked twice, and no
//! note counts the options, whose order is fixed in the file.

use std::collections::BTreeSet;

use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::sheet::{Question, QuestionKind, QuestionOption, SheetBlock};

/// Every question with exactly one right option.
struct SingleAnswer {
    at: String,
    right: usize,
    options: Vec<QuestionOption>,
}

impl SingleAnswer {
    fn of(sheet: &str, question: &Question) -> Option<Self> {
        let (QuestionKind::Choice(options) | QuestionKind::Prediction { options, .. }) =
            &question.kind
        else {
            return None;
        };
        let mut right = options.iter().enumerate().filter(|(_, one)| one.right);
        let (first, next) = (right.next()?, right.next());
        next.is_none().then(|| Self {
            at: format!("{sheet} {}", question.common.id),
            right: first.0,
            options: options.clone(),
        })
    }

    /// How long the right option is, and the others.
    fn lengths(&self) -> (usize, Vec<usize>) {
        let lengths = self.options.iter().map(|one| one.text.chars().count());
        let mut lengths: Vec<usize> = lengths.collect();
        let right = lengths.remove(self.right);
        (right, lengths)
    }

    /// The chance to find the right one by any rule that knows nothing.
    fn chance(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a handful of options")]
        let options = self.options.len() as f64;
        1.0 / options
    }
}

fn single_answers() -> Vec<SingleAnswer> {
    let library = SheetLibrary::built_in();
    let sheets = library.sheets().iter();
    let all = sheets.flat_map(|sheet| {
        let of = |question| SingleAnswer::of(sheet.number(), question);
        sheet.questions().filter_map(of).collect::<Vec<_>>()
    });
    all.collect()
}

/// The number of questions that meet a condition, and how many would by chance.
fn compare(found: &[SingleAnswer], meets: impl Fn(&SingleAnswer) -> bool) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "some dozens of questions")]
    let count = found.iter().filter(|one| meets(one)).count() as f64;
    (count, found.iter().map(SingleAnswer::chance).sum())
}

/// Somebody who always takes the option at one place, or the longest, or the shortest, finds no more
/// than by chance; a sixth more is left to the wording.
#[test]
fn neither_place_nor_length_tells_the_right_option() {
    let all = single_answers();
    assert!(all.len() >= 60, "{} questions", all.len());
    for place in 0..4 {
        let with = |one: &&SingleAnswer| one.options.len() > place;
        let (count, by_chance) = all.iter().filter(with).fold((0.0, 0.0), |(n, sum), one| {
            let hit = f64::from(u8::from(one.right == place));
            (n + hit, sum + one.chance())
        });
        let far = (count - by_chance).abs();
        assert!(
            far <= by_chance / 4.0,
            "place {place}: {count} for {by_chance:.1}"
        );
    }
    let longest = |one: &SingleAnswer| {
        let (right, others) = one.lengths();
        others.iter().all(|other| right > *other)
    };
    let shortest = |one: &SingleAnswer| {
        let (right, others) = one.lengths();
        others.iter().all(|other| right < *other)
    };
    let (count, by_chance) = compare(&all, longest);
    assert!(count <= by_chance, "longest: {count} for {by_chance:.1}");
    let (count, by_chance) = compare(&all, shortest);
    assert!(count <= by_chance, "shortest: {count} for {by_chance:.1}");
}

/// An option that is twice as long as the longest other one tells by itself that it is special.
#[test]
fn no_option_stands_out_by_its_length() {
    let mut found = Vec::new();
    for one in single_answers() {
        let (right, others) = one.lengths();
        let most = others.iter().copied().max().unwrap_or_default();
        if right > most * 3 / 2 {
            found.push(format!(
                "{}: {right} characters, the others {most} at most",
                one.at
            ));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// The words of a question that carry its meaning.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| word.chars().count() > 4);
    words.map(str::to_lowercase).collect()
}

#[test]
fn no_question_is_asked_twice() {
    let library = SheetLibrary::built_in();
    let mut asked: Vec<(String, BTreeSet<String>)> = Vec::new();
    for sheet in library.sheets() {
        for question in sheet.questions() {
            let own = words(&question.ask);
            let at = format!("{} {}", sheet.number(), question.common.id);
            for (other, its) in &asked {
                let both = own.intersection(its).count();
                let all = own.union(its).count();
                assert!(both * 2 <= all, "{at} asks what {other} asks");
            }
            asked.push((at, own));
        }
    }
}

/// A note that says "the second answer" is wrong as soon as somebody moves an option.
#[test]
fn no_note_counts_the_options() {
    let numbers = ["first", "second", "third", "fourth", "last"];
    let counted = |text: &str| {
        let text = text.to_lowercase();
        let pairs = ["answer", "option"].map(|what| numbers.map(|n| format!("{n} {what}")));
        pairs
            .iter()
            .flatten()
            .any(|pair| text.contains(pair.as_str()))
    };
    assert!(counted("Ask those who chose the second answer."));
    for sheet in SheetLibrary::built_in().sheets() {
        for part in &sheet.parts {
            let SheetBlock::Question(question) = &part.what else {
                continue;
            };
            let notes = question.common.teacher.iter().chain(&question.common.hints);
            for note in notes {
                let id = &question.common.id;
                assert!(!counted(note), "{} {id}: {note}", sheet.number());
            }
        }
    }
}

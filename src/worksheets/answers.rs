//! Judging an answer to a question, with a reason for each wrong one.

use super::sheet::{Question, QuestionKind, QuestionOption};

/// The longest answer that is stored, in characters.
pub const LONGEST: usize = 4_000;

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Whether it is right; `None` where nothing is, as for a guess.
    pub right: Option<bool>,
    /// Why: Markdown.
    pub because: Vec<String>,
}

/// Judges an answer. A choice is given by the numbers of its options from 0, with commas between
/// them, as [`chosen`] reads them.
///
/// # Errors
/// What cannot be an answer to this question, in a sentence.
pub fn judge(question: &Question, answer: &str) -> Result<Judgement, String> {
    let answer = answer.trim();
    match &question.kind {
        QuestionKind::Choice(options) => {
            let chosen = chosen(options, answer)?;
            let all = options.iter().enumerate();
            let mut picked = all.clone().filter(|(at, _)| chosen.contains(at));
            let wrong = picked.any(|(_, option)| !option.right);
            let missed = all
                .clone()
                .any(|(at, option)| option.right && !chosen.contains(&at));
            let shown = all.filter(|(at, _)| chosen.contains(at));
            let mut because: Vec<String> = shown
                .filter_map(|(_, option)| option.because.clone())
                .collect();
            if missed && !wrong {
                because.push("Another option is also right.".into());
            }
            Ok(Judgement {
                right: Some(!wrong && !missed),
                because,
            })
        }
        QuestionKind::Prediction { options, reveal } => {
            chosen(options, answer)?;
            Ok(Judgement {
                right: None,
                because: vec![reveal.clone()],
            })
        }
        QuestionKind::Text {
            accept,
            because,
            wrong,
        } => {
            if answer.is_empty() {
                return Err("Write an answer first.".into());
            }
            let is = |other: &str| plain(other) == plain(answer);
            if accept.iter().any(|right| is(right)) {
                return Ok(Judgement::right(because));
            }
            let known = wrong.iter().find(|one| is(&one.answer));
            Ok(Judgement::wrong(known.map(|one| one.because.as_str())))
        }
        QuestionKind::Number {
            equals,
            within,
            because,
            wrong,
            ..
        } => {
            let number = number(answer)?;
            // What the fraction of a decimal number loses must not make a right answer wrong.
            let slack = equals.abs() * 1e-9;
            if (number - equals).abs() <= within + slack {
                return Ok(Judgement::right(because));
            }
            let same = |text: &str| text.trim().parse() == Ok(number);
            let known = wrong.iter().find(|one| same(&one.answer));
            Ok(Judgement::wrong(known.map(|one| one.because.as_str())))
        }
    }
}

impl Judgement {
    fn right(because: &str) -> Self {
        Self {
            right: Some(true),
            because: vec![because.to_owned()],
        }
    }

    fn wrong(because: Option<&str>) -> Self {
        let because = because.unwrap_or("That is not it. Look once more, or open a hint.");
        Self {
            right: Some(false),
            because: vec![because.to_owned()],
        }
    }
}

/// The numbers of the options that an answer names.
///
/// # Errors
/// It names none, or one that is not there.
pub fn chosen(options: &[QuestionOption], answer: &str) -> Result<Vec<usize>, String> {
    let parts = answer.split(',').filter(|part| !part.trim().is_empty());
    let chosen: Result<Vec<usize>, _> = parts.map(|part| part.trim().parse()).collect();
    match chosen {
        Ok(chosen) if chosen.is_empty() => Err("Choose an option first.".into()),
        Ok(chosen) if chosen.iter().all(|at| *at < options.len()) => Ok(chosen),
        _ => Err("There is no such option.".into()),
    }
}

/// The same text however it is written: without case, outer space and the backticks of code.
fn plain(text: &str) -> String {
    let text = text.trim().trim_matches(['`', '"', '\'']).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn number(answer: &str) -> Result<f64, String> {
    let digits: String = answer.split_whitespace().collect();
    let parsed = digits.replace(',', ".").parse::<f64>();
    match parsed {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("The answer is a number, written in digits.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worksheets::blocks;

    fn question(text: &str) -> Question {
        blocks::question(&format!("id = \"a\"\nask = \"?\"\n{text}")).unwrap()
    }

    #[test]
    fn a_choice_is_right_when_all_right_options_and_no_other_are_chosen() {
        let choice = question(
            "kind = \"choice\"\n[[option]]\ntext = \"x\"\nbecause = \"no x\"\n[[option]]\n\
             text = \"y\"\nright = true\nbecause = \"y!\"\n[[option]]\ntext = \"z\"\nright = true\n\
             because = \"z!\"",
        );
        let of = |answer| judge(&choice, answer).unwrap();
        assert_eq!(of("1,2").right, Some(true));
        assert_eq!(of("0").because, ["no x"]);
        assert_eq!(of("1").because, ["y!", "Another option is also right."]);
        assert_eq!(of("0,1,2").right, Some(false));
        assert!(judge(&choice, "").is_err() && judge(&choice, "7").is_err());
    }

    #[test]
    fn text_is_compared_without_case_and_numbers_within_their_bounds() {
        let text = question(
            "kind = \"text\"\naccept = [\"HttpOnly\"]\nbecause = \"b\"\n[[wrong]]\n\
             answer = \"secure\"\nbecause = \"other\"",
        );
        assert_eq!(judge(&text, " `httponly` ").unwrap().right, Some(true));
        assert_eq!(judge(&text, "Secure").unwrap().because, ["other"]);
        assert_eq!(judge(&text, "x").unwrap().right, Some(false));
        let number = question("kind = \"number\"\nequals = 13.3\nwithin = 0.1\nbecause = \"b\"");
        for (answer, right) in [
            ("13.3", true),
            ("13,35", true),
            ("13.5", false),
            ("-1", false),
        ] {
            assert_eq!(
                judge(&number, answer).unwrap().right,
                Some(right),
                "{answer}"
            );
        }
        for answer in ["", "x", "NaN", "inf"] {
            assert!(judge(&number, answer).is_err(), "{answer}");
        }
    }

    #[test]
    fn a_prediction_is_neither_right_nor_wrong_and_reveals() {
        let guess = question(
            "kind = \"prediction\"\nreveal = \"so\"\n[[option]]\ntext = \"x\"\n[[option]]\n\
             text = \"y\"\nright = true",
        );
        let judged = judge(&guess, "0").unwrap();
        assert_eq!(
            (judged.right, judged.because),
            (None, vec!["so".to_owned()])
        );
    }
}

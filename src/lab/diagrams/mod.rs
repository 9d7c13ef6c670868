//! The diagrams: the positions of things, as plain numbers and words. The templates in
//! `templates/partials/` make SVG of them, and escape every word.
//!
//! Read [`sequence`] first: who sent what to whom in an attack. [`timeline`] is the life of a
//! session. [`mod@file`] makes a file of a drawing, with its colours in it.

pub mod file;
mod lanes;
pub mod request_flow;
pub mod sequence;
pub mod steps;
pub mod timeline;

use serde::Serialize;

/// How wide a letter of the fixed-width font is, in its own size. A little more than the widest of
/// the fonts that browsers choose.
const MONO: f64 = 0.64;

/// The same for the usual letters of running text.
const SANS: f64 = 0.56;

/// A line of text in a drawing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Words {
    /// Where its base line is.
    pub y: i32,
    /// What it says.
    pub description: String,
}

/// A text in lines of at most so many letters.
pub fn wrap(text: &str, letters: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            // There is always a last line.
            let Some(line) = lines.last_mut() else { break };
            let used = line.chars().count();
            let space = usize::from(used > 0);
            if used + space + word.len() <= letters {
                line.extend(std::iter::repeat_n(' ', space));
                line.extend(word.drain(..));
            } else if used > 0 {
                lines.push(String::new());
            } else {
                line.extend(word.drain(..letters.clamp(1, word.len())));
                lines.push(String::new());
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The beginning of a text, with a sign where something was cut off.
pub fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    kept.trim_end().to_owned() + "…"
}

/// How many letters of a font of this size fit into so much room.
fn letters(room: i32, size: f64, width: f64) -> usize {
    (f64::from(room.max(0)) / (size * width)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_wrapped_between_words_and_a_long_word_within() {
        assert_eq!(wrap("She opens the page", 9), ["She opens", "the page"]);
        assert_eq!(wrap("a loooooong word", 5), ["a", "loooo", "oong", "word"]);
        assert_eq!(wrap("  ", 5), [""; 0]);
    }

    #[test]
    fn what_is_cut_off_leaves_a_sign() {
        assert_eq!(cut("GET /login", 10), "GET /login");
        assert_eq!(cut("GET /dashboard", 10), "GET /dash…");
    }
}

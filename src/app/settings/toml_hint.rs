//! What to write in place of a line that is no TOML. Most of these lines lack quotes, or have a `\` in
//! the wrong ones.

use super::layers::{NAMES, accepts, is_text};

/// What to do about a settings file, by its text and the error of the parser. It repeats nothing of
/// the text but the name of a setting.
pub(super) fn toml_hint(text: &str, error: &str) -> String {
    let usual = "a settings file has lines such as http-port = 7080";
    let Some((name, value)) = wrong_line(text, error).and_then(|line| line.split_once('=')) else {
        return usual.into();
    };
    let (name, value) = (name.trim(), value.trim());
    let name = NAMES.into_iter().find(|known| *known == name);
    let example = name.map_or(("NAME", "text"), |name| (name, accepts(name).1));
    if value.starts_with('"') && value.contains('\\') {
        let name = example.0;
        return format!("a \\ needs single quotes: {name} = 'C:\\folder'");
    }
    let begins_text = value.starts_with(|c: char| !matches!(c, '"' | '\'' | '[' | '{'));
    let is_open = value.starts_with(['"', '\'']) && value.matches(&value[..1]).count() == 1;
    if name.is_none_or(is_text) && (begins_text || is_open) {
        let (name, example) = example;
        return format!("write text in quotes: {name} = '{example}'");
    }
    usual.into()
}

/// The line that the error names, as in `at line 3, column 9`.
fn wrong_line<'t>(text: &'t str, error: &str) -> Option<&'t str> {
    let (_, rest) = error.split_once(" line ")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    let number: usize = digits.parse().ok()?;
    text.lines().nth(number.checked_sub(1)?)
}

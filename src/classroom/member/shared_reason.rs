//! Why an attempt did not count, as it may leave the student's computer.
//!
//! The sheet's own sentences are shared as they are. A sentence that the lab makes names what it saw,
//! which may be something that the student typed: a path, a host, a user. Of these only fields are
//! shared whose values the lab itself chooses from a short list.

use crate::worksheets::markdown::to_text;
use crate::worksheets::placeholders::PlaceholderValues;
use crate::worksheets::sheet::SheetStep;

/// The longest reason that is shared, in characters.
const LONGEST: usize = 400;

/// How the lab's own sentences begin, before the name of the field.
const MADE: &str = "The last attempt did not count: its ";

/// The fields whose values come from a list in the source.
const LISTED: [&str; 5] = ["client", "scheme", "site", "status", "variant"];

/// The reason as it may be shared. Addresses and names of folders in it are those of a lab with the
/// default settings.
pub fn shared_reason(step: &SheetStep, message: &str) -> String {
    let is_the_sheets = step.expect.iter().any(|expected| expected.says(message));
    let is_fixed = message.starts_with("The last attempt did not count: it ");
    let text = match message.strip_prefix(MADE) {
        _ if is_the_sheets || is_fixed => message.to_owned(),
        Some(rest) => {
            let field = rest.split(' ').next().unwrap_or_default();
            match LISTED.contains(&field) {
                true => message.to_owned(),
                false => format!("{MADE}{field} was another."),
            }
        }
        None => "The last attempt did not count.".to_owned(),
    };
    let text = to_text(&PlaceholderValues::usual().fill(&text));
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worksheets::library::SheetLibrary;

    #[test]
    fn what_a_student_typed_is_never_part_of_a_shared_reason() {
        let library = SheetLibrary::built_in();
        let sheet = library.find("06-session-fixation").expect("sheet 06");
        let step = sheet.steps().next().expect("a step");
        let shared = |message: &str| shared_reason(step, message);
        let curl = "The last attempt did not count: its client was curl, not browser.";
        assert_eq!(shared(curl), curl);
        let typed = "The last attempt did not count: its path was /my-secret, not /login.";
        assert_eq!(
            shared(typed),
            "The last attempt did not count: its path was another."
        );
        assert_eq!(shared("my secret"), "The last attempt did not count.");
        for sheet in library.sheets() {
            for step in sheet.steps() {
                for expected in &step.expect {
                    let own = shared_reason(step, expected.not_yet());
                    assert!(!own.contains("{{") && !own.is_empty(), "{own}");
                }
            }
        }
    }
}

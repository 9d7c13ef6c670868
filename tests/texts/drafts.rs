//! Drafts of standards: one place says how far each is, and on which day. All other texts give its
//! short name only, as in "RFC 6265bis".

use std::collections::BTreeSet;
use std::fs;

use super::read::{files, root};

/// The place.
const PLACE: &str = "src/worksheets/standards/mod.rs";

/// The short names of drafts in a text.
fn short_names(text: &str) -> Vec<&str> {
    let begins = text.match_indices("RFC ");
    let names = begins.filter_map(|(at, begin)| {
        let number = text.get(at + begin.len()..at + begin.len() + 4)?;
        let end = at + begin.len() + 4;
        let is_draft = number.chars().all(|c| c.is_ascii_digit()) && text[end..].starts_with("bis");
        is_draft.then(|| &text[at..end + 3])
    });
    names.collect()
}

#[test]
fn one_place_says_how_far_a_draft_is_and_on_which_day() {
    let place = fs::read_to_string(root().join(PLACE)).expect(PLACE);
    let drafts: BTreeSet<&str> = files()
        .iter()
        .flat_map(|file| short_names(&file.text))
        .collect();
    assert!(drafts.contains("RFC 6265bis"), "{drafts:?}");
    for draft in drafts {
        let begin = format!("begins: \"{draft}\",");
        let (_, row) = place
            .split_once(&begin)
            .unwrap_or_else(|| panic!("{PLACE} does not say what {draft} is"));
        let (row, _) = row.split_once("\n    },").expect("the end of the row");
        assert!(row.contains("draft-ietf-"), "the draft's whole name: {row}");
        assert!(row.contains("On 20"), "the day: {row}");
    }
}

#[test]
fn no_other_text_says_how_far_a_draft_is() {
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.path != PLACE) {
        for (number, line) in file.text.lines().enumerate() {
            if ["draft-ietf-", "RFC Editor", "IESG"]
                .iter()
                .any(|word| line.contains(word))
            {
                wrong.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "say it in {PLACE}:\n{}\n",
        wrong.join("\n")
    );
}

//! The values that a class gave to a student's exercises: by sheet, then by the name of the value.
//!
//! The teacher's desk draws them for each student, so that what one student found out is wrong at
//! another. Sheets print them and judge by them (`src/worksheets/values`). One of them also changes the
//! portal itself: the word of the weak `jwt-key`. They are settings of the bench, because the portal
//! asks for that word at every request with a token.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::defences::jwt_key::WORDS;

/// The name of the value that is the portal's own: the word of the weak `jwt-key`.
pub const JWT_WORD: &str = "jwt-word";

/// What a class gave. It comes from outside, so whoever uses one asks whether it may be that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GivenValues(pub BTreeMap<String, BTreeMap<String, String>>);

impl GivenValues {
    /// The value of this name for a sheet, by its slug.
    pub fn get(&self, sheet: &str, name: &str) -> Option<&str> {
        self.0.get(sheet)?.get(name).map(String::as_str)
    }

    /// The place of the first token key's word in [`WORDS`]. A word that is not in the list counts as
    /// none: the desk chooses among these, and cannot choose a key.
    pub fn jwt_word(&self) -> usize {
        let mut named = self.0.values().filter_map(|sheet| sheet.get(JWT_WORD));
        let place = |word: &String| WORDS.iter().position(|one| one == word);
        named.find_map(place).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_of_the_list_becomes_the_portals_key() {
        let of = |word: &str| {
            let sheet = BTreeMap::from([(JWT_WORD.to_owned(), word.to_owned())]);
            GivenValues(BTreeMap::from([("12-x".to_owned(), sheet)])).jwt_word()
        };
        assert_eq!((of("secret"), of("changeme"), of("development")), (0, 1, 3));
        assert_eq!(of("a key of the desk's choice"), 0);
        assert_eq!(GivenValues::default().jwt_word(), 0);
    }
}

//! The cards of the attacks and the catalogue: a card names rows that exist, and no id that its rows
//! do not have.

use session_lab::attacks::ALL;
use session_lab::worksheets::catalogue;

#[test]
fn every_card_names_rows_of_the_catalogue_and_ids_that_these_rows_have() {
    for card in ALL.iter().map(|attack| attack.card()) {
        for key in card.shows {
            assert!(catalogue::find(key).is_some(), "{} shows {key}", card.name);
        }
        let rows = card.shows.iter().filter_map(|key| catalogue::find(key));
        let ids: Vec<&str> = rows.flat_map(|row| row.standards).copied().collect();
        assert!(
            !ids.is_empty() && !card.standards.is_empty(),
            "{}",
            card.name
        );
        for id in card.standards {
            assert!(
                ids.contains(id),
                "{} names {id}, its rows {ids:?}",
                card.name
            );
        }
    }
}

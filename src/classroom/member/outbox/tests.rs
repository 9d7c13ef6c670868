//! Numbers, doubts and bounds of the outbox.

use super::*;

fn item(what: Happened) -> Item {
    Item {
        at: BenchTime::from_millis(1),
        what,
    }
}

fn tried(step: &str, attempts: usize) -> Item {
    item(Happened::Tried {
        sheet: "06-session-fixation".into(),
        step: step.into(),
        attempts,
        why: "Not yet.".into(),
    })
}

fn solved(step: usize) -> Item {
    item(Happened::Solved {
        sheet: "06-session-fixation".into(),
        step: step.to_string(),
        attempts: 1,
    })
}

/// An outbox whose desk has said that it has nothing.
fn begun() -> Outbox {
    let mut outbox = Outbox::default();
    assert_eq!(outbox.batch().items, []);
    assert_eq!(outbox.acknowledge(0), Acknowledged::InStep);
    outbox
}

#[test]
fn items_are_sent_again_as_they_were_until_they_are_acknowledged() {
    let mut outbox = begun();
    outbox.push(tried("a", 1));
    let first = outbox.batch();
    assert_eq!((first.first, first.items.len()), (1, 1));
    outbox.push(tried("a", 2));
    assert_eq!(outbox.batch(), first, "it is in doubt");
    let restored: Outbox = serde_json::from_slice(&serde_json::to_vec(&outbox).unwrap()).unwrap();
    let mut restored = restored;
    assert_eq!(restored.batch(), first, "also after a restart");
    assert_eq!(outbox.acknowledge(1), Acknowledged::InStep);
    let second = outbox.batch();
    assert_eq!((second.first, second.items), (2, vec![tried("a", 2)]));
}

#[test]
fn a_part_that_was_stored_is_not_sent_again() {
    let mut outbox = begun();
    (1..=3).for_each(|step| outbox.push(solved(step)));
    assert_eq!(outbox.batch().items.len(), 3);
    assert_eq!(outbox.acknowledge(2), Acknowledged::InStep);
    let rest = outbox.batch();
    assert_eq!((rest.first, rest.items), (3, vec![solved(3)]));
}

#[test]
fn a_desk_that_lost_something_or_has_more_hears_everything_anew() {
    for stored in [0, 9] {
        let mut outbox = begun();
        outbox.push(solved(1));
        outbox.batch();
        outbox.acknowledge(1);
        outbox.push(solved(2));
        outbox.push(item(Happened::Hand { up: true }));
        outbox.batch();
        assert_eq!(outbox.acknowledge(stored), Acknowledged::Anew);
        let next = outbox.batch();
        assert_eq!(next.first, stored + 1);
        assert_eq!(next.items, [item(Happened::Hand { up: true })]);
        assert_eq!(outbox.seen, SheetsSeen::default());
    }
}

#[test]
fn a_report_has_at_most_as_many_items_and_bytes_as_the_protocol_allows() {
    let mut outbox = begun();
    (0..MOST_PENDING).for_each(|step| outbox.push(solved(step)));
    assert_eq!(outbox.batch().items.len(), MOST_ITEMS);
    let mut outbox = begun();
    for n in 0..60 {
        outbox.push(item(Happened::Reflected {
            sheet: "06-session-fixation".into(),
            reflection: n.to_string(),
            text: "\u{1}".repeat(16 * 1024),
        }));
    }
    let batch = outbox.batch();
    let bytes = serde_json::to_vec(&batch.items).unwrap().len();
    assert!(!batch.items.is_empty() && bytes < LARGEST_BODY, "{bytes}");
    assert!(outbox.bytes() <= MOST_BYTES, "{}", outbox.bytes());
}

#[test]
fn where_too_much_waits_attempts_give_way_first_and_what_is_in_doubt_stays() {
    let mut outbox = begun();
    (1..=5).for_each(|attempts| outbox.push(tried("a", attempts)));
    let sent = outbox.batch();
    (0..MOST_PENDING - 10).for_each(|step| outbox.push(solved(step)));
    (6..=40).for_each(|attempts| outbox.push(tried("a", attempts)));
    assert_eq!(outbox.pending(), MOST_PENDING);
    assert_eq!(outbox.batch(), sent);
    let all = &outbox.pending;
    let solved = all
        .iter()
        .filter(|one| matches!(one.what, Happened::Solved { .. }));
    assert_eq!(solved.count(), MOST_PENDING - 10, "no solved step is lost");
    assert_eq!(
        all.last(),
        Some(&tried("a", 40)),
        "the last attempt counts them all"
    );
    (2_000..4_000).for_each(|step| outbox.push(self::solved(step)));
    assert_eq!(outbox.pending(), MOST_PENDING);
}

//! The contract on the journal.

use super::*;

pub async fn events_are_numbered_from_one_and_read_in_pages(storage: impl Storage) {
    for users in [["a", "b"], ["c", "d"]] {
        let events = users.map(event).into();
        done(
            &storage,
            Batch {
                events,
                ..Batch::default()
            },
        )
        .await;
    }
    let page = storage.events(&bench(), EventId(0), 3).await.unwrap();
    let expected = [
        (EventId(1), event("a")),
        (EventId(2), event("b")),
        (EventId(3), event("c")),
    ];
    assert_eq!(page, expected);
    let rest = storage.events(&bench(), EventId(3), 3).await.unwrap();
    assert_eq!(rest, [(EventId(4), event("d"))]);
    assert!(
        storage
            .events(&bench(), EventId(4), 3)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        storage
            .events(&bench(), EventId(u64::MAX), 3)
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn the_journal_keeps_its_newest_events(storage: impl Storage) {
    let events = vec![event("a"); JOURNAL_LIMIT + 5];
    done(
        &storage,
        Batch {
            events,
            ..Batch::default()
        },
    )
    .await;
    let kept = storage
        .events(&bench(), EventId(0), usize::MAX)
        .await
        .unwrap();
    assert_eq!(kept.len(), JOURNAL_LIMIT);
    assert_eq!(kept[0].0, EventId(6));
}

pub async fn the_last_event_is_known_without_reading_the_journal(storage: impl Storage) {
    let last = async || storage.last_event(&bench()).await.unwrap();
    assert_eq!(last().await, EventId(0));
    for expected in [2, 4] {
        let batch = Batch {
            events: vec![event("a"), event("b")],
            ..Batch::default()
        };
        done(&storage, batch).await;
        assert_eq!(last().await, EventId(expected));
    }
    // Older events are forgotten, and the number goes on.
    let batch = Batch {
        events: vec![event("a"); JOURNAL_LIMIT],
        ..Batch::default()
    };
    done(&storage, batch).await;
    assert_eq!(last().await, EventId(JOURNAL_LIMIT as u64 + 4));
    let other: BenchName = "team-7".parse().unwrap();
    assert_eq!(storage.last_event(&other).await.unwrap(), EventId(0));
}

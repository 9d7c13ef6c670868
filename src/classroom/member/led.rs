//! What a lab does when its teacher asks for it: start the bench again, bring back what was erased.

use super::record::{MembershipRecord, ObeyedCounts};
use crate::classroom::protocol::{Happened, Item, Lead};
use crate::session::bench::Bench;
use crate::storage::StorageError;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::progress_tracker::{ProgressTracker, standings};
use crate::worksheets::survey::wall_time;

/// Does what the counts of a lead ask for, where they have grown. A lab that hears its teacher for the
/// first time does nothing: what was asked before it joined was asked of another bench.
///
/// Each is done first and noted then. After a kill in between it is done once more, which changes
/// nothing: a sheet on which nothing was done keeps its earlier state.
pub(super) async fn obey(
    bench: &Bench,
    library: &SheetLibrary,
    lead: &Lead,
    obeyed: Option<ObeyedCounts>,
) -> Result<(), StorageError> {
    let asked = ObeyedCounts {
        resets: lead.resets,
        restores: lead.restores,
    };
    let before = obeyed.unwrap_or(asked);
    let is_reset = asked.resets > before.resets;
    if is_reset {
        start_again(bench, library).await?;
    }
    if asked.restores > before.restores {
        restore(bench, library).await?;
    }
    if obeyed == Some(asked) {
        return Ok(());
    }
    MembershipRecord::change(bench, |record| {
        if let Some(record) = record.as_mut().filter(|record| record.is_active()) {
            record.obeyed = Some(asked);
            if is_reset {
                record.outbox.push(Item {
                    at: wall_time(),
                    what: Happened::StartedAgain { sheet: None },
                });
            }
        }
    })
    .await
}

/// Begins every sheet anew and takes the bench back. What was done of a sheet is kept, once.
async fn start_again(bench: &Bench, library: &SheetLibrary) -> Result<(), StorageError> {
    for standing in standings(bench, library).await? {
        if let Some(sheet) = library.find(&standing.slug)
            && standing.progress.is_begun()
        {
            ProgressTracker::new(bench, library, sheet)
                .start_again()
                .await?;
        }
    }
    bench.reset().await
}

/// Brings back the earlier state of every sheet that has more points than the present one.
async fn restore(bench: &Bench, library: &SheetLibrary) -> Result<(), StorageError> {
    for sheet in library.sheets() {
        let tracker = ProgressTracker::new(bench, library, sheet);
        let Some(earlier) = tracker.earlier().await? else {
            continue;
        };
        let present = tracker.look().await?.progress;
        if earlier.points(sheet) > present.points(sheet) {
            tracker.restore().await?;
        }
    }
    Ok(())
}

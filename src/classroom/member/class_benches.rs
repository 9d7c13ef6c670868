//! Which benches of this lab are in a class, as it is stored: so that they report and hear their
//! teacher after a start also where nobody visits them.
//!
//! A bench is a name in the store, and the store lists no benches. The bench `local` is looked at at
//! every start and needs no place in this list.

use std::sync::Arc;

use super::record::MembershipRecord;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::session::bench::{BENCH_LIMIT, Bench, Benches, OpenBenchError};
use crate::storage::{Batch, Put, RecordIndex, RecordKey, RecordKind, StorageError};
use crate::worksheets::survey::wall_time;

/// Lists a bench. One that is listed already stays so.
pub(super) async fn list(bench: &Bench) -> Result<(), StorageError> {
    let Some(key) = key(bench.name()) else {
        return Ok(());
    };
    let put = Put {
        key,
        value: Vec::new(),
        last_used: wall_time(),
        expires_at: BenchTime::FOREVER,
        owner: None,
        replaces: None,
    };
    let batch = Batch {
        put: vec![put],
        ..Batch::default()
    };
    // Nothing is expected, so nothing can conflict.
    bench
        .storage()
        .commit(&BenchName::of_members(), batch)
        .await?;
    Ok(())
}

/// Takes a bench off the list.
pub(super) async fn unlist(bench: &Bench) -> Result<(), StorageError> {
    let Some(key) = key(bench.name()) else {
        return Ok(());
    };
    let batch = Batch {
        remove: vec![key],
        ..Batch::default()
    };
    bench
        .storage()
        .commit(&BenchName::of_members(), batch)
        .await?;
    Ok(())
}

/// Opens every bench that is in a class, and takes the others off the list.
pub(super) async fn open_all(benches: &Benches) -> Result<(), StorageError> {
    let Some(local) = open(benches, &BenchName::local()).await? else {
        return Ok(());
    };
    let index = RecordIndex::Kind(None, RecordKind::Class);
    let list = BenchName::of_members();
    for key in local.storage().members(&list, &index, BENCH_LIMIT).await? {
        let Ok(name) = key.name().parse::<BenchName>() else {
            continue;
        };
        let Some(bench) = open(benches, &name).await? else {
            continue;
        };
        let record = MembershipRecord::read(&bench).await?;
        if record.is_some_and(|record| record.is_active()) {
            // It is never the one that makes room for a visitor.
            bench.hold();
        } else {
            unlist(&bench).await?;
        }
    }
    Ok(())
}

/// A bench, unless there is no room for it: then it reports once it is visited.
async fn open(benches: &Benches, name: &BenchName) -> Result<Option<Arc<Bench>>, StorageError> {
    match benches.open(name).await {
        Ok(bench) => Ok(Some(bench)),
        Err(OpenBenchError::StorageError(error)) => Err(error),
        Err(OpenBenchError::TooMany(error)) => {
            log::warn!("the bench {name} is in a class and does not report by itself: {error}");
            Ok(None)
        }
    }
}

/// The place of a bench in the list; `None` for `local`.
fn key(name: &BenchName) -> Option<RecordKey> {
    let key = RecordKey::new(None, RecordKind::Class, name.as_str());
    key.filter(|_| !name.is_local())
}

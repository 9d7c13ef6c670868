//! Ending sessions whose time is over before anybody asks for them, so that the journal says why
//! they are gone. The store's own sweep would take them without a word.

use super::SessionRecord;
use super::end::ListedSession;
use crate::base::event::Client;
use crate::defences::policy::{PolicyProbe, Variant};
use crate::session::bench::Bench;
use crate::session::world::World;
use crate::storage::{RecordIndex, RecordKind, StorageError};

/// How many sessions of a world are looked at. Where a course leaves more behind, the sweep takes
/// the others, and the journal keeps its place for what people do.
pub const LOOKED_AT: usize = 50;

/// Ends the expired sessions of users on a bench, oldest first. Returns how many.
///
/// # Errors
/// The store does not answer.
pub async fn end_expired(bench: &Bench) -> Result<usize, StorageError> {
    let mut ended = 0;
    for variant in Variant::all() {
        let index = RecordIndex::Kind(Some(variant), RecordKind::Session);
        let members = bench.storage().members(bench.name(), &index, LOOKED_AT);
        let keys = members.await?;
        if keys.is_empty() {
            continue;
        }
        let probe = PolicyProbe::new(bench.resolve(variant).policy);
        let world = World::now(bench, variant, &probe, Client::Lab);
        for key in keys {
            let Some(found) = world.read::<SessionRecord>(&key).await? else {
                continue;
            };
            let over = found.value.expired(&probe, found.last_used, world.now);
            if let (Some(reason), true) = (over, found.value.user.is_some()) {
                let listed = ListedSession {
                    key,
                    record: found.value,
                    version: found.version,
                    last_used: found.last_used,
                };
                world.end(&[listed], reason).await?;
                ended += 1;
            }
        }
    }
    Ok(ended)
}

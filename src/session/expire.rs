//! Ending sessions whose time is over before anybody asks for them, so that the journal says why
//! they are gone. The store's own sweep would remove them without an event.
//!
//! No attacker is stopped here: [`World::look_up`] refuses an expired session whether this ran or
//! not. Refused alternative: expiry by such a task alone, as some frameworks do. Until it runs, a
//! stolen session goes on past its limit.

use super::SessionRecord;
use super::end::ListedSession;
use crate::base::event::ClientKind;
use crate::defences::policy::{PolicyProbe, Variant};
use crate::session::bench::Bench;
use crate::session::world::World;
use crate::storage::{RecordIndex, RecordKind, StorageError};

/// How many sessions of a world are looked at in one pass. Where a course leaves more behind, the
/// store's sweep removes the others, and the journal has room for what people do.
pub const LOOKED_AT: usize = 50;

/// Ends the expired sessions of users on a bench, oldest first. Returns how many.
///
/// Anyone who reads the journal sees that such a session ended by time and not by somebody else.
///
/// # Errors
/// The store does not answer.
pub async fn end_expired(bench: &Bench) -> Result<usize, StorageError> {
    let mut ended = 0;
    for variant in Variant::all() {
        let index = RecordIndex::Kind(Some(variant), RecordKind::Session);
        let members = bench.storage().members(bench.name(), &index, LOOKED_AT);
        let keys = members.await?;
        // Most variants of most benches have none, and then nothing else is read.
        if keys.is_empty() {
            continue;
        }
        // Each variant has its own limits, and the custom one those of this moment: a limit that a
        // student shortens also ends sessions that were opened before.
        let probe = PolicyProbe::new(bench.resolve(variant).policy);
        let world = World::now(bench, variant, &probe, ClientKind::Lab);
        for key in keys {
            // A request beside this one may have ended it since the list was read. The list is a
            // hint; what is decided on is read now.
            let Some(found) = world.read::<SessionRecord>(&key).await? else {
                continue;
            };
            // The same question as at a request, so that the two never disagree.
            let over = found.value.expired(&probe, found.last_used, world.now);
            // Anonymous sessions go without an event: nobody was signed in, and a crawler leaves
            // many.
            if let (Some(reason), true) = (over, found.value.user.is_some()) {
                let listed = ListedSession {
                    key,
                    record: found.value,
                    version: found.version,
                    last_used: found.last_used,
                };
                // The same verb as a sign-out: the record is removed and the event says why, in one
                // commit. A session that is used again at this moment is over all the same.
                world.end(&[listed], reason).await?;
                ended += 1;
            }
        }
    }
    Ok(ended)
}

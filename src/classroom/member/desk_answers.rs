//! What a lab asks of the desk to become a member, and what it stores of the answers. The page joins by
//! it, and the sender asks again by it.

use super::desk_link::LinkError;
use super::record::{MemberStage, MembershipRecord};
use crate::classroom::protocol::{JoinAnswer, JoinRequest, Membership, PROTOCOL, RefusedReason};
use crate::session::bench::Bench;
use crate::session::bench::given_values::GivenValues;
use crate::storage::StorageError;

/// The request by which a lab joins, or asks again.
pub(super) fn join_request(record: &MembershipRecord) -> JoinRequest {
    JoinRequest {
        protocol: PROTOCOL,
        code: record.code.clone(),
        name: record.name.clone(),
        pin: None,
        secret: record.secret.expose().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        bench: None,
    }
}

/// Stores what the desk answered to a request to join.
pub(super) async fn take_in(bench: &Bench, answer: &JoinAnswer) -> Result<(), StorageError> {
    let take = |record: &mut Option<MembershipRecord>| {
        // Somebody may have left meanwhile.
        let record = record
            .as_mut()
            .filter(|record| record.stage != MemberStage::Left)?;
        record.student = answer.student;
        record.class.clone_from(&answer.class);
        record.values.clone_from(&answer.values);
        record.stage = match answer.state {
            Membership::Member => MemberStage::Member,
            Membership::Waiting => MemberStage::Waiting,
        };
        Some(record.clone())
    };
    match MembershipRecord::change(bench, take).await? {
        Some(record) => use_values(bench, &record).await,
        None => Ok(()),
    }
}

/// Has the bench use the values that the desk drew for the student. Before there are any it keeps those
/// that it has.
pub(super) async fn use_values(
    bench: &Bench,
    record: &MembershipRecord,
) -> Result<(), StorageError> {
    let given = GivenValues(record.values.clone());
    if given.0.is_empty() || *bench.given_values() == given {
        return Ok(());
    }
    bench.set_given_values(given).await
}

/// Notes that the desk no longer knows the student, where that is what it said.
pub(super) async fn dismiss(bench: &Bench, error: &LinkError) -> Result<bool, StorageError> {
    let LinkError::Refused(refused) = error else {
        return Ok(false);
    };
    if refused.reason != RefusedReason::NotAMember {
        return Ok(false);
    }
    let dismiss = |record: &mut Option<MembershipRecord>| {
        if let Some(record) = record.as_mut().filter(|record| record.is_active()) {
            record.stage = MemberStage::Dismissed(refused.clone());
        }
    };
    MembershipRecord::change(bench, dismiss).await?;
    Ok(true)
}

//! The way from a student's side to the desk: four requests, whatever carries them.
//!
//! A lab on a student's own laptop sends them over TLS ([`https_desk`](super::https_desk)). A bench on
//! the teacher's machine hands them over in the same process. Both go through this trait, so the pages
//! and the outbox know no difference.

use async_trait::async_trait;

use crate::classroom::protocol::{
    JoinAnswer, JoinRequest, Leave, Refused, RefusedReason, Report, ReportAnswer, Vote,
};

/// A desk, as a student's side reaches it. It is used as `Arc<dyn DeskLink>`.
///
/// `secret` is the student's own; it proves whose report it is. An implementation must answer to a
/// repeated request as the protocol says: a report whose items are stored changes nothing.
#[async_trait]
pub trait DeskLink: Send + Sync + 'static {
    /// Joins, or asks again whether the teacher has approved it.
    async fn join(&self, request: &JoinRequest) -> Result<JoinAnswer, LinkError>;

    /// Hands over a report. Once this answers, what [`ReportAnswer::stored`] names survives the death
    /// of the desk.
    async fn report(&self, secret: &str, report: &Report) -> Result<ReportAnswer, LinkError>;

    /// Answers the question that is put to all.
    async fn vote(&self, secret: &str, vote: &Vote) -> Result<(), LinkError>;

    /// Leaves the class.
    async fn leave(&self, secret: &str, leave: &Leave) -> Result<(), LinkError>;
}

/// Why the desk did not do what was asked of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It refused, in its own words.
    #[error("{} {}", .0.says, .0.next)]
    Refused(Refused),
    /// It does not answer: it is stopped, or the network is away.
    #[error(
        "The desk does not answer ({0}). Check the address, and that you are on the same network."
    )]
    Away(String),
    /// Another computer answers at its address, or the desk has a new certificate.
    #[error(
        "What answers at the desk's address is not the desk that you joined: its certificate has another \
         fingerprint. Nothing was sent. Ask the teacher."
    )]
    OtherDesk,
    /// It answers, and not in the words of the protocol.
    #[error(
        "What answers at this address is no desk of a class ({0}). Check the address and the port."
    )]
    NoDesk(String),
    /// There is no way to a desk from here.
    #[error("This lab has no way to that desk. Open the page of the lab that joined.")]
    NoWay,
}

impl LinkError {
    /// The reason of a refusal.
    pub fn reason(&self) -> Option<RefusedReason> {
        match self {
            Self::Refused(refused) => Some(refused.reason),
            _ => None,
        }
    }
}

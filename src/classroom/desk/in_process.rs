//! The desk, as the benches of the lab in the same process reach it: there is no socket between them.

use async_trait::async_trait;

use super::Desk;
use super::student_record::Evidence;
use crate::classroom::member::desk_link::{DeskLink, LinkError};
use crate::classroom::protocol::{
    JoinAnswer, JoinRequest, Leave, Refused, Report, ReportAnswer, Vote,
};

#[async_trait]
impl DeskLink for Desk {
    async fn join(&self, request: &JoinRequest) -> Result<JoinAnswer, LinkError> {
        said(Desk::join(self, request.clone()).await)
    }

    async fn report(&self, secret: &str, report: &Report) -> Result<ReportAnswer, LinkError> {
        said(Desk::report(self, secret, report.clone(), Evidence::SeenHere).await)
    }

    async fn vote(&self, secret: &str, vote: &Vote) -> Result<(), LinkError> {
        said(Desk::vote(self, secret, vote.clone()).await)
    }

    async fn leave(&self, secret: &str, leave: &Leave) -> Result<(), LinkError> {
        said(Desk::leave(self, secret, leave.clone()).await)
    }
}

fn said<T>(answer: Result<T, Refused>) -> Result<T, LinkError> {
    answer.map_err(LinkError::Refused)
}

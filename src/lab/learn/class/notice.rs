//! What other pages say of the class: one link on the front page, one notice on a sheet.

use serde::Serialize;

use crate::classroom::member::record::MembershipRecord;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::visible_time::date_and_time;

/// What a sheet says of the class that its reader is in.
#[derive(Serialize)]
pub(in crate::lab::learn) struct SheetClassNotice {
    message: Option<String>,
    is_closed: bool,
    deadline: Option<String>,
    /// Whether it is kept back which answers are right.
    pub keeps_back: bool,
}

async fn membership(context: &RequestContext) -> Result<Option<MembershipRecord>, Problem> {
    let record = MembershipRecord::read(&context.bench).await?;
    Ok(record.filter(MembershipRecord::is_active))
}

/// What this sheet says of the class; `None` outside a class.
///
/// # Errors
/// The store does not answer.
pub(in crate::lab::learn) async fn on_sheet(
    context: &RequestContext,
    sheet: &str,
) -> Result<Option<SheetClassNotice>, Problem> {
    let record = membership(context).await?;
    Ok(record.map(|record| SheetClassNotice {
        message: record.lead.message.clone(),
        is_closed: record.lead.closed.iter().any(|slug| slug == sheet),
        deadline: record.lead.deadlines.get(sheet).copied().map(date_and_time),
        keeps_back: record.keeps_back(sheet),
    }))
}

/// The name of the class that the bench is in.
///
/// # Errors
/// The store does not answer.
pub(in crate::lab::learn) async fn class_name(
    context: &RequestContext,
) -> Result<Option<String>, Problem> {
    Ok(membership(context).await?.map(|record| record.class))
}

//! Where a student goes on: the sheet that they worked on last, at its first open step.

use serde::Serialize;

use super::Lessons;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::progress::SheetProgress;
use crate::worksheets::progress_tracker;
use crate::worksheets::sheet::Sheet;

/// Where to go on.
#[derive(Debug, Serialize)]
pub struct NextStep {
    slug: String,
    heading: String,
    /// The open step: its place in the sheet from 1 on, and its id; none where a sheet is to be begun.
    step: Option<(usize, String)>,
}

impl NextStep {
    fn begin(sheet: &Sheet) -> Self {
        Self {
            slug: sheet.slug.clone(),
            heading: sheet.heading(),
            step: None,
        }
    }

    /// The first open step of a sheet that was begun.
    fn within(sheet: &Sheet, progress: &SheetProgress) -> Option<Self> {
        let mut steps = sheet.steps().enumerate();
        let (at, step) = steps.find(|(_, step)| !progress.steps.contains_key(&step.common.id))?;
        Some(Self {
            step: Some((at + 1, step.common.id.clone())),
            ..Self::begin(sheet)
        })
    }
}

/// What is next on the request's bench; `None` where nothing was begun, or everything is done.
///
/// # Errors
/// The store does not answer.
pub async fn next(
    context: &RequestContext,
    lessons: &Lessons,
) -> Result<Option<NextStep>, Problem> {
    let library = lessons.library();
    let mut kept = progress_tracker::all(&context.bench, library).await?;
    // A step here and there was done for another sheet.
    let is_worked_on = |progress: &SheetProgress| {
        let written = !(progress.answers.is_empty() && progress.hints.is_empty());
        written || progress.steps.len() > 1
    };
    kept.sort_by_key(|(_, progress)| {
        let amount = progress.steps.len();
        std::cmp::Reverse((is_worked_on(progress), progress.last_done(), amount))
    });
    let open = kept
        .iter()
        .filter_map(|(slug, progress)| NextStep::within(library.find(slug)?, progress))
        .next();
    if open.is_some() || kept.is_empty() {
        return Ok(open);
    }
    let begun = |sheet: &Sheet| kept.iter().any(|(slug, _)| *slug == sheet.slug);
    let fresh = library.sheets().iter().find(|sheet| !begun(sheet));
    Ok(fresh.map(|sheet| NextStep::begin(sheet)))
}

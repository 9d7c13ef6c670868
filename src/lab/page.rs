//! What every page of the lab itself is given.

use std::collections::HashMap;

use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::session::bench::Bench;
use crate::web::context::RequestContext;
use crate::web::page::Frame;
use crate::web::visible_time::date_and_time;

/// The bench's clock as pages show it.
#[derive(Clone, Debug, Serialize)]
pub struct ClockView {
    now: String,
    ahead_minutes: u64,
}

impl ClockView {
    /// The clock of a bench.
    pub fn of(bench: &Bench) -> Self {
        Self {
            now: date_and_time(bench.now()),
            ahead_minutes: bench.ahead().as_secs() / 60,
        }
    }
}

/// A page of the lab itself.
pub fn render(
    context: &RequestContext,
    template: &'static str,
    title: &str,
    page: impl Serialize,
) -> Template {
    #[derive(Serialize)]
    struct LabPage<T> {
        frame: Frame,
        clock: ClockView,
        #[serde(flatten)]
        page: T,
    }
    let frame = Frame::at(context, title);
    Template::render(
        template,
        LabPage {
            frame,
            clock: ClockView::of(&context.bench),
            page,
        },
    )
}

/// The fields of a URL-encoded form; the last of two of one name counts.
pub fn fields(form: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect()
}

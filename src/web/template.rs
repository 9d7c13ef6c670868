//! A page as a template and what it is given, rendered when it is sent.
//!
//! The engine of a site is shared by its listeners. Rocket's own crate for templates would keep one
//! for each, and turn every page into its own kind of values before Tera's.

use std::sync::Arc;

use rocket::Request;
use rocket::http::{ContentType, Status};
use rocket::response::{Responder, Result};
use serde::Serialize;
use tera::{Context, Tera};

/// The parsed templates of a site.
pub struct Engine(pub Arc<Tera>);

/// A page to be sent.
#[derive(Debug)]
pub struct Template {
    name: &'static str,
    page: tera::Result<Context>,
}

impl Template {
    /// The page that this template makes of what it is given, a struct or a map.
    pub fn render(name: &'static str, page: impl Serialize) -> Self {
        let page = Context::from_serialize(page);
        Self { name, page }
    }
}

impl<'r> Responder<'r, 'static> for Template {
    fn respond_to(self, request: &'r Request<'_>) -> Result<'static> {
        let Some(Engine(tera)) = request.rocket().state::<Engine>() else {
            return Err(Status::InternalServerError);
        };
        let rendered = self.page.and_then(|page| tera.render(self.name, &page));
        match rendered {
            Ok(html) => (ContentType::HTML, html).respond_to(request),
            Err(error) => {
                // Tera names the template; what it lacked stands in the causes.
                log::error!("a page was not rendered: {}", causes(&error));
                Err(Status::InternalServerError)
            }
        }
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

//! A page as a template and what it is given, rendered when it is sent.
//!
//! The engine of a site is shared by its listeners. Rocket's own crate for templates would keep one
//! for each, and turn every page into its own kind of values before Tera's.

use std::sync::{Arc, OnceLock};

use rocket::Request;
use rocket::http::{ContentType, Status};
use rocket::response::{self, Responder};
use serde::Serialize;
use tera::{Context, Tera};

use super::assets::parse;
use crate::base::addresses::Site;

/// The templates of a site, parsed once, at the first use.
#[derive(Clone)]
pub struct TemplateEngine {
    site: Site,
    parsed: Arc<OnceLock<tera::Result<Tera>>>,
}

impl TemplateEngine {
    /// The templates of a site, not parsed yet.
    pub fn of(site: Site) -> Self {
        Self {
            site,
            parsed: Arc::default(),
        }
    }

    /// The parsed templates. A caller waits while another one parses them.
    ///
    /// # Errors
    /// A template with a mistake in it, named in the message.
    pub fn tera(&self) -> Result<&Tera, &tera::Error> {
        self.parsed.get_or_init(|| parse(self.site)).as_ref()
    }
}

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
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let Some(Ok(tera)) = request
            .rocket()
            .state::<TemplateEngine>()
            .map(TemplateEngine::tera)
        else {
            return Err(Status::InternalServerError);
        };
        let rendered = self.page.and_then(|page| tera.render(self.name, &page));
        match rendered {
            Ok(html) => (ContentType::HTML, html).respond_to(request),
            Err(error) => {
                // Tera names the template; the causes say what is missing.
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

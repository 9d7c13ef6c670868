//! Templates, styles and scripts: embedded in the binary, read from disk in debug builds.

use std::collections::HashMap;

use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Responder, Route, get, routes};
use rust_embed::{EmbeddedFile, RustEmbed};
use tera::{Context, Error as TeraError, Tera};

use super::html;
use super::template::TemplateEngine;
use crate::base::addresses::Site;

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Templates;

#[derive(RustEmbed)]
#[folder = "static/"]
struct StaticFiles;

/// The templates of each site, which its listeners share. No site holds another's pages.
pub struct SiteTemplates([TemplateEngine; 3]);

impl SiteTemplates {
    /// Begins to parse every template, each site's in its own thread, while the start goes on.
    pub fn begin() -> Self {
        let all = [Site::Lab, Site::Portal, Site::Attacker].map(TemplateEngine::of);
        for engine in all.clone() {
            // A mistake is kept, and `parsed` reports it.
            std::thread::spawn(move || engine.tera().is_ok());
        }
        Self(all)
    }

    /// Waits until every template is parsed.
    ///
    /// # Errors
    /// A template with a mistake in it, named in the message.
    pub fn parsed(&self) -> Result<(), &TeraError> {
        self.0.iter().try_for_each(|engine| engine.tera().map(drop))
    }

    /// The engine of a site.
    pub fn engine(&self, site: Site) -> TemplateEngine {
        let [lab, portal, attacker] = &self.0;
        let engine = match site {
            Site::Lab => lab,
            Site::Portal => portal,
            Site::Attacker => attacker,
        };
        engine.clone()
    }
}

/// Parses the pages of a site, and what they are made of.
pub(super) fn parse(site: Site) -> Result<Tera, TeraError> {
    let mut tera = Tera::default();
    html::encode_in(&mut tera);
    tera.add_raw_templates(sources(site))?;
    Ok(tera)
}

/// The text of every page of a site, and of every template that these name, by its name.
fn sources(site: Site) -> HashMap<String, String> {
    let all: HashMap<String, String> = Templates::iter()
        .filter_map(|name| {
            let text = String::from_utf8_lossy(&Templates::get(&name)?.data).into_owned();
            Some((name.into_owned(), text))
        })
        .collect();
    // A page beside the folders is every site's.
    let is_own = |page: &str| {
        let folder = page.split_once('/').map(|(folder, _)| folder);
        folder.is_none_or(|folder| folder == site.word())
    };
    let is_page = |name: &&String| match name.strip_prefix("pages/") {
        Some(page) => is_own(page),
        // A drawing that becomes a separate file.
        None => site == Site::Lab && name.starts_with("drawings/"),
    };
    let mut needed = HashMap::new();
    let mut next: Vec<&String> = all.keys().filter(is_page).collect();
    while let Some(name) = next.pop() {
        let text = &all[name];
        if needed.insert(name.clone(), text.clone()).is_none() {
            // A template is named in quotes, as in {% include "partials/header.html" %}.
            let quoted = text.split('"').filter_map(|name| all.get_key_value(name));
            next.extend(quoted.map(|(name, _)| name));
        }
    }
    needed
}

/// A page of the lab's own that is not served, as HTML.
///
/// # Errors
/// A template has a mistake, or does not fit the page.
pub fn render_lab(name: &str, page: serde_json::Value) -> Result<String, TeraError> {
    let context = Context::from_value(page)?;
    lab_templates()?.render(name, &context)
}

/// The templates of the lab's own pages, for what is not served.
///
/// # Errors
/// A template has a mistake.
pub fn lab_templates() -> Result<Tera, TeraError> {
    parse(Site::Lab)
}

/// The styles of a printed sheet, for a file without a server.
pub fn print_style() -> String {
    style("paper")
}

/// The text of a style sheet, by its name without its end; empty where there is none.
pub fn style(name: &str) -> String {
    let file = StaticFiles::get(&format!("css/{name}.css"));
    file.map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .unwrap_or_default()
}

/// The text of a template, by its name.
pub fn template(name: &str) -> Option<String> {
    let file = Templates::get(name)?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

/// A static file, by its path.
pub fn static_file(path: &str) -> Option<Vec<u8>> {
    StaticFiles::get(path).map(|file| file.data.into_owned())
}

/// A static file, with a tag by which browsers ask whether theirs is still good.
#[derive(Responder)]
pub enum Asset {
    File(Box<WholeFile>),
    /// Nothing but its tag: the browser's own copy is good.
    #[response(status = 304)]
    Unchanged((), Header<'static>),
}

/// The file itself, its type, its tag, and the header that makes a browser ask again.
#[derive(Responder)]
pub struct WholeFile(Vec<u8>, ContentType, Header<'static>, Header<'static>);

/// The tag of the copy that a browser already has.
pub struct CachedTag(Option<String>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for CachedTag {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Success(CachedTag(
            request
                .headers()
                .get_one("if-none-match")
                .map(str::to_owned),
        ))
    }
}

#[get("/static/<path..>")]
fn file(path: std::path::PathBuf, cached: CachedTag) -> Result<Asset, Status> {
    let name = path.to_str().ok_or(Status::NotFound)?;
    let file = StaticFiles::get(name).ok_or(Status::NotFound)?;
    let kind = path
        .extension()
        .and_then(|extension| ContentType::from_extension(extension.to_str()?))
        .unwrap_or(ContentType::Binary);
    Ok(asset(file, kind, &cached))
}

/// A file as it is answered.
pub fn asset(file: EmbeddedFile, kind: ContentType, cached: &CachedTag) -> Asset {
    let tag = tag(&file);
    let tag_header = Header::new("etag", tag.clone());
    if cached.0.as_ref().is_some_and(|cached| *cached == tag) {
        return Asset::Unchanged((), tag_header);
    }
    let cache = Header::new("cache-control", "no-cache");
    let data = file.data.into_owned();
    Asset::File(Box::new(WholeFile(data, kind, tag_header, cache)))
}

#[get("/favicon.ico")]
fn favicon(cached: CachedTag) -> Result<Asset, Status> {
    file("favicon.svg".into(), cached)
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let digits: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{digits}\"")
}

/// The routes of static files, the same on every site.
pub fn routes() -> Vec<Route> {
    routes![file, favicon]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses_and_is_of_a_kind_that_is_escaped() {
        SiteTemplates::begin()
            .parsed()
            .expect("all templates parse");
        let sites = [Site::Lab, Site::Portal, Site::Attacker].map(sources);
        for name in Templates::iter() {
            // Tera escapes in both; a drawing that becomes a file is XML.
            let kind = if name.starts_with("drawings/") {
                ".xml"
            } else {
                ".html"
            };
            assert!(name.ends_with(kind), "{name}");
            let is_needed = sites.iter().any(|needed| needed.contains_key(&*name));
            assert!(is_needed, "no page is made of {name}");
        }
    }

    #[test]
    fn each_site_has_its_own_pages_and_no_others() {
        let engines = SiteTemplates::begin();
        for site in [Site::Lab, Site::Portal, Site::Attacker] {
            let engine = engines.engine(site);
            let tera = engine.tera().expect("all templates parse");
            let names: Vec<&str> = tera.get_template_names().collect();
            assert!(names.contains(&"base.html"), "{names:?}");
            assert_eq!(
                names.contains(&"pages/portal/jwt.html"),
                site == Site::Portal
            );
            assert_eq!(
                names.contains(&"partials/workbench_token.html"),
                site == Site::Lab
            );
        }
    }
}

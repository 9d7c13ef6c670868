//! The templates of each site, for Rocket's own responder of pages, [`Template`].
//!
//! They are embedded in the binary. A debug build reads them from the disk and parses them again
//! when one of them changes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rocket::fairing::Fairing;
use rocket_dyn_templates::Template;
use rocket_dyn_templates::tera::{self, Context, Tera};
use rust_embed::RustEmbed;
use serde::Serialize;

use super::html;
use crate::base::addresses::Site;

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Templates;

/// The templates of a site, parsed. No site holds another's pages.
#[derive(Debug)]
pub struct SiteTemplates {
    site: Site,
    parsed: Tera,
}

/// The templates of every site, while they are parsed.
pub struct TemplatesBeingParsed([(Site, JoinHandle<tera::Result<Tera>>); 3]);

impl TemplatesBeingParsed {
    /// Begins to parse every template, each site's in its own thread, while the start goes on.
    pub fn begin() -> Self {
        let sites = [Site::Lab, Site::Portal, Site::Attacker];
        Self(sites.map(|site| (site, std::thread::spawn(move || parse(site)))))
    }

    /// Waits until every template is parsed.
    ///
    /// # Errors
    /// A template with a mistake in it, named in the message.
    pub fn parsed(self) -> Result<Vec<SiteTemplates>, String> {
        let parsed = |(site, thread): (Site, JoinHandle<tera::Result<Tera>>)| {
            let parsed = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            let parsed = parsed.map_err(|mistake| with_causes(&mistake))?;
            Ok(SiteTemplates { site, parsed })
        };
        self.0.into_iter().map(parsed).collect()
    }
}

impl SiteTemplates {
    /// Whose templates these are.
    pub fn site(&self) -> Site {
        self.site
    }

    /// The fairing that renders the site's pages. A debug build calls it again when a file changes; a
    /// mistake is then in the log, and the pages stay as they were.
    pub fn fairing(self) -> impl Fairing {
        let Self { site, parsed } = self;
        // A copy of all parsed templates takes megabytes and milliseconds: the engine is moved.
        let first = Mutex::new(Some(parsed));
        Template::try_custom(move |engines| {
            let parsed = first.lock().unwrap_or_else(PoisonError::into_inner).take();
            engines.tera = match parsed {
                Some(parsed) => parsed,
                None => parse(site).map_err(|mistake| with_causes(&mistake))?,
            };
            Ok(())
        })
    }
}

/// An error with what caused it. Tera names the template in the one and the mistake in the other.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// Parses the pages of a site, and what they are made of.
fn parse(site: Site) -> tera::Result<Tera> {
    let mut tera = Tera::default();
    html::encode_in(&mut tera);
    tera.add_raw_templates(sources(site.word()))?;
    Ok(tera)
}

/// The folder of the pages of the teacher's desk, which is no site of the lab's own server.
const DESK: &str = "desk";

/// The text of every page in the folder of a site, and of every template that these name, by its name.
fn sources(site: &str) -> HashMap<String, String> {
    let all: HashMap<String, String> = Templates::iter()
        .filter_map(|name| {
            let text = text_of(&name)?;
            Some((name.into_owned(), text))
        })
        .collect();
    // A page beside the folders is every site's.
    let is_own = |page: &str| {
        let folder = page.split_once('/').map(|(folder, _)| folder);
        folder.is_none_or(|folder| folder == site)
    };
    let is_page = |name: &&String| match name.strip_prefix("pages/") {
        Some(page) => is_own(page),
        // A drawing that becomes a separate file.
        None => site == Site::Lab.word() && name.starts_with("drawings/"),
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

/// The text of a template, by its name.
pub fn text_of(name: &str) -> Option<String> {
    let data: Cow<'static, [u8]> = Templates::get(name)?.data;
    Some(String::from_utf8_lossy(&data).into_owned())
}

/// Templates for pages that no Rocket serves: those of the command line, and the desk's.
#[derive(Debug)]
pub struct UnservedPages(Tera);

impl UnservedPages {
    /// Parses the templates of the teacher's desk.
    ///
    /// # Errors
    /// A template has a mistake.
    pub fn of_desk() -> Result<Self, String> {
        let mut tera = Tera::default();
        html::encode_in(&mut tera);
        let added = tera.add_raw_templates(sources(DESK));
        added.map_err(|mistake| with_causes(&mistake))?;
        Ok(Self(tera))
    }

    /// Parses the templates of the lab's own pages.
    ///
    /// # Errors
    /// A template has a mistake.
    pub fn parse() -> Result<Self, String> {
        let parsed = parse(Site::Lab).map_err(|mistake| with_causes(&mistake))?;
        Ok(Self(parsed))
    }

    /// A page as text.
    ///
    /// # Errors
    /// The template does not fit what it is given.
    pub fn render(&self, name: &str, page: impl Serialize) -> Result<String, String> {
        let context = Context::from_serialize(page);
        let rendered = context.and_then(|context| self.0.render(name, &context));
        rendered.map_err(|mistake| with_causes(&mistake))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses_and_is_of_a_kind_that_is_escaped() {
        let parsed = TemplatesBeingParsed::begin().parsed();
        parsed.expect("all templates parse");
        let sites = [Site::Lab, Site::Portal, Site::Attacker].map(Site::word);
        let sites = sites.into_iter().chain([DESK]).map(sources);
        let sites: Vec<_> = sites.collect();
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
        let parsed = TemplatesBeingParsed::begin().parsed();
        for SiteTemplates { site, parsed } in parsed.expect("all templates parse") {
            let names: Vec<&str> = parsed.get_template_names().collect();
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

    /// A site whose start parsed one page that is not among the sources, and which watches its own
    /// folder.
    #[cfg(debug_assertions)]
    async fn with_an_old_page(watched: &std::path::Path) -> rocket::local::asynchronous::Client {
        use rocket::figment::Figment;
        use rocket_dyn_templates::Metadata;

        #[rocket::get("/has?<page>")]
        fn has(templates: Metadata<'_>, page: &str) -> String {
            templates.contains_template(page).to_string()
        }
        #[rocket::get("/old")]
        fn old() -> Template {
            Template::render("old.html", HashMap::from([("name", "<b>")]))
        }
        let mut parsed = Tera::default();
        let added = parsed.add_raw_template("old.html", "the old page of {{ name }}");
        added.expect("a template");
        let site = Site::Attacker;
        let config = rocket::Config {
            log_level: rocket::config::LogLevel::Off,
            ..rocket::Config::default()
        };
        let config = Figment::from(config).merge(("template_dir", watched));
        let rocket = rocket::custom(config)
            .attach(SiteTemplates { site, parsed }.fairing())
            .mount("/", rocket::routes![has, old]);
        let client = rocket::local::asynchronous::Client::untracked(rocket).await;
        client.expect("it ignites")
    }

    #[cfg(debug_assertions)]
    #[tokio::test]
    async fn a_debug_build_parses_the_templates_again_when_a_file_changes() {
        let watched = tempfile::tempdir().expect("a folder");
        let client = with_an_old_page(watched.path()).await;
        let get = async |target: &'static str| {
            let answer = client.get(target).dispatch().await;
            answer.into_string().await.expect("a text")
        };
        assert_eq!(get("/old").await, "the old page of &lt;b&gt;");
        assert_eq!(get("/has?page=pages/attacker/loot.html").await, "false");
        std::fs::write(watched.path().join("changed.html"), "changed").expect("a file");
        // The system tells of the change in its own time.
        while get("/has?page=old.html").await == "true" {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(get("/has?page=pages/attacker/loot.html").await, "true");
    }
}

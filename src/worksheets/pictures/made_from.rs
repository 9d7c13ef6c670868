//! When a picture is older than its page: what each was made from is recorded in `pictures/made-from.json`
//! as hashes, which a test compares with the files of today.
//!
//! A page is made from its template, from all that this extends, includes and imports, and from the
//! style sheets and scripts that these name. Only the program that makes the pictures writes the file.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::DevToolsPicture;
use crate::base::addresses::Site;
use crate::web::{assets, templates};

/// The file beside the pictures.
pub const FILE: &str = "made-from.json";

/// The hashes of files, by their paths.
pub type Hashes = BTreeMap<String, String>;

/// The files that a picture's page is made from, as they are.
pub fn now(picture: &DevToolsPicture) -> Hashes {
    let mut hashes = Hashes::new();
    let Some((site, template)) = picture.shows else {
        return hashes;
    };
    let mut open = vec![template.to_owned()];
    while let Some(name) = open.pop() {
        let path = format!("templates/{name}");
        let Some(text) = templates::text_of(&name).filter(|_| !hashes.contains_key(&path)) else {
            continue;
        };
        hashes.insert(path, hash(text.as_bytes()));
        for word in words(&text).filter(|word| !belongs_elsewhere(word, site)) {
            if word.ends_with(".html") {
                open.push(word.to_owned());
            } else if let Some((path, bytes)) = linked(word) {
                hashes.insert(format!("static/{path}"), hash(&bytes));
            }
        }
    }
    hashes
}

/// Pages name the style sheets of all sites, and link only one. None of it is for paper.
fn belongs_elsewhere(word: &str, site: Site) -> bool {
    let others = [Site::Lab, Site::Portal, Site::Attacker];
    let mut others = others.into_iter().filter(|other| *other != site);
    word == "css/print.css" || others.any(|other| word == other.word())
}

/// Everything between quotes, with addresses cut down to what a file is called.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split(['"', '\'']);
    quoted.map(|word| word.rsplit_once("/static/").map_or(word, |(_, path)| path))
}

/// The style sheet or script of that word: `js/countdown.js`, or `layout` in a list of style sheets.
fn linked(word: &str) -> Option<(String, Vec<u8>)> {
    let names = [word.to_owned(), format!("css/{word}.css")];
    names.into_iter().find_map(|path| {
        let is_linked = path.ends_with(".css") || path.ends_with(".js");
        let bytes = is_linked.then(|| assets::static_file(&path)).flatten()?;
        Some((path, bytes))
    })
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_made_from_what_it_extends_includes_imports_and_links() {
        let picture = DevToolsPicture {
            name: "x",
            title: "x",
            alt: "x",
            shows: Some((Site::Portal, "pages/portal/dashboard.html")),
        };
        let made_from = now(&picture);
        for file in [
            "templates/pages/portal/dashboard.html",
            "templates/base.html",
            "templates/partials/header.html",
            "templates/partials/portal_band.html",
            "templates/macros/icons.html",
            "static/css/tokens.css",
            "static/css/portal.css",
            "static/js/countdown.js",
        ] {
            assert!(made_from.contains_key(file), "{file}: {made_from:#?}");
        }
        assert!(
            !made_from.contains_key("static/css/lab.css"),
            "{made_from:#?}"
        );
        let own = DevToolsPicture {
            shows: None,
            ..picture
        };
        assert!(now(&own).is_empty());
    }
}

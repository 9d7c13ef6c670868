//! Pictures of DevTools and of the browser's own pages, for worksheets and slides.
//!
//! A program makes them (`examples/pictures`, started by `tests/run pictures`): each twice, light and
//! dark. [`ALL`] is the catalogue. A sheet shows a picture by its address, as in
//! `![alt](../pictures/cookies-insecure-light.png)`. Read [`made_from`] next: it knows when a picture is
//! older than the page that it shows.

pub mod catalogue;
pub mod made_from;

use base64::prelude::{BASE64_STANDARD, Engine};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::base::addresses::Site;
use crate::defences::{Defence, Output};

pub use catalogue::{ALL, README};

#[derive(RustEmbed)]
#[folder = "pictures/"]
struct Files;

/// The width and height of a PNG are in the header at its beginning.
const HEADER: std::ops::Range<usize> = 16..24;

/// How many pixels of a picture are one of a page: pictures are sharp on a projector.
pub const SCALE: f64 = 1.5;

/// One picture.
#[derive(Clone, Copy, Debug)]
pub struct DevToolsPicture {
    /// Its name in addresses and of its files.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub title: &'static str,
    /// What it shows, and where, for those who cannot see it.
    pub alt: &'static str,
    /// The page that it shows, by its site and its template; none where it is the browser's own.
    pub shows: Option<(Site, &'static str)>,
}

/// The two appearances of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Both.
    pub const ALL: [Theme; 2] = [Theme::Light, Theme::Dark];

    /// The word in file names, and in `prefers-color-scheme`.
    pub const fn word(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

impl DevToolsPicture {
    /// The name of one of its two files.
    pub fn file(&self, theme: Theme) -> String {
        format!("{}-{}.png", self.name, theme.word())
    }

    /// Where the lab's own pages serve that file.
    pub fn address(&self, theme: Theme) -> String {
        format!("/pictures/{}", self.file(theme))
    }

    /// How a sheet names it.
    pub fn relative(&self) -> String {
        format!("..{}", self.address(Theme::Light))
    }

    /// Width and height on a page; nothing where it was not made yet.
    pub fn size(&self) -> Option<(u32, u32)> {
        let file = file(&self.file(Theme::Light))?;
        let header = file.data.get(HEADER)?;
        let (width, height) = header.split_at(4);
        let pixels = |bytes: &[u8]| {
            let number = u32::from_be_bytes(bytes.try_into().ok()?);
            // A picture has some thousand pixels: no digit is lost.
            Some((f64::from(number) / SCALE).round() as u32)
        };
        Some((pixels(width)?, pixels(height)?))
    }

    /// The picture as HTML, with its title below. On paper there is no dark.
    pub fn figure(&self, on: PictureUse) -> String {
        let escape = |text: &str| Output::STRONG.html(text).into_owned();
        let (light, dark) = (self.address(Theme::Light), self.address(Theme::Dark));
        let (title, alt) = (escape(self.title), escape(self.alt));
        let size = match self.size() {
            Some((width, height)) => format!(" width=\"{width}\" height=\"{height}\""),
            None => String::new(),
        };
        match on {
            PictureUse::Page => format!(
                "<figure class=\"picture\"><a href=\"../pictures/{}\"><picture>\
                 <source media=\"(prefers-color-scheme: dark)\" srcset=\"{dark}\">\
                 <img src=\"{light}\" alt=\"{alt}\"{size} loading=\"lazy\"></picture></a>\
                 <figcaption>{title}</figcaption></figure>\n",
                self.name
            ),
            PictureUse::Paper => format!(
                "<figure class=\"picture\"><img src=\"{light}\" alt=\"{alt}\"{size}>\
                 <figcaption>{title}</figcaption></figure>\n"
            ),
        }
    }
}

/// What a picture is shown on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureUse {
    /// A page on a screen.
    Page,
    /// A page for the printer.
    Paper,
}

/// The picture of that name.
pub fn find(name: &str) -> Option<&'static DevToolsPicture> {
    ALL.iter().find(|picture| picture.name == name)
}

/// The picture that a sheet names by this address.
///
/// # Errors
/// There is none; the sentence lists those that exist.
pub fn named(address: &str) -> Result<&'static DevToolsPicture, String> {
    let found = ALL.iter().find(|picture| picture.relative() == address);
    found.ok_or_else(|| {
        let all: Vec<String> = ALL.iter().map(DevToolsPicture::relative).collect();
        format!(
            "{address} is no picture of the lab; these are: {}",
            all.join(", ")
        )
    })
}

/// One of the files.
pub fn file(name: &str) -> Option<EmbeddedFile> {
    Files::get(name).filter(|_| name.ends_with(".png"))
}

/// The names of all files in the folder.
pub fn files() -> Vec<String> {
    Files::iter().map(|name| name.into_owned()).collect()
}

/// A page with its pictures in it, for a file without a server.
pub fn stand_alone(mut html: String) -> String {
    for picture in ALL {
        let address = picture.address(Theme::Light);
        if html.contains(&address)
            && let Some(file) = file(&picture.file(Theme::Light))
        {
            let data = BASE64_STANDARD.encode(file.data);
            html = html.replace(&address, &format!("data:image/png;base64,{data}"));
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_named_by_its_whole_address_only() {
        let first = &ALL[0];
        assert_eq!(named(&first.relative()).unwrap().name, first.name);
        for address in ["https://elsewhere.test/x.png", first.name, "../pictures/"] {
            let message = named(address).unwrap_err();
            assert!(message.contains(&first.relative()), "{message}");
        }
    }

    #[test]
    fn a_page_has_both_appearances_and_paper_has_one() {
        let first = &ALL[0];
        let dark = first.address(Theme::Dark);
        let page = first.figure(PictureUse::Page);
        assert!(
            page.contains(&dark) && page.contains("loading=\"lazy\""),
            "{page}"
        );
        let paper = first.figure(PictureUse::Paper);
        assert!(!paper.contains(&dark) && !paper.contains("href"), "{paper}");
        let alone = stand_alone(paper);
        assert!(
            alone.contains("src=\"data:image/png;base64,iVBOR"),
            "{alone:.200}"
        );
        assert!(!alone.contains("/pictures/"), "{alone:.200}");
    }
}

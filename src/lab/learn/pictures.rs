//! `/pictures`: every picture of DevTools with its text and the sheets that show it, for slides, and a
//! page for each. What they show is in [`crate::worksheets::pictures`].

use rocket::http::{ContentType, Status};
use rocket::request::FromParam;
use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use rust_embed::EmbeddedFile;
use serde::Serialize;

use crate::lab::{Lessons, page};
use crate::web::assets::{Asset, CachedTag, asset};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::markdown::images;
use crate::worksheets::pictures;
use crate::worksheets::pictures::{ALL, DevToolsPicture, PictureUse, Theme};
use crate::worksheets::sheet::{Sheet, SheetBlock};

#[derive(Serialize)]
struct PictureView {
    name: &'static str,
    title: &'static str,
    alt: &'static str,
    light: String,
    dark: String,
    /// Width and height, so that the page does not move when the picture arrives.
    size: Option<(u32, u32)>,
    figure: String,
    sheets: Vec<ShowingSheet>,
}

#[derive(Serialize)]
struct ShowingSheet {
    slug: String,
    heading: String,
}

impl PictureView {
    fn new(picture: &DevToolsPicture, lessons: &Lessons) -> Self {
        let sheets = lessons.library().sheets().iter();
        let sheets = sheets.filter(|sheet| shows(sheet, picture));
        Self {
            name: picture.name,
            title: picture.title,
            alt: picture.alt,
            light: picture.address(Theme::Light),
            dark: picture.address(Theme::Dark),
            size: picture.size(),
            figure: picture.figure(PictureUse::Page),
            sheets: sheets
                .map(|sheet| ShowingSheet {
                    slug: sheet.slug.clone(),
                    heading: sheet.heading(),
                })
                .collect(),
        }
    }
}

/// Whether a sheet's text has the picture in it.
fn shows(sheet: &Sheet, picture: &DevToolsPicture) -> bool {
    let address = picture.relative();
    sheet.parts.iter().any(|part| match &part.what {
        SheetBlock::Text(text) => images(text).iter().any(|(shown, _)| *shown == address),
        _ => false,
    })
}

#[get("/pictures")]
fn all(context: &RequestContext, lessons: &State<Lessons>) -> Template {
    #[derive(Serialize)]
    struct PicturesPage {
        pictures: Vec<PictureView>,
    }
    let pictures = ALL.iter().map(|picture| PictureView::new(picture, lessons));
    let page = PicturesPage {
        pictures: pictures.collect(),
    };
    page::render(context, "pages/lab/pictures.html", "Pictures", page)
}

#[get("/pictures/<name>", rank = 2)]
fn one(
    context: &RequestContext,
    name: &str,
    lessons: &State<Lessons>,
) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct PicturePage {
        picture: PictureView,
        before: Option<&'static str>,
        next: Option<&'static str>,
    }
    let at = ALL.iter().position(|picture| picture.name == name);
    let at = at.ok_or_else(|| {
        let names: Vec<_> = ALL.iter().map(|picture| picture.name).collect();
        Problem::new(
            Status::NotFound,
            "There is no such picture",
            format!("No picture is called {name}."),
            format!("The pictures are {}.", names.join(", ")),
        )
    })?;
    let name_at = |at: usize| ALL.get(at).map(|picture| picture.name);
    let page = PicturePage {
        picture: PictureView::new(&ALL[at], lessons),
        before: at.checked_sub(1).and_then(name_at),
        next: name_at(at + 1),
    };
    let title = ALL[at].title;
    Ok(page::render(context, "pages/lab/picture.html", title, page))
}

/// One of the files. Any other name is that of a page.
struct Png(EmbeddedFile);

impl FromParam<'_> for Png {
    type Error = ();

    fn from_param(name: &str) -> Result<Self, ()> {
        pictures::file(name).map(Png).ok_or(())
    }
}

#[get("/pictures/<file>")]
fn png(file: Png, cached: CachedTag) -> Asset {
    asset(file.0, ContentType::PNG, &cached)
}

pub(super) fn routes() -> Vec<Route> {
    routes![all, one, png]
}

//! Styles, scripts and pictures: embedded in the binary, read from disk in debug builds.

use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Responder, Route, get, routes};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "static/"]
struct StaticFiles;

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
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        // A browser shows it, so that it is read before it is run.
        Some("sh") => ContentType::Plain,
        Some(extension) => ContentType::from_extension(extension).unwrap_or(ContentType::Binary),
        None => ContentType::Binary,
    };
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

//! The one interface of both browsers: what a driver does to a browser, and to one page of it.
//! [`super::Browser`] and [`super::Window`] build on it what people do.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::BrowserError;
use super::cookie::StoredCookie;
use super::keys::PressedKey;
use super::observed::Observed;

/// A page that was opened.
pub struct OpenedPage {
    /// What drives it.
    pub page: Box<dyn PageDriver>,
    /// What the browser reports of it.
    pub observed: Arc<Observed>,
}

/// Drives a browser.
#[async_trait]
pub trait BrowserDriver: Debug + Send + Sync {
    /// Its name and version, as in `Chromium 156.0.8078.79`.
    fn version(&self) -> &str;

    /// Makes a jar: cookies and storage apart from everything else. The answer is the browser's name
    /// of it.
    async fn make_jar(&self) -> Result<String, BrowserError>;

    /// Throws a jar away, with the pages that use it.
    async fn remove_jar(&self, jar: &str) -> Result<(), BrowserError>;

    /// Opens an empty page, in a jar or in the profile.
    async fn open(&self, jar: Option<&str>) -> Result<OpenedPage, BrowserError>;

    /// Closes the browser as a person does, so that it writes its profile.
    async fn close(&self) -> Result<(), BrowserError>;
}

/// Drives one page.
#[async_trait]
pub trait PageDriver: Debug + Send + Sync {
    /// The browser's own name of the page.
    fn id(&self) -> &str;

    /// Goes to an address. The answer is the navigation's id in [`Observed::loads`]; `None` where the
    /// page stays the same.
    async fn navigate(&self, address: &str) -> Result<Option<String>, BrowserError>;

    /// What an expression in JavaScript gives, as JSON; a promise is awaited.
    async fn evaluate(&self, expression: &str) -> Result<Value, BrowserError>;

    /// Moves the mouse to a point of the window.
    async fn move_mouse(&self, x: f64, y: f64) -> Result<(), BrowserError>;

    /// Clicks at a point of the window, as the first or the second click in a row.
    async fn click_at(&self, x: f64, y: f64, count: u8) -> Result<(), BrowserError>;

    /// Presses and releases a key.
    async fn press(&self, key: PressedKey) -> Result<(), BrowserError>;

    /// Types a text where the focus is.
    async fn type_text(&self, text: &str) -> Result<(), BrowserError>;

    /// Makes the window's inside so many pixels wide and high.
    async fn resize(&self, width: i64, height: i64, scale: f64) -> Result<(), BrowserError>;

    /// Makes a media feature of CSS have a value, as in `prefers-color-scheme`, `dark`.
    async fn set_media(&self, feature: &str, value: &str) -> Result<(), BrowserError>;

    /// The window's inside as a PNG, or its upper left part of that size.
    async fn screenshot(&self, part: Option<(f64, f64)>) -> Result<Vec<u8>, BrowserError>;

    /// The cookies that the browser would send to an address.
    async fn cookies(&self, address: &str) -> Result<Vec<StoredCookie>, BrowserError>;

    /// Takes the page off the network.
    async fn go_offline(&self) -> Result<(), BrowserError>;

    /// The body of a request that [`super::network::RequestLog`] expects, where the browser does not
    /// report it with the request.
    async fn request_body(&self, _request: &str) -> Result<Option<String>, BrowserError> {
        Ok(None)
    }

    /// A command of the browser's own protocol, for what has no method here.
    async fn command(&self, method: &str, params: Value) -> Result<Value, BrowserError>;
}

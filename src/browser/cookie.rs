//! A cookie as the browser stored it, with its flags.

/// A stored cookie.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCookie {
    pub name: String,
    pub value: String,
    /// Its host; with a dot before it, the hosts below that as well.
    pub domain: String,
    pub path: String,
    /// When it expires, in seconds since 1970; `None` where it ends with the browser.
    pub expires: Option<f64>,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// Whether it travels encrypted only.
    pub secure: bool,
    /// The attribute as the server wrote it; `None` where it wrote none.
    pub same_site: Option<SameSiteAttribute>,
}

/// What a server wrote after `SameSite=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSiteAttribute {
    /// `None`.
    None,
    /// `Lax`.
    Lax,
    /// `Strict`.
    Strict,
}

impl SameSiteAttribute {
    /// Reads a browser's word for it. Chromium leaves an unset attribute out, Firefox says `default`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "lax" => Some(Self::Lax),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }
}

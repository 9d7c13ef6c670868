//! A file that the browser stores and does not show.

use rocket::Responder;
use rocket::http::{ContentType, Header};

/// A text as a file to download.
#[derive(Responder)]
pub(super) struct Attachment {
    body: (ContentType, String),
    disposition: Header<'static>,
}

impl Attachment {
    /// A file of this name. The name is one of the lab's own: it holds no quotation mark.
    pub(super) fn new(name: &str, content_type: ContentType, text: String) -> Self {
        let disposition = format!("attachment; filename=\"{name}\"");
        Self {
            body: (content_type, text),
            disposition: Header::new("content-disposition", disposition),
        }
    }
}

//! An answer of the desk, with the headers that all of them have.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

use crate::web::answer::strict_csp;

/// An answer.
#[derive(Debug)]
pub struct DeskAnswer {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl DeskAnswer {
    /// A body of this media type.
    pub fn new(status: StatusCode, kind: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("content-type", kind.to_owned())],
            body: body.into(),
        }
    }

    /// Nothing but the status.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// JSON.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::new(status, "application/json", body),
            Err(error) => {
                log::error!("an answer of the desk does not become JSON: {error}");
                Self::broken()
            }
        }
    }

    /// One sentence.
    pub fn text(status: StatusCode, sentence: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", format!("{sentence}\n"))
    }

    /// Another address, to be read with GET.
    pub fn see_other(address: String) -> Self {
        Self::empty(StatusCode::SEE_OTHER).with("location", address)
    }

    /// A file to be saved.
    pub fn file(kind: &str, name: &str, body: impl Into<Bytes>) -> Self {
        let disposition = format!("attachment; filename=\"{name}\"");
        Self::new(StatusCode::OK, kind, body).with("content-disposition", disposition)
    }

    /// Something in the desk is broken.
    pub fn broken() -> Self {
        let sentence = "Something is broken in the desk. Its log may name the cause.";
        Self::text(StatusCode::INTERNAL_SERVER_ERROR, sentence)
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        let fixed = [
            ("content-security-policy", strict_csp(None)),
            ("x-content-type-options", "nosniff".into()),
            // As on the lab's pages: with `no-referrer` the forms would send `Origin: null`.
            ("referrer-policy", "same-origin".into()),
            ("cross-origin-opener-policy", "same-origin".into()),
            ("cross-origin-resource-policy", "same-origin".into()),
            ("cache-control", "no-store".into()),
        ];
        for (name, value) in fixed.into_iter().chain(self.headers) {
            match HeaderValue::try_from(value) {
                Ok(value) => {
                    let name = HeaderName::from_static(name);
                    response.headers_mut().append(name, value);
                }
                Err(_) => {
                    log::error!("an answer of the desk has a header that cannot be sent: {name}")
                }
            }
        }
        response
    }
}

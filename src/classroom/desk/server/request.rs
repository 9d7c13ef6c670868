//! A request to the desk, with its whole body.

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::{Method, Request, StatusCode};
use tokio::time::timeout;

use crate::web::server::BODY;

/// How much of a body that is too large is read and thrown away, so that its sender reads the answer.
const THROWN_AWAY: usize = 64 * 1024 * 1024;

/// A request.
#[derive(Debug)]
pub struct DeskRequest {
    /// The method.
    pub method: Method,
    /// The path, as it was sent.
    pub path: String,
    /// What follows the question mark.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl DeskRequest {
    /// The only value of a header; `None` where there is none, or more than one, or it is no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    /// Whether the body has this media type, whatever its parameters.
    pub fn has_type(&self, wanted: &str) -> bool {
        let found = self.header("content-type").unwrap_or_default();
        let found = found.split(';').next().unwrap_or_default().trim();
        found.eq_ignore_ascii_case(wanted)
    }
}

/// Reads a request with its body.
///
/// # Errors
/// The status of the refusal: the body is too large, too slow, or not whole.
pub(super) async fn read(
    request: Request<Incoming>,
    largest: usize,
) -> Result<DeskRequest, StatusCode> {
    let (head, mut incoming) = request.into_parts();
    let mut body = Vec::new();
    let mut size = 0_usize;
    loop {
        let frame = timeout(BODY, incoming.frame()).await;
        let frame = frame.map_err(|_| StatusCode::REQUEST_TIMEOUT)?;
        let Some(frame) = frame else {
            break;
        };
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        size = size.saturating_add(data.len());
        if size <= largest {
            body.extend_from_slice(&data);
        } else if size > THROWN_AWAY {
            break;
        }
    }
    if size > largest {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok(DeskRequest {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.into(),
    })
}

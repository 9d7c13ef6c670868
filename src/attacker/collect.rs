//! The request catcher: takes any request of any method, keeps a bounded part of it and answers with
//! nothing. A stolen cookie arrives here.
//!
//! What comes in is never executed or shown as markup. It is kept with the sessions, a hundred
//! requests at most. Next: `loot`, which shows it.

use std::time::Duration;

use rocket::data::{Data, ToByteUnit};
use rocket::http::{HeaderMap, Method, Status};
use rocket::request::Request;
use rocket::response::Response;
use rocket::route::{Handler, Outcome, Route};
use tokio::io::AsyncReadExt;

use crate::attacker::sniffing_proxy::mask;
use crate::session::bench::loot::{Caught, LARGEST};
use crate::storage::StorageError;
use crate::web::context::RequestContext;

/// How much of a body is read at all, so that its sender sees the answer; 1 MB as the lab's own
/// client reads.
const READ_AT_MOST: u64 = 1 << 20;

/// How long a body may take: one that is shorter than announced would never end.
const PATIENCE: Duration = Duration::from_secs(5);

/// The headers that tell most come first; the others fill what room is left.
const FIRST: [&str; 11] = [
    "origin",
    "referer",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "sec-fetch-user",
    "cookie",
    "host",
    "content-type",
    "authorization",
    "user-agent",
];

const METHODS: [Method; 8] = [
    Method::Get,
    Method::Head,
    Method::Post,
    Method::Put,
    Method::Patch,
    Method::Delete,
    Method::Options,
    Method::Trace,
];

#[derive(Clone)]
struct Catcher;

#[rocket::async_trait]
impl Handler for Catcher {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Some(context) = RequestContext::of(request) else {
            return Outcome::Error(Status::NotFound);
        };
        let (body, cut) = read(data).await;
        let caught = Caught {
            id: 0,
            at: context.now,
            client: context.client,
            method: request.method().to_string(),
            target: context.target.clone(),
            headers: telling_first(request.headers()),
            body: String::from_utf8_lossy(&body).into_owned(),
            cut,
        };
        if let Err(error) = context.bench.loot().catch(caught).await {
            log::warn!("a request to the catcher is lost: {error}");
            return Outcome::Error(Status::ServiceUnavailable);
        }
        let mut answer = Response::build();
        answer
            .status(Status::NoContent)
            .raw_header("access-control-allow-origin", "*");
        if request.method() == Method::Options {
            // An attacker's server says yes to every question that a browser asks beforehand.
            answer
                .raw_header("access-control-allow-methods", "*")
                .raw_header("access-control-allow-headers", "*");
        }
        Outcome::Success(answer.finalize())
    }
}

/// The beginning of the body, and whether there was more.
async fn read(data: Data<'_>) -> (Vec<u8>, bool) {
    let mut stream = data.open(READ_AT_MOST.bytes());
    let mut body = Vec::new();
    let all = async {
        let room = LARGEST as u64;
        let kept = (&mut stream).take(room).read_to_end(&mut body).await;
        let rest = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        kept.is_err() || rest.unwrap_or(1) > 0
    };
    let cut = tokio::time::timeout(PATIENCE, all).await;
    // Late or broken, it is shown as far as it came.
    (body, cut.unwrap_or(true))
}

/// Keeps a visit to one of the attacker's pages, which reads the same headers.
///
/// # Errors
/// The store does not answer.
pub async fn keep(context: &RequestContext, headers: &HeaderMap<'_>) -> Result<(), StorageError> {
    let caught = Caught {
        id: 0,
        at: context.now,
        client: context.client,
        method: "GET".into(),
        target: context.target.clone(),
        headers: telling_first(headers),
        body: String::new(),
        cut: false,
    };
    context.bench.loot().catch(caught).await
}

fn telling_first(headers: &HeaderMap<'_>) -> Vec<(String, String)> {
    let place_of = |name: &str| {
        let found = FIRST.iter().position(|first| *first == name);
        found.unwrap_or(FIRST.len())
    };
    let mut headers: Vec<(String, String)> = headers
        .iter()
        .map(|header| {
            let name = header.name.as_str().to_ascii_lowercase();
            // What is caught is kept, and cookies of the student's other projects are not for keeping.
            let value = match name.as_str() {
                "cookie" => mask::header(&header.value),
                _ => header.value.to_string(),
            };
            (name, value)
        })
        .collect();
    headers.sort_by_key(|(name, _)| place_of(name));
    headers
}

pub(super) fn routes() -> Vec<Route> {
    METHODS
        .into_iter()
        .map(|method| Route::new(method, "/collect/<_..>", Catcher))
        .collect()
}

//! A request on its way into Rocket, and the answer on its way out.
//!
//! Rocket takes requests that did not come over its connections through its local client,
//! which runs the same fairings, routes and catchers.

use std::sync::Arc;

use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use rocket::http::{Header, Method};
use rocket::local::asynchronous::{Client, LocalRequest, LocalResponse};
use rocket::{Build, Rocket};
use tokio::io::AsyncReadExt;
use tokio::sync::{mpsc, oneshot};

use super::Received;
use super::answer_body::{AnswerBody, PIECES};
use super::exchanges::{Answering, Exchanges};
use super::raw_head::{RawHead, escaped};
use super::request_body::{self, RequestBody};
use super::target::path_and_query;
use crate::base::addresses;

/// How large a piece of a body is that Rocket makes while it is sent.
const PIECE: usize = 16 * 1024;

/// A site: one Rocket instance that answers for all its listeners.
pub struct RocketSite {
    kind: addresses::Site,
    client: Client,
}

impl std::fmt::Debug for RocketSite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RocketSite").field(&self.kind).finish()
    }
}

impl RocketSite {
    /// Ignites a site.
    ///
    /// # Errors
    /// Routes collide, or a fairing fails.
    pub async fn ignite(
        kind: addresses::Site,
        rocket: Rocket<Build>,
    ) -> Result<Self, Box<rocket::Error>> {
        let client = Client::untracked(rocket).await.map_err(Box::new)?;
        Ok(Self { kind, client })
    }

    /// The addresses that it answers to this method, as its routes write them: `/labs/<slug>`.
    pub fn addresses(&self, method: Method) -> Vec<String> {
        let routes = self.client.rocket().routes();
        let read = routes.filter(|route| route.method == method);
        read.map(|route| route.uri.to_string()).collect()
    }

    /// Tells handlers that wait for the end that the site stops.
    pub fn stop(&self) {
        self.client.rocket().shutdown().notify();
    }
}

/// Where a connection came from; each of its requests is told.
#[derive(Clone, Debug)]
pub(super) struct ConnectionSource {
    pub listener: addresses::Listener,
    pub through_cafe: bool,
    pub local: std::net::SocketAddr,
    pub remote: std::net::SocketAddr,
}

/// Answers one request.
pub(super) async fn answer(
    site: Arc<RocketSite>,
    from: ConnectionSource,
    exchanges: Arc<Exchanges>,
    request: Request<Incoming>,
) -> Response<AnswerBody> {
    let Some(head) = exchanges.next_head() else {
        // hyper has parsed a head that the stream never delivered: it cannot be.
        let message = "The request cannot be read.";
        return short(StatusCode::BAD_REQUEST, message, exchanges.begin_answer());
    };
    if let Some((status, message)) = refuse_early(&head) {
        return short(status, message, exchanges.begin_answer());
    }
    let body = request_body::read(request.into_body(), request_body::most(site.kind)).await;
    let answering = exchanges.begin_answer();
    let Some(RequestBody { bytes, is_cut }) = body else {
        let message = "The body ended before it was whole.";
        return short(StatusCode::BAD_REQUEST, message, answering);
    };
    let close = is_cut || head.values("transfer-encoding").next().is_some();
    let (to, head_is_there) = oneshot::channel();
    let received = Received {
        listener: from.listener,
        through_cafe: from.through_cafe,
        local: from.local,
        remote: from.remote,
        connection: exchanges.ticket().id,
        head,
    };
    // In a separate task: a client that leaves does not cut a change in two.
    tokio::spawn(async move { dispatch(&site, received, bytes, answering, to).await });
    match head_is_there.await {
        Ok(mut response) => {
            if close {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
            response
        }
        // The task panicked, outside of any handler: Rocket catches those.
        Err(_) => {
            let message = "Something is broken in the lab. Its log may name the cause.";
            let answering = exchanges.begin_answer();
            short(StatusCode::INTERNAL_SERVER_ERROR, message, answering)
        }
    }
}

/// What Rocket has no words for.
fn refuse_early(head: &RawHead) -> Option<(StatusCode, &'static str)> {
    let mut expectations = head.values("expect");
    if expectations.any(|value| !value.eq_ignore_ascii_case(b"100-continue")) {
        let message = "This server knows the expectation 100-continue only.";
        return Some((StatusCode::EXPECTATION_FAILED, message));
    }
    None
}

async fn dispatch(
    site: &RocketSite,
    received: Received,
    body: Vec<u8>,
    answering: Answering,
    to: oneshot::Sender<Response<AnswerBody>>,
) {
    let mut request = local_request(&site.client, &received.head, body);
    request.set_remote(received.remote);
    request.inner().local_cache(move || Some(received));
    let is_head = request.inner().method() == Method::Head;
    let mut local = request.dispatch().await;
    let (mut response, size) = head_of(&local);
    match size {
        // The length says what a GET would bring.
        Some(_) if is_head => {
            // The client may have left; then nobody takes the answer.
            let _ = to.send(response.map(|()| AnswerBody::whole(Bytes::new(), answering)));
        }
        Some(size) => {
            let mut bytes = Vec::with_capacity(size);
            if let Err(error) = local.read_to_end(&mut bytes).await {
                log::error!("an answer could not be read: {error}");
                return;
            }
            let _ = to.send(response.map(|()| AnswerBody::whole(bytes.into(), answering)));
        }
        None => {
            response.headers_mut().remove(CONTENT_LENGTH);
            let (pieces, receiver) = mpsc::channel(PIECES);
            let _ = to.send(response.map(|()| AnswerBody::pieces(receiver, answering)));
            loop {
                let mut piece = Vec::with_capacity(PIECE);
                match (&mut local)
                    .take(PIECE as u64)
                    .read_to_end(&mut piece)
                    .await
                {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {
                        if pieces.send(piece.into()).await.is_err() {
                            return;
                        }
                    }
                }
            }
        }
    }
}

/// The request as Rocket reads it: header values that are not UTF-8 come as their escaped bytes, and
/// of `Cookie` the pairs that are text.
fn local_request<'c>(client: &'c Client, head: &RawHead, body: Vec<u8>) -> LocalRequest<'c> {
    let method = std::str::from_utf8(head.method()).ok();
    // Methods are told apart by their case (RFC 9110 §9.1); Rocket's own parsing takes any.
    let method = method.and_then(|text| {
        let method: Method = text.parse().ok()?;
        (method.as_str() == text).then_some(method)
    });
    let target = path_and_query(head.target());
    let mut request = match (method, target) {
        (Some(method), Some(target)) => client.req(method, target),
        // What Rocket does not know goes to its catcher for bad requests.
        _ => client.req(Method::Get, "*".to_owned()),
    };
    for (name, value) in head.lines() {
        if name.eq_ignore_ascii_case("cookie") {
            if let Some(pairs) = cookie_pairs(value) {
                request.add_header(Header::new("cookie", pairs));
            }
            continue;
        }
        let value = std::str::from_utf8(value).map_or_else(|_| escaped(value), str::to_owned);
        request.add_header(Header::new(name.to_ascii_lowercase(), value));
    }
    request.body(body)
}

/// The pairs of a `Cookie` line that are UTF-8. One bad pair spoils that pair only.
fn cookie_pairs(value: &[u8]) -> Option<String> {
    if let Ok(text) = std::str::from_utf8(value) {
        return Some(text.to_owned());
    }
    let pairs = value.split(|byte| *byte == b';');
    let pairs: Vec<&str> = pairs
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .collect();
    (!pairs.is_empty()).then(|| pairs.join(";"))
}

/// The head of an answer, and how long its body is if that is known.
fn head_of(local: &LocalResponse<'_>) -> (Response<()>, Option<usize>) {
    let mut response = Response::new(());
    let status = local.status().code;
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for header in local.headers().iter() {
        let name = HeaderName::from_bytes(header.name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(header.value.as_bytes());
        match (name, value) {
            (Ok(name), Ok(value)) => {
                response.headers_mut().append(name, value);
            }
            _ => log::error!(
                "an answer has a header that cannot be sent: {}",
                header.name
            ),
        }
    }
    let size = match local.body().preset_size() {
        None if local.body().is_none() => Some(0),
        size => size,
    };
    if let Some(size) = size {
        response.headers_mut().insert(CONTENT_LENGTH, size.into());
    }
    (response, size)
}

fn short(status: StatusCode, message: &str, answering: Answering) -> Response<AnswerBody> {
    let text = format!("{message}\n");
    let mut response = Response::new(AnswerBody::whole(text.into(), answering));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(hyper::header::CONTENT_TYPE, kind);
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(hyper::header::X_CONTENT_TYPE_OPTIONS, nosniff);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

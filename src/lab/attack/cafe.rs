//! What anyone in the café could read: the bytes of the connections that went through the relay.

use std::fmt::Write as _;
use std::sync::Arc;

use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::attacker::sniffing_proxy::capture::{
    Bytes, CapturedConnection, Captures, KEPT, LARGEST, OthersHeard,
};
use crate::attacker::sniffing_proxy::mask::ForeignCookies;
use crate::base::bench_name::BenchName;
use crate::defences::facts::Scheme;
use crate::lab::{Store, page};
use crate::web::context::RequestContext;
use crate::web::visible_time::time_of_day;

/// How many connections the page shows.
const SHOWN: usize = 12;

/// How much noise of each direction is shown, in bytes. It holds the name of the host, which a TLS
/// client sends before anything is encrypted.
const NOISE: usize = 512;

#[derive(Serialize)]
struct ShownBytes {
    text: String,
    /// How many bytes there were beyond those that are shown.
    more: u64,
}

#[derive(Serialize)]
struct ConnectionView {
    id: u64,
    time: String,
    scheme: &'static str,
    open: bool,
    up: ShownBytes,
    down: ShownBytes,
}

impl ConnectionView {
    fn new(connection: &CapturedConnection, all: &[ForeignCookies]) -> Self {
        let show = |bytes: &Bytes| match connection.scheme {
            Scheme::Http => ShownBytes {
                text: connection.foreign.text(&bytes.kept, all),
                more: bytes.total - bytes.kept.len() as u64,
            },
            Scheme::Https => {
                let shown = &bytes.kept[..bytes.kept.len().min(NOISE)];
                ShownBytes {
                    text: hex(shown),
                    more: bytes.total - shown.len() as u64,
                }
            }
        };
        Self {
            id: connection.id,
            time: time_of_day(connection.at),
            scheme: connection.scheme.as_str(),
            open: connection.open,
            up: show(&connection.up),
            down: show(&connection.down),
        }
    }
}

/// Bytes in hexadecimal, sixteen a line, with what of them is text.
fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for row in bytes.chunks(16) {
        for at in 0..16 {
            // Writing to a string never fails.
            let _ = match row.get(at) {
                Some(byte) => write!(out, "{byte:02x} "),
                None => write!(out, "   "),
            };
        }
        let readable = |byte: &u8| {
            let printable = byte.is_ascii_graphic() || *byte == b' ';
            if printable { char::from(*byte) } else { '.' }
        };
        out.push(' ');
        out.extend(row.iter().map(readable));
        out.push('\n');
    }
    out
}

/// Whether an unencrypted connection asked for style sheets, scripts, fonts and pictures only. A
/// browser opens several such connections for each page, and nothing in them is worth a look.
fn fetches_files_only(connection: &CapturedConnection) -> bool {
    let up = &connection.up;
    let is_whole = up.total == up.kept.len() as u64;
    let text = String::from_utf8_lossy(&up.kept);
    // A request for a file has no body, so the next one begins after the empty line.
    let mut requests = text.split("\r\n\r\n").filter(|one| !one.is_empty());
    connection.scheme == Scheme::Http
        && is_whole
        && !up.kept.is_empty()
        && requests.all(|one| one.starts_with("GET /static/"))
}

/// The newest connections, and how many are left out.
fn connections(captures: &Captures, bench: &BenchName) -> (Vec<ConnectionView>, usize) {
    let connections = captures.of(bench);
    let all: Vec<ForeignCookies> = connections.iter().map(|one| one.foreign.clone()).collect();
    let (files, others): (Vec<_>, Vec<_>) =
        connections.iter().partition(|one| fetches_files_only(one));
    let newest = others.into_iter().take(SHOWN);
    let shown = newest.map(|one| ConnectionView::new(one, &all)).collect();
    (shown, files.len())
}

/// The café's name on which `Secure` and HSTS show, and how curl finds it.
#[derive(Serialize)]
struct TestName<'c> {
    name: &'c str,
    /// The option for curl, where no DNS knows the name.
    resolve: Option<String>,
}

#[get("/cafe")]
fn cafe(
    context: &RequestContext,
    captures: &State<Arc<Captures>>,
    store: &State<Store>,
) -> Template {
    #[derive(Serialize)]
    struct CafePage<'c> {
        version: u64,
        connections: Vec<ConnectionView>,
        files: usize,
        kept: usize,
        largest_kb: usize,
        cafe_port: u16,
        shared: bool,
        class: bool,
        others: OthersHeard,
        test: TestName<'c>,
    }
    let bench = context.bench.name();
    let addresses = &context.addresses;
    let cafe_port = addresses.cafe_port().unwrap_or_default();
    let name = &addresses.site_names().cafe;
    let class = addresses.is_class();
    let resolve = (!class).then(|| format!("--resolve {name}:{cafe_port}:127.0.0.1"));
    // Read first: what comes in between is shown twice rather than never.
    let version = captures.version(bench);
    let (connections, files) = connections(captures, bench);
    let page = CafePage {
        version,
        connections,
        files,
        kept: KEPT,
        largest_kb: LARGEST / 1024,
        cafe_port,
        shared: store.shared,
        class,
        others: captures.others(bench),
        test: TestName { name, resolve },
    };
    page::render(context, "pages/lab/cafe.html", "Café", page)
}

#[derive(Serialize)]
struct CafeLive {
    version: u64,
    others: OthersHeard,
    /// Missing where nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<Vec<ConnectionView>>,
    files: usize,
}

/// What changed since version `seen`.
#[get("/cafe/live?<seen>")]
fn live(
    context: &RequestContext,
    captures: &State<Arc<Captures>>,
    seen: Option<u64>,
) -> Json<CafeLive> {
    let bench = context.bench.name();
    let version = captures.version(bench);
    let changed = seen != Some(version);
    let (connections, files) = connections(captures, bench);
    Json(CafeLive {
        version,
        others: captures.others(bench),
        connections: changed.then_some(connections),
        files,
    })
}

#[post("/cafe/forget")]
fn forget(context: &RequestContext, captures: &State<Arc<Captures>>) -> Redirect {
    captures.forget(context.bench.name());
    Redirect::to(format!("{}/cafe", context.base()))
}

pub(super) fn routes() -> Vec<Route> {
    routes![cafe, live, forget]
}

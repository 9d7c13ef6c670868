//! `/inspect_headers`: a request and its answer, header by header, as it was sent.

use rocket::http::{ContentType, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Either, Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::headers::does;
use crate::base::set_cookie::SetCookie;
use crate::defences::facts::Scheme;
use crate::web::answer::strict_csp;
use crate::web::context::RequestContext;
use crate::web::page::Frame;
use crate::web::server::{Received, escaped};
use crate::web::with_cookies::WithCookies;

/// The cookie of the experiment, attribute by attribute. It lacks `Secure`, because the page
/// is there on plain http as well.
fn demo_cookie() -> SetCookie {
    let attributes = ["Path=/", "Max-Age=300", "HttpOnly", "SameSite=Lax"];
    SetCookie::new("inspect_demo", "1", &attributes)
}

/// What the server does not keep of a request's head.
const NOT_KEPT: [&str; 1] = ["The white space around a header's value is gone."];

#[derive(Serialize)]
struct ReceivedHeader {
    name: String,
    value: String,
    hidden: bool,
}

#[derive(Serialize)]
struct Explained {
    name: &'static str,
    value: String,
    does: &'static str,
}

#[derive(Serialize)]
struct Missing {
    name: &'static str,
    why: &'static str,
}

#[derive(Serialize)]
struct RequestView {
    method: &'static str,
    target: String,
    version: &'static str,
    headers: Vec<ReceivedHeader>,
    cookies: Vec<ReceivedHeader>,
    tls: bool,
    host: String,
}

#[derive(Serialize)]
struct Inspection {
    request: RequestView,
    response: Vec<Explained>,
    missing: Vec<Missing>,
    kept: [&'static str; 1],
}

/// The head of a request as it was sent. Bytes that are not UTF-8 are escaped.
struct SentHead {
    target: String,
    version: &'static str,
    lines: Vec<(String, String)>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SentHead {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let Some(Received { head, .. }) = Received::of(request) else {
            return Outcome::Forward(Status::NotFound);
        };
        let lines = head.lines();
        Outcome::Success(Self {
            target: escaped(head.target()),
            version: head.version(),
            lines: lines
                .map(|(name, value)| (name.to_owned(), escaped(value)))
                .collect(),
        })
    }
}

#[get("/inspect_headers?<format>&<hide>")]
fn inspect(
    context: &RequestContext,
    sent: SentHead,
    format: Option<&str>,
    hide: Option<&str>,
) -> WithCookies<Either<Template, (ContentType, String)>> {
    let answer = page_or_json(context, sent, format, hide);
    WithCookies::new(answer, [demo_cookie()])
}

fn page_or_json(
    context: &RequestContext,
    sent: SentHead,
    format: Option<&str>,
    hide: Option<&str>,
) -> Either<Template, (ContentType, String)> {
    #[derive(Serialize)]
    struct InspectionPage {
        frame: Frame,
        #[serde(flatten)]
        inspection: Inspection,
        hide: bool,
        toggle_url: &'static str,
        json_url: &'static str,
    }
    let hide = hide.is_some_and(|value| value == "1");
    let json = format.is_some_and(|format| format == "json");
    let inspection = look(context, sent, hide, json);
    if json {
        // Plain structs of strings always become JSON.
        let mut text = serde_json::to_string_pretty(&inspection).unwrap_or_default();
        text.push('\n');
        return Either::Right((ContentType::JSON, text));
    }
    let (toggle_url, json_url) = if hide {
        ("/inspect_headers", "/inspect_headers?format=json&hide=1")
    } else {
        ("/inspect_headers?hide=1", "/inspect_headers?format=json")
    };
    let frame = Frame::at(context, "Headers");
    let page = InspectionPage {
        frame,
        inspection,
        hide,
        toggle_url,
        json_url,
    };
    Either::Left(Template::render("pages/inspect.html", page))
}

fn look(context: &RequestContext, sent: SentHead, hide: bool, json: bool) -> Inspection {
    let mask = |value: &str| {
        if hide {
            "•".repeat(value.chars().count().min(12))
        } else {
            value.to_owned()
        }
    };
    let secret = ["cookie", "authorization", "x-csrftoken"];
    let is_cookie = |name: &str| name.eq_ignore_ascii_case("cookie");
    let cookies = sent.lines.iter().filter(|(name, _)| is_cookie(name));
    let cookies = cookies
        .flat_map(|(_, value)| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| ReceivedHeader {
            name: name.into(),
            value: mask(value),
            hidden: hide,
        })
        .collect();
    let headers = sent
        .lines
        .iter()
        .map(|(name, value)| {
            let hidden = hide && secret.iter().any(|one| name.eq_ignore_ascii_case(one));
            let value = if hidden { mask(value) } else { value.clone() };
            ReceivedHeader {
                name: name.clone(),
                value,
                hidden,
            }
        })
        .collect();
    let request = RequestView {
        method: context.method.as_str(),
        target: sent.target,
        version: sent.version,
        headers,
        cookies,
        tls: context.scheme() == Scheme::Https,
        host: context.host.clone(),
    };
    Inspection {
        request,
        response: response_headers(json, &strict_csp(context.assets().as_deref())),
        missing: missing(),
        kept: NOT_KEPT,
    }
}

fn response_headers(json: bool, policy: &str) -> Vec<Explained> {
    let kind = if json {
        "application/json"
    } else {
        "text/html; charset=utf-8"
    };
    let explained = |(name, value): (&'static str, &str)| Explained {
        name,
        value: value.into(),
        does: match name {
            "Set-Cookie" => {
                "Gives the browser a cookie: sent with every path, kept for 300 seconds, hidden from \
                 scripts, and left out of most requests that other sites cause."
            }
            _ => does(&name.to_ascii_lowercase(), value),
        },
    };
    let demo = demo_cookie();
    let sent = [
        ("Set-Cookie", demo.as_str()),
        ("Content-Type", kind),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
        ("Content-Length", "(the body's length)"),
        ("Date", "(when it was sent)"),
    ];
    sent.map(explained).into()
}

fn missing() -> Vec<Missing> {
    vec![
        Missing {
            name: "Secure (in Set-Cookie)",
            why: "The demo cookie would not be accepted from plain http on lab.test. A session \
                  cookie must have it.",
        },
        Missing {
            name: "Strict-Transport-Security",
            why: "It holds for the whole host and every port. On localhost it would break your \
                  other projects, so the lab sends it on lab.test only.",
        },
        Missing {
            name: "Server",
            why: "It would only tell an attacker what to look for.",
        },
    ]
}

pub(in crate::lab) fn routes() -> Vec<Route> {
    routes![inspect]
}

//! `/wire/<id>`: one request and its answer, line by line, and its way through the defences.

use rocket::http::Status;
use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::flow::{self, StagePassed};
use super::row::{CookieView, WireRow};
use crate::lab::diagrams::request_flow;
use crate::lab::diagrams::request_flow::Drawing;
use crate::lab::inspect::headers::{attribute_does, does, lacks};
use crate::lab::page;
use crate::session::bench::wire::{
    Cookie, CookieLine, Exchange, Headers, KEPT, OF_ANSWERS, OF_REQUESTS, WrittenName,
};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct ExchangePage {
    row: WireRow,
    reason: &'static str,
    request: Vec<HeaderLine>,
    cookies: Vec<CookieLineView>,
    more: usize,
    cookie_does: &'static str,
    answer: Vec<HeaderLine>,
    set: Vec<SetCookieView>,
    /// Empty where no policy was asked.
    stages: Vec<StagePassed>,
    drawings: Vec<Drawing>,
    newer: Option<u64>,
    older: Option<u64>,
}

/// A header line and what it does.
#[derive(Serialize)]
struct HeaderLine {
    name: String,
    value: String,
    does: &'static str,
}

/// A line of cookies that were sent.
#[derive(Serialize)]
struct CookieLineView {
    name: String,
    cookies: Vec<CookieView>,
}

impl CookieLineView {
    fn new(line: &CookieLine) -> Self {
        Self {
            name: line.name.to_string(),
            cookies: line.cookies.iter().map(CookieView::new).collect(),
        }
    }
}

/// A cookie that the answer sets, attribute by attribute.
#[derive(Serialize)]
struct SetCookieView {
    cookie: CookieView,
    attributes: Vec<(String, &'static str)>,
    lacks: Vec<(&'static str, &'static str)>,
}

impl SetCookieView {
    fn new(cookie: &Cookie) -> Self {
        let attributes = cookie.attributes.split(';').map(str::trim);
        let removed = cookie.value.is_none();
        Self {
            cookie: CookieView::new(cookie),
            attributes: attributes
                .filter(|one| !one.is_empty())
                .map(|one| (one.to_owned(), attribute_does(one)))
                .collect(),
            // A deleted cookie protects nothing.
            lacks: if removed {
                Vec::new()
            } else {
                lacks(&cookie.attributes)
            },
        }
    }
}

fn lines(headers: &Headers, names: &'static [&'static str]) -> Vec<HeaderLine> {
    let line = |(name, value): (WrittenName, &str)| HeaderLine {
        name: name.to_string(),
        value: value.to_owned(),
        does: does(name.lower_case(), value),
    };
    headers.iter(names).map(line).collect()
}

impl ExchangePage {
    fn new(context: &RequestContext, one: &Exchange) -> Self {
        let wire = context.bench.wire();
        let stages = one
            .taken
            .map(|taken| flow::passed(&taken, one.refused_by))
            .unwrap_or_default();
        let drawings = if stages.is_empty() {
            Vec::new()
        } else {
            request_flow::both(&one.line, &stages).into()
        };
        let status = Status::new(one.status);
        let kept = |id: &u64| wire.one(*id).is_some();
        Self {
            row: WireRow::new(one, false),
            reason: status.reason().unwrap_or_default(),
            request: lines(&one.request, &OF_REQUESTS),
            cookies: one.cookies.iter().map(CookieLineView::new).collect(),
            more: one.more_cookies,
            cookie_does: does("cookie", ""),
            answer: lines(&one.answer, &OF_ANSWERS),
            set: one.set_cookie.iter().map(SetCookieView::new).collect(),
            stages,
            drawings,
            newer: one.id.checked_add(1).filter(kept),
            older: one.id.checked_sub(1).filter(kept),
        }
    }
}

#[get("/wire/<id>")]
fn exchange(context: &RequestContext, id: &str) -> Result<Template, Problem> {
    let found = id.parse().ok().and_then(|id| context.bench.wire().one(id));
    let Some(one) = found else {
        let because = format!("The wire keeps the last {KEPT} requests of this bench.");
        let next = format!(
            "Go back to {}/wire and choose one of those.",
            context.base()
        );
        let heading = "That request is not recorded";
        return Err(Problem::new(Status::NotFound, heading, because, next));
    };
    let page = ExchangePage::new(context, &one);
    let template = "pages/lab/wire_exchange.html";
    Ok(page::render(context, template, "A request", page))
}

pub(super) fn routes() -> Vec<Route> {
    routes![exchange]
}

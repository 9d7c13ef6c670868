//! What the page of the comparison shows.

use serde::Serialize;

use super::act::Action;
use super::side::{ComparedStep, Side, Sides, StepKind};
use super::verdict::{SideVerdict, verdict};
use crate::base::event::EventKind;
use crate::base::event::in_words;
use crate::defences::Name;
use crate::defences::policy::Variant;
use crate::lab::Store;
use crate::lab::inspect::evidence;
use crate::lab::inspect::evidence::StoredSessionView;
use crate::session::bench::Bench;
use crate::session::bench::wire::Cookie;
use crate::storage::StorageError;
use crate::web::context::RequestContext;
use crate::web::visible_time::time_of_day;

/// How many of the student's own requests a side shows.
const OWN: usize = 6;
/// How many events are searched for a report of `document.cookie`.
const SEARCHED: usize = 500;

#[derive(Serialize)]
pub struct ComparePage {
    sides: Vec<SideView>,
    /// The name of the last action, and what it did.
    last_action: Option<(&'static str, &'static str)>,
    /// Whether a sign-in can be replayed.
    can_replay: bool,
    /// Whether anybody is signed in on a side.
    signed_in: bool,
    /// The step whose exchange answers the question of the last action.
    open: u64,
    shared: bool,
}

#[derive(Serialize)]
struct SideView {
    variant: String,
    kind: &'static str,
    url: String,
    signed_in: bool,
    verdict: Option<SideVerdict>,
    steps: Vec<ComparedStepView>,
    store: Vec<StoredSessionView>,
    store_note: String,
    #[serde(flatten)]
    own: Own,
}

#[derive(Serialize)]
struct ComparedStepView {
    n: u64,
    action: &'static str,
    request: Vec<MarkedLine>,
    response: Vec<MarkedLine>,
    reason: Vec<Reason>,
}

/// One line of a request or an answer.
#[derive(Serialize)]
pub struct MarkedLine {
    text: String,
    mark: &'static str,
    note: String,
}

#[derive(Serialize)]
struct Reason {
    defence: &'static str,
    title: &'static str,
    description: &'static str,
    url: String,
}

/// What the student's own browser and curl did on a side.
#[derive(Serialize)]
pub struct Own {
    own: Vec<OwnRequest>,
    document_cookie: Option<DocumentCookie>,
}

#[derive(Serialize)]
struct OwnRequest {
    client: &'static str,
    line: String,
    time: String,
    status: u16,
    /// The `Cookie` lines, names as they were written.
    cookie: Vec<String>,
    set_cookie: Vec<String>,
}

#[derive(Serialize)]
struct DocumentCookie {
    text: String,
    time: String,
}

/// The whole page.
pub async fn page(
    context: &RequestContext,
    sides: &Sides,
    store: &Store,
) -> Result<ComparePage, StorageError> {
    let mut views = Vec::new();
    for side in &sides.sides {
        views.push(side_view(context, side, sides.last_action, store).await?);
    }
    Ok(ComparePage {
        signed_in: views.iter().any(|view| view.signed_in),
        sides: views,
        last_action: sides
            .last_action
            .map(|action| (action.name(), action.description())),
        can_replay: sides.sides.iter().any(|side| side.old_cookie.is_some()),
        open: step_in_question(sides),
        shared: store.shared,
    })
}

/// The step whose exchange the page shows: a sign-in sets the cookie, everything else is the newest.
fn step_in_question(sides: &Sides) -> u64 {
    let steps = sides.sides.iter().flat_map(|side| &side.steps);
    let wanted = |step: &&ComparedStep| match sides.last_action {
        Some(Action::SignIn) => step.kind == StepKind::SignIn,
        _ => true,
    };
    steps.filter(wanted).map(|step| step.n).max().unwrap_or(0)
}

async fn side_view(
    context: &RequestContext,
    side: &Side,
    last_action: Option<Action>,
    store: &Store,
) -> Result<SideView, StorageError> {
    let (stored, total) = evidence::sessions(&context.bench, side.variant).await?;
    let location = store.sessions(context.bench.name(), side.variant);
    let store_note = match (location.folder, location.pattern) {
        (Some(folder), _) if total > 0 => format!("{total} in {folder}"),
        (Some(folder), _) => format!("No session in {folder}"),
        (None, Some(pattern)) => format!("{total} in {} as {pattern}", store.medium),
        (None, None) => format!("{total} in {}", store.medium),
    };
    let weak = side.variant == Variant::Insecure;
    let signed_in = side.steps.iter().rev().find_map(|step| match step.kind {
        StepKind::SignOut => Some(false),
        StepKind::Dashboard => step
            .exchange
            .as_ref()
            .map(|exchange| exchange.status == 200),
        _ => None,
    });
    Ok(SideView {
        variant: side.variant.to_string(),
        kind: if weak { "weak" } else { "strong" },
        url: side.caller.url(),
        signed_in: signed_in.unwrap_or(false),
        verdict: verdict(side, last_action, total),
        steps: side
            .steps
            .iter()
            .rev()
            .map(|step| step_view(context, side.variant, step))
            .collect(),
        store: stored,
        store_note,
        own: own(&context.bench, side.variant).await?,
    })
}

fn step_view(context: &RequestContext, variant: Variant, step: &ComparedStep) -> ComparedStepView {
    let plain = |text: &str| MarkedLine {
        text: text.to_owned(),
        mark: "",
        note: String::new(),
    };
    let (mut request, mut response) = (Vec::new(), Vec::new());
    if let Some(exchange) = &step.exchange {
        request.extend(
            exchange
                .sent
                .lines()
                .filter(|line| !line.is_empty())
                .map(plain),
        );
        response.extend(exchange.head.lines().map(|line| mark(line, variant)));
        if let Some(heading) = heading(&exchange.body) {
            response.push(plain(&format!("… {heading} …")));
        }
    } else {
        let ahead = context.bench.ahead().as_secs() / 60;
        request.push(plain(&format!(
            "(no request: the clock is {ahead} minutes ahead)"
        )));
    }
    ComparedStepView {
        n: step.n,
        action: step.action,
        request,
        response,
        reason: reasons(context, variant, step.kind),
    }
}

/// The first heading of a page, as text.
fn heading(page: &str) -> Option<String> {
    let inside = page
        .split("<h1")
        .nth(1)?
        .split_once('>')?
        .1
        .split("</h1>")
        .next()?;
    let mut text = String::new();
    let mut in_tag = false;
    for c in inside.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    Some(text.trim().to_owned())
}

/// A line of the answer, marked where the policy decided it.
fn mark(line: &str, variant: Variant) -> MarkedLine {
    let name = line
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let note = match name.as_str() {
        "set-cookie" => attributes(line),
        "content-security-policy" if line.contains("frame-ancestors") => {
            "no page may frame it".into()
        }
        "content-security-policy" => "only the page's own scripts run".into(),
        "cache-control" => "no cache keeps the page".into(),
        "clear-site-data" => "the browser deletes what it stored for this site".into(),
        "referrer-policy" if line.contains("unsafe-url") => {
            "the whole address goes to other sites".into()
        }
        "referrer-policy" => "the address stays here".into(),
        _ => String::new(),
    };
    let mark = match (note.is_empty(), variant) {
        (true, _) => "",
        (false, Variant::Insecure) => "weak",
        (false, _) => "strong",
    };
    MarkedLine {
        text: line.to_owned(),
        mark,
        note,
    }
}

/// What a `Set-Cookie` line has and lacks.
fn attributes(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    if lower.contains("max-age=0") {
        return "the browser is told to delete it".into();
    }
    let wanted = [
        ("__host-", "__Host- name"),
        ("; secure", "Secure"),
        ("; httponly", "HttpOnly"),
        ("; samesite", "SameSite"),
    ];
    let (has, lacks): (Vec<_>, Vec<_>) = wanted.iter().partition(|(mark, _)| lower.contains(mark));
    let list = |found: Vec<&(&str, &str)>| {
        found
            .iter()
            .map(|(_, name)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut parts = Vec::new();
    if !has.is_empty() {
        parts.push(format!("has {}", list(has)));
    }
    if !lacks.is_empty() {
        parts.push(format!("lacks {}", list(lacks)));
    }
    if lower.contains("max-age=") {
        parts.push("outlives the browser".into());
    }
    parts.join("; ")
}

/// The defences that decide a kind of step.
fn deciding(kind: StepKind) -> &'static [Name] {
    match kind {
        StepKind::Form => &[Name::IdSource, Name::CsrfToken],
        StepKind::SignIn => &[
            Name::Rotation,
            Name::HostPrefix,
            Name::Secure,
            Name::HttpOnly,
            Name::SameSite,
            Name::Persistence,
        ],
        StepKind::Dashboard => &[Name::IdleTimeout, Name::AbsoluteTimeout, Name::NoStore],
        StepKind::Clock => &[Name::IdleTimeout, Name::AbsoluteTimeout],
        StepKind::SignOut => &[Name::SignOut, Name::ClearSiteData],
        StepKind::Replay => &[Name::SignOut, Name::IdleTimeout],
    }
}

fn reasons(context: &RequestContext, variant: Variant, kind: StepKind) -> Vec<Reason> {
    let policy = context.bench.resolve(variant).policy;
    deciding(kind)
        .iter()
        .map(|name| Reason {
            defence: name.slug(),
            title: name.lesson().title,
            description: policy.arm(*name).description,
            url: format!("{}/defences/{}", context.base(), name.slug()),
        })
        .collect()
}

/// What the student's own browser and curl did on a side.
pub async fn own(bench: &Bench, variant: Variant) -> Result<Own, StorageError> {
    let own = bench.wire().of(variant, OWN).into_iter();
    let texts = |cookies: &[Cookie]| cookies.iter().map(Cookie::to_string).collect::<Vec<_>>();
    let own = own
        .map(|exchange| OwnRequest {
            client: in_words::client(exchange.client),
            line: exchange.line.clone(),
            time: time_of_day(exchange.at),
            status: exchange.status,
            cookie: exchange
                .cookies
                .iter()
                .map(|line| format!("{}: {}", line.name, texts(&line.cookies).join("; ")))
                .collect(),
            set_cookie: texts(&exchange.set_cookie),
        })
        .collect();
    let events = bench.recent_events(SEARCHED).await?;
    let reported = events
        .iter()
        .rev()
        .filter(|event| event.variant == Some(variant));
    let document_cookie = reported.into_iter().find_map(|event| match &event.what {
        EventKind::DocumentCookie { names, .. } => Some(DocumentCookie {
            text: if names.is_empty() {
                "(empty)".into()
            } else {
                names.join("; ")
            },
            time: time_of_day(event.at),
        }),
        _ => None,
    });
    Ok(Own {
        own,
        document_cookie,
    })
}

//! What the journal notes of requests while a worksheet is open, so that its checks can find them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;

use super::context::RequestContext;
use crate::base::event::{Client, Event, Fingerprint, Request as Noted, What};
use crate::session::world::World;
use crate::session::{SessionId, cookie};

/// Files, pictures and the sheets' own pages: nobody did anything by them. Polls of an open page are left out
/// too, as long as all is well.
const BY_THEMSELVES: [&str; 5] = ["/static/", "/pictures", "/healthz", "/favicon.ico", "/labs"];

/// The longest path that is noted, in characters.
const LONGEST: usize = 120;

/// Notes an answered request, if the bench wants it noted.
pub(super) async fn note(context: &RequestContext, request: &Request<'_>, status: u16) {
    if !context.bench.notes_requests() || context.client == Client::Lab {
        return;
    }
    let path = path_of(context);
    let polls = path.ends_with("/live") || path.ends_with("/time_left");
    let by_itself = polls && context.client == Client::Browser && status == 200;
    if by_itself || BY_THEMSELVES.iter().any(|start| path.starts_with(start)) {
        return;
    }
    let headers = request.headers();
    let noted = Noted {
        site: context.listener.site().word().into(),
        method: context.method.to_string(),
        path,
        status,
        scheme: context.scheme().as_str().into(),
        host: context.host_name.clone(),
        cafe: context.through_cafe,
        session: session_of(context, request),
        user: context.user().map(str::to_owned),
        fetch_site: headers.get_one("sec-fetch-site").and_then(known_site),
        algorithm: algorithm_of(context, request),
    };
    let event = Event {
        at: context.now,
        variant: context.variant.as_ref().map(|(variant, _)| *variant),
        client: context.client,
        what: What::Request(Box::new(noted)),
    };
    // The answer is already made. A step that was not noted is done again.
    if let Err(error) = context.bench.note(event).await {
        error.report();
    }
}

/// The path without bench, variant and query.
fn path_of(context: &RequestContext) -> String {
    let path = context.target.split('?').next().unwrap_or_default();
    let base = context.base();
    let path = path.strip_prefix(base.as_str()).unwrap_or(path);
    let path: String = path.chars().take(LONGEST).collect();
    if path.is_empty() { "/".into() } else { path }
}

fn session_of(context: &RequestContext, request: &Request<'_>) -> Option<Fingerprint> {
    let (variant, probe) = context.variant.as_ref()?;
    // Looking must not count as a question of the portal's.
    let probe = probe.untracked();
    let name = cookie::name(&probe, *variant, context.bench.name());
    let values = cookie::values(request.headers().get("cookie"), &name);
    let id = SessionId::parse(values.first()?)?;
    let world = World {
        bench: &context.bench,
        variant: *variant,
        probe: &probe,
        now: context.now,
        client: context.client,
    };
    Some(world.fingerprint(&id))
}

/// The four words that there are; a client can write anything.
fn known_site(told: &str) -> Option<String> {
    let known = ["none", "same-origin", "same-site", "cross-site"];
    known.contains(&told).then(|| told.to_owned())
}

/// `alg` of the token in the `Authorization` header or in the address, if it is one of few words.
fn algorithm_of(context: &RequestContext, request: &Request<'_>) -> Option<String> {
    const WORDS: [&str; 12] = [
        "none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "PS256",
        "PS384", "EdDSA",
    ];
    let header = request.headers().get_one("authorization");
    let bearer = header
        .and_then(|value| value.split_once(' '))
        .map(|(_, token)| token);
    let query = context.target.split_once('?').map(|(_, query)| query);
    let in_query = query.and_then(|query| {
        let mut pairs = query.split('&');
        pairs.find_map(|pair| pair.strip_prefix("access_token="))
    });
    let (head, _) = bearer.or(in_query)?.trim().split_once('.')?;
    if head.len() > 4096 {
        return Some("other".into());
    }
    let head = URL_SAFE_NO_PAD.decode(head).ok()?;
    let head: serde_json::Value = serde_json::from_slice(&head).ok()?;
    let told = head.get("alg")?.as_str()?;
    let known = WORDS.iter().find(|word| word.eq_ignore_ascii_case(told));
    Some(known.map_or("other", |word| *word).to_owned())
}

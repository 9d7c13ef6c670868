//! What the journal notes of requests, so that the checks of worksheets can find them.
//!
//! From a bench's first request on: who opens a sheet later is not told that nothing happened. Only
//! requests that some step asks for are noted, so that the others push nothing out of the journal.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;

use super::context::RequestContext;
use super::known_addresses::AddressPurpose;
use crate::base::addresses::Site;
use crate::base::event::{ClientKind, Event, EventKind, Fingerprint, NotedRequest};
use crate::session::world::World;
use crate::session::{SessionId, cookie};

/// The longest path that is noted, in characters.
const LONGEST: usize = 120;

/// Says of a noted request whether the journal needs it.
type IsNeeded = dyn Fn(&Event) -> bool + Send + Sync;

/// Which requests the journal needs, as the worksheets of the lab tell. A site without it notes none.
#[derive(Clone)]
pub struct NeededRequests(Arc<IsNeeded>);

impl NeededRequests {
    /// Those of which this is true.
    pub fn new(is_needed: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(is_needed))
    }
}

impl std::fmt::Debug for NeededRequests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NeededRequests")
    }
}

/// Notes an answered request, if a worksheet may look for it.
pub(super) async fn note(context: &RequestContext, request: &Request<'_>, status: u16) {
    let Some(NeededRequests(is_needed)) = request.rocket().state() else {
        return;
    };
    // Who works on a bench that is thrown away is an attack.
    if context.client == ClientKind::Lab || context.bench.is_thrown_away() {
        return;
    }
    // A page elsewhere must not do a step of a worksheet on the lab's own pages.
    if context.listener.site() == Site::Lab && context.foreign {
        return;
    }
    let path = path_of(context);
    let is_step = match context.known_address(&path).purpose {
        AddressPurpose::Action => true,
        AddressPurpose::File | AddressPurpose::Reading => false,
        // The lab asks for its own pages' sake. A poll of the portal that fails, or that somebody
        // types, is worth a note: the session may have ended.
        AddressPurpose::Poll => {
            context.listener.site() == Site::Portal
                && (context.client != ClientKind::Browser || status != 200)
        }
    };
    if !is_step {
        return;
    }
    let headers = request.headers();
    let noted = NotedRequest {
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
        what: EventKind::Request(Box::new(noted)),
    };
    if !is_needed(&event) {
        return;
    }
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
    // This look must not count as one of the portal's own.
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

/// One of the four words that browsers send; a client can write anything.
fn known_site(sent: &str) -> Option<String> {
    let known = ["none", "same-origin", "same-site", "cross-site"];
    known.contains(&sent).then(|| sent.to_owned())
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
    let sent = head.get("alg")?.as_str()?;
    let known = WORDS.iter().find(|word| word.eq_ignore_ascii_case(sent));
    Some(known.map_or("other", |word| *word).to_owned())
}

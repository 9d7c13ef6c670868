//! The context of a request: the bench and the variant it belongs to, and the request as it was
//! received.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rocket::Request;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::Redirect;
use serde::Serialize;

use super::known_addresses::{self, KnownAddress};
use super::problem::Problem;
use super::with_cookies::replace;
use crate::base::addresses::{Addresses, Listener};
use crate::base::clock::BenchTime;
use crate::base::event::ClientKind;
use crate::base::set_cookie::SetCookie;
use crate::defences::facts::{RequestFacts, Scheme};
use crate::defences::policy::{Name, PolicyProbe, Variant};
use crate::session::SessionId;
use crate::session::bench::{Bench, BenchKeys};
use crate::session::world::World;

/// What is known of a request once the router has let it in.
#[derive(Debug)]
pub struct RequestContext {
    /// The listener that it came in by.
    pub listener: Listener,
    /// Everybody's addresses.
    pub addresses: Arc<Addresses>,
    /// The `Host` header, as in `localhost:7443`.
    pub host: String,
    /// The name in it, in lower case.
    pub host_name: String,
    /// The port in it: the listener's own, or the café's.
    pub port: u16,
    /// Whether the request came through the café.
    pub through_cafe: bool,
    /// The method as received.
    pub method: Method,
    /// The target as received.
    pub target: String,
    pub bench: Arc<Bench>,
    /// The variant and its policy, on pages that have one.
    pub variant: Option<(Variant, PolicyProbe)>,
    /// Defences that the closure moved along with the one in the variant's name.
    pub moved: Vec<Name>,
    /// Whether the answer is to be JSON, errors included.
    pub json: bool,
    /// The bench's time on arrival.
    pub now: BenchTime,
    /// What kind of client seems to have sent it.
    pub client: ClientKind,
    /// Whether the browser says that a page of another origin caused it.
    pub foreign: bool,
    /// Its client's address.
    pub remote: Option<SocketAddr>,
    pub(super) notes: RequestNotes,
}

/// Who is signed in, as far as every page shows it.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: String,
    /// The session that says so.
    pub id: SessionId,
    /// The preference "large text".
    pub large_text: bool,
    /// What is left of the idle and of the absolute limit.
    pub time_left: (Option<Duration>, Option<Duration>),
}

/// What was typed into a form of the page's own site, for a page that says why it was of no use.
#[derive(Clone, Debug, Serialize)]
pub struct TypedForm {
    /// The page with the form, without bench and variant.
    pub page: &'static str,
    /// Its fields, without passwords and tokens.
    pub fields: Vec<(&'static str, String)>,
}

/// What guards, handlers and fairings leave with a request for each other.
#[derive(Debug, Default)]
pub(super) struct RequestNotes {
    nonce: OnceLock<String>,
    guard_cookies: Mutex<Vec<SetCookie>>,
    problem: Mutex<Option<Problem>>,
    user: OnceLock<String>,
    signed_in: OnceLock<SignedIn>,
    typed: OnceLock<TypedForm>,
    refused_by: OnceLock<Name>,
}

impl RequestContext {
    /// Moves the request into a variant, under the policy that the variant has on its bench.
    pub(super) fn enter_variant(&mut self, variant: Variant, json: bool) {
        let resolved = self.bench.resolve(variant);
        self.variant = Some((variant, PolicyProbe::new(resolved.policy)));
        self.moved = resolved.moved;
        self.json = json;
    }

    /// The context of a request that the router let in.
    pub fn of<'r>(request: &'r Request<'_>) -> Option<&'r RequestContext> {
        request.local_cache(|| None::<RequestContext>).as_ref()
    }

    /// How the request came in.
    pub fn scheme(&self) -> Scheme {
        self.addresses.scheme(self.listener)
    }

    /// Where the page's style sheets are, if not at its own origin: under a name that only this
    /// address is answered to.
    pub fn assets(&self) -> Option<String> {
        let names = self.addresses.names(self.listener);
        let at_home = self.through_cafe || names.contains(&self.host_name.as_str());
        (!at_home).then(|| self.addresses.origin(Listener::Lab))
    }

    /// The request's own origin, by the name and the port that it used.
    pub fn origin(&self) -> String {
        crate::base::addresses::origin(self.scheme(), &self.host_name, self.port)
    }

    /// The world of the request; `None` on pages without a variant.
    pub fn world(&self) -> Option<World<'_>> {
        let (variant, probe) = self.variant.as_ref()?;
        let (bench, variant) = (&*self.bench, *variant);
        Some(World {
            bench,
            variant,
            probe,
            now: self.now,
            client: self.client,
        })
    }

    /// The row of [`known_addresses`] for a path of this request's site or variant.
    pub(super) fn known_address(&self, path: &str) -> &'static KnownAddress {
        match self.variant {
            Some(_) => known_addresses::of_variant(path),
            None => known_addresses::of_site(self.listener.site(), path),
        }
    }

    /// The path that every page of this variant begins with, as in `/b/team-7/hardened`.
    pub fn base(&self) -> String {
        match &self.variant {
            Some((variant, _)) => format!("{}/{variant}", self.bench.name().prefix()),
            None => self.bench.name().prefix(),
        }
    }

    /// The random value that this page's own scripts carry.
    pub fn nonce(&self) -> &str {
        // Without random bytes the nonce is empty, and then no script runs at all.
        self.notes
            .nonce
            .get_or_init(|| BenchKeys::nonce().unwrap_or_default())
    }

    /// Notes whom the portal takes the request to be from. Only the first note counts.
    pub fn note_user(&self, user: &str) {
        let _ = self.notes.user.set(user.to_owned());
    }

    /// Whom the portal took the request to be from, if it asked.
    pub fn user(&self) -> Option<&str> {
        self.notes.user.get().map(String::as_str)
    }

    /// Notes who is signed in. Only the first note counts.
    pub fn note_signed_in(&self, signed_in: SignedIn) {
        let _ = self.notes.signed_in.set(signed_in);
    }

    /// Who is signed in, if the portal asked.
    pub fn signed_in(&self) -> Option<&SignedIn> {
        self.notes.signed_in.get()
    }

    /// Notes what was typed, so that no answer loses it. Only the first note counts.
    pub fn note_typed(&self, typed: TypedForm) {
        let _ = self.notes.typed.set(typed);
    }

    /// What was typed, where the request is a form of the site's own page.
    pub(super) fn typed(&self) -> Option<&TypedForm> {
        self.notes.typed.get()
    }

    /// Notes the defence that refused the request. Only the first note counts.
    pub fn note_refusal(&self, defence: Name) {
        let _ = self.notes.refused_by.set(defence);
    }

    /// The defence that refused the request, if one did.
    pub fn refused_by(&self) -> Option<Name> {
        self.notes.refused_by.get().copied()
    }

    /// Sends the visitor to another page of the same site, bench and variant.
    pub fn redirect(&self, path: &str) -> Redirect {
        Redirect::to(format!("{}{path}", self.base()))
    }

    /// Sets or removes a cookie on behalf of a guard, which has no answer. The cookie becomes part
    /// of whatever answer the request gets, unless the handler's own has a cookie of its name.
    ///
    /// A handler returns [`super::with_cookies::WithCookies`] instead.
    pub fn set_cookie_from_guard(&self, cookie: SetCookie) {
        replace(&mut lock(&self.notes.guard_cookies), cookie);
    }

    pub(super) fn take_guard_cookies(&self) -> Vec<SetCookie> {
        std::mem::take(&mut lock(&self.notes.guard_cookies))
    }

    /// Leaves a problem for the catcher, which a guard cannot answer with itself.
    pub fn leave(&self, problem: Problem) -> Status {
        let status = problem.status;
        *lock(&self.notes.problem) = Some(problem);
        status
    }

    /// Takes a problem back that a guard left, for a handler that can do without the guard.
    pub fn take_problem(&self) -> Option<Problem> {
        lock(&self.notes.problem).take()
    }

    /// What a check of the request's origin looks at; `own` is [`RequestContext::origin`].
    pub fn facts<'r>(&self, request: &'r Request<'_>, own: &'r str) -> RequestFacts<'r> {
        RequestFacts {
            unsafe_method: !matches!(
                request.method(),
                Method::Get | Method::Head | Method::Options | Method::Trace
            ),
            own_origin: own,
            origin: request.headers().get_one("origin"),
            fetch_site: request.headers().get_one("sec-fetch-site"),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the browser says that a page of another origin caused a request: an image, a frame, a script
/// or a link there. A page cannot write `Sec-Fetch-Site`. A link from the portal to the lab that
/// somebody clicks is no such cause: the browser says so in `Sec-Fetch-User`.
pub fn is_foreign(request: &Request<'_>) -> bool {
    let header = |name| request.headers().get_one(name);
    match header("sec-fetch-site") {
        None | Some("none" | "same-origin") => false,
        Some("same-site") => header("sec-fetch-user") != Some("?1"),
        Some(_) => true,
    }
}

/// What kind of client a request's headers name.
pub fn client_of(request: &Request<'_>) -> ClientKind {
    let agent = request.headers().get_one("user-agent").unwrap_or_default();
    if agent.starts_with(crate::client::AGENT) {
        ClientKind::Lab
    } else if agent.starts_with("curl/") || agent.contains(" curl/") {
        ClientKind::Curl
    } else if agent.contains("(compatible;") {
        // Programs that call themselves compatible with a browser. No browser has done so for years.
        ClientKind::Other
    } else if agent.contains("PowerShell/") {
        // As in "Mozilla/5.0 (Windows NT; …) WindowsPowerShell/5.1". No browser names it.
        ClientKind::PowerShell
    } else if agent.starts_with("Mozilla/") || request.headers().contains("sec-fetch-site") {
        ClientKind::Browser
    } else {
        ClientKind::Other
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r RequestContext {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match RequestContext::of(request) {
            Some(context) => Outcome::Success(context),
            None => Outcome::Error((Status::NotFound, ())),
        }
    }
}

/// A guard's failure, left for the catcher.
pub fn fail<T>(context: &RequestContext, problem: Problem) -> Outcome<T, ()> {
    Outcome::Error((context.leave(problem), ()))
}

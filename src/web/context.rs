//! A request's place: the bench and the variant it belongs to, and the request as it was received.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rocket::Request;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};

use super::problem::Problem;
use crate::base::addresses::{Addresses, Listener};
use crate::base::clock::BenchTime;
use crate::base::event::Client;
use crate::defences::facts::{RequestFacts, Scheme};
use crate::defences::policy::{Name, PolicyProbe, Variant};
use crate::session::bench::{Bench, BenchKeys};
use crate::session::world::World;

/// What is known of a request once the reception has let it in.
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
    /// The bench.
    pub bench: Arc<Bench>,
    /// The variant and its policy, on pages that have one.
    pub variant: Option<(Variant, PolicyProbe)>,
    /// Defences that the closure moved along with the one in the variant's name.
    pub moved: Vec<Name>,
    /// Whether the answer is to be JSON, errors included.
    pub json: bool,
    /// The bench's time on arrival.
    pub now: BenchTime,
    /// Who seems to have sent it.
    pub client: Client,
    /// Its client's address.
    pub remote: Option<SocketAddr>,
    nonce: OnceLock<String>,
    cookies: Mutex<Vec<String>>,
    headers: Mutex<Vec<(&'static str, String)>>,
    problem: Mutex<Option<Problem>>,
    user: OnceLock<String>,
    refused_by: OnceLock<&'static str>,
}

/// What the reception found out before there was a place.
pub(super) struct Arrival {
    pub listener: Listener,
    pub addresses: Arc<Addresses>,
    pub host: String,
    pub host_name: String,
    pub port: u16,
    pub through_cafe: bool,
    pub method: Method,
    pub target: String,
    pub bench: Arc<Bench>,
    pub client: Client,
    pub remote: Option<SocketAddr>,
}

impl RequestContext {
    pub(super) fn new(from: Arrival, variant: Option<Variant>, json: bool) -> Self {
        let resolved = variant.map(|variant| (variant, from.bench.resolve(variant)));
        let moved = resolved
            .as_ref()
            .map(|(_, found)| found.moved.clone())
            .unwrap_or_default();
        let now = from.bench.now();
        Self {
            listener: from.listener,
            addresses: from.addresses,
            host: from.host,
            host_name: from.host_name,
            port: from.port,
            through_cafe: from.through_cafe,
            method: from.method,
            target: from.target,
            bench: from.bench,
            variant: resolved.map(|(variant, found)| (variant, PolicyProbe::new(found.policy))),
            moved,
            json,
            now,
            client: from.client,
            remote: from.remote,
            nonce: OnceLock::new(),
            cookies: Mutex::default(),
            headers: Mutex::default(),
            problem: Mutex::default(),
            user: OnceLock::new(),
            refused_by: OnceLock::new(),
        }
    }

    /// The place of a request that the reception let in.
    pub fn of<'r>(request: &'r Request<'_>) -> Option<&'r RequestContext> {
        request.local_cache(|| None::<RequestContext>).as_ref()
    }

    /// How the request came in.
    pub fn scheme(&self) -> Scheme {
        self.listener.scheme()
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
        self.nonce
            .get_or_init(|| BenchKeys::nonce().unwrap_or_default())
    }

    /// Notes whom the portal takes the request to be from. Only the first note counts.
    pub fn note_user(&self, user: &str) {
        let _ = self.user.set(user.to_owned());
    }

    /// Whom the portal took the request to be from, if it asked.
    pub fn user(&self) -> Option<&str> {
        self.user.get().map(String::as_str)
    }

    /// Notes the defence that refused the request. Only the first note counts.
    pub fn note_refusal(&self, defence: &'static str) {
        let _ = self.refused_by.set(defence);
    }

    /// The defence that refused the request, if one did.
    pub fn refused_by(&self) -> Option<&'static str> {
        self.refused_by.get().copied()
    }

    /// Adds a `Set-Cookie` line to the answer, in place of an earlier one of the same name: two of
    /// one name in a response are forbidden (RFC 6265bis §4.1.1).
    pub fn set_cookie(&self, line: String) {
        let name_of = |line: &str| line.split('=').next().unwrap_or_default().to_owned();
        let name = name_of(&line);
        let mut cookies = lock(&self.cookies);
        cookies.retain(|earlier| name_of(earlier) != name);
        cookies.push(line);
    }

    /// Adds a header to the answer.
    pub fn set_header(&self, name: &'static str, value: impl Into<String>) {
        lock(&self.headers).push((name, value.into()));
    }

    pub(super) fn take_cookies(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.cookies))
    }

    pub(super) fn take_headers(&self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut lock(&self.headers))
    }

    /// Leaves a problem for the catcher, which a guard cannot answer with itself.
    pub fn leave(&self, problem: Problem) -> Status {
        let status = problem.status;
        *lock(&self.problem) = Some(problem);
        status
    }

    /// Takes a problem back that a guard left, for a handler that can do without the guard.
    pub fn take_problem(&self) -> Option<Problem> {
        lock(&self.problem).take()
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

/// Who a request's headers say it comes from.
pub fn client_of(request: &Request<'_>) -> Client {
    let agent = request.headers().get_one("user-agent").unwrap_or_default();
    if agent.starts_with(crate::client::AGENT) {
        Client::Lab
    } else if agent.starts_with("curl/") {
        Client::Curl
    } else if agent.starts_with("Mozilla/") || request.headers().contains("sec-fetch-site") {
        Client::Browser
    } else {
        Client::Other
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

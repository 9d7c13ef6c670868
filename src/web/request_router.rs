//! The reception: every request passes it before anything else looks at it.
//!
//! It checks the host, and on the lab's own pages the origin, then takes bench and variant off the
//! path and keeps them as the request's [`RequestContext`]. The rest of a portal address is routed as
//! `/portal/…`, so the handlers know nothing of variants. What it turns away is sent to a route of
//! its own, because a fairing cannot answer; the body of such a request is never read.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::Redirect;
use rocket::{Data, Either, Request, Route, get, routes};

use super::context::{Arrival, RequestContext, client_of};
use super::methods::overridden;
use super::path::{bench_of, go_to, split_first};
use super::problem::{More, Problem};
use super::server::Received;
use crate::base::addresses::{Addresses, AnsweredHost, Listener, Site};
use crate::defences::policy::Variant;
use crate::session::bench::{Benches, TooManyBenches};
use crate::storage::StorageError;

/// Pages of the portal that belong to no variant.
const WITHOUT_VARIANT: [&str; 7] = [
    "static",
    "healthz",
    "certificate",
    "certificate.pem",
    "inspect_headers",
    "same-site",
    "favicon.ico",
];

/// Routes of the portal that answer with JSON, errors included.
const JSON_ROUTES: [&str; 4] = ["/api/", "/jwt/", "/admin/", "/csrf-token"];

/// The fairing that every request of a site passes first.
#[derive(Clone, Debug)]
pub struct RequestRouter {
    /// Everybody's addresses.
    pub addresses: Arc<Addresses>,
    /// Every bench.
    pub benches: Arc<Benches>,
}

/// What a request that was turned away gets.
enum Rejection {
    Problem(Box<Problem>),
    Redirect(String),
}

/// Holds a [`Rejection`] until the route that answers with it takes it.
type Kept = Mutex<Option<Rejection>>;

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Rejection::Problem(Box::new(problem))
    }
}

/// The addresses of the lab, for pages of requests that have no place.
pub(super) fn addresses<'r>(request: &'r Request<'_>) -> Option<&'r Addresses> {
    request
        .rocket()
        .state::<RequestRouter>()
        .map(|request_router| &*request_router.addresses)
}

#[rocket::async_trait]
impl Fairing for RequestRouter {
    fn info(&self) -> Info {
        Info {
            name: "Reception",
            kind: Kind::Request,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        if let Err(turned) = self.receive(request, data).await {
            let kept: Kept = Mutex::new(Some(turned));
            request.local_cache(move || kept);
            request.set_method(Method::Get);
            request.set_uri(Origin::const_new("/turned-away", None));
        }
    }
}

impl RequestRouter {
    async fn receive(
        &self,
        request: &mut Request<'_>,
        data: &mut Data<'_>,
    ) -> Result<(), Rejection> {
        if !self.addresses.complete() {
            return Err(starting().into());
        }
        let received = Received::of(request).ok_or_else(no_connection)?;
        let (listener, through_cafe) = (received.listener, received.through_cafe);
        let (host, answered) = self.check_host(request, listener, through_cafe)?;
        let named = overridden(request, data).await;
        if named.is_some() {
            request.set_method(Method::Post);
        }
        let target = request.uri().to_string();
        let path = request.uri().path().as_str().to_owned();
        let (bench, rest) = bench_of(&path)?;
        let arrival = Arrival {
            listener,
            addresses: self.addresses.clone(),
            host,
            host_name: answered.name,
            port: answered.port,
            through_cafe,
            method: request.method(),
            target,
            client: client_of(request),
            remote: request.remote(),
            bench: match self.benches.find(&bench).await {
                Ok(bench) => bench,
                Err(error) => return Err(too_many(&error).into()),
            },
        };
        let refreshed = match settings_for(listener, rest) {
            Settings::UpToDate => arrival.bench.refresh().await,
            // Without a store the page lacks the student's name, and no more.
            Settings::AsKnown if !arrival.bench.is_known() => {
                arrival.bench.refresh().await.or(Ok(()))
            }
            Settings::AsKnown | Settings::None => Ok(()),
        };
        // What is turned away has a place, too: its page or its JSON belongs to a bench.
        let refreshed = refreshed.map_err(store_is_down);
        match listener.site() {
            Site::Lab | Site::Attacker => {
                let own = self.addresses.origin_as(listener, &arrival.host_name);
                let catches = catches(listener, rest);
                go_to(request, "", rest);
                let context = RequestContext::new(arrival, None, false);
                request.local_cache(move || Some(context));
                refreshed?;
                if catches {
                    Ok(())
                } else {
                    check_origin(request, &own)
                }
            }
            Site::Portal => {
                self.enter_portal(request, named, rest, arrival)?;
                refreshed
            }
        }
    }

    /// The `Host` header and what it asks for, if there is one header and this listener answers to it
    /// (DNS rebinding: a foreign name that points here must not be served).
    fn check_host(
        &self,
        request: &Request<'_>,
        listener: Listener,
        through_cafe: bool,
    ) -> Result<(String, AnsweredHost), Rejection> {
        let mut hosts = request.headers().get("host");
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            let because = "A request needs one Host header, not none and not two.";
            return Err(Problem::bad_request(because, "Send one Host header.").into());
        };
        match self.addresses.answered(listener, host, through_cafe) {
            Some(answered) => Ok((host.to_owned(), answered)),
            None => {
                let because = format!("This listener does not answer to the name {host}.");
                let next = "Use one of the addresses below.";
                let status = Status::MisdirectedRequest;
                let mut problem = Problem::new(status, "Another address", because, next);
                let asked = host.to_owned();
                problem.more = Box::new(More::RightAddresses { asked, listener });
                Err(problem.into())
            }
        }
    }

    fn enter_portal(
        &self,
        request: &mut Request<'_>,
        named: Option<Method>,
        rest: &str,
        arrival: Arrival,
    ) -> Result<(), Rejection> {
        let (first, inner) = split_first(rest);
        if first.is_empty() {
            return Err(Rejection::Redirect(
                self.addresses.lab_page(arrival.bench.name(), "/"),
            ));
        }
        if WITHOUT_VARIANT.contains(&first) {
            go_to(request, "", rest);
            let context = RequestContext::new(arrival, None, false);
            request.local_cache(move || Some(context));
            return Ok(());
        }
        let Ok(variant) = first.parse::<Variant>() else {
            let problem = Problem::unknown_variant(first);
            // The variants that the page lists are those of this bench.
            let context = RequestContext::new(arrival, None, false);
            request.local_cache(move || Some(context));
            return Err(problem.into());
        };
        // Who sends JSON gets JSON, errors included.
        let sends_json = request.content_type().is_some_and(|found| found.is_json());
        let in_api = JSON_ROUTES.iter().any(|route| inner.starts_with(route));
        // `/jwt/` itself is a page for people.
        let json = sends_json || (in_api && inner != "/jwt/");
        go_to(request, "/portal", inner);

        let context = RequestContext::new(arrival, Some(variant), json);
        let mut turned = None;
        if let Some((_, probe)) = &context.variant {
            if !probe.transport().answers(context.scheme()) {
                context.note_refusal("transport");
                turned = Some(self.only_over_tls(&context));
            } else if let Some(method) = named
                && probe.safe_methods().honours_override()
            {
                request.set_method(method);
            }
        }
        request.local_cache(move || Some(context));
        turned.map_or(Ok(()), Err)
    }

    /// Pages are sent on to https. The JSON API refuses: a program would follow the redirect, and
    /// its user would never notice that his secret went in clear first.
    fn only_over_tls(&self, context: &RequestContext) -> Rejection {
        // The café takes both on one port.
        let port = if context.through_cafe {
            Some(context.port)
        } else {
            self.addresses.port(Listener::PortalHttps)
        };
        let port = port.unwrap_or_default();
        let scheme = Listener::PortalHttps.scheme();
        let origin = crate::base::addresses::origin(scheme, &context.host_name, port);
        if !context.json {
            return Rejection::Redirect(format!("{origin}{}", context.target));
        }
        let because = "The API is answered over TLS only. What you sent went in clear.";
        let next =
            format!("Send the request to {origin}, and treat what you sent as known to others.");
        let mut problem = Problem::new(Status::Forbidden, "Not over plain http", because, next);
        problem.defence = Some("transport");
        problem.into()
    }
}

/// On the lab's own pages everything but reading needs the pages' own origin, so that a script on the
/// portal's notice board can change nothing here. The attacker guards his loot in the same way.
fn check_origin(request: &Request<'_>, own: &str) -> Result<(), Rejection> {
    let reads = matches!(request.method(), Method::Get | Method::Head);
    if reads || request.headers().get("origin").eq([own]) {
        return Ok(());
    }
    let because = format!("A change on these pages must come from {own} itself.");
    let next = format!("Use the page. With curl, add -H 'Origin: {own}'.");
    Err(Problem::new(Status::Forbidden, "Not from here", because, next).into())
}

/// What a page needs of the settings of its bench. One that obeys none of them is answered while the
/// store is away, and does not wait for it.
enum Settings {
    /// The clock, the policy.
    UpToDate,
    /// The student's name below the page.
    AsKnown,
    /// Nothing.
    None,
}

fn settings_for(listener: Listener, path: &str) -> Settings {
    match split_first(path).0 {
        "static" | "healthz" | "favicon.ico" | "certificate.pem" => Settings::None,
        first if listener.site() == Site::Portal && WITHOUT_VARIANT.contains(&first) => {
            Settings::AsKnown
        }
        _ => Settings::UpToDate,
    }
}

/// Whether the attacker's request catcher lies at this path: it takes whatever comes from anywhere.
fn catches(listener: Listener, path: &str) -> bool {
    listener.site() == Site::Attacker && split_first(path).0 == "collect"
}

/// Every request comes over a connection of the lab's own server.
fn no_connection() -> Problem {
    Problem::bad_request(
        "The request came over no connection.",
        "Use the lab's addresses.",
    )
}

fn starting() -> Problem {
    let because = "The lab is still starting.";
    Problem::new(
        Status::ServiceUnavailable,
        "One moment",
        because,
        "Load the page again.",
    )
}

fn store_is_down(error: StorageError) -> Rejection {
    Problem::from(error).into()
}

fn too_many(error: &TooManyBenches) -> Problem {
    let next = "Use a bench that exists already.";
    Problem::new(
        Status::ServiceUnavailable,
        "Too many benches",
        error.to_string(),
        next,
    )
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Rejection {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let kept = request.local_cache(|| Kept::new(None));
        match kept.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(turned) => Outcome::Success(turned),
            None => Outcome::Forward(Status::NotFound),
        }
    }
}

#[get("/turned-away")]
fn turned_away(turned: Rejection) -> Either<Problem, Redirect> {
    match turned {
        Rejection::Problem(problem) => Either::Left(*problem),
        Rejection::Redirect(to) => Either::Right(Redirect::to(to)),
    }
}

/// The route that answers what the reception turned away.
pub fn routes() -> Vec<Route> {
    routes![turned_away]
}

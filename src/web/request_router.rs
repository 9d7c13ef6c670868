//! The router: every request passes it before anything else looks at it.
//!
//! It checks the host, and on the lab's own pages the origin. Then it takes bench and variant off
//! the path and keeps them as the request's [`RequestContext`]. The rest of a portal address is
//! routed as `/portal/…`, so the handlers know nothing of variants. A request that it rejects is
//! sent to its own route, because a fairing cannot answer. No handler reads the body of
//! such a request.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::Redirect;
use rocket::{Data, Either, Request, Route, get, routes};

use super::bench_control;
use super::context::{RequestContext, RequestNotes, client_of, is_foreign};
use super::known_addresses::{self, ErrorFormat, SettingsNeeded};
use super::methods::overridden;
use super::path::{bench_of, go_to, split_first};
use super::problem::{Problem, ProblemDetail};
use super::server::Received;
use crate::base::addresses::{Addresses, AnsweredHost, Listener, Site};
use crate::defences::policy::{Name, Variant};
use crate::session::bench::{Bench, Benches, TooManyBenches};
use crate::storage::StorageError;

/// The fairing that every request of a site passes first.
#[derive(Clone, Debug)]
pub struct RequestRouter {
    /// Everybody's addresses.
    pub addresses: Arc<Addresses>,
    /// Every bench.
    pub benches: Arc<Benches>,
}

/// What a request gets instead of its handler's answer.
enum Rejection {
    Problem(Box<Problem>),
    Redirect(String),
}

/// Holds a [`Rejection`] until the route that answers with it takes it.
type PendingRejection = Mutex<Option<Rejection>>;

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Rejection::Problem(Box::new(problem))
    }
}

/// The addresses of the lab, for pages of requests that have no context.
pub(super) fn addresses<'r>(request: &'r Request<'_>) -> Option<&'r Addresses> {
    request
        .rocket()
        .state::<RequestRouter>()
        .map(|router| &*router.addresses)
}

#[rocket::async_trait]
impl Fairing for RequestRouter {
    fn info(&self) -> Info {
        Info {
            name: "RequestRouter",
            kind: Kind::Request,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        if let Err(rejection) = self.admit(request, data).await {
            let pending: PendingRejection = Mutex::new(Some(rejection));
            request.local_cache(move || pending);
            request.set_method(Method::Get);
            request.set_uri(Origin::const_new("/rejected", None));
        }
    }
}

impl RequestRouter {
    async fn admit(&self, request: &mut Request<'_>, data: &mut Data<'_>) -> Result<(), Rejection> {
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
        if self.addresses.is_class() {
            let exists = self.benches.exists(&bench).await.map_err(store_is_down)?;
            if !exists {
                return Err(bench_control::no_such_bench(&self.addresses).into());
            }
        }
        let bench = self.benches.find(&bench).await;
        let bench = bench.map_err(|error| too_many(&error))?;
        let address = known_addresses::of_site(listener.site(), rest);
        // A request that is rejected also has a context: its page or its JSON belongs to a bench.
        let refreshed = refresh(&bench, address.settings).await;
        let context = RequestContext {
            listener,
            addresses: self.addresses.clone(),
            host,
            host_name: answered.name,
            port: answered.port,
            through_cafe,
            method: request.method(),
            target,
            now: bench.now(),
            bench,
            variant: None,
            moved: Vec::new(),
            json: false,
            client: client_of(request),
            foreign: is_foreign(request),
            remote: request.remote(),
            notes: RequestNotes::default(),
        };
        let entered = match listener.site() {
            Site::Lab | Site::Attacker => {
                let own = self.addresses.origin_as(listener, &context.host_name);
                let mut entered = Ok(());
                if !address.any_origin {
                    entered = check_origin(request, &own);
                }
                if entered.is_ok() && listener.site() == Site::Lab && !address.needs_no_control {
                    entered = self.check_control(request, &context, rest).await;
                }
                go_to(request, "", rest);
                keep(request, context);
                entered
            }
            Site::Portal => self.enter_portal(request, named, rest, context),
        };
        entered.and(refreshed)
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
        let by_name = self.addresses.answered(listener, host, through_cafe);
        let answered = by_name.or_else(|| {
            let known = known_addresses::of_site(listener.site(), request.uri().path().as_str());
            let reads = matches!(request.method(), Method::Get | Method::Head);
            let here = known.at_loopback && reads && !through_cafe;
            here.then(|| self.addresses.answered_at_loopback(listener, host))?
        });
        match answered {
            Some(answered) => Ok((host.to_owned(), answered)),
            None => {
                let because = format!("This listener does not answer to the name {host}.");
                let next = "Use one of the addresses below.";
                let status = Status::MisdirectedRequest;
                let mut problem = Problem::new(status, "Wrong host name", because, next);
                let asked = host.to_owned();
                problem.detail = Box::new(ProblemDetail::RightAddresses { asked, listener });
                Err(problem.into())
            }
        }
    }

    /// In a class the lab's own pages of a bench are for its owner. A browser without a bench is led to
    /// the page on which it gets one.
    async fn check_control(
        &self,
        request: &Request<'_>,
        context: &RequestContext,
        rest: &str,
    ) -> Result<(), Rejection> {
        let checked = bench_control::check(request, context, self.benches.owners()).await;
        let is_front_page = context.bench.name().is_local() && rest == "/";
        checked.map_err(|problem| match *problem.detail {
            ProblemDetail::Bench { again: None, .. }
                if is_front_page && request.method() == Method::Get =>
            {
                Rejection::Redirect(bench_control::join_page(&self.addresses))
            }
            _ => problem.into(),
        })
    }

    fn enter_portal(
        &self,
        request: &mut Request<'_>,
        named: Option<Method>,
        rest: &str,
        mut context: RequestContext,
    ) -> Result<(), Rejection> {
        let (first, inner) = split_first(rest);
        if first.is_empty() {
            let front_page = self.addresses.lab_page(context.bench.name(), "/");
            return Err(Rejection::Redirect(front_page));
        }
        if known_addresses::is_outside_variants(rest) {
            go_to(request, "", rest);
            keep(request, context);
            return Ok(());
        }
        let Ok(variant) = first.parse::<Variant>() else {
            let problem = Problem::unknown_variant(first);
            // The variants that the page lists are those of this bench.
            keep(request, context);
            return Err(problem.into());
        };
        // A client that sends JSON gets JSON, errors included.
        let sends_json = request.content_type().is_some_and(|found| found.is_json());
        let errors = known_addresses::of_variant(inner).errors;
        context.enter_variant(variant, sends_json || errors == ErrorFormat::Json);
        go_to(request, "/portal", inner);

        let mut rejection = None;
        if let Some((_, probe)) = &context.variant {
            if !probe.transport().answers(context.scheme()) {
                context.note_refusal(Name::Transport);
                rejection = Some(self.only_over_tls(&context));
            } else if let Some(method) = named
                && probe.safe_methods().honours_override()
            {
                request.set_method(method);
            }
        }
        keep(request, context);
        rejection.map_or(Ok(()), Err)
    }

    /// Redirects pages to https. The JSON API refuses: a program would follow the redirect, and its
    /// user would never notice that the secret was first sent unencrypted.
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
        let because = "The API is answered over TLS only. What you sent was unencrypted.";
        let next =
            format!("Send the request to {origin}, and treat what you sent as known to others.");
        let mut problem = Problem::new(Status::Forbidden, "Not over plain http", because, next);
        problem.defence = Some(Name::Transport);
        problem.into()
    }
}

/// On the lab's own pages everything but reading needs the pages' own origin, so that a script on the
/// portal's notice board can change nothing here. The attacker's loot is guarded in the same way.
fn check_origin(request: &Request<'_>, own: &str) -> Result<(), Rejection> {
    let reads = matches!(request.method(), Method::Get | Method::Head);
    if reads || request.headers().get("origin").eq([own]) {
        return Ok(());
    }
    let because = format!("A change on these pages must come from {own} itself.");
    let next = format!("Use the page. With curl, add -H 'Origin: {own}'.");
    Err(Problem::new(
        Status::Forbidden,
        "Cross-origin request refused",
        because,
        next,
    )
    .into())
}

/// Reads the settings of a bench again, as far as the address needs them.
async fn refresh(bench: &Bench, needed: SettingsNeeded) -> Result<(), Rejection> {
    match needed {
        SettingsNeeded::UpToDate => bench.refresh().await.map_err(store_is_down),
        SettingsNeeded::AsKnown => {
            if !bench.is_known() {
                // Without a store the page lacks the student's name, and no more.
                let _ = bench.refresh().await;
            }
            Ok(())
        }
        SettingsNeeded::Unused => Ok(()),
    }
}

fn keep(request: &Request<'_>, context: RequestContext) {
    request.local_cache(move || Some(context));
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
        let pending = request.local_cache(|| PendingRejection::new(None));
        let mut pending = pending.lock().unwrap_or_else(PoisonError::into_inner);
        match pending.take() {
            Some(rejection) => Outcome::Success(rejection),
            None => Outcome::Forward(Status::NotFound),
        }
    }
}

#[get("/rejected")]
fn rejected(rejection: Rejection) -> Either<Problem, Redirect> {
    match rejection {
        Rejection::Problem(problem) => Either::Left(*problem),
        Rejection::Redirect(to) => Either::Right(Redirect::to(to)),
    }
}

/// The route that answers the requests that the router rejected.
pub fn routes() -> Vec<Route> {
    routes![rejected]
}

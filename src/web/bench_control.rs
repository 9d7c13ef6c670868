//! Who may use the lab's own pages of a bench in a class: a browser or a terminal that holds its secret.
//!
//! On a student's own computer nobody is asked. In a class each request to these pages needs the cookie of its
//! bench. The cookie carries the bench in its name, so one browser can hold those of several benches. What
//! its attributes do:
//!
//! - `__Host-`: only this host can set it, for all of its paths, over TLS. The sibling of the portal, which
//!   the attacker controls, cannot plant one.
//! - `Secure`, `HttpOnly`: it is sent over TLS only, and no script reads it.
//! - `SameSite=Strict`: no page of another site can use it. The portal is such a page where it is read
//!   unencrypted, so a link from there arrives without the cookie: `check` has the browser ask again.
//!
//! The host is never the portal's. Cookies ignore ports, and the insecure portal leaks what it is sent.
//! Read `session::bench::owners` first.

use rocket::Request;
use rocket::http::{Method, Status};

use super::context::RequestContext;
use super::problem::{Problem, ProblemDetail};
use crate::base::addresses::Addresses;
use crate::base::bench_name::BenchName;
use crate::base::set_cookie::SetCookie;
use crate::session::bench::is_run_of_this_process;
use crate::session::bench::owners::{BenchOwners, ControlSecret, Judged};
use crate::session::cookie;

/// For how long a browser keeps the cookie whose owner asked for that: half a year, a course.
const STAYS: &str = "Max-Age=15552000";

/// The page on which a bench is made.
pub const JOIN: &str = "/join";

/// The name of the cookie that controls a bench.
pub fn cookie_name(bench: &BenchName) -> String {
    format!("__Host-control_{bench}")
}

/// The cookie that controls a bench. One that does not stay ends with the browser.
pub fn control_cookie(bench: &BenchName, secret: &ControlSecret, stays: bool) -> SetCookie {
    let mut attributes = ATTRIBUTES.to_vec();
    attributes.extend(stays.then_some(STAYS));
    SetCookie::new(&cookie_name(bench), secret.expose(), &attributes)
}

/// Takes the cookie that controls a bench out of the browser.
pub fn no_control_cookie(bench: &BenchName) -> SetCookie {
    let attributes = [&ATTRIBUTES[..], &["Max-Age=0"]].concat();
    SetCookie::new(&cookie_name(bench), "", &attributes)
}

const ATTRIBUTES: [&str; 4] = ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"];

/// The secret that a request brings for its bench: one, or none where it brings several.
pub fn secret_of<'r>(request: &'r Request<'_>, bench: &BenchName) -> Option<&'r str> {
    let values = cookie::values(request.headers().get("cookie"), &cookie_name(bench));
    match values[..] {
        [secret] => Some(secret),
        _ => None,
    }
}

/// Whether a request may use a page of the lab that asks for control.
pub(super) async fn check(
    request: &Request<'_>,
    context: &RequestContext,
    owners: &BenchOwners,
) -> Result<(), Problem> {
    let bench = context.bench.name();
    if !context.addresses.is_class() || is_run_of_this_process(bench) {
        return Ok(());
    }
    let Some(secret) = secret_of(request, bench) else {
        return Err(no_secret(request, context));
    };
    match owners.judge(bench, secret).await? {
        Judged::Right(()) => Ok(()),
        Judged::Wrong => Err(wrong_secret(context)),
        Judged::OneOfManyWrong => Err(too_many_wrong()),
    }
}

/// The answer to a value that is wrong as many others were.
pub fn too_many_wrong() -> Problem {
    let mut problem = Problem::new(
        Status::TooManyRequests,
        "Too many wrong keys",
        "This key is wrong, as many others were in this minute. Somebody guesses.",
        "Wait for a minute. A key that is right works also now.",
    );
    problem.retry_after = Some(60);
    problem
}

/// 404: a class has no bench of that name.
pub(super) fn no_such_bench(addresses: &Addresses) -> Problem {
    let mut problem = Problem::new(
        Status::NotFound,
        "There is no such bench",
        "No bench of this class has the name in this address.",
        "Use the address that the lab gave you, or make a bench on the page below.",
    );
    problem.detail = Box::new(ProblemDetail::Bench {
        join: join_page(addresses),
        again: None,
    });
    problem
}

/// The address of a link to a bench that works once.
pub fn link_to(addresses: &Addresses, bench: &BenchName, key: &ControlSecret) -> String {
    addresses.lab_page(bench, &format!("/open?key={}", key.expose()))
}

/// The address of the page on which a bench is made.
pub fn join_page(addresses: &Addresses) -> String {
    addresses.lab_page(&BenchName::local(), JOIN)
}

fn no_secret(request: &Request<'_>, context: &RequestContext) -> Problem {
    let addresses = &context.addresses;
    let header = |name| request.headers().get_one(name);
    let was_kept_back = matches!(header("sec-fetch-site"), Some("cross-site" | "same-site"))
        && header("sec-fetch-mode") == Some("navigate")
        && request.method() == Method::Get;
    let again = was_kept_back.then(|| format!("{}{}", context.origin(), context.target));
    let (because, next) = match again {
        Some(_) => (
            "You came from another site, and from there your browser does not send the key of a \
             bench (SameSite=Strict).",
            "Your browser asks again. If it does not, use the first link below.",
        ),
        None => (
            "This page belongs to one bench, and your browser has no key of that bench.",
            "Open the link that you got for it, or make one on the page below.",
        ),
    };
    refused(addresses, because, next, again)
}

fn wrong_secret(context: &RequestContext) -> Problem {
    refused(
        &context.addresses,
        "The key that your browser has of this bench is no longer accepted: somebody made a new link \
         to the bench and ended the keys of before.",
        "Open the new link. If you have none, the teacher can make one.",
        None,
    )
}

fn refused(addresses: &Addresses, because: &str, next: &str, again: Option<String>) -> Problem {
    let mut problem = Problem::new(Status::Forbidden, "This bench has an owner", because, next);
    problem.detail = Box::new(ProblemDetail::Bench {
        join: join_page(addresses),
        again,
    });
    problem
}

//! The probe: sets the five cookies, notes which of them arrive, and takes them away again.
//!
//! The cookies are limited to these addresses, so nothing else of the lab ever sees them.

use rocket::http::{ContentType, Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::Redirect;
use rocket::{Either, Route, State, get, post, routes};

use super::measured::{MeasuredTables, Sent};
use super::{Initiator, Probe, Step, Way};
use crate::base::addresses::BESIDE_SIBLING;
use crate::base::event::Client;
use crate::session::cookie;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::reply::Reply;

/// How old a cookie without SameSite may be for Chromium to send it with a form that another site
/// posts, in seconds (RFC 6265bis §5.6.7.2).
pub const EXCEPTION: u64 = 120;

/// How long the cookies live, in seconds: long enough for the row that waits.
pub const LIFETIME: u64 = 1800;

/// The smallest image.
const DOT: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#;

/// What is shown in the frame.
const FRAMED: &str =
    "<!doctype html>\n<html lang=\"en\">\n<title>Arrived</title>\n<p>Arrived.</p>\n</html>\n";

/// The headers that the probe looks at.
struct Headers<'r> {
    cookies: Vec<&'r str>,
    fetch_site: Option<&'r str>,
    fetch_dest: Option<&'r str>,
    agent: &'r str,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Headers<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let headers = request.headers();
        Outcome::Success(Self {
            cookies: headers.get("cookie").collect(),
            fetch_site: headers.get_one("sec-fetch-site"),
            fetch_dest: headers.get_one("sec-fetch-dest"),
            agent: headers.get_one("user-agent").unwrap_or_default(),
        })
    }
}

/// Sets the cookies with values that they never had, and goes on to a step.
#[get("/same-site/set?<step>&<once>")]
fn set(
    context: &RequestContext,
    tables: &State<MeasuredTables>,
    step: Option<u8>,
    once: Option<&str>,
) -> Result<Redirect, Reply> {
    let step = known(step)?;
    let once = once == Some("1");
    at_home(context)?;
    let measured = tables.of(context.bench.name());
    let times = measured.set();
    if !once {
        measured.clear();
    }
    // Setting the same value again would not make a cookie younger.
    let value = format!("{}-{times}", context.now.millis());
    for probe in Probe::ALL {
        let age = format!("; Max-Age={LIFETIME}");
        context.set_cookie(line(context, probe, &value, &age));
    }
    let bench = context.bench.name();
    Ok(Redirect::to(step.address(&context.addresses, bench, once)))
}

/// Takes the cookies away.
#[get("/same-site/clean")]
fn clean(context: &RequestContext, tables: &State<MeasuredTables>) -> Result<Redirect, Reply> {
    at_home(context)?;
    for probe in Probe::ALL {
        context.set_cookie(line(context, probe, "", "; Max-Age=0"));
    }
    tables.of(context.bench.name()).forget_cookies();
    let lab = &context.addresses;
    Ok(Redirect::to(
        lab.lab_page(context.bench.name(), "/same-site"),
    ))
}

fn line(context: &RequestContext, probe: Probe, value: &str, age: &str) -> String {
    let bench = context.bench.name();
    let (name, prefix) = (probe.name(bench), bench.prefix());
    let attributes = probe.attributes();
    format!("{name}={value}; Path={prefix}/same-site{age}; HttpOnly{attributes}")
}

type Arrived = Either<Redirect, (ContentType, &'static str)>;

#[get("/same-site/arrive?<step>&<how>&<once>")]
fn arrive(
    context: &RequestContext,
    tables: &State<MeasuredTables>,
    headers: Headers<'_>,
    step: Option<u8>,
    how: Option<&str>,
    once: Option<&str>,
) -> Result<Arrived, Reply> {
    let step = known(step)?;
    let how = how.and_then(Way::parse);
    let way = how.filter(|way| step.ways().contains(way));
    let way = way.ok_or_else(|| not_counted("This step asks in no such way."))?;
    at_home(context)?;
    let framing: Vec<_> = Initiator::ALL
        .iter()
        .map(|initiator| initiator.origin(&context.addresses))
        .collect();
    let framing = format!("default-src 'none'; frame-ancestors {}", framing.join(" "));
    context.set_header("content-security-policy", framing);
    note(context, tables, &headers, step.initiator(), way)?;
    Ok(match way {
        Way::Iframe => Either::Right((ContentType::HTML, FRAMED)),
        Way::Image => Either::Right((ContentType::SVG, DOT)),
        Way::Fetch => Either::Right((ContentType::JSON, "{}")),
        _ => {
            let once = once == Some("1");
            let bench = context.bench.name();
            Either::Left(Redirect::to(step.after(&context.addresses, bench, once)))
        }
    })
}

#[post("/same-site/arrive?<step>&<how>&<once>")]
fn arrive_by_post(
    context: &RequestContext,
    tables: &State<MeasuredTables>,
    headers: Headers<'_>,
    step: Option<u8>,
    how: Option<&str>,
    once: Option<&str>,
) -> Result<Arrived, Reply> {
    arrive(context, tables, headers, step, how, once)
}

/// Writes a request into the table, if it is what it claims to be.
fn note(
    context: &RequestContext,
    tables: &MeasuredTables,
    headers: &Headers<'_>,
    from: Initiator,
    way: Way,
) -> Result<(), Reply> {
    if context.client != Client::Browser {
        let who = match context.client {
            Client::Curl => "This was typed with curl, which knows",
            _ => "This came from a program that is no browser, which knows",
        };
        let because = format!("{who} nothing of SameSite, so it proves nothing about a browser.");
        return Err(not_counted(because));
    }
    let site = headers.fetch_site.map(|said| claimed(said, from, way));
    let wrong_dest = headers
        .fetch_dest
        .is_some_and(|said| said != way.fetch_dest());
    if site == Some(None) || wrong_dest {
        let said = headers.fetch_site.unwrap_or("nothing");
        let because = format!(
            "By what the browser says (Sec-Fetch-Site: {said}) this request was not made by the page \
             of that step."
        );
        return Err(not_counted(because));
    }
    if context.method != way.method() {
        let expected: Method = way.method();
        return Err(not_counted(format!("This step asks with {expected}.")));
    }
    let measured = tables.of(context.bench.name());
    let age = measured.age().filter(|age| age.as_secs() < LIFETIME);
    let age = age.ok_or_else(|| not_counted("The cookies were not set, or are gone by now."))?;
    if way != Way::LatePostForm && age.as_secs() >= EXCEPTION {
        return Err(not_counted(
            "The cookies are older than two minutes by now.",
        ));
    }
    let came = |probe: Probe| {
        let name = probe.name(context.bench.name());
        !cookie::values(headers.cookies.iter().copied(), &name).is_empty()
    };
    let sent = Sent {
        cookies: Probe::ALL.map(came),
        fetch_site: site.flatten(),
        age,
    };
    measured.record(from, way, headers.agent, sent);
    Ok(())
}

/// What the browser says in `Sec-Fetch-Site`, if that fits a request from there in this way. After a
/// redirect from one host of a site to another Firefox 153 says `cross-site`.
fn claimed(said: &str, from: Initiator, way: Way) -> Option<&'static str> {
    let cross_site = Initiator::CrossSite.fetch_site();
    if said == from.fetch_site() {
        Some(from.fetch_site())
    } else {
        (way == Way::Redirect && said == cross_site).then_some(cross_site)
    }
}

/// The cookies belong to one host. Under another name nothing is measured.
fn at_home(context: &RequestContext) -> Result<(), Reply> {
    if context.host_name == BESIDE_SIBLING {
        return Ok(());
    }
    let because = format!("The probe cookies belong to {BESIDE_SIBLING}, this is another host.");
    Err(not_counted(because))
}

pub(super) fn known(step: Option<u8>) -> Result<Step, Reply> {
    let found = step.and_then(Step::parse);
    found.ok_or_else(|| not_counted("There is no such step."))
}

fn not_counted(because: impl Into<String>) -> Reply {
    let next = "Start from the lab's page /same-site, in a browser.";
    Problem::new(Status::BadRequest, "Not counted", because, next).into()
}

pub(super) fn routes() -> Vec<Route> {
    routes![set, clean, arrive, arrive_by_post]
}

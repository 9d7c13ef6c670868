//! The test cookies: sets the five, notes which of them arrive, and removes them again.
//!
//! The cookies are limited to these addresses, so nothing else of the lab ever sees them.

use rocket::http::{ContentType, Header, Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::Redirect;
use rocket::{Either, Route, State, get, post, routes};

use super::measured::{MeasuredTables, SentCookies};
use super::{Initiator, TestCookie, WalkStep, Way};
use crate::base::event::ClientKind;
use crate::base::set_cookie::SetCookie;
use crate::session::cookie;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::with_cookies::{WithCookies, WithHeaders};

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

/// The headers of a request that arrives.
struct ArrivedHeaders<'r> {
    cookies: Vec<&'r str>,
    fetch_site: Option<&'r str>,
    fetch_dest: Option<&'r str>,
    agent: &'r str,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ArrivedHeaders<'r> {
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
) -> Result<WithCookies<Redirect>, Problem> {
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
    let cookies =
        TestCookie::ALL.map(|test_cookie| cookie_line(context, test_cookie, &value, LIFETIME));
    let bench = context.bench.name();
    let redirect = Redirect::to(step.address(&context.addresses, bench, once));
    Ok(WithCookies::new(redirect, cookies))
}

/// Removes the cookies.
#[get("/same-site/clean")]
fn clean(
    context: &RequestContext,
    tables: &State<MeasuredTables>,
) -> Result<WithCookies<Redirect>, Problem> {
    at_home(context)?;
    let removed = TestCookie::ALL.map(|test_cookie| cookie_line(context, test_cookie, "", 0));
    tables.of(context.bench.name()).forget_cookies();
    let lab = &context.addresses;
    let redirect = Redirect::to(lab.lab_page(context.bench.name(), "/same-site"));
    Ok(WithCookies::new(redirect, removed))
}

fn cookie_line(
    context: &RequestContext,
    test_cookie: TestCookie,
    value: &str,
    max_age: u64,
) -> SetCookie {
    let bench = context.bench.name();
    let path = format!("Path={}/same-site", bench.prefix());
    let max_age = format!("Max-Age={max_age}");
    let mut attributes = vec![path.as_str(), &max_age, "HttpOnly"];
    attributes.extend(test_cookie.attributes());
    SetCookie::new(&test_cookie.name(bench), value, &attributes)
}

/// How a request that arrives is answered: with the next page of the walk, or the smallest file of the kind that was
/// asked for. A refusal is also shown in the frame, so both carry the policy that allows it.
type ArrivalAnswer = WithHeaders<Result<Either<Redirect, (ContentType, &'static str)>, Problem>>;

#[get("/same-site/arrive?<step>&<how>&<once>")]
fn arrive(
    context: &RequestContext,
    tables: &State<MeasuredTables>,
    headers: ArrivedHeaders<'_>,
    step: Option<u8>,
    how: Option<&str>,
    once: Option<&str>,
) -> Result<ArrivalAnswer, Problem> {
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
    let framing = Header::new("content-security-policy", framing);
    let noted = note(context, tables, &headers, step.initiator(), way);
    let answer = noted.map(|()| match way {
        Way::Iframe => Either::Right((ContentType::HTML, FRAMED)),
        Way::Image => Either::Right((ContentType::SVG, DOT)),
        Way::Fetch => Either::Right((ContentType::JSON, "{}")),
        _ => {
            let once = once == Some("1");
            let bench = context.bench.name();
            Either::Left(Redirect::to(step.after(&context.addresses, bench, once)))
        }
    });
    Ok(WithHeaders::new(answer, [framing]))
}

#[post("/same-site/arrive?<step>&<how>&<once>")]
fn arrive_by_post(
    context: &RequestContext,
    tables: &State<MeasuredTables>,
    headers: ArrivedHeaders<'_>,
    step: Option<u8>,
    how: Option<&str>,
    once: Option<&str>,
) -> Result<ArrivalAnswer, Problem> {
    arrive(context, tables, headers, step, how, once)
}

/// Writes a request into the table, if it is what it claims to be.
fn note(
    context: &RequestContext,
    tables: &MeasuredTables,
    headers: &ArrivedHeaders<'_>,
    from: Initiator,
    way: Way,
) -> Result<(), Problem> {
    if context.client != ClientKind::Browser {
        let who = match context.client {
            ClientKind::Curl => "This was typed with curl, which knows",
            ClientKind::PowerShell => "This was typed with PowerShell, which knows",
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
    let came = |test_cookie: TestCookie| {
        let name = test_cookie.name(context.bench.name());
        !cookie::values(headers.cookies.iter().copied(), &name).is_empty()
    };
    let sent = SentCookies {
        cookies: TestCookie::ALL.map(came),
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

/// The cookies belong to one host. Nothing is measured under another name.
fn at_home(context: &RequestContext) -> Result<(), Problem> {
    let addresses = &context.addresses;
    if addresses.is_beside_sibling(&context.host_name) {
        return Ok(());
    }
    let home = &addresses.site_names().beside_sibling;
    let because = format!("The test cookies belong to {home}, this is another host.");
    Err(not_counted(because))
}

pub(super) fn known(step: Option<u8>) -> Result<WalkStep, Problem> {
    let found = step.and_then(WalkStep::parse);
    found.ok_or_else(|| not_counted("There is no such step."))
}

fn not_counted(because: impl Into<String>) -> Problem {
    let next = "Start from the lab's page /same-site, in a browser.";
    Problem::new(Status::BadRequest, "Not counted", because, next)
}

pub(super) fn routes() -> Vec<Route> {
    routes![set, clean, arrive, arrive_by_post]
}

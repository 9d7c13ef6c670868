//! `/bench`: the addresses of a student's bench, and the keys of its browsers and terminals.

use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::InClass;
use crate::base::addresses::Listener;
use crate::lab::page::{fields, render};
use crate::session::bench::Benches;
use crate::session::bench::owners::EarlierSecrets;
use crate::web::bench_control::{join_page, link_to, no_control_cookie, secret_of};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithCookies;
use crate::worksheets::placeholders::{FETCHED, LAB_JAR, fetch_certificate};

#[get("/bench")]
fn show(_class: InClass, context: &RequestContext) -> Template {
    #[derive(Serialize)]
    struct OwnBenchPage {
        is_teachers: bool,
    }
    let page = OwnBenchPage {
        is_teachers: context.bench.name().is_local(),
    };
    render(context, "pages/lab/own_bench.html", "Your bench", page)
}

/// For what a link is made.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum LinkFor {
    Browser,
    Terminal,
    /// This browser, after all keys of the bench were ended.
    Replacement,
}

/// Makes a link. It is in this answer only.
#[post("/bench/link", data = "<form>")]
async fn link(
    _class: InClass,
    context: &RequestContext,
    benches: &State<Arc<Benches>>,
    form: Capped<String>,
) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct BenchLinkPage {
        made_for: LinkFor,
        link: String,
        /// The commands that a terminal opens it with.
        commands: Vec<String>,
    }
    let form = fields(&form);
    let made_for = match form.get("for").map(String::as_str) {
        Some("browser") => LinkFor::Browser,
        Some("terminal") => LinkFor::Terminal,
        Some("replacement") => LinkFor::Replacement,
        _ => {
            let next = "Go back to the page Your bench, and use its buttons.";
            return Err(Problem::bad_request(
                "The form does not say for what.",
                next,
            ));
        }
    };
    let earlier = match made_for {
        LinkFor::Browser | LinkFor::Terminal => EarlierSecrets::Stay,
        LinkFor::Replacement => EarlierSecrets::End,
    };
    let bench = context.bench.name();
    let key = benches.owners().new_link(bench, earlier).await?;
    let key = key.ok_or_else(Problem::not_found)?;
    let lab = context.addresses.origin(Listener::Lab);
    let mut commands = Vec::new();
    if made_for == LinkFor::Terminal {
        commands.extend(fetch_certificate(&context.addresses));
        commands.push(format!(
            "curl --cacert {FETCHED} -fsS -o /dev/null -c {LAB_JAR} -H 'Origin: {lab}' -d key={} {lab}{}/open",
            key.expose(),
            bench.prefix()
        ));
    }
    let page = BenchLinkPage {
        made_for,
        link: link_to(&context.addresses, bench, &key),
        commands,
    };
    Ok(render(
        context,
        "pages/lab/bench_link.html",
        "A link to your bench",
        page,
    ))
}

/// The secret of the request. The router has let it in.
struct OwnSecret(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for OwnSecret {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let bench = RequestContext::of(request).map(|context| context.bench.name());
        match bench.and_then(|bench| secret_of(request, bench)) {
            Some(secret) => Outcome::Success(Self(secret.to_owned())),
            None => Outcome::Error((Status::NotFound, ())),
        }
    }
}

/// Ends the key of this browser, on both sides.
#[post("/bench/leave")]
async fn leave(
    _class: InClass,
    secret: OwnSecret,
    context: &RequestContext,
    benches: &State<Arc<Benches>>,
) -> Result<WithCookies<Redirect>, Problem> {
    let bench = context.bench.name();
    benches.owners().end(bench, &secret.0).await?;
    let to = Redirect::to(join_page(&context.addresses));
    Ok(WithCookies::new(to, [no_control_cookie(bench)]))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, link, leave]
}

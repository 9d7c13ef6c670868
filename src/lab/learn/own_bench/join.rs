//! `/join`: a student of a class gets a bench.

use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::InClass;
use crate::base::encode;
use crate::base::tls::Certificate;
use crate::lab::learn::worksheets::index::LONGEST_NAME;
use crate::lab::page::fields;
use crate::session::bench::Benches;
use crate::web::bench_control::link_to;
use crate::web::context::RequestContext;
use crate::web::page::Frame;
use crate::web::problem::Problem;

#[get("/join")]
fn show(
    _class: InClass,
    context: &RequestContext,
    certificate: &State<Arc<Certificate>>,
) -> Template {
    #[derive(Serialize)]
    struct JoinPage<'p> {
        frame: Frame,
        longest_name: usize,
        fingerprint: &'p str,
    }
    let page = JoinPage {
        frame: Frame::at(context, "Get a bench").without_menu(),
        longest_name: LONGEST_NAME,
        fingerprint: certificate.fingerprint(),
    };
    Template::render("pages/lab/join.html", page)
}

/// Makes a bench. The link to it is in this answer only.
#[post("/join", data = "<form>")]
async fn make(
    _class: InClass,
    context: &RequestContext,
    benches: &State<Arc<Benches>>,
    form: Capped<String>,
) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct BenchMadePage {
        frame: Frame,
        link: String,
        prefix: String,
    }
    let form = fields(&form);
    let name = form.get("name").map(|name| encode::line(name.trim()));
    let name = name.filter(|name| !name.is_empty());
    let is_long = |name: &str| name.chars().count() > LONGEST_NAME;
    if name.as_deref().is_some_and(is_long) {
        let because = format!("A name may have {LONGEST_NAME} characters at most.");
        let next = "Go back and enter a shorter one.";
        let status = Status::UnprocessableEntity;
        return Err(Problem::new(status, "No bench was made", because, next));
    }
    let Some((bench, key)) = benches.owners().make().await? else {
        let mut problem = Problem::new(
            Status::TooManyRequests,
            "No bench was made",
            "Many benches were made in this minute.",
            "Go back, wait for a minute, and press the button again.",
        );
        problem.retry_after = Some(60);
        return Err(problem);
    };
    if let Some(name) = name {
        let opened = benches.open(&bench).await.map_err(|error| {
            let next = "Go back and try again in a moment.";
            Problem::new(
                Status::ServiceUnavailable,
                "No bench was made",
                error.to_string(),
                next,
            )
        })?;
        opened.set_student(Some(name.into_owned())).await?;
    }
    let page = BenchMadePage {
        frame: Frame::at(context, "Your bench is made").without_menu(),
        link: link_to(&context.addresses, &bench, &key),
        prefix: bench.prefix(),
    };
    Ok(Template::render("pages/lab/bench_made.html", page))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, make]
}

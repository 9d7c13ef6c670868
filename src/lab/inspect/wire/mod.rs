//! `/wire`: every request on the bench as it happens, from browsers and curl alike, each with its
//! cookies; `/wire/<id>` explains one, header by header, and shows its way through the defences.
//!
//! What is recorded, and what is masked, is decided earlier: in `web::on_wire` and `bench::wire`.

mod exchange;
mod filter;
pub(in crate::lab) mod flow;
mod row;

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::lab::page;
use crate::session::bench::Sharing;
use crate::session::bench::wire::{KEPT, Wire};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use filter::{Filter, FilterOption};
use row::WireRow;

#[derive(Serialize)]
struct WirePage {
    rows: Vec<WireRow>,
    newest: u64,
    kept: usize,
    /// The query that keeps the filter.
    query: String,
    open: bool,
    /// The same for a page that asks for more.
    live: String,
    variants: Vec<FilterOption>,
    clients: Vec<FilterOption>,
    shared: bool,
}

/// Rows and the number of the newest exchange. What comes between the two questions is left for the
/// next poll.
fn rows(wire: &Wire, filter: Filter, after: Option<u64>) -> (Vec<WireRow>, u64) {
    let newest = wire.count();
    // A lab that was started again counts from 1.
    let from = after.filter(|after| *after <= newest).unwrap_or_default();
    let found = wire.after(from, KEPT, |one| one.id <= newest && filter.fits(one));
    let rows = found.iter().map(|one| WireRow::new(one, after.is_some()));
    (rows.collect(), newest)
}

#[get("/wire?<variant>&<client>")]
fn wire(
    context: &RequestContext,
    variant: Option<&str>,
    client: Option<&str>,
) -> Result<Template, Problem> {
    let filter = Filter::parse(variant, client)?;
    let kept = context.bench.wire().after(0, KEPT, |_| true);
    let (rows, newest) = rows(context.bench.wire(), filter, None);
    let query = filter.query();
    let page = WirePage {
        rows,
        newest,
        kept: KEPT,
        live: format!("{}/wire/live{query}", context.base()),
        query,
        open: filter.is_open(),
        variants: filter.variants(kept.iter().map(|one| &**one)),
        clients: filter.clients(),
        shared: context.bench.sharing() == Sharing::WithOthers,
    };
    Ok(page::render(context, "pages/lab/wire.html", "Wire", page))
}

/// The rows that came after `after`, as HTML: the same template writes the page's own.
#[get("/wire/live?<variant>&<client>&<after>")]
fn live(
    context: &RequestContext,
    variant: Option<&str>,
    client: Option<&str>,
    after: Option<u64>,
) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct NextPage {
        rows: Vec<WireRow>,
        newest: u64,
    }
    let filter = Filter::parse(variant, client)?;
    let after = Some(after.unwrap_or_default());
    let (rows, newest) = rows(context.bench.wire(), filter, after);
    let page = NextPage { rows, newest };
    Ok(page::render(context, "pages/lab/wire_rows.html", "", page))
}

pub(super) fn routes() -> Vec<Route> {
    [routes![wire, live], exchange::routes()].concat()
}

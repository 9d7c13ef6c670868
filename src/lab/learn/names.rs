//! `/names`: the host names of the lab, what a network must know of them, and a check from the reader's
//! own browser that each of them arrives.
//!
//! The check needs no script: the browser is sent from host to host, and each host that is reached sends
//! it on. Where a name is missing, the browser stops there and says so. Next: [`class_hosts`].

pub mod class_hosts;

use rocket::response::Redirect;
use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use self::class_hosts::ClassHosts;
use crate::base::addresses::{Addresses, Listener};
use crate::lab::page;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// The last word of a walk over all hosts.
const ALL: &str = "all";

/// A host that the lab is reached by.
#[derive(Serialize)]
struct NamedHost {
    name: String,
    /// Its origin, unencrypted where it can be: a warning about a certificate would stop the walk. The
    /// last one is the lab's own, whose certificate the reader of `/names` has accepted already.
    origin: String,
    what: &'static str,
    arrived: bool,
}

/// Every host of the lab, in the order of the walk.
fn hosts(addresses: &Addresses) -> Vec<NamedHost> {
    let names = addresses.site_names();
    let at = |listener, name: &str, what| NamedHost {
        name: name.to_owned(),
        origin: addresses.origin_as(listener, name),
        what,
        arrived: false,
    };
    let attacker = addresses.attacker_name();
    let mut hosts = vec![
        at(Listener::PortalHttp, &names.portal, "the portal"),
        at(Listener::Attacker, attacker, "the attacker: another site"),
        at(Listener::Attacker, &names.sibling, "the portal's sibling"),
    ];
    if names.beside_sibling != names.portal {
        let what = "the portal beside its sibling";
        hosts.push(at(Listener::PortalHttp, &names.beside_sibling, what));
    }
    // On a student's own computer the café's second name is for curl, which is told where it is.
    if addresses.is_class() {
        hosts.push(NamedHost {
            name: names.cafe.clone(),
            origin: format!("http://{}", addresses.cafe_as(&names.cafe)),
            what: "the café, where browsers may be told to use TLS",
            arrived: false,
        });
    }
    hosts.push(at(Listener::Lab, &names.lab, "the lab's own pages"));
    hosts
}

#[get("/names?<arrived>")]
fn names(
    context: &RequestContext,
    class_hosts: &State<ClassHosts>,
    arrived: Option<&str>,
) -> Template {
    #[derive(Serialize)]
    struct NamesPage<'p> {
        hosts: Vec<NamedHost>,
        all: bool,
        dns: Vec<String>,
        unix: String,
        windows: String,
        address: Option<String>,
        pem: &'p str,
    }
    let all = arrived == Some(ALL);
    let mut hosts = hosts(&context.addresses);
    for host in &mut hosts {
        host.arrived = all || arrived == Some(&host.name);
    }
    let page = NamesPage {
        hosts,
        all,
        dns: class_hosts.dns(),
        unix: class_hosts.on_unix(),
        windows: class_hosts.on_windows(),
        address: class_hosts.address().map(|address| address.to_string()),
        pem: "/certificate.pem",
    };
    page::render(context, "pages/lab/names.html", "Names", page)
}

/// This host was reached. The browser goes on to the next one, or back to the page.
#[get("/name-arrived?<walk>")]
fn name_arrived(context: &RequestContext, walk: Option<&str>) -> Result<Redirect, Problem> {
    let hosts = hosts(&context.addresses);
    let here = hosts.iter().position(|host| host.name == context.host_name);
    let Some(here) = here else {
        let because = format!("{} is none of the names in links.", context.host_name);
        let next = "Check the names on the lab's page /names.";
        return Err(Problem::bad_request(because, next));
    };
    let prefix = context.bench.name().prefix();
    let next = hosts.get(here + 1).filter(|_| walk == Some(ALL));
    Ok(Redirect::to(match next {
        Some(next) => format!("{}{prefix}/name-arrived?walk={ALL}", next.origin),
        None => {
            let arrived = match walk {
                Some(ALL) => ALL,
                _ => &hosts[here].name,
            };
            let names = context.addresses.lab_page(context.bench.name(), "/names");
            format!("{names}?arrived={arrived}")
        }
    }))
}

/// What each site answers, whatever it is.
pub fn arrival_routes() -> Vec<Route> {
    routes![name_arrived]
}

pub(super) fn routes() -> Vec<Route> {
    routes![names]
}

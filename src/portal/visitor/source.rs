//! Where a session that a request opens comes from: for lists of sessions, and for the cookie.

use rocket::request::Request;

use crate::defences::PolicyProbe;
use crate::portal::ROOT;
use crate::portal::client_label::label_of;
use crate::session::SessionSource;

/// What a request says of where it comes from, and what its user chose.
#[derive(Clone, Debug)]
pub struct VisitorSource {
    /// The client in a few words, for lists of sessions.
    pub label: String,
    /// The route that was asked, as in `POST /login`.
    route: String,
    /// Whether the visitor asks to stay signed in when the browser is closed.
    permanent: bool,
}

impl VisitorSource {
    pub(super) fn of(request: &Request<'_>) -> Self {
        Self {
            label: label_of(request.headers().get_one("user-agent").unwrap_or_default()),
            route: route_of(request),
            permanent: false,
        }
    }

    /// Notes that the visitor asks to stay signed in, where the policy leaves that to them.
    pub fn keep_signed_in(&mut self, asked: bool, probe: &PolicyProbe) {
        self.permanent = asked && probe.persistence().asks();
    }

    /// What the record of a session keeps of it.
    pub fn for_record(&self) -> SessionSource<'_> {
        SessionSource {
            client: &self.label,
            route: &self.route,
            permanent: self.permanent,
        }
    }
}

/// The method and the path of the route that answers, as in `POST /login`.
fn route_of(request: &Request<'_>) -> String {
    let Some(route) = request.route() else {
        return String::new();
    };
    let path = route.uri.path();
    let path = path.strip_prefix(ROOT).unwrap_or(path);
    format!("{} {path}", route.method)
}

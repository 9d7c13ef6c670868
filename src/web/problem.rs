//! What can be wrong with a request, as a page or as `application/problem+json` (RFC 9457).

mod causes;

use crate::web::template::Template;
use rocket::data::ByteUnit;
use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{Catcher, catch, catchers};
use serde::Serialize;

use super::context::RequestContext;
use super::page::{Frame, PortalView};
use super::variant_list::VariantList;
use crate::base::addresses::{Listener, Site};
use crate::defences::facts::Refusal;
use crate::defences::policy::Name;

/// An answer that is not what was asked for, with its reason and the way on.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: Status,
    /// What happened, in a few words.
    pub heading: &'static str,
    /// Why, in a sentence.
    pub because: String,
    /// What to do next, in a sentence.
    pub next: String,
    /// The defence that refused.
    pub defence: Option<Name>,
    /// Seconds to wait before the next try.
    pub retry_after: Option<u64>,
    /// What the page lists besides.
    pub detail: Box<ProblemDetail>,
    /// What the API for tokens adds.
    pub api_member: Option<Box<ApiMember>>,
}

/// What the API for tokens adds to a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiMember {
    /// The `WWW-Authenticate` header: how the API wants to be asked (RFC 6750 §3).
    Challenge(String),
    /// What APIs for tokens usually say of a failed sign-in, as the member `msg`.
    Msg(&'static str),
}

/// What a problem's page lists besides its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemDetail {
    /// Nothing.
    Nothing,
    /// The lab's sites.
    Sites,
    /// The addresses that this listener answers to.
    RightAddresses {
        /// The host that was asked for.
        asked: String,
        /// The listener that it reached.
        listener: Listener,
    },
    /// The variants there are.
    Variants {
        /// What the address named.
        asked: String,
    },
    /// The methods that a route takes.
    Allow(String),
}

impl Problem {
    /// A problem with a reason and a way on.
    pub fn new(
        status: Status,
        heading: &'static str,
        because: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            status,
            heading,
            because: because.into(),
            next: next.into(),
            defence: None,
            retry_after: None,
            detail: Box::new(ProblemDetail::Nothing),
            api_member: None,
        }
    }

    /// A refusal by a strong arm.
    pub fn refused(status: Status, refusal: Refusal, next: impl Into<String>) -> Self {
        Self {
            defence: Some(refusal.defence),
            ..Self::new(status, "The request was refused", refusal.because, next)
        }
    }

    /// 400: something about the request is malformed.
    pub fn bad_request(because: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(
            Status::BadRequest,
            "The request cannot be read",
            because,
            next,
        )
    }

    /// 401: nobody is signed in.
    pub fn signed_out() -> Self {
        let next = "Sign in first, and send the session cookie along.";
        Self::new(
            Status::Unauthorized,
            "Nobody is signed in",
            "No live session came along.",
            next,
        )
    }

    /// 404: there is no such page.
    pub fn not_found() -> Self {
        let next = "Check the address, or start from the lab's front page.";
        let (heading, because) = ("There is no such page", "Nothing answers here.");
        Self {
            detail: Box::new(ProblemDetail::Sites),
            ..Self::new(Status::NotFound, heading, because, next)
        }
    }

    /// 404: no variant has that name. The page lists those that exist.
    pub fn unknown_variant(asked: &str) -> Self {
        let because = format!("No variant is called {asked}.");
        let next = "Choose one of the variants below.";
        let detail = Box::new(ProblemDetail::Variants {
            asked: asked.to_owned(),
        });
        let heading = "There is no such variant";
        Self {
            detail,
            ..Self::new(Status::NotFound, heading, because, next)
        }
    }

    /// 409: the session got a new id with another request of this browser.
    pub fn replaced() -> Self {
        let because = "Another request of this browser was given a new session id a moment ago. This \
                       one came with the old id, which is no longer accepted.";
        let next = "Load the page again. If that does not help, wait for ten seconds and sign in.";
        let mut problem = Self::new(Status::Conflict, "A new session id", because, next);
        problem.retry_after = Some(10);
        problem
    }

    /// 409: the record changed while the request was under way.
    pub fn conflict() -> Self {
        let because = "Another request changed the same record meanwhile.";
        Self::new(
            Status::Conflict,
            "Conflict",
            because,
            "Load the page again and repeat it.",
        )
    }
}

#[derive(Serialize)]
struct ProblemJson<'p> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'p str,
    status: u16,
    detail: &'p str,
    next: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    defence: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// What `check_session` answers to somebody who is not signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_authenticated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<&'static str>,
}

#[derive(Serialize)]
struct ProblemPage<'p> {
    frame: Frame,
    #[serde(flatten)]
    portal: Option<PortalView>,
    status: u16,
    heading: &'p str,
    because: &'p str,
    message: &'p str,
    next: &'p str,
    defence: Option<&'static str>,
    retry_after: Option<u64>,
    asked_host: &'p str,
    asked: &'p str,
    right: Vec<ListenerLink>,
    variants: VariantList,
}

#[derive(Serialize)]
struct ListenerLink {
    label: String,
    url: String,
}

impl Problem {
    fn json(&self) -> Result<String, Status> {
        let json = ProblemJson {
            kind: "about:blank",
            title: self.heading,
            status: self.status.code,
            detail: &self.because,
            next: &self.next,
            defence: self.defence.map(Name::slug),
            retry_after: self.retry_after,
            is_authenticated: (self.status == Status::Unauthorized).then_some(false),
            msg: match self.api_member.as_deref() {
                Some(ApiMember::Msg(msg)) => Some(msg),
                Some(ApiMember::Challenge(_)) | None => None,
            },
        };
        serde_json::to_string(&json).map_err(|_| Status::InternalServerError)
    }

    fn page(&self, request: &Request<'_>) -> Template {
        let frame = Frame::of(request, self.heading);
        let context = RequestContext::of(request);
        let portal = context
            .filter(|context| context.variant.is_some())
            .map(PortalView::signed_out);
        let (mut right, mut asked_host, mut asked, mut variants) = Default::default();
        let site = context.map_or(Site::Lab, |context| context.listener.site());
        let name = match &*self.detail {
            ProblemDetail::RightAddresses { asked, listener } => {
                right = self.right_addresses(request, *listener);
                asked_host = asked.as_str();
                "pages/misdirected.html"
            }
            ProblemDetail::Variants { asked: found } => {
                asked = found.as_str();
                variants = VariantList::all();
                "pages/unknown_variant.html"
            }
            ProblemDetail::Sites => "pages/not_found.html",
            _ if portal.is_some() => "pages/portal/refused.html",
            _ if site == Site::Lab && self.status == Status::Forbidden => {
                "pages/lab/forbidden.html"
            }
            _ => "pages/broken.html",
        };
        Template::render(
            name,
            ProblemPage {
                frame,
                portal,
                status: self.status.code,
                heading: self.heading,
                because: &self.because,
                message: &format!("{} {}", self.because, self.next),
                next: &self.next,
                defence: self.defence.map(Name::slug),
                retry_after: self.retry_after,
                asked_host,
                asked,
                right,
                variants,
            },
        )
    }

    fn right_addresses(&self, request: &Request<'_>, listener: Listener) -> Vec<ListenerLink> {
        let Some(addresses) = super::request_router::addresses(request) else {
            return Vec::new();
        };
        let mut right = Listener::ALL.to_vec();
        // Only a visitor of the attacker's site needs the attacker's addresses.
        right.retain(|l| l.site() != Site::Attacker || l.site() == listener.site());
        // The address of the listener that was reached comes first.
        right.sort_by_key(|l| *l != listener);
        let page = |listener: Listener| match listener {
            Listener::Lab => ("The lab's front page", "/"),
            Listener::PortalHttp => ("The portal, unencrypted", "/insecure/"),
            Listener::PortalHttps => ("The portal, over TLS", "/hardened/"),
            Listener::Attacker => ("The attacker, unencrypted", "/"),
            Listener::AttackerTls => ("The attacker, over TLS", "/"),
        };
        let through_cafe = addresses
            .cafe_port()
            .filter(|_| listener.site() == Site::Portal)
            .map(|port| ListenerLink {
                label: "The portal, through the café".into(),
                url: format!("http://localhost:{port}/insecure/"),
            });
        right
            .into_iter()
            .map(|l| {
                let (label, path) = page(l);
                ListenerLink {
                    label: label.into(),
                    url: format!("{}{path}", addresses.origin(l)),
                }
            })
            .chain(through_cafe)
            .collect()
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let context = RequestContext::of(request);
        if let (Some(context), Some(defence)) = (context, self.defence) {
            context.note_refusal(defence);
        }
        let json = context.is_some_and(|context| context.json);
        let mut answer = if json {
            let problem = ContentType::new("application", "problem+json");
            (problem, self.json()?).respond_to(request)?
        } else {
            self.page(request).respond_to(request)?
        };
        answer.set_status(self.status);
        let mut build = Response::build_from(answer);
        if let Some(seconds) = self.retry_after {
            build.header(Header::new("Retry-After", seconds.to_string()));
        }
        if let Some(ApiMember::Challenge(challenge)) = self.api_member.map(|api| *api) {
            build.header(Header::new("WWW-Authenticate", challenge));
        }
        if let ProblemDetail::Allow(methods) = *self.detail {
            build.header(Header::new("Allow", methods));
        }
        build.ok()
    }
}

/// The catcher of every site: answers with the problem that a guard left, or with one that fits.
#[catch(default)]
fn any(status: Status, request: &Request<'_>) -> Problem {
    if let Some(left) = RequestContext::of(request).and_then(RequestContext::take_problem) {
        return left;
    }
    match status.code {
        404 => match super::methods::other_methods(request) {
            Some(allowed) => {
                let because = format!("This address takes {allowed} only.");
                let next = "Send the request with one of these methods.";
                let mut problem =
                    Problem::new(Status::MethodNotAllowed, "Wrong method", because, next);
                problem.detail = Box::new(ProblemDetail::Allow(allowed));
                problem
            }
            None => Problem::not_found(),
        },
        400 => Problem::bad_request(
            "The method, the address or a header is malformed.",
            "Check the request line and the headers.",
        ),
        413 => too_large(),
        500.. => {
            let because = "The lab made a mistake. It is in the log.";
            let next = "Go back and try something else. Nothing you stored is lost.";
            Problem::new(status, "Something is broken here", because, next)
        }
        _ => {
            let because = status.reason().unwrap_or("The request cannot be answered.");
            Problem::new(
                status,
                "The request cannot be answered",
                because,
                "Check the request.",
            )
        }
    }
}

/// The largest body that the portal reads: 16 kB, eight times the longest notice.
pub const LARGEST_BODY: ByteUnit = ByteUnit::Kilobyte(16);

/// 413: the body is larger than any form of the portal needs.
pub fn too_large() -> Problem {
    let because = format!("A body may hold {} bytes at most.", LARGEST_BODY.as_u64());
    Problem::new(
        Status::PayloadTooLarge,
        "The body is too large",
        because,
        "Send less.",
    )
}

/// The catchers of every site.
pub fn all_catchers() -> Vec<Catcher> {
    catchers![any]
}

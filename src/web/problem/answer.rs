//! A problem as a page, or as `application/problem+json` (RFC 9457).

use rocket::http::{ContentType, Header, Method, Status};
use rocket::request::Request;
use rocket::response::{self, Redirect, Responder, Response};
use serde::Serialize;

use super::{ApiMember, Correction, Problem, ProblemDetail};
use crate::base::addresses::{Listener, Site};
use crate::defences::policy::Name;
use crate::web::context::{RequestContext, TypedForm};
use crate::web::openapi::shape::Shape;
use crate::web::page::{Frame, PortalView};
use crate::web::request_router;
use crate::web::variant_list::VariantList;
use rocket_dyn_templates::Template;

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
    /// Whether a form was sent, and did not do what it was sent for.
    failed: bool,
    typed: Option<&'p TypedForm>,
    correction: Option<&'p Correction>,
    asked_host: &'p str,
    asked: &'p str,
    right: Vec<ListenerLink>,
    variants: VariantList,
    join: Option<&'p str>,
    again: Option<&'p str>,
}

#[derive(Serialize)]
struct ListenerLink {
    label: String,
    url: String,
}

/// What a problem holds as JSON, for the description of the API.
pub fn shape() -> Shape {
    Shape::object([
        ("type", Shape::text("Always about:blank.")),
        ("title", Shape::text("What happened, in a few words.")),
        ("status", Shape::number("The status of the answer.")),
        ("detail", Shape::text("Why.")),
        ("next", Shape::text("What to do next.")),
    ])
    .and_perhaps([
        ("defence", Shape::text("The defence that refused.")),
        (
            "retry_after",
            Shape::number("Seconds to wait before the next try."),
        ),
        (
            "is_authenticated",
            Shape::truth("False, where the status is 401."),
        ),
        (
            "msg",
            Shape::text("What APIs for tokens usually say of a failed sign-in."),
        ),
    ])
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
        let context = RequestContext::of(request);
        // The method as received: a rejected request is routed as a GET.
        let method = context.map_or(request.method(), |context| context.method);
        let failed = method == Method::Post;
        let title = match failed {
            true => format!("Error: {}", self.heading),
            false => self.heading.to_owned(),
        };
        let frame = Frame::of(request, &title);
        let portal = context
            .filter(|context| context.variant.is_some())
            .map(PortalView::of_refused);
        let (mut right, mut asked_host, mut asked, mut variants) = Default::default();
        let (mut correction, mut join, mut again_at) = (None, None, None);
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
            ProblemDetail::Bench { join: page, again } => {
                (join, again_at) = (Some(page.as_str()), again.as_deref());
                "pages/bench_refused.html"
            }
            ProblemDetail::Correction(form) => {
                correction = Some(form);
                "pages/lab/correction.html"
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
                failed,
                typed: context.and_then(RequestContext::typed),
                correction,
                asked_host,
                asked,
                right,
                variants,
                join,
                again: again_at,
            },
        )
    }

    fn right_addresses(&self, request: &Request<'_>, listener: Listener) -> Vec<ListenerLink> {
        let Some(addresses) = request_router::addresses(request) else {
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
        if let (false, ProblemDetail::Elsewhere(to)) = (json, &*self.detail) {
            return Redirect::to(to.clone()).respond_to(request);
        }
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
        match *self.detail {
            ProblemDetail::Allow(methods) => {
                build.header(Header::new("Allow", methods));
            }
            // The next request is caused by this page itself, so it brings the cookie.
            ProblemDetail::Bench {
                again: Some(address),
                ..
            } => {
                build.header(Header::new("Refresh", format!("0; url={address}")));
            }
            _ => {}
        }
        build.ok()
    }
}

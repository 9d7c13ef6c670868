//! The headers that answers carry, in one place: what is fixed, and what the policy decides.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Request, Response};

use super::context::RequestContext;
use super::cross_origin;
use super::noted;
use super::on_wire;
use super::request_router;
use crate::base::addresses::{Listener, Site};
use crate::base::set_cookie::SetCookie;
use crate::defences::PolicyProbe;

/// The policy of the lab's own pages, and of the portal's pages outside the variants. Neither holds
/// anything weak, so nothing inline runs there.
const STRICT_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The last fairing of every site.
#[derive(Clone, Copy, Debug)]
pub struct AnswerHeaders;

#[rocket::async_trait]
impl Fairing for AnswerHeaders {
    fn info(&self) -> Info {
        Info {
            name: "AnswerHeaders",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // HSTS is host-wide and ignores ports: on localhost it would break every other project of
        // the student. The framework's shield still sends it, so it is taken off here.
        response.remove_header("strict-transport-security");
        response.set_raw_header("x-content-type-options", "nosniff");

        let Some(context) = RequestContext::of(request) else {
            // A page under a wrong name takes its style sheets from the lab's own pages.
            let addresses = request_router::addresses(request);
            let lab = addresses.map(|addresses| addresses.origin(Listener::Lab));
            fixed_headers(lab.as_deref(), response);
            return;
        };
        match &context.variant {
            Some((variant, probe)) => {
                policy_headers(context, probe, response);
                cross_origin::answer(context, probe, request, response);
                context.bench.note_probed(*variant, probe.probed());
            }
            None if context.listener.site() == Site::Attacker => {
                attacker_headers(context, response)
            }
            None => fixed_headers(context.assets().as_deref(), response),
        }
        add_guard_cookies(context, response);
        on_wire::note(context, request, response);
        noted::note(context, request, response.status().code).await;
    }
}

/// Adds what guards left, before the cookies of the handler's answer. Where both have a cookie of
/// one name, the handler's counts: it knew what the guard had found.
fn add_guard_cookies(context: &RequestContext, response: &mut Response<'_>) {
    let from_guards = context.take_guard_cookies();
    if from_guards.is_empty() {
        return;
    }
    let headers = response.headers().get("set-cookie");
    let from_handler: Vec<String> = headers.map(str::to_owned).collect();
    let is_replaced = |cookie: &SetCookie| {
        let same = |line: &String| line.split('=').next() == Some(cookie.name());
        from_handler.iter().any(same)
    };
    let kept = from_guards.iter().filter(|cookie| !is_replaced(cookie));
    let kept = kept.map(|cookie| cookie.as_str().to_owned());
    let lines: Vec<String> = kept.chain(from_handler.iter().cloned()).collect();
    response.remove_header("set-cookie");
    for line in lines {
        response.adjoin_raw_header("set-cookie", line);
    }
}

/// Sets a header that the handler's answer does not have.
fn set_default(response: &mut Response<'_>, name: &'static str, value: impl Into<String>) {
    if !response.headers().contains(name) {
        response.set_raw_header(name, value.into());
    }
}

/// The content security policy of a page of the lab, which takes its style sheets from `assets` if
/// its own origin has none.
pub fn strict_csp(assets: Option<&str>) -> String {
    let Some(assets) = assets else {
        return STRICT_CSP.to_owned();
    };
    STRICT_CSP
        .replace("style-src", &format!("style-src {assets}"))
        .replace("img-src", &format!("img-src {assets}"))
}

fn fixed_headers(assets: Option<&str>, response: &mut Response<'_>) {
    for (name, value) in [
        ("content-security-policy", &*strict_csp(assets)),
        // Not `no-referrer`: the pages' own forms would then send `Origin: null`.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        set_default(response, name, value);
    }
}

/// The attacker's own pages also refuse scripts of others. Their forms, frames and scripts reach the
/// portal and the catcher, and nothing else.
fn attacker_headers(context: &RequestContext, response: &mut Response<'_>) {
    let addresses = &context.addresses;
    let portals: Vec<String> = [Listener::PortalHttp, Listener::PortalHttps]
        .into_iter()
        .flat_map(|listener| {
            let beside = addresses.name_beside(&context.host_name);
            [addresses.main_name(), beside].map(|name| addresses.origin_as(listener, name))
        })
        .collect();
    let portals = portals.join(" ");
    let catcher = addresses.origin(Listener::Attacker);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self' {catcher} {portals}; form-action 'self' {portals}; \
         frame-src {portals}; base-uri 'none'; frame-ancestors 'none'"
    );
    set_default(response, "content-security-policy", policy);
    // The browsers' own default, written out. With `same-origin` the attack pages' forms would send
    // `Origin: null`, and the student could not read where a forged request came from.
    response.set_raw_header("referrer-policy", "strict-origin-when-cross-origin");
    set_default(response, "cache-control", "no-store");
}

/// The headers that the policy of the request's variant decides on.
fn policy_headers(context: &RequestContext, probe: &PolicyProbe, response: &mut Response<'_>) {
    response.set_raw_header("referrer-policy", probe.referrer().header());
    if let Some(policy) = probe.csp().header(context.nonce()) {
        response.adjoin_raw_header("content-security-policy", policy);
    }
    if let Some(policy) = probe.framing().header() {
        response.adjoin_raw_header("content-security-policy", policy);
    }
    if let Some(value) = probe.no_store().header() {
        set_default(response, "cache-control", value);
    }
    let of_the_lab_alone = context.addresses.may_have_hsts(&context.host_name);
    if let Some(value) = probe.transport().hsts(context.scheme(), of_the_lab_alone) {
        response.set_raw_header("strict-transport-security", value);
    }
}

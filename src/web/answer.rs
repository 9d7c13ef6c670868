//! The headers that answers carry, in one place: what is fixed, and what the policy decides.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Request, Response};

use super::addresses::{BESIDE_SIBLING, Listener, Site};
use super::cross_origin;
use super::noted;
use super::place::Place;
use super::reception;
use crate::bench::wire::{Exchange, Told};
use crate::defences::Asked;
use crate::session::cookie;

/// The policy of the lab's own pages, and of the portal's pages outside the variants. Neither holds
/// anything weak, so nothing inline runs there.
pub const STRICT_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The last fairing of every site.
#[derive(Clone, Copy, Debug)]
pub struct Answer;

#[rocket::async_trait]
impl Fairing for Answer {
    fn info(&self) -> Info {
        Info {
            name: "Answer",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // HSTS is host-wide and ignores ports: on localhost it would break every other project of
        // the student. The framework's shield still sends it, so it is taken off here.
        response.remove_header("strict-transport-security");
        response.set_raw_header("x-content-type-options", "nosniff");

        let Some(place) = Place::of(request) else {
            fixed_headers(response);
            if let Some(addresses) = reception::addresses(request) {
                // A page under a wrong name takes its style sheets from the lab's own pages.
                let lab = addresses.origin(Listener::Lab);
                let policy = STRICT_CSP
                    .replace("style-src", &format!("style-src {lab}"))
                    .replace("img-src", &format!("img-src {lab}"));
                response.set_raw_header("content-security-policy", policy);
            }
            return;
        };
        match &place.variant {
            Some((variant, asked)) => {
                policy_headers(place, asked, response);
                cross_origin::answer(place, asked, request, response);
                place.bench.note_asked(*variant, asked.seen());
            }
            None if place.listener.site() == Site::Attacker => attacker_headers(place, response),
            None => fixed_headers(response),
        }
        for (name, value) in place.take_headers() {
            response.set_raw_header(name, value);
        }
        for line in place.take_cookies() {
            response.adjoin_raw_header("set-cookie", line);
        }
        if place.listener.site() == Site::Portal {
            note_on_wire(place, request, response);
        }
        noted::note(place, request, response.status().code).await;
    }
}

fn fixed_headers(response: &mut Response<'_>) {
    for (name, value) in [
        ("content-security-policy", STRICT_CSP),
        // Not `no-referrer`: the pages' own forms would then send `Origin: null`.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        response.set_raw_header(name, value);
    }
    if !response.headers().contains("cache-control") {
        response.set_raw_header("cache-control", "no-store");
    }
}

/// The attacker keeps scripts of others off his own pages, too. His forms, frames and scripts reach
/// the portal and his catcher. Nothing may be fetched from anywhere else.
fn attacker_headers(place: &Place, response: &mut Response<'_>) {
    let addresses = &place.addresses;
    let portals: Vec<String> = [Listener::PortalHttp, Listener::PortalHttps]
        .into_iter()
        .flat_map(|listener| {
            [addresses.main_name(), BESIDE_SIBLING].map(|name| addresses.origin_as(listener, name))
        })
        .collect();
    let portals = portals.join(" ");
    let catcher = addresses.origin(Listener::Attacker);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self' {catcher} {portals}; form-action 'self' {portals}; \
         frame-src {portals}; base-uri 'none'; frame-ancestors 'none'"
    );
    response.set_raw_header("content-security-policy", policy);
    // The browsers' own default, written out. With `same-origin` the attack pages' forms would send
    // `Origin: null`, and the student could not read where a forged request came from.
    response.set_raw_header("referrer-policy", "strict-origin-when-cross-origin");
    if !response.headers().contains("cache-control") {
        response.set_raw_header("cache-control", "no-store");
    }
}

/// The headers that the policy of the request's variant decides on.
fn policy_headers(place: &Place, asked: &Asked, response: &mut Response<'_>) {
    response.set_raw_header("referrer-policy", asked.referrer().header());
    if let Some(policy) = asked.csp().header(place.nonce()) {
        response.adjoin_raw_header("content-security-policy", policy);
    }
    if let Some(policy) = asked.framing().header() {
        response.adjoin_raw_header("content-security-policy", policy);
    }
    if let Some(value) = asked.no_store().header() {
        response.set_raw_header("cache-control", value);
    }
    if let Some(value) = asked.transport().hsts(place.scheme(), &place.host_name) {
        response.set_raw_header("strict-transport-security", value);
    }
}

/// Keeps the exchange for the pages that show it, cookie values masked.
fn note_on_wire(place: &Place, request: &Request<'_>, response: &Response<'_>) {
    let keys = place.bench.keys();
    let cookies = request
        .headers()
        .get("cookie")
        .flat_map(|header| header.split(';'))
        .map(|pair| match pair.trim().split_once('=') {
            Some((name, value)) => format!("{name}={}", keys.mask(value)),
            None => "a pair without a name".into(),
        })
        .take(20)
        .collect();
    let set_cookie = response
        .headers()
        .get("set-cookie")
        .map(|line| {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = if value.is_empty() {
                String::new()
            } else {
                keys.mask(value)
            };
            format!("{name}={value};{attributes}")
        })
        .collect();
    place.bench.wire().push(Exchange {
        id: 0,
        at: place.now,
        client: place.client,
        variant: place.variant.as_ref().map(|(variant, _)| *variant),
        line: format!("{} {}", place.method, without_sid(&place.target)),
        cookies,
        session_cookie: has_session_cookie(place, request),
        told: told(request),
        status: response.status().code,
        set_cookie,
    });
}

/// Whether the cookie came along that the variant's sessions go by.
fn has_session_cookie(place: &Place, request: &Request<'_>) -> bool {
    let Some((variant, asked)) = &place.variant else {
        return false;
    };
    // Looking must not count as a question of the portal's.
    let name = cookie::name(&asked.unheard(), *variant, place.bench.name());
    !cookie::values(request.headers().get("cookie"), &name).is_empty()
}

fn told(request: &Request<'_>) -> Told {
    let header = |name| request.headers().get_one(name).map(str::to_owned);
    Told {
        origin: header("origin"),
        referer: header("referer").map(|from| without_sid(&from)),
        fetch_site: header("sec-fetch-site"),
        fetch_mode: header("sec-fetch-mode"),
        fetch_dest: header("sec-fetch-dest"),
    }
}

/// A target without the session id that the weak `carrier` takes from it, and without the token that
/// the weak `jwt-transport` takes.
fn without_sid(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return target.to_owned();
    };
    let masked: Vec<&str> = query
        .split('&')
        .map(|pair| {
            if pair.starts_with("sid=") {
                "sid=…"
            } else if pair.starts_with("access_token=") {
                "access_token=…"
            } else {
                pair
            }
        })
        .collect();
    format!("{path}?{}", masked.join("&"))
}

/// A header whose value is fixed, for responders.
pub fn header(name: &'static str, value: &'static str) -> Header<'static> {
    Header::new(name, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_masked_in_an_address() {
        for (target, shown) in [
            (
                "/insecure/jwt/?access_token=a.b.c",
                "/insecure/jwt/?access_token=…",
            ),
            ("/insecure/?x=1&sid=abc&y=2", "/insecure/?x=1&sid=…&y=2"),
            ("/insecure/login?expired=1", "/insecure/login?expired=1"),
            ("/insecure/", "/insecure/"),
        ] {
            assert_eq!(without_sid(target), shown);
        }
    }
}

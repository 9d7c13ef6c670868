//! Keeps an answered request for the pages that show it: `/wire`, `/compare`, the attacker's panel.
//!
//! A value that gives access is masked before it is kept: the values of cookies, the token of an
//! `Authorization` or `X-CSRFToken` header, and in addresses every value that is known to be secret
//! or too long to be anything else. Next: `bench::wire`, which keeps the rest within its bounds.

use std::borrow::Cow;

use rocket::{Request, Response};

use super::context::RequestContext;
use super::known_addresses::{AddressPurpose, CATCHER};
use super::server::{RawHead, Received, escaped};
use crate::base::addresses::Site;
use crate::base::event::ClientKind;
use crate::session::bench::BenchKeys;
use crate::session::bench::wire::{
    Cookie, CookieLine, Exchange, Headers, OF_ANSWERS, OF_REQUESTS, To, WrittenName,
};
use crate::session::cookie;

/// The parameters of an address whose values give access.
const SECRET: [&str; 5] = [
    "sid",
    "access_token",
    "refresh_token",
    "csrf_token",
    "password",
];

/// The longest value of a parameter that is shown: an id of the strong source has 43 characters.
const SHOWN: usize = 40;

/// Keeps an exchange of the portal or of the attacker's site.
pub(super) fn note(context: &RequestContext, request: &Request<'_>, response: &Response<'_>) {
    let to = match context.listener.site() {
        Site::Lab => return,
        Site::Portal => To::Portal,
        Site::Attacker => To::Attacker,
    };
    let status = response.status().code;
    if is_automatic(context, status) {
        return;
    }
    // A request without a connection has no context.
    let Some(Received { head, .. }) = Received::of(request) else {
        return;
    };
    let keys = context.bench.keys();
    let set = response.headers().get("set-cookie");
    let target = match to {
        To::Portal => without_secrets(&context.target),
        To::Attacker => without_loot(&context.target),
    };
    context.bench.wire().push(Exchange {
        id: 0,
        at: context.now,
        client: context.client,
        to,
        variant: context.variant.as_ref().map(|(variant, _)| *variant),
        scheme: context.scheme(),
        line: format!("{} {target}", context.method),
        cookies: cookie_lines(keys, head),
        more_cookies: 0,
        session_cookie: has_session_cookie(context, request),
        request: request_headers(keys, head),
        status,
        set_cookie: set.map(|line| set_cookie(keys, line)).collect(),
        answer: answer_headers(keys, response),
        taken: context.variant.as_ref().map(|(_, probe)| probe.taken()),
        refused_by: context.refused_by(),
    });
}

/// Whether nobody did anything: a page needed a file, or an open page asked by itself and was
/// answered. Such requests would push out what people did.
fn is_automatic(context: &RequestContext, status: u16) -> bool {
    let path = path_of(&context.target);
    let path = path.strip_prefix(context.base().as_str()).unwrap_or(path);
    match context.known_address(path).purpose {
        AddressPurpose::Action | AddressPurpose::Reading => false,
        AddressPurpose::File => true,
        AddressPurpose::Poll => context.client == ClientKind::Browser && status == 200,
    }
}

fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

fn cookie_lines(keys: &BenchKeys, head: &RawHead) -> Vec<CookieLine> {
    let lines = head
        .lines()
        .filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    let line = |(name, value): (&str, &[u8])| CookieLine {
        name: WrittenName::new("cookie", name),
        cookies: escaped(value)
            .split(';')
            .map(|pair| sent_cookie(keys, pair))
            .collect(),
    };
    lines.map(line).collect()
}

fn sent_cookie(keys: &BenchKeys, pair: &str) -> Cookie {
    match pair.trim().split_once('=') {
        Some((name, value)) => Cookie::new(name, Some(keys.mask(value)), ""),
        None => Cookie::new("(a pair without a name)", None, ""),
    }
}

fn set_cookie(keys: &BenchKeys, line: &str) -> Cookie {
    let (pair, attributes) = line.split_at(line.find(';').unwrap_or(line.len()));
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let value = (!value.is_empty()).then(|| keys.mask(value));
    Cookie::new(name, value, attributes)
}

/// The lines of a request that are kept, in their order, names as they were written.
fn request_headers(keys: &BenchKeys, head: &RawHead) -> Headers {
    let mut kept = Headers::with_room();
    for (written, value) in head.lines() {
        let mut names = OF_REQUESTS.iter();
        if let Some(place) = names.position(|name| name.eq_ignore_ascii_case(written)) {
            let name = WrittenName::new(OF_REQUESTS[place], written);
            kept.push(place, name, &masked(keys, name, &escaped(value)));
        }
    }
    kept
}

fn answer_headers(keys: &BenchKeys, response: &Response<'_>) -> Headers {
    let mut kept = Headers::with_room();
    for (place, name) in OF_ANSWERS.into_iter().enumerate() {
        for value in response.headers().get(name) {
            let name = WrittenName::in_answers(name);
            kept.push(place, name, &masked(keys, name, value));
        }
    }
    kept
}

/// The value of a header without what gives access.
fn masked<'v>(keys: &BenchKeys, name: WrittenName, value: &'v str) -> Cow<'v, str> {
    match name.lower_case() {
        "referer" | "location" => without_secrets(value),
        "x-csrftoken" => keys.mask(value).to_string().into(),
        "authorization" => {
            // The scheme is one word; what is none may be the token itself.
            let (scheme, secret) = value.trim().split_once(' ').unwrap_or(("", value));
            let masked = keys.mask(secret.trim());
            format!("{scheme} {masked}").trim().to_owned().into()
        }
        _ => value.into(),
    }
}

/// Whether the request carries the session cookie of its variant.
fn has_session_cookie(context: &RequestContext, request: &Request<'_>) -> bool {
    let Some((variant, probe)) = &context.variant else {
        return false;
    };
    // This look must not count as one of the portal's own.
    let name = cookie::name(&probe.untracked(), *variant, context.bench.name());
    !cookie::values(request.headers().get("cookie"), &name).is_empty()
}

/// An address without the session id that the weak `carrier` takes from it, without the token that
/// the weak `jwt-transport` takes, and without any other value that could open something.
fn without_secrets(address: &str) -> Cow<'_, str> {
    let Some((path, query)) = address.split_once('?') else {
        return address.into();
    };
    let pairs: Vec<Cow<'_, str>> = query.split('&').map(without_secret).collect();
    format!("{path}?{}", pairs.join("&")).into()
}

fn without_secret(pair: &str) -> Cow<'_, str> {
    let Some((name, value)) = pair.split_once('=') else {
        let short = pair.len() <= SHOWN;
        return if short { pair } else { "…" }.into();
    };
    // `s%69d` is `sid` to a server.
    let decoded = url::form_urlencoded::parse(name.as_bytes()).next();
    let secret = decoded.is_some_and(|(name, _)| SECRET.contains(&&*name));
    if secret || value.len() > SHOWN {
        format!("{name}=…").into()
    } else {
        pair.into()
    }
}

/// A target on the attacker's site: what the catcher is sent may be what was stolen.
fn without_loot(target: &str) -> Cow<'_, str> {
    match path_of(target).find(CATCHER) {
        Some(at) if target.len() > at + CATCHER.len() => {
            format!("{}…", &target[..at + CATCHER.len()]).into()
        }
        _ => without_secrets(target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_gives_access_is_masked_in_an_address() {
        let id = "x".repeat(43);
        for (target, shown) in [
            (
                "/insecure/jwt/?access_token=a.b.c",
                "/insecure/jwt/?access_token=…",
            ),
            ("/insecure/?x=1&sid=abc&y=2", "/insecure/?x=1&sid=…&y=2"),
            ("/insecure/?s%69d=abc", "/insecure/?s%69d=…"),
            ("/insecure/login?password=p", "/insecure/login?password=…"),
            ("/insecure/login?expired=1", "/insecure/login?expired=1"),
            (&format!("/insecure/?other={id}"), "/insecure/?other=…"),
            (&format!("/insecure/?{id}"), "/insecure/?…"),
            ("/insecure/", "/insecure/"),
        ] {
            assert_eq!(without_secrets(target), shown);
        }
    }

    #[test]
    fn what_the_catcher_was_sent_is_not_shown() {
        for (target, shown) in [
            ("/b/x/collect?c=session_insecure=1001", "/b/x/collect…"),
            ("/collect/1001", "/collect…"),
            ("/collect", "/collect"),
            ("/xss?variant=insecure", "/xss?variant=insecure"),
        ] {
            assert_eq!(without_loot(target), shown);
        }
    }
}

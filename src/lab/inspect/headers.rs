//! What a header line says, in a sentence each: for `/inspect_headers` and for `/wire`.

/// What a header of a request or of an answer does, by its lower-case name and its value.
pub fn does(name: &str, value: &str) -> &'static str {
    match (name, value) {
        ("host", _) => "Names the host that is asked for. It decides which site answers.",
        ("cookie", _) => {
            "What the client keeps for this host. Anyone who sends the session's value is the session's \
             user to the server."
        }
        ("origin", "null") => {
            "The page that caused the request has no origin that the browser would tell."
        }
        ("origin", _) => {
            "Scheme, host and port of the page that caused the request. No script in a browser can \
             change it."
        }
        ("referer", _) => {
            "The page that the request was made from. How much of its address is told is that \
             page's Referrer-Policy."
        }
        ("sec-fetch-site", "none") => "Nobody's page caused the request: typed, or a bookmark.",
        ("sec-fetch-site", "same-origin") => "A page of this very origin caused the request.",
        ("sec-fetch-site", "same-site") => {
            "A page of the same site on another origin caused the request: SameSite does not stop it."
        }
        ("sec-fetch-site", "cross-site") => "A page of another site caused the request.",
        ("sec-fetch-mode", "navigate") => "The answer becomes the page in the window or frame.",
        ("sec-fetch-mode", "cors") => {
            "A script asked, and reads the answer where CORS lets it do so."
        }
        ("sec-fetch-mode", "no-cors") => "A part of a page is loaded; no script reads the answer.",
        ("sec-fetch-mode", "same-origin") => {
            "A script sent it, and accepts an answer of the same origin only."
        }
        ("sec-fetch-dest", "document") => "What it is for: a page in the window.",
        ("sec-fetch-dest", "empty") => "What it is for: a script, as by fetch().",
        ("sec-fetch-dest", "iframe" | "frame") => "What it is for: a frame in another page.",
        ("sec-fetch-dest", _) => "What the answer is for, such as an image or a script.",
        ("sec-fetch-user", _) => "A person did it, by a click or a key.",
        ("sec-fetch-site" | "sec-fetch-mode", _) => {
            "A browser tells where a request comes from. The lab has no sentence for this value."
        }
        ("content-type", _) => "Says what the body is.",
        ("authorization", _) => {
            "Carries a token or a password. A script added it, unless the scheme is Basic or Digest: \
             after a sign-in with these the browser adds it by itself, like a cookie."
        }
        ("x-csrftoken", _) => {
            "Carries the CSRF token. Another site's form cannot add a header, and its script cannot \
             read the token."
        }
        ("access-control-request-method", _) => {
            "A preflight: the browser asks whether a script of another origin may use this method."
        }
        ("access-control-request-headers", _) => {
            "A preflight: the browser asks whether a script of another origin may send these headers."
        }
        ("location", _) => "Sends the client on to another address.",
        ("cache-control", "no-store") => "Forbids every cache to keep the page.",
        ("cache-control", _) => "Says who may keep the answer, and for how long.",
        ("clear-site-data", _) => "Makes the browser throw away what it keeps of this origin.",
        ("content-security-policy", value) => content_security_policy(value),
        ("referrer-policy", "same-origin") => "Keeps this page's address from other origins.",
        ("referrer-policy", "unsafe-url") => {
            "Tells every site the page's whole address, the query included."
        }
        ("referrer-policy", _) => "Says how much of this page's address is sent to other sites.",
        ("strict-transport-security", _) => {
            "From now on the browser asks this host over TLS only, on every port."
        }
        ("cross-origin-opener-policy", _) => {
            "Cuts the tie to a page of another origin that opened this one."
        }
        ("x-content-type-options", _) => "Forbids the browser to guess another type from the body.",
        ("access-control-allow-origin", _) => "Lets scripts of this origin read the answer.",
        ("access-control-allow-credentials", _) => {
            "Lets them read it even if the request had cookies."
        }
        ("vary", _) => "Tells caches that the answer differs with this header of the request.",
        ("www-authenticate", _) => "Says how the API wants to be asked.",
        ("retry-after", _) => "How many seconds to wait before the next try.",
        ("allow", _) => "The methods that this address takes.",
        ("content-length", _) => "Says where the body ends.",
        ("date", _) => "The server's clock.",
        _ => "The lab has no explanation for this one.",
    }
}

fn content_security_policy(value: &str) -> &'static str {
    let frames = value.contains("frame-ancestors");
    match (value.contains("default-src"), frames) {
        (true, true) => {
            "Lets the page load scripts and styles from its own origin only, and forbids frames."
        }
        (false, true) => "Says who may show the page in a frame.",
        _ => "Says which scripts may run on the page, and from where its parts may be loaded.",
    }
}

/// What an attribute of a `Set-Cookie` line does.
pub fn attribute_does(attribute: &str) -> &'static str {
    let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
    match (name.to_ascii_lowercase().as_str(), value) {
        ("secure", _) => "Sent over TLS only.",
        ("httponly", _) => "Hidden from scripts.",
        ("samesite", "Strict") => "Not sent with any request that another site caused.",
        ("samesite", "Lax") => {
            "Of the requests that other sites cause, sent only with those that open a page by GET."
        }
        ("samesite", "None") => "Also sent with requests that other sites cause.",
        ("path", "/") => "Sent with every path of the host.",
        ("path", _) => "Sent with this path and those below it. Paths do not isolate.",
        ("domain", _) => "Also sent to every host below this one.",
        ("max-age", "0") => "Takes the cookie back.",
        ("max-age", _) => "Kept for so many seconds, even when the browser is closed.",
        ("expires", _) => "Kept until then, even when the browser is closed.",
        _ => "An attribute that the lab does not use.",
    }
}

/// The protecting attributes that a `Set-Cookie` line lacks, and what follows.
pub fn lacks(attributes: &str) -> Vec<(&'static str, &'static str)> {
    let has = |name: &str| {
        let mut all = attributes.split(';').map(str::trim);
        all.any(|one| one.split('=').next().unwrap_or_default() == name)
    };
    let all = [
        ("HttpOnly", "Any script on the page can read the cookie."),
        ("Secure", "The cookie is also sent unencrypted."),
        (
            "SameSite",
            "The browser decides by its own rule which requests of other sites carry it.",
        ),
    ];
    all.into_iter().filter(|(name, _)| !has(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::bench::wire::{OF_ANSWERS, OF_REQUESTS};

    #[test]
    fn every_header_that_is_kept_has_its_sentence() {
        for name in OF_REQUESTS.iter().chain(&OF_ANSWERS).chain(&["cookie"]) {
            assert_ne!(does(name, "x"), does("x-unknown", ""), "{name}");
        }
    }

    #[test]
    fn an_attribute_that_protects_is_named_where_it_is_missing() {
        let missing = |line| {
            let names = lacks(line).into_iter().map(|(name, _)| name);
            names.collect::<Vec<_>>()
        };
        assert_eq!(missing("; Path=/"), ["HttpOnly", "Secure", "SameSite"]);
        assert_eq!(missing("; Path=/; Secure; HttpOnly; SameSite=Lax"), [""; 0]);
        assert_eq!(attribute_does("Max-Age=0"), "Takes the cookie back.");
    }
}

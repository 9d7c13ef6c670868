//! Cross-origin sharing: which other origins may read the portal's JSON API. Worksheet 19.
//!
//! The decision is which origin, if any, `Access-Control-Allow-Origin` names. The browser hides the
//! answer from a page whose origin the header does not name. Read `safe_methods.rs` next.

use super::facts::RequestFacts;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Which other origins may read the API with the user's cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cors {
    /// Every origin that asks: the header repeats `Origin`.
    Reflect,
    /// The origin `null`, which sandboxed frames have.
    Null,
    /// Every host whose name ends in the portal's name.
    Suffix,
    /// No other origin.
    Closed,
}

/// The methods and headers that a granted preflight allows: those that the API takes.
const METHODS: &str = "GET, POST";
const HEADERS: &str = "content-type, x-csrftoken";

impl Cors {
    /// The origin that may read the answer, with credentials; `None` where nobody may.
    pub fn permits<'r>(self, request: &RequestFacts<'r>) -> Option<&'r str> {
        // Without `Origin` no page of another origin is waiting for the answer.
        let origin = request.origin?;
        match self {
            // WEAK: the portal permits every origin that asks. A page of the attacker sends the
            // request, the browser adds the victim's cookie where SameSite allows it, and the page
            // reads what only the victim may read. A preflight is permitted in the same way, so the
            // page may also send JSON.
            Cors::Reflect => Some(origin),

            // Custom: `null` looks like nobody and is everybody. Any page can contain a frame with
            // the attribute `sandbox`, and the script in that frame has this origin. (Most browsers
            // send no cookie from it, because such a frame belongs to no site.)
            Cors::Null => Some(origin).filter(|origin| *origin == "null"),

            // Custom: a comparison of the ending. It permits every sibling host, whoever controls
            // it, and also names that only look like siblings: `evil-portal.localhost` ends in
            // `portal.localhost`, and on the internet anyone may register such a name.
            Cors::Suffix => {
                Some(origin).filter(|origin| host(origin).ends_with(host(request.own_origin)))
            }

            // STRONG: no header, so no other origin reads anything. The portal has no pages on
            // other origins, and its own pages need no permission. An application that has such
            // pages lists their whole origins and compares them exactly.
            //
            // Refused alternative: `*`. Browsers refuse it together with credentials. It is right
            // for data that anyone may read without a session.
            //
            // Not stopped: the request. It arrives and runs; only its answer stays hidden.
            // `csrf-token` and `request-origin` stop a forged change.
            Cors::Closed => None,
        }
    }

    /// The headers of the answer to a preflight that is granted, beside the origin.
    pub const fn preflight(self) -> [(&'static str, &'static str); 2] {
        [
            ("access-control-allow-methods", METHODS),
            ("access-control-allow-headers", HEADERS),
        ]
    }

    /// Whether the answer depends on `Origin`, so that a cache must store one answer for each
    /// origin (`Vary`). Otherwise a cache could give the permission of one origin to another.
    pub const fn varies(self) -> bool {
        !matches!(self, Cors::Closed)
    }
}

/// The host name in an origin.
fn host(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    rest.rsplit_once(':').map_or(rest, |(name, _)| name)
}

impl Defence for Cors {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "reflect",
            description: "Every origin that asks may read the JSON API with the user's cookie.",
            value: Cors::Reflect,
        },
        Arm {
            slug: "null",
            description: "Pages whose origin is null, as in a sandboxed frame, may read the JSON API.",
            value: Cors::Null,
        },
        Arm {
            slug: "suffix",
            description: "Every host whose name ends in the portal's may read the JSON API.",
            value: Cors::Suffix,
        },
        Arm {
            slug: "closed",
            description: "No other origin may read anything: no CORS header is sent.",
            value: Cors::Closed,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "No other origin reads the API",
        protects: "A browser hides the answer to a request from the page that sent it, unless \
                   that page has the same origin or the answer names its origin in \
                   Access-Control-Allow-Origin. A server that repeats whatever Origin says, with \
                   Access-Control-Allow-Credentials: true, gives this protection up for every \
                   page. The strong arm sends neither header.",
        does_not_stop: "The request itself: it arrives and runs, only its answer stays hidden. \
                        Forgery is stopped by the token and the origin check. A script on the \
                        portal's own page needs no permission, and programs such as curl never \
                        ask for one.",
        stage: RequestStage::Headers,
        needs: &[],
        standards: &["ASVS 3.4.2", "CWE-346", "CWE-942", "WSTG-CLNT-07"],
        elsewhere: Elsewhere {
            flask: "Sends nothing, the default. Flask-CORS: CORS(app, \
                    origins=[\"https://app.example\"], supports_credentials=True)",
            express: "Sends nothing, the default. cors({ origin: [\"https://app.example\"], \
                      credentials: true }); origin: true reflects",
            django: "Sends nothing, the default. django-cors-headers: CORS_ALLOWED_ORIGINS, never \
                     CORS_ALLOW_ALL_ORIGINS with CORS_ALLOW_CREDENTIALS",
            spring: "Sends nothing, the default. \
                     CorsConfiguration.setAllowedOrigins(List.of(\"https://app.example\"))",
            rocket: "Sends nothing, the default; nothing built in: a response fairing with a list \
                     of whole origins",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(arm: Cors, origin: Option<&'static str>) -> Option<&'static str> {
        arm.permits(&RequestFacts {
            unsafe_method: false,
            own_origin: "http://portal.localhost:7080",
            origin,
            fetch_site: None,
        })
    }

    const SIBLING: &str = "http://notes.portal.localhost:7666";
    const LOOKALIKE: &str = "https://evil-portal.localhost";
    const STRANGERS: [&str; 4] = [
        "http://evil.localhost:7666",
        "https://portal.localhost.evil.test",
        "http://127.0.0.1:7666",
        "",
    ];

    #[test]
    fn the_weak_arm_permits_every_origin_and_the_strong_arm_none() {
        for origin in [SIBLING, LOOKALIKE, "null"].iter().chain(&STRANGERS) {
            assert_eq!(permits(Cors::WEAK, Some(origin)), Some(*origin));
            assert_eq!(permits(Cors::STRONG, Some(origin)), None, "{origin}");
        }
        assert_eq!(permits(Cors::WEAK, None), None);
    }

    #[test]
    fn a_comparison_of_the_ending_permits_siblings_and_lookalikes() {
        for origin in [SIBLING, LOOKALIKE] {
            assert_eq!(permits(Cors::Suffix, Some(origin)), Some(origin));
        }
        for origin in STRANGERS.iter().chain(&["null"]) {
            assert_eq!(permits(Cors::Suffix, Some(origin)), None, "{origin}");
        }
    }

    #[test]
    fn the_arm_for_null_permits_only_null() {
        assert_eq!(permits(Cors::Null, Some("null")), Some("null"));
        for origin in STRANGERS.iter().chain(&[SIBLING, LOOKALIKE]) {
            assert_eq!(permits(Cors::Null, Some(origin)), None, "{origin}");
        }
    }

    #[test]
    fn only_the_strong_arm_gives_every_origin_the_same_answer() {
        for arm in Cors::ARMS {
            assert_eq!(
                arm.value.varies(),
                arm.value != Cors::STRONG,
                "{}",
                arm.slug
            );
        }
    }
}

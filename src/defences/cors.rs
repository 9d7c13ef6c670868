//! Cross-origin sharing: which other origins may read the portal's JSON API. Worksheet 14.
//!
//! The decision is which origin, if any, `Access-Control-Allow-Origin` names. The browser keeps the
//! answer from the page where the header does not name it. Read `safe_methods.rs` next.

use super::facts::RequestFacts;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Which other origins may read the API with the user's cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cors {
    /// Whichever asks.
    Reflect,
    /// The origin of pages that have none.
    Null,
    /// Every host whose name ends in the portal's.
    Suffix,
    /// No other origin.
    Closed,
}

/// The methods and headers that a granted preflight allows: those that the API takes.
const METHODS: &str = "GET, POST";
const HEADERS: &str = "content-type, x-csrftoken";

impl Cors {
    /// The origin that may read the answer, with credentials; `None` where nobody may.
    pub fn grants<'r>(self, request: &RequestFacts<'r>) -> Option<&'r str> {
        let origin = request.origin?;
        match self {
            // WEAK: the portal answers every question with yes. A page of the attacker sends the
            // request, the browser adds the victim's cookie where SameSite lets it, and the page
            // reads what only the victim should. The same yes is given to a preflight, so the page
            // may send JSON, too.
            Cors::Reflect => Some(origin),

            // Custom: `null` looks like nobody, and is everybody. Any page can put a frame with
            // the attribute `sandbox` into itself, and what runs in there has this origin. (Most
            // browsers send no cookie from it, because such a frame belongs to no site.)
            Cors::Null => Some(origin).filter(|origin| *origin == "null"),

            // Custom: a test of the ending. It lets every sibling in, whoever holds it, and names
            // that only look like siblings: `evil-portal.localhost` ends in `portal.localhost`,
            // and anyone may register such a name.
            Cors::Suffix => {
                Some(origin).filter(|origin| host(origin).ends_with(host(request.own_origin)))
            }

            // STRONG: no header, so no other origin reads anything. The portal has no pages
            // elsewhere, and its own need no permission. Whoever has such pages lists their
            // origins, whole, and compares exactly.
            //
            // Refused alternative: `*`. Browsers refuse it together with credentials; it is right
            // for data that anyone may read without a session.
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

    /// Whether the answer depends on `Origin`, so that a cache must keep one for each (`Vary`).
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
            description: "Whichever origin asks may read the JSON API with the user's cookie.",
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
        protects: "A browser keeps the answer to a request from the page that sent it, where that \
                   page is of another origin and the answer does not name it in \
                   Access-Control-Allow-Origin. A server that repeats whatever Origin says, with \
                   Access-Control-Allow-Credentials: true, gives this protection up for every \
                   page. The strong arm sends neither header.",
        does_not_stop: "The request itself: it arrives and runs, only its answer stays hidden. \
                        Forgery is stopped by the token and the origin check. A script on the \
                        portal's own page needs no permission, and programs such as curl never \
                        ask for one.",
        stage: RequestStage::Headers,
        needs: &[],
        standards: &["ASVS 3.4.2", "CWE-346", "CWE-942"],
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

    fn grants(arm: Cors, origin: Option<&'static str>) -> Option<&'static str> {
        arm.grants(&RequestFacts {
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
    fn the_weak_arm_names_whoever_asks_and_the_strong_arm_nobody() {
        for origin in [SIBLING, LOOKALIKE, "null"].iter().chain(&STRANGERS) {
            assert_eq!(grants(Cors::WEAK, Some(origin)), Some(*origin));
            assert_eq!(grants(Cors::STRONG, Some(origin)), None, "{origin}");
        }
        assert_eq!(grants(Cors::WEAK, None), None);
    }

    #[test]
    fn a_test_of_the_ending_lets_siblings_and_lookalikes_in() {
        for origin in [SIBLING, LOOKALIKE] {
            assert_eq!(grants(Cors::Suffix, Some(origin)), Some(origin));
        }
        for origin in STRANGERS.iter().chain(&["null"]) {
            assert_eq!(grants(Cors::Suffix, Some(origin)), None, "{origin}");
        }
    }

    #[test]
    fn the_arm_for_null_names_null_only() {
        assert_eq!(grants(Cors::Null, Some("null")), Some("null"));
        for origin in STRANGERS.iter().chain(&[SIBLING, LOOKALIKE]) {
            assert_eq!(grants(Cors::Null, Some(origin)), None, "{origin}");
        }
    }

    #[test]
    fn only_the_strong_arm_answers_everyone_alike() {
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

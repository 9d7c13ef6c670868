//! JSON only: whether a JSON route reads a body that does not call itself JSON. Worksheet 14.
//!
//! The decision is one comparison of `Content-Type`. It matters because browsers let any page send
//! some types without asking the server first, and JSON is not one of them. Read `cors.rs` next:
//! which pages the server permits when a browser asks.

use super::{Arm, Defence, Elsewhere, Lesson, Name, RequestStage};

/// Which bodies a JSON route reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonOnly {
    /// Any body that parses, whatever its type says.
    AnyType,
    /// Only a body whose type is `application/json`.
    JsonOnly,
}

impl JsonOnly {
    /// Whether a body with this `Content-Type` is read as JSON.
    pub fn accepts(self, content_type: Option<&str>) -> bool {
        match self {
            // WEAK: the text of a form with `enctype="text/plain"` can be a JSON object. A browser
            // sends it to another site without asking the portal first, with the victim's cookie
            // where SameSite allows it. So the attacker's page can call the API as the victim.
            JsonOnly::AnyType => true,

            // STRONG: before a page may send `application/json` to another origin, the browser asks
            // the portal (a CORS preflight), and with the strong `cors` the portal never agrees. A
            // missing type is refused as well, because a page can send a body without one and
            // without a preflight.
            //
            // Refused alternative: searching the header for "json". `text/plain; json` contains it
            // and is sent without a preflight.
            //
            // Not stopped: forgery of the portal's forms, whose type any page may send.
            // `csrf-token` and `request-origin` stop that.
            JsonOnly::JsonOnly => content_type
                .and_then(|value| value.split(';').next())
                .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json")),
        }
    }
}

impl Defence for JsonOnly {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "any-type",
            description: "A JSON route reads any body that parses, including text/plain.",
            value: JsonOnly::AnyType,
        },
        Arm {
            slug: "json-only",
            description: "A JSON route reads application/json and refuses every other type.",
            value: JsonOnly::JsonOnly,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "JSON routes read JSON only",
        protects: "A form on another site can send text/plain without asking, and its text can be \
                   a JSON object. It cannot send application/json: the browser asks the portal \
                   first, and the portal does not permit it. So other sites cannot reach a route \
                   that requires the type.",
        does_not_stop: "Forgery of ordinary form routes, which need the CSRF token or the origin \
                        check. The type is no proof of anything outside a browser, and a CORS \
                        setting that allows foreign origins takes the protection away.",
        stage: RequestStage::Checks,
        needs: &[Name::Cors],
        standards: &["ASVS 3.5.2", "CWE-352", "WSTG-SESS-05"],
        elsewhere: Elsewhere {
            flask: "request.get_json() refuses other types (415 since Werkzeug 2.3); never pass \
                    force=True",
            express: "express.json() leaves other types unread, the default; answer 415 where \
                      req.is('application/json') is false",
            django: "No JSON parser built in: test request.content_type == 'application/json' \
                     before json.loads(request.body).",
            spring: "@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)",
            rocket: "#[post(\"/profile\", format = \"json\", data = \"<body>\")]; Json<T> without \
                     format reads text/plain too",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: [Option<&str>; 8] = [
        None,
        Some(""),
        Some("text/plain"),
        Some("text/plain; application/json"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=json"),
        Some("application/jsonp"),
        Some("application/json, text/plain"),
    ];

    #[test]
    fn the_weak_arm_reads_anything() {
        for content_type in OTHERS {
            assert!(JsonOnly::WEAK.accepts(content_type), "{content_type:?}");
        }
    }

    #[test]
    fn the_strong_arm_reads_nothing_but_json() {
        for content_type in OTHERS {
            assert!(!JsonOnly::STRONG.accepts(content_type), "{content_type:?}");
        }
    }

    #[test]
    fn parameters_and_capitals_do_not_matter() {
        for content_type in [
            "application/json",
            "Application/JSON",
            "application/json ; charset=utf-8",
        ] {
            assert!(
                JsonOnly::STRONG.accepts(Some(content_type)),
                "{content_type}"
            );
        }
    }
}

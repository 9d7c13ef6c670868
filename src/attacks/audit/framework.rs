//! With which framework an application is built, as far as it shows, and how a mistake is mended in
//! it. The mends are those of the defences' own pages.

use serde::Serialize;

use super::exchange::AuditExchange;
use crate::defences::policy::Name;

/// A framework that was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Framework {
    /// Flask, or another application of Werkzeug.
    Flask,
    /// Express.
    Express,
    /// Django.
    Django,
    /// Spring, or another application in a servlet container.
    Spring,
    /// Rocket.
    Rocket,
    /// None of them.
    Unknown,
}

/// A path that no application has.
pub(super) const NO_SUCH_PATH: &str = "/session-lab-audit-no-such-page";

/// What the frameworks answer to it by themselves. A server in front of them and a middleware for headers
/// hide their names, and rarely this.
const NOT_FOUND_PAGES: [(&str, Framework); 5] = [
    (
        "Cannot GET /session-lab-audit-no-such-page",
        Framework::Express,
    ),
    ("check your spelling and try again.</p>", Framework::Flask),
    (
        "The requested resource was not found on this server.",
        Framework::Django,
    ),
    ("Whitelabel Error Page", Framework::Spring),
    ("<small>Rocket</small>", Framework::Rocket),
];

impl Framework {
    /// The framework that these cookies and answers show.
    pub fn of(cookies: &[(String, String)], answers: &[&AuditExchange]) -> Self {
        let has = |name: &str| cookies.iter().any(|(found, _)| found == name);
        let says = |header: &str, word: &str| {
            let values = answers
                .iter()
                .flat_map(|answer| answer.reply.header(header));
            values
                .into_iter()
                .any(|value| value.to_ascii_lowercase().contains(word))
        };
        let body = |word: &str| {
            answers
                .iter()
                .any(|answer| answer.reply.body.contains(word))
        };
        if has("csrftoken") || has("sessionid") || body("csrfmiddlewaretoken") {
            Self::Django
        } else if says("x-powered-by", "express") || has("connect.sid") || has("session.sig") {
            Self::Express
        } else if has("JSESSIONID") || has("SESSION") {
            Self::Spring
        } else if says("server", "rocket") {
            Self::Rocket
        } else if says("server", "werkzeug") {
            Self::Flask
        } else {
            let mut pages = NOT_FOUND_PAGES.iter();
            let known = pages.find(|(text, _)| body(text));
            known.map_or(Self::Unknown, |(_, framework)| *framework)
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flask => "Flask",
            Self::Express => "Express",
            Self::Django => "Django",
            Self::Spring => "Spring",
            Self::Rocket => "Rocket",
            Self::Unknown => "not recognised",
        }
    }

    /// How a defence is switched on in it; in general where none was recognised.
    pub fn mend(self, defence: Name) -> String {
        let lesson = defence.lesson();
        let elsewhere = &lesson.elsewhere;
        match self {
            Self::Flask => elsewhere.flask.to_owned(),
            Self::Express => elsewhere.express.to_owned(),
            Self::Django => elsewhere.django.to_owned(),
            Self::Spring => elsewhere.spring.to_owned(),
            Self::Rocket => elsewhere.rocket.to_owned(),
            Self::Unknown => {
                let arms = defence.arms();
                let strong = arms.last().map_or("", |arm| arm.description);
                format!("{strong} The page has the setting for five frameworks.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::HttpExchange;
    use crate::defences::facts::Scheme;

    fn answer(headers: &[(&str, &str)], body: &str) -> AuditExchange {
        let headers = headers.iter();
        AuditExchange {
            method: "GET".into(),
            url: String::new(),
            headers: Vec::new(),
            body: String::new(),
            reply: HttpExchange {
                scheme: Scheme::Http,
                sent: String::new(),
                head: String::new(),
                status: 404,
                headers: headers
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
                body: body.into(),
            },
            took: std::time::Duration::ZERO,
        }
    }

    #[test]
    fn a_framework_is_known_by_a_header_a_cookie_or_its_page_for_what_is_not_there() {
        // As Express 5, Flask 3.1 and Rocket 0.5 answer.
        for (headers, body, framework) in [
            (&[("server", "Werkzeug/3.1.3")][..], "", Framework::Flask),
            (
                &[],
                "<pre>Cannot GET /session-lab-audit-no-such-page</pre>",
                Framework::Express,
            ),
            (
                &[("server", "gunicorn")],
                "<p>If you entered the URL manually please check your spelling and try again.</p>",
                Framework::Flask,
            ),
            (&[], "<hr><small>Rocket</small>", Framework::Rocket),
            (
                &[("server", "nginx")],
                "<h1>404 Not Found</h1>",
                Framework::Unknown,
            ),
        ] {
            assert_eq!(
                Framework::of(&[], &[&answer(headers, body)]),
                framework,
                "{body}"
            );
        }
        let cookie = |name: &str| [(name.to_owned(), String::new())];
        assert_eq!(Framework::of(&cookie("sessionid"), &[]), Framework::Django);
        assert_eq!(Framework::of(&cookie("JSESSIONID"), &[]), Framework::Spring);
    }
}

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
            Self::Unknown
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

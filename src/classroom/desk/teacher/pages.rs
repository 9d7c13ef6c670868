//! What every page of the desk is given, and the pages that say what went wrong.

use hyper::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::TeacherSite;
use super::sign_in::TeacherSession;
use crate::classroom::desk::class_record::ClassRecord;
use crate::classroom::desk::error::DeskError;
use crate::classroom::desk::server::DeskAnswer;
use crate::classroom::protocol::Refused;

/// Why a page is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("There is no such page.")]
    NotFound,
    #[error("The form is not one of this session.")]
    NoToken,
    #[error("{0}")]
    Refused(String),
    #[error("The desk could not do it: {0}.")]
    Desk(#[from] DeskError),
}

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NoToken => StatusCode::FORBIDDEN,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Desk(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn next(&self) -> &'static str {
        match self {
            Self::NotFound => "Choose a class from the list.",
            Self::NoToken => "Load the page again, and send the form from there.",
            Self::Refused(_) => "Go back and change what you sent.",
            Self::Desk(error) if error.is_full() => {
                "Nothing was changed. Make room on the disk that holds the data folder, or give Redis more \
                 memory, and send it again. The students' labs keep what they have and send it by \
                 themselves."
            }
            Self::Desk(_) => "Nothing was changed. The log of the lab has the details.",
        }
    }
}

impl From<Refused> for PageError {
    fn from(refused: Refused) -> Self {
        Self::Refused(format!("{} {}", refused.says, refused.next))
    }
}

/// What all pages share.
#[derive(Debug, Serialize)]
struct DeskFrame<'p> {
    title: &'p str,
    /// The look of the lab's own pages.
    site: &'static str,
    assets: &'static str,
}

impl TeacherSite {
    /// A page for somebody who is signed in.
    pub(super) fn page(
        &self,
        name: &str,
        title: &str,
        session: &TeacherSession,
        class: Option<&ClassRecord>,
        page: Value,
    ) -> DeskAnswer {
        let class = class.map(|class| {
            json!({
                "number": class.number, "name": class.name, "code": class.code,
                "is_open": class.is_open, "has_ended": class.ended.is_some(),
            })
        });
        let shared = json!({ "token": session.token, "class": class, "here": name });
        self.render(StatusCode::OK, name, title, merged(shared, page))
    }

    /// The page on which the script exchanges the link's key.
    pub(super) fn sign_in_page(&self, said: &str) -> DeskAnswer {
        let page = json!({ "said": said });
        self.render(StatusCode::OK, "sign_in", "Open the desk", page)
    }

    /// Nobody is signed in.
    pub(super) fn locked(&self) -> DeskAnswer {
        self.sign_in_page("")
    }

    /// A page that says what went wrong.
    pub(super) fn problem(&self, error: &PageError) -> DeskAnswer {
        if let PageError::Desk(error) = error {
            log::error!("the desk could not do what its teacher asked: {error}");
        }
        let page = json!({ "because": error.to_string(), "next": error.next() });
        self.render(error.status(), "problem", "That did not work", page)
    }

    /// A page.
    pub(super) fn render(
        &self,
        status: StatusCode,
        name: &str,
        title: &str,
        page: Value,
    ) -> DeskAnswer {
        let frame = DeskFrame {
            title,
            site: "lab",
            assets: "",
        };
        let page = merged(json!({ "frame": frame }), page);
        match self.pages.render(&format!("pages/desk/{name}.html"), page) {
            Ok(html) => DeskAnswer::new(status, "text/html; charset=utf-8", html),
            Err(error) => super::broken(&error),
        }
    }
}

/// Two objects as one.
fn merged(shared: Value, page: Value) -> Value {
    match (shared, page) {
        (Value::Object(mut shared), Value::Object(page)) => {
            shared.extend(page);
            Value::Object(shared)
        }
        (shared, _) => shared,
    }
}

//! What every page of the desk is given, and the pages that say what went wrong.

use hyper::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::form::DeskForm;
use super::refused_form::{FormMistake, PageVisit};
use super::sign_in::TeacherSession;
use super::{TeacherSite, held_form};
use crate::classroom::desk::class_record::ClassRecord;
use crate::classroom::desk::error::DeskError;
use crate::classroom::desk::server::{DeskAnswer, DeskRequest};
use crate::classroom::protocol::Refused;

/// Why a page is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("There is no such page.")]
    NotFound,
    #[error("The desk is locked, and nothing was changed.")]
    Locked,
    #[error("This page is from an earlier sign-in, and nothing was changed.")]
    NoToken,
    #[error("{}", .0.says)]
    Refused(FormMistake),
    #[error("No archive was made: {0}.")]
    TooLarge(String),
    #[error("The desk could not do it: {0}.")]
    Desk(#[from] DeskError),
}

/// What can be done with what was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NextTry {
    /// Nothing was typed: the page has it all.
    OnItsPage,
    /// The answer holds what was typed, and a button.
    FromHere,
    /// A script sent a file, and its page is still open.
    ByScript,
}

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Locked => StatusCode::UNAUTHORIZED,
            Self::NoToken => StatusCode::FORBIDDEN,
            Self::Refused(_) | Self::TooLarge(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Desk(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn next(&self, how: NextTry) -> &'static str {
        match self {
            Self::NotFound if how == NextTry::FromHere => {
                "Copy what you typed, and choose a class from the list."
            }
            Self::NotFound => "Choose a class from the list.",
            Self::Locked => match how {
                NextTry::OnItsPage => "Open it with a new link from the terminal.",
                NextTry::FromHere => {
                    "Print a new link, open it in another tab, and come back to this one. Then send the \
                     form again."
                }
                NextTry::ByScript => {
                    "Open it in another tab with a new link from the terminal. Then load this page again, \
                     and choose the file again."
                }
            },
            Self::NoToken => match how {
                NextTry::OnItsPage => "Go to the page again, and choose there.",
                NextTry::FromHere => "Read it, and send it again.",
                NextTry::ByScript => "Load this page again, and choose the file again.",
            },
            Self::Refused(_) => "Nothing was changed.",
            Self::TooLarge(_) => "Export one student after the other, each on their own page.",
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
        Self::Refused(FormMistake {
            says: format!("{} {}", refused.says, refused.next),
            field: None,
        })
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
    /// A page for somebody who is signed in. Behind a form that was refused it says so first.
    pub(super) fn page(
        &self,
        name: &str,
        title: &str,
        visit: PageVisit<'_>,
        class: Option<&ClassRecord>,
        page: Value,
    ) -> DeskAnswer {
        let class = class.map(|class| {
            json!({
                "number": class.number, "name": class.name, "code": class.code,
                "is_open": class.is_open, "has_ended": class.ended.is_some(),
            })
        });
        let token = &visit.session.token;
        let shared = json!({ "token": token, "class": class, "here": name });
        let page = merged(merged(shared, visit.shown()), page);
        if visit.refused.is_some() {
            let title = format!("Error: {title}");
            return self.render(StatusCode::UNPROCESSABLE_ENTITY, name, &title, page);
        }
        self.render(StatusCode::OK, name, title, page)
    }

    /// The page on which the script exchanges the link's key.
    pub(super) fn sign_in_page(&self, status: StatusCode, said: &str) -> DeskAnswer {
        let page = json!({ "said": said });
        self.render(status, "sign_in", "Open the desk", page)
    }

    /// Nobody is signed in. The link of the terminal leads to the first page, which is no error.
    pub(super) fn locked(&self, path: &str) -> DeskAnswer {
        let status = match path {
            "/" => StatusCode::OK,
            _ => StatusCode::UNAUTHORIZED,
        };
        self.sign_in_page(status, "")
    }

    /// A page that says what went wrong.
    pub(super) fn problem(&self, error: &PageError) -> DeskAnswer {
        self.problem_with(error, NextTry::OnItsPage, json!({}))
    }

    /// What went wrong with a change. What was typed is in the answer, to be sent again.
    pub(super) fn not_done(
        &self,
        error: &PageError,
        request: &DeskRequest,
        form: &DeskForm,
        session: Option<&TeacherSession>,
    ) -> DeskAnswer {
        if DeskForm::is_by_script(request) {
            let says = format!("{error} {}", error.next(NextTry::ByScript));
            return DeskAnswer::json(error.status(), &json!({ "because": says }));
        }
        let held = held_form::shown(&request.path, form);
        let how = match held {
            Some(_) => NextTry::FromHere,
            None => NextTry::OnItsPage,
        };
        let page = json!({
            "token": session.map(|session| &session.token), "held": held,
            "can_send": !matches!(error, PageError::NotFound),
            "is_locked": matches!(error, PageError::Locked),
        });
        self.problem_with(error, how, page)
    }

    fn problem_with(&self, error: &PageError, how: NextTry, page: Value) -> DeskAnswer {
        if let PageError::Desk(error) = error {
            log::error!("the desk could not do what its teacher asked: {error}");
        }
        let says = json!({ "because": error.to_string(), "next": error.next(how) });
        let title = "Error: That did not work";
        self.render(error.status(), "problem", title, merged(page, says))
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

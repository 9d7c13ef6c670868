//! A form that is shown again, with what was typed into it and the reason.

use std::collections::BTreeMap;

use serde::Serialize;

use super::forms::PortalForm;
use crate::session::bench::drafts::Draft;

/// What a page with forms shows besides: nothing, a draft, or what was wrong with what was sent.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Refill {
    /// What was typed, by the names of the fields.
    fields: BTreeMap<&'static str, String>,
    /// What happened, where nothing that was typed is wrong.
    notice: Option<String>,
    /// What is wrong, and with which fields.
    error: Option<FormError>,
    /// The draft that the form is sent with, so that it is forgotten afterwards.
    draft: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct FormError {
    message: String,
    /// The fields that it is about, by their ids. The summary leads to the first.
    fields: &'static [&'static str],
}

impl Refill {
    /// The form of a draft, with what happened to it in a few sentences.
    pub fn of_draft(id: &str, draft: &Draft, notice: String) -> Self {
        Self {
            fields: draft.fields.iter().cloned().collect(),
            notice: Some(notice),
            error: None,
            draft: Some(id.to_owned()),
        }
    }

    /// The form as it was sent, with what is wrong in `fields`.
    pub fn failed(message: impl Into<String>, fields: &'static [&'static str]) -> Self {
        Self {
            error: Some(FormError {
                message: message.into(),
                fields,
            }),
            ..Self::default()
        }
    }

    /// The same with something that was typed.
    pub fn with(mut self, field: &'static str, typed: &str) -> Self {
        self.fields.insert(field, typed.to_owned());
        self
    }

    /// The same with the draft that the form came with.
    pub fn sent_with(self, draft: Option<&str>) -> Self {
        Self {
            draft: draft.map(str::to_owned),
            ..self
        }
    }

    /// What was typed into a field.
    pub fn typed(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    /// The page's title, which says first that something is wrong.
    pub fn title(&self, title: &str) -> String {
        match self.error {
            Some(_) => format!("Error: {title}"),
            None => title.to_owned(),
        }
    }
}

/// The sentences above a form that its writer finds again.
pub(super) fn found_again(form: &PortalForm, user: &str, typed: bool) -> String {
    let again = match (form.action, typed) {
        ("/logout", _) => "Press Sign out once more.",
        (_, true) => "What you typed is in the form again: check it, and send it.",
        (_, false) => "Send the form once more.",
    };
    format!(
        "{}: the form belonged to another session, or to one that has ended. You are signed in as \
         {user}. {again}",
        form.not_done
    )
}

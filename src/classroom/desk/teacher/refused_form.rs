//! A form that was refused, on its own page again: with what was typed, and a message at the field.

use serde_json::{Map, Value, json};

use super::form::DeskForm;
use super::sign_in::TeacherSession;

/// Why a form is refused, and at which of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormMistake {
    /// What is wrong, and what is right: whole sentences.
    pub says: String,
    /// The field's name; `None` where no field is wrong.
    pub field: Option<&'static str>,
}

impl FormMistake {
    /// A mistake in a field.
    pub fn at(field: &'static str, says: impl Into<String>) -> Self {
        Self {
            says: says.into(),
            field: Some(field),
        }
    }
}

/// A form that was refused.
#[derive(Debug)]
pub struct RefusedForm<'f> {
    /// What was typed.
    pub form: &'f DeskForm,
    /// What is wrong with it.
    pub mistake: FormMistake,
}

/// A look at a page: by whom, and after which refused form.
#[derive(Clone, Copy, Debug)]
pub struct PageVisit<'v> {
    pub session: &'v TeacherSession,
    pub refused: Option<&'v RefusedForm<'v>>,
}

impl<'v> PageVisit<'v> {
    /// A page that somebody asked for.
    pub fn of(session: &'v TeacherSession) -> Self {
        Self {
            session,
            refused: None,
        }
    }

    /// What a page shows of a refused form. `given` has what was typed by the ids of the fields.
    pub(super) fn shown(&self) -> Value {
        let Some(RefusedForm { form, mistake }) = self.refused else {
            return json!({ "refused": null, "given": {} });
        };
        let given: Map<String, Value> = form
            .fields()
            .map(|(name, value)| (field_id(form, name), value.into()))
            .collect();
        let at = mistake.field.map(|field| field_id(form, field));
        json!({ "refused": { "says": mistake.says, "at": at }, "given": given })
    }

    /// Whether a box is ticked: as it was sent, where its form was refused.
    pub(super) fn is_ticked(&self, button: &str, name: &str, stored: bool) -> bool {
        let sent = self.refused.filter(|it| it.form.get("do") == button);
        sent.map_or(stored, |it| it.form.is_ticked(name))
    }
}

/// The id of a field on its page. A page has a form for each sheet, or for each reflection.
fn field_id(form: &DeskForm, name: &str) -> String {
    let of = [form.filled("sheet"), form.filled("reflection"), Some(name)];
    let parts: Vec<&str> = of.into_iter().flatten().collect();
    parts.join("-")
}

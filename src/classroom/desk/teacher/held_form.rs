//! A form that could not be done because of something beside it: the desk is locked, the page is of an
//! earlier sign-in, the store is full. What was typed is shown, and can be sent again.

use serde_json::{Value, json};

use super::form::DeskForm;

/// A field that a teacher types into.
struct TypedField {
    name: &'static str,
    label: &'static str,
    /// Whether it has several lines.
    has_lines: bool,
}

/// A field of one line.
const fn line(name: &'static str, label: &'static str) -> TypedField {
    TypedField {
        name,
        label,
        has_lines: false,
    }
}

/// A field of several lines.
const fn lines(name: &'static str, label: &'static str) -> TypedField {
    TypedField {
        name,
        label,
        has_lines: true,
    }
}

/// Every other field is a choice, or says what the form is about.
const TYPED: [TypedField; 8] = [
    lines("message", "Message"),
    lines("comment", "Comment"),
    lines("roster", "A line for each student"),
    line("points", "Points"),
    line("name", "Name"),
    line("minutes", "Minutes until the deadline"),
    line("stuck-minutes", "Stuck after so many minutes"),
    line("keep-days", "Delete so many days after the end"),
];

/// What a page shows of a form that is held; nothing where nobody typed anything. What deletes is not
/// offered again: it is confirmed on its own page.
pub(super) fn shown(path: &str, form: &DeskForm) -> Option<Value> {
    let typed = |name: &str| TYPED.iter().find(|field| field.name == name);
    let is_typed = |(name, value): (&str, &str)| typed(name).is_some() && !value.trim().is_empty();
    if form.get("do") == "delete" || !form.fields().any(is_typed) {
        return None;
    }
    let fields = form.fields().map(|(name, value)| {
        let field = typed(name);
        json!({
            "name": name, "value": value, "label": field.map(|field| field.label),
            "has_lines": field.is_some_and(|field| field.has_lines),
        })
    });
    Some(json!({ "action": path, "fields": fields.collect::<Vec<_>>() }))
}

//! A form of one field that was sent with something that it cannot take: the problem's page is that
//! form again, with what was typed.

use serde::Serialize;

/// What the field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    Text,
    Number,
    /// Never filled in again.
    Password,
    /// A browser lets no page fill it in.
    File,
}

/// A form of one field, to be corrected and sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The address that it is sent to.
    pub action: String,
    /// The field's name.
    pub field: &'static str,
    pub label: &'static str,
    pub control: Control,
    /// What was typed.
    pub typed: String,
    /// What the button says.
    pub button: &'static str,
}

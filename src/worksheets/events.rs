//! The events that a step can expect, as sheets name them, and their fields.

use std::collections::BTreeMap;

use crate::journal::Event;

/// An event as a step sees it: the text of each field.
pub type Facts = BTreeMap<String, String>;

/// The fields of each event, besides `variant` and `client`.
const FIELDS: [(&str, &[&str]); 22] = [
    ("session-opened", &["session", "adopted"]),
    ("signed-in", &["user", "session", "before"]),
    ("sign-in-failed", &["user", "throttled"]),
    ("rotated", &["user", "from", "to"]),
    ("ended", &["user", "session", "reason", "record-removed"]),
    ("unknown-session", &["session"]),
    ("refused", &["defence", "because"]),
    ("password-changed", &["user"]),
    ("role-changed", &["user", "role"]),
    ("transferred", &["from", "to", "amount", "method"]),
    ("token-issued", &["user", "token", "refreshed"]),
    ("token-revoked", &["user", "token", "remembered"]),
    ("family-ended", &["user"]),
    ("key-set-fetched", &["keys"]),
    ("notice-posted", &["user"]),
    ("document-cookie", &["names", "session-visible"]),
    ("clock-moved", &["minutes"]),
    ("bench-reset", &[]),
    ("custom-changed", &["strong"]),
    ("request", &REQUEST),
    ("attack-ran", &["attack", "succeeded"]),
    ("mix-attacked", &["strong", "succeeded"]),
];

const REQUEST: [&str; 10] = [
    "site",
    "method",
    "path",
    "status",
    "scheme",
    "host",
    "session",
    "user",
    "fetch-site",
    "algorithm",
];

/// The fields of an event; `None` when there is no such event.
pub fn fields_of(event: &str) -> Option<Vec<&'static str>> {
    let (_, own) = FIELDS.iter().find(|(name, _)| *name == event)?;
    Some(own.iter().copied().chain(["variant", "client"]).collect())
}

/// The names of all events.
pub fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(name, _)| *name)
}

/// The fields of an event as text. A field that is `None` is left out.
pub fn facts(event: &Event) -> Facts {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(event) else {
        return Facts::new();
    };
    let text = |value: serde_json::Value| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Array(items) => Some(
            items
                .iter()
                .filter_map(|item| item.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        ),
        other => Some(other.to_string()),
    };
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, text(value)?)))
        .collect()
}

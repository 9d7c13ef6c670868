//! The events that a step can expect, as sheets name them, and their fields.

use std::collections::BTreeMap;

use crate::base::event::Event;

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

const REQUEST: [&str; 11] = [
    "site",
    "method",
    "path",
    "status",
    "scheme",
    "host",
    "cafe",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::BenchTime;
    use crate::base::event::{Client, EndReason, Fingerprint, Request, What};

    /// One event of every kind, with every field there. The match is never run: it does not compile
    /// when the journal has an event that is not in the list.
    fn one_of_each() -> Vec<What> {
        let mark = || Fingerprint("0a0b0c0d".into());
        let user = || "alice".to_owned();
        let _complete = |what: &What| match what {
            What::SessionOpened { .. } | What::SignedIn { .. } | What::SignInFailed { .. } => {}
            What::Rotated { .. } | What::Ended { .. } | What::UnknownSession { .. } => {}
            What::Refused { .. } | What::PasswordChanged { .. } | What::RoleChanged { .. } => {}
            What::Transferred { .. } | What::TokenIssued { .. } | What::TokenRevoked { .. } => {}
            What::FamilyEnded { .. } | What::KeySetFetched { .. } => {}
            What::NoticePosted { .. } | What::DocumentCookie { .. } => {}
            What::ClockMoved { .. } | What::BenchReset | What::CustomChanged { .. } => {}
            What::Request(_) | What::AttackRan { .. } | What::MixAttacked { .. } => {}
        };
        let request = Request {
            site: "portal".into(),
            method: "GET".into(),
            path: "/".into(),
            status: 200,
            scheme: "http".into(),
            host: "localhost".into(),
            cafe: false,
            session: Some(mark()),
            user: Some(user()),
            fetch_site: Some("none".into()),
            algorithm: Some("HS256".into()),
        };
        vec![
            What::SessionOpened {
                session: mark(),
                adopted: false,
            },
            What::SignedIn {
                user: user(),
                session: mark(),
                before: Some(mark()),
            },
            What::SignInFailed {
                user: Some(user()),
                throttled: false,
            },
            What::Rotated {
                user: user(),
                from: mark(),
                to: mark(),
            },
            What::Ended {
                user: Some(user()),
                session: mark(),
                reason: EndReason::SignOut,
                record_removed: true,
            },
            What::UnknownSession { session: mark() },
            What::Refused {
                defence: user(),
                because: user(),
            },
            What::PasswordChanged { user: user() },
            What::RoleChanged {
                user: user(),
                role: user(),
            },
            What::Transferred {
                from: user(),
                to: user(),
                amount: 1,
                method: user(),
            },
            What::TokenIssued {
                user: user(),
                token: mark(),
                refreshed: false,
            },
            What::TokenRevoked {
                user: user(),
                token: mark(),
                remembered: true,
            },
            What::FamilyEnded { user: user() },
            What::KeySetFetched { keys: 1 },
            What::NoticePosted { user: user() },
            What::DocumentCookie {
                names: vec![user(), user()],
                session_visible: true,
            },
            What::ClockMoved { minutes: 1 },
            What::BenchReset,
            What::CustomChanged { strong: 1 },
            What::Request(Box::new(request)),
            What::AttackRan {
                attack: user(),
                succeeded: true,
            },
            What::MixAttacked {
                strong: 1,
                succeeded: 1,
            },
        ]
    }

    #[test]
    fn sheets_can_ask_for_every_event_and_for_each_of_its_fields() {
        let mut named: Vec<&str> = names().collect();
        for what in one_of_each() {
            let event = Event {
                at: BenchTime::from_millis(0),
                variant: Some(crate::defences::policy::Variant::Insecure),
                client: Client::Curl,
                what,
            };
            let mut facts = facts(&event);
            facts.remove("at");
            let name = facts.remove("event").expect("a name");
            let mut fields = fields_of(&name).unwrap_or_else(|| panic!("{name} is not listed"));
            fields.sort_unstable();
            assert_eq!(facts.keys().collect::<Vec<_>>(), fields, "{name}");
            named.retain(|other| *other != name);
        }
        assert!(named.is_empty(), "no such events: {named:?}");
    }

    #[test]
    fn a_list_becomes_one_text() {
        let what = What::DocumentCookie {
            names: vec!["a".into(), "b".into()],
            session_visible: false,
        };
        let event = Event {
            at: BenchTime::from_millis(0),
            variant: None,
            client: Client::Browser,
            what,
        };
        let facts = facts(&event);
        assert_eq!(facts["names"], "a, b");
        assert_eq!(facts["session-visible"], "false");
        assert!(!facts.contains_key("variant"));
    }
}

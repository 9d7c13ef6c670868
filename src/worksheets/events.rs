//! The events that a step can expect, as sheets name them, and their fields.

use std::collections::BTreeMap;

use crate::base::addresses::{BESIDE_SIBLING, LAB_TEST};
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
    (
        "mix-attacked",
        &[
            "strong",
            "succeeded",
            "price",
            "mix",
            "model",
            "within-budget",
        ],
    ),
];

const REQUEST: [&str; 13] = [
    "site",
    "method",
    "path",
    "status",
    "scheme",
    "host",
    "loopback",
    "beside-sibling",
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
    let mut facts: Facts = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, text(value)?)))
        .collect();
    if let Some(host) = facts.get("host") {
        let loopback = is_loopback_name(host).to_string();
        let beside_sibling = is_beside_sibling(host).to_string();
        facts.insert("loopback".into(), loopback);
        facts.insert("beside-sibling".into(), beside_sibling);
    }
    facts
}

/// Whether clients take this name for their own computer, to which curl, Chromium and Firefox also send a
/// `Secure` cookie unencrypted.
fn is_loopback_name(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

/// Whether the attacker controls a sibling of this host of the portal. A class's name is such a host.
fn is_beside_sibling(host: &str) -> bool {
    host == BESIDE_SIBLING || !(is_loopback_name(host) || host == LAB_TEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::BenchTime;
    use crate::base::event::{ClientKind, EndReason, EventKind, Fingerprint, NotedRequest};

    /// One event of every kind, with every field there. The match is never run: it does not compile
    /// when the journal has an event that is not in the list.
    fn one_of_each() -> Vec<EventKind> {
        let mark = || Fingerprint("0a0b0c0d".into());
        let user = || "alice".to_owned();
        let _complete = |what: &EventKind| match what {
            EventKind::SessionOpened { .. }
            | EventKind::SignedIn { .. }
            | EventKind::SignInFailed { .. } => {}
            EventKind::Rotated { .. }
            | EventKind::Ended { .. }
            | EventKind::UnknownSession { .. } => {}
            EventKind::Refused { .. }
            | EventKind::PasswordChanged { .. }
            | EventKind::RoleChanged { .. } => {}
            EventKind::Transferred { .. }
            | EventKind::TokenIssued { .. }
            | EventKind::TokenRevoked { .. } => {}
            EventKind::FamilyEnded { .. } | EventKind::KeySetFetched { .. } => {}
            EventKind::NoticePosted { .. } | EventKind::DocumentCookie { .. } => {}
            EventKind::ClockMoved { .. }
            | EventKind::BenchReset
            | EventKind::CustomChanged { .. } => {}
            EventKind::Request(_) | EventKind::AttackRan { .. } | EventKind::MixAttacked { .. } => {
            }
        };
        let request = NotedRequest {
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
            EventKind::SessionOpened {
                session: mark(),
                adopted: false,
            },
            EventKind::SignedIn {
                user: user(),
                session: mark(),
                before: Some(mark()),
            },
            EventKind::SignInFailed {
                user: Some(user()),
                throttled: false,
            },
            EventKind::Rotated {
                user: user(),
                from: mark(),
                to: mark(),
            },
            EventKind::Ended {
                user: Some(user()),
                session: mark(),
                reason: EndReason::SignOut,
                record_removed: true,
            },
            EventKind::UnknownSession { session: mark() },
            EventKind::Refused {
                defence: user(),
                because: user(),
            },
            EventKind::PasswordChanged { user: user() },
            EventKind::RoleChanged {
                user: user(),
                role: user(),
            },
            EventKind::Transferred {
                from: user(),
                to: user(),
                amount: 1,
                method: user(),
            },
            EventKind::TokenIssued {
                user: user(),
                token: mark(),
                refreshed: false,
            },
            EventKind::TokenRevoked {
                user: user(),
                token: mark(),
                remembered: true,
            },
            EventKind::FamilyEnded { user: user() },
            EventKind::KeySetFetched { keys: 1 },
            EventKind::NoticePosted { user: user() },
            EventKind::DocumentCookie {
                names: vec![user(), user()],
                session_visible: true,
            },
            EventKind::ClockMoved { minutes: 1 },
            EventKind::BenchReset,
            EventKind::CustomChanged { strong: 1 },
            EventKind::Request(Box::new(request)),
            EventKind::AttackRan {
                attack: user(),
                succeeded: true,
            },
            EventKind::MixAttacked {
                strong: 1,
                succeeded: 1,
                price: 1,
                mix: Some(mark()),
                model: Some(user()),
                within_budget: Some(true),
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
                client: ClientKind::Curl,
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
    fn lab_test_and_the_name_of_a_class_are_no_loopback_names() {
        for (host, loopback) in [
            ("localhost", true),
            ("portal.localhost", true),
            ("lab.test", false),
            ("cafe.lab.school.example", false),
            ("notlocalhost", false),
        ] {
            assert_eq!(is_loopback_name(host), loopback, "{host}");
        }
        for (host, beside) in [
            ("localhost", false),
            ("lab.test", false),
            ("portal.localhost", true),
            ("lab.school.example", true),
        ] {
            assert_eq!(is_beside_sibling(host), beside, "{host}");
        }
    }

    #[test]
    fn a_list_becomes_one_text() {
        let what = EventKind::DocumentCookie {
            names: vec!["a".into(), "b".into()],
            session_visible: false,
        };
        let event = Event {
            at: BenchTime::from_millis(0),
            variant: None,
            client: ClientKind::Browser,
            what,
        };
        let facts = facts(&event);
        assert_eq!(facts["names"], "a, b");
        assert_eq!(facts["session-visible"], "false");
        assert!(!facts.contains_key("variant"));
    }
}

//! An exchange as a row of the wire: who asked whom for what, and which cookies went which way.

use serde::Serialize;

use crate::base::event::{ClientKind, in_words};
use crate::defences::policy::Name;
use crate::session::bench::wire::{Cookie, Exchange, To};
use crate::web::page::VariantView;
use crate::web::visible_time::time_of_day;

/// A row.
#[derive(Debug, Serialize)]
pub struct WireRow {
    id: u64,
    time: String,
    client: &'static str,
    /// Whom it asked: `portal` or `attacker`.
    to: &'static str,
    variant: Option<VariantView>,
    line: String,
    status: u16,
    scheme: &'static str,
    sent: Vec<CookieView>,
    more: usize,
    set: Vec<CookieView>,
    refused_by: Option<&'static str>,
    /// Whether it came while the page was open.
    fresh: bool,
}

/// A cookie without its value.
#[derive(Debug, Serialize)]
pub struct CookieView {
    name: String,
    /// The letter of its value; none where the value is empty.
    letter: Option<String>,
    /// The number behind the letter, for its colour.
    n: u32,
    /// The length of the value and its mark.
    value: String,
    /// What follows in a `Set-Cookie` line.
    attributes: String,
    /// Whether the line takes it back.
    removed: bool,
}

impl WireRow {
    /// The row of an exchange.
    pub fn new(one: &Exchange, fresh: bool) -> Self {
        Self {
            id: one.id,
            time: time_of_day(one.at),
            client: client(one.client),
            to: match one.to {
                To::Portal => "portal",
                To::Attacker => "attacker",
            },
            variant: one.variant.map(|variant| VariantView::new(variant, &[])),
            line: one.line.clone(),
            status: one.status,
            scheme: one.scheme.as_str(),
            sent: one.sent_cookies().map(CookieView::new).collect(),
            more: one.more_cookies,
            set: one.set_cookie.iter().map(CookieView::new).collect(),
            refused_by: one.refused_by.map(Name::slug),
            fresh,
        }
    }
}

/// A client in words, for a row and for the filter.
pub fn client(client: ClientKind) -> &'static str {
    match client {
        ClientKind::Lab => "the lab itself",
        other => in_words::client(other),
    }
}

impl CookieView {
    /// A cookie of a request or of an answer.
    pub fn new(cookie: &Cookie) -> Self {
        let n = cookie.value.map(|value| value.letter()).unwrap_or_default();
        Self {
            name: cookie.name.clone(),
            letter: cookie.value.map(|_| letter(n)),
            n,
            value: cookie.value.map(|v| v.to_string()).unwrap_or_default(),
            attributes: cookie.attributes.clone(),
            removed: cookie.attributes.contains("Max-Age=0"),
        }
    }
}

/// `A` to `Z`, then `A2` to `Z2`, and so on.
fn letter(n: u32) -> String {
    let letter = char::from_u32(u32::from('A') + n % 26).unwrap_or('?');
    match n / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn letters_go_on_behind_z() {
        assert_eq!([0, 25, 26, 53].map(letter), ["A", "Z", "A2", "B3"]);
    }
}

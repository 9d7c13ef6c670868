//! Where a student does an attack himself, step by step, in his own browser.

/// A page on which an attack is done by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One of the lab's own pages.
    Lab(&'static str),
    /// One of the attacker's, on another site.
    Attacker(&'static str),
    /// One of the attacker's, on the portal's sibling.
    Sibling(&'static str),
}

/// The pages by the attacks' names. An attack that the server alone decides may have none: it is
/// shown with curl.
const PLACES: &[(&str, Place)] = &[
    ("secure-cookie-over-http", Place::Lab("/cafe")),
    ("long-lived-cookie", Place::Attacker("/restart")),
    ("xss-steals-cookie", Place::Attacker("/xss")),
    ("xss-rides-session", Place::Attacker("/xss")),
    ("cookie-overflow", Place::Sibling("/overflow")),
    ("csrf-form", Place::Attacker("/csrf-form")),
    ("csrf-link", Place::Attacker("/csrf-link")),
    ("login-csrf", Place::Attacker("/login-csrf")),
    ("csrf-from-sibling", Place::Sibling("/csrf-sibling")),
    ("cors-read", Place::Sibling("/cors")),
    ("clickjacking", Place::Sibling("/clickjacking")),
    ("fixation", Place::Lab("/fixation")),
    ("planted-id", Place::Sibling("/fixation")),
    ("cookie-tossing", Place::Sibling("/tossing")),
    ("id-in-referer", Place::Attacker("/partner")),
    ("xss-reads-local-storage", Place::Attacker("/xss")),
    ("token-in-referer", Place::Attacker("/partner")),
    ("id-prediction", Place::Lab("/ids")),
    ("replay-after-sign-out", Place::Lab("/compare")),
    ("back-button", Place::Attacker("/back")),
    ("draft-after-sign-out", Place::Attacker("/left-behind")),
];

/// Where the attack of that name is done by hand.
pub fn place_of(attack: &str) -> Option<Place> {
    let found = PLACES.iter().find(|(name, _)| *name == attack);
    found.map(|(_, place)| *place)
}

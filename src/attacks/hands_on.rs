//! Where a student does an attack by hand, step by step, in their own browser.
//!
//! The program shows that an attack works. Doing it by hand shows how little it needs. Where the
//! page is decides which rules of the browser apply: a page of another site, a page of the same
//! site, or the portal's own.

/// A page on which an attack is done by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandsOnPage {
    /// One of the lab's own pages.
    Lab(&'static str),
    /// A page of the attacker, on another site than the portal.
    Attacker(&'static str),
    /// A page of the attacker on the sibling host, which is the portal's own site.
    Sibling(&'static str),
}

/// The pages by the attacks' names. An attack that the server alone decides may have none: curl
/// shows it.
const PAGES: &[(&str, HandsOnPage)] = &[
    ("secure-cookie-over-http", HandsOnPage::Lab("/cafe")),
    ("long-lived-cookie", HandsOnPage::Attacker("/restart")),
    ("xss-steals-cookie", HandsOnPage::Attacker("/xss")),
    ("xss-rides-session", HandsOnPage::Attacker("/xss")),
    ("cookie-overflow", HandsOnPage::Sibling("/overflow")),
    ("csrf-form", HandsOnPage::Attacker("/csrf-form")),
    ("csrf-link", HandsOnPage::Attacker("/csrf-link")),
    ("login-csrf", HandsOnPage::Attacker("/login-csrf")),
    ("csrf-from-sibling", HandsOnPage::Sibling("/csrf-sibling")),
    ("cors-read", HandsOnPage::Sibling("/cors")),
    ("clickjacking", HandsOnPage::Sibling("/clickjacking")),
    ("planted-id", HandsOnPage::Sibling("/fixation")),
    ("cookie-tossing", HandsOnPage::Sibling("/tossing")),
    ("id-in-referer", HandsOnPage::Attacker("/partner")),
    ("xss-reads-local-storage", HandsOnPage::Attacker("/xss")),
    ("token-in-referer", HandsOnPage::Attacker("/partner")),
    ("id-prediction", HandsOnPage::Lab("/ids")),
    ("replay-after-sign-out", HandsOnPage::Lab("/compare")),
    ("back-button", HandsOnPage::Attacker("/back")),
    (
        "draft-after-sign-out",
        HandsOnPage::Attacker("/left-behind"),
    ),
];

/// The page on which the attack of that name is done by hand.
pub fn page_for(attack: &str) -> Option<HandsOnPage> {
    let found = PAGES.iter().find(|(name, _)| *name == attack);
    found.map(|(_, page)| *page)
}

//! The stages that a request passes in the portal, in their real order.
//!
//! The order is that of the code: `web::request_router`, then the guards `Visitor` and `Checked`, then
//! the handler, and `web::answer` last. Each defence names its stage in its [`Lesson`]; the diagram
//! of a request (`/wire`) shows the defences stage by stage.
//!
//! [`Lesson`]: super::Lesson

/// The stage of a request at which the portal asks for the arm of a defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestStage {
    /// Scheme, host and method.
    Arrival,
    /// From the cookie to a session.
    Session,
    /// Where the request comes from, and whether it belongs to a page of the portal.
    Checks,
    /// From a token to a user.
    Token,
    /// What the handler does.
    Action,
    /// The page or the JSON.
    Page,
    /// The attributes of the cookies that are set.
    Cookies,
    /// The headers of the answer.
    Headers,
}

impl RequestStage {
    /// Every stage, in the order in which a request passes them.
    pub const ALL: [RequestStage; 8] = [
        RequestStage::Arrival,
        RequestStage::Session,
        RequestStage::Checks,
        RequestStage::Token,
        RequestStage::Action,
        RequestStage::Page,
        RequestStage::Cookies,
        RequestStage::Headers,
    ];

    /// Its name on the diagram.
    pub const fn title(self) -> &'static str {
        match self {
            RequestStage::Arrival => "Arrival",
            RequestStage::Session => "Whose session?",
            RequestStage::Checks => "Sent from where?",
            RequestStage::Token => "Whose token?",
            RequestStage::Action => "The action",
            RequestStage::Page => "The page",
            RequestStage::Cookies => "Cookies set",
            RequestStage::Headers => "Headers added",
        }
    }

    /// What happens there.
    pub const fn description(self) -> &'static str {
        match self {
            RequestStage::Arrival => "The router checks scheme, host and method.",
            RequestStage::Session => "The portal finds the session that the cookie names.",
            RequestStage::Checks => {
                "A request that changes something shows that a page of the portal sent it."
            }
            RequestStage::Token => "The API verifies the token, if the request carries one.",
            RequestStage::Action => {
                "The portal does what the request asks for: a sign-in, a transfer, a sign-out."
            }
            RequestStage::Page => "The portal writes the page.",
            RequestStage::Cookies => {
                "A cookie that is set or deleted gets its name and its attributes."
            }
            RequestStage::Headers => "Every answer gets the headers that the policy asks for.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::Name;

    #[test]
    fn each_defence_names_the_stage_at_which_the_portal_asks_it() {
        for (stage, slugs) in [
            (RequestStage::Arrival, "safe-methods transport"),
            (
                RequestStage::Session,
                "adoption carrier duplicate-cookies at-rest idle-timeout",
            ),
            (
                RequestStage::Session,
                "absolute-timeout client-state signing-key",
            ),
            (RequestStage::Checks, "csrf-token request-origin json-only"),
            (
                RequestStage::Token,
                "jwt-signature jwt-none key-rotation jwt-claims token-storage",
            ),
            (
                RequestStage::Action,
                "id-source rotation sign-out sessions-on-password-change",
            ),
            (
                RequestStage::Action,
                "throttle login-errors password-storage role-source",
            ),
            (RequestStage::Page, "output"),
            (
                RequestStage::Cookies,
                "http-only secure same-site host-prefix persistence",
            ),
            (
                RequestStage::Headers,
                "clear-site-data no-store cors csp framing referrer",
            ),
        ] {
            for slug in slugs.split(' ') {
                let name = Name::ALL.iter().find(|name| name.slug() == slug);
                let named = name.map(|name| name.lesson().stage);
                assert_eq!(named, Some(stage), "{slug}");
            }
        }
    }

    #[test]
    fn the_stages_are_listed_in_their_order() {
        assert!(RequestStage::ALL.is_sorted());
    }
}

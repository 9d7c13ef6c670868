//! The stages that a request passes in the portal, in their real order, and where each defence
//! stands.
//!
//! The order is that of the code: `web::request_router`, then the guards `Visitor` and `Checked`, then the
//! handler, and `web::answer` last.

use crate::defences::policy::Name;

/// One stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
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

impl Stage {
    /// Every stage, in the order in which a request passes them.
    pub const ALL: [Stage; 8] = [
        Stage::Arrival,
        Stage::Session,
        Stage::Checks,
        Stage::Token,
        Stage::Action,
        Stage::Page,
        Stage::Cookies,
        Stage::Headers,
    ];

    /// Its name on the diagram.
    pub const fn title(self) -> &'static str {
        match self {
            Stage::Arrival => "Arrival",
            Stage::Session => "Whose session?",
            Stage::Checks => "Sent from where?",
            Stage::Token => "Whose token?",
            Stage::Action => "The action",
            Stage::Page => "The page",
            Stage::Cookies => "Cookies set",
            Stage::Headers => "Headers added",
        }
    }

    /// What happens there.
    pub const fn description(self) -> &'static str {
        match self {
            Stage::Arrival => "The reception looks at scheme, host and method.",
            Stage::Session => "The portal finds the session that the cookie opens.",
            Stage::Checks => {
                "A request that changes something shows that a page of the portal sent it."
            }
            Stage::Token => "The API verifies the token, if that is how it is asked.",
            Stage::Action => "The portal does what was asked: a sign-in, a transfer, a sign-out.",
            Stage::Page => "The page is written.",
            Stage::Cookies => "A cookie that is set or taken back gets its name and attributes.",
            Stage::Headers => "Every answer gets the headers that the policy asks for.",
        }
    }

    /// Where a defence stands. One that is not named here stands where the one before it in the
    /// list of defences does: neighbours in the course mostly are neighbours in the code.
    pub fn of(name: Name) -> Self {
        match name {
            Name::SafeMethods | Name::Transport => Stage::Arrival,
            Name::Adoption | Name::Carrier | Name::IdleTimeout | Name::ClientState => {
                Stage::Session
            }
            Name::CsrfToken => Stage::Checks,
            Name::JwtSignature => Stage::Token,
            Name::IdSource
            | Name::Rotation
            | Name::SignOut
            | Name::SessionsOnPasswordChange
            | Name::Throttle => Stage::Action,
            Name::Output => Stage::Page,
            Name::HttpOnly => Stage::Cookies,
            Name::ClearSiteData | Name::Cors | Name::Csp => Stage::Headers,
            _ => {
                let before = (name as usize).checked_sub(1);
                let before = before.and_then(|at| Name::ALL.get(at));
                before.map_or(Stage::Headers, |before| Stage::of(*before))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defences_stand_where_the_portal_asks_them() {
        for (stage, slugs) in [
            (Stage::Arrival, "safe-methods transport"),
            (
                Stage::Session,
                "adoption carrier duplicate-cookies at-rest idle-timeout",
            ),
            (Stage::Session, "absolute-timeout client-state signing-key"),
            (Stage::Checks, "csrf-token request-origin json-only"),
            (
                Stage::Token,
                "jwt-signature jwt-none key-rotation jwt-claims token-storage",
            ),
            (
                Stage::Action,
                "id-source rotation sign-out sessions-on-password-change",
            ),
            (
                Stage::Action,
                "throttle login-errors password-storage role-source",
            ),
            (Stage::Page, "output"),
            (
                Stage::Cookies,
                "http-only secure same-site host-prefix persistence",
            ),
            (
                Stage::Headers,
                "clear-site-data no-store cors csp framing referrer",
            ),
        ] {
            for slug in slugs.split(' ') {
                let name = Name::ALL.iter().find(|name| name.slug() == slug);
                assert_eq!(name.map(|name| Stage::of(*name)), Some(stage), "{slug}");
            }
        }
    }

    #[test]
    fn the_stages_are_listed_in_their_order() {
        assert!(Stage::ALL.is_sorted());
        let listed = |name: &Name| Stage::ALL.contains(&Stage::of(*name));
        assert!(Name::ALL.iter().all(listed));
    }
}

//! How many requests an audit sends, and how long it takes: said before the first one is sent.
//!
//! It follows from the recipe and from what the audit may do: each card says how many requests and
//! sign-ins its check needs at most, and a check that lacks something sends none. The tests
//! `attacks::audit::estimate` hold it to what is really sent.

use std::time::Duration;

use super::CHECKS;
use super::change::uses_unique;
use super::check::{CheckCard, CheckNeed, Credential};
use super::discover::USUAL_HOMES;
use super::recipe::{Recipe, RequestRecipe};
use super::wire::PAUSE;

/// What an audit may do beside what every audit does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditEffort {
    /// For how long limits may be waited for.
    pub wait: Option<Duration>,
    /// Whether it may change what somebody could mind.
    pub destructive: bool,
    /// Whether there is a browser.
    pub browser: bool,
}

/// What an audit will cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditEstimate {
    /// How many requests it sends at most, as long as the application neither limits them nor fails.
    pub requests: u32,
    /// How long it waits for limits of sessions.
    pub waits: Duration,
}

/// A form that is not known yet: its page, and itself.
const UNKNOWN_SIGN_IN: u32 = 2;

/// Looking for a form and for a JSON route: the first page, five links and the usual addresses, each with
/// a redirect, and three names at five routes.
const SEARCH: u32 = 2 * 13 + 15;

/// Looking at the page for users as its user, and as a stranger with a redirect: where the sign-in leads,
/// on the first page, and at the usual addresses, of which most do not exist.
const LOOKING_AT_HOME: u32 = 3 * 3 + USUAL_HOMES.len() as u32;

/// Looking which cookies make the session, and at a page that is not there.
const LOOKING_AT_COOKIES: u32 = 9;

/// What checks send that are asked a second time, because a session that they did not touch was lost.
const ASKED_AGAIN: u32 = 30;

impl AuditEstimate {
    /// What an audit with this recipe will cost.
    pub fn of(recipe: &Recipe, effort: AuditEffort) -> Self {
        let finds_sign_in = recipe.sign_in.is_none();
        let mut requests = 2 * sign_in_cost(recipe);
        requests += LOOKING_AT_HOME + LOOKING_AT_COOKIES + ASKED_AGAIN;
        requests += u32::from(finds_sign_in) * SEARCH;
        let mut waits = Duration::ZERO;
        for card in CHECKS.iter().map(|check| check.card()) {
            if !will_run(card, recipe, effort) {
                continue;
            }
            // A refusal counts after an honest request only.
            let honest = match card.uses() {
                _ if card.requests + card.sign_ins == 0 => 0,
                Credential::Token => token_cost(recipe),
                _ => 1,
            };
            requests += most_requests(card, recipe) + honest;
            if card.needs.contains(&CheckNeed::Waiting) {
                waits += effort.wait.unwrap_or_default();
            }
        }
        Self { requests, waits }
    }

    /// How long all of it takes where the application answers as fast as the audit asks.
    pub fn takes(&self) -> Duration {
        PAUSE * self.requests + self.waits
    }
}

/// How many requests a check sends at most.
pub fn most_requests(card: &CheckCard, recipe: &Recipe) -> u32 {
    let each = match card.uses() {
        Credential::CookieSession => sign_in_cost(recipe),
        Credential::Token => token_cost(recipe),
        Credential::AnySignIn => sign_in_cost(recipe).max(token_cost(recipe)),
    };
    card.requests + card.sign_ins * each
}

/// How many requests a sign-in is, with every step of it and the page for users after it.
fn sign_in_cost(recipe: &Recipe) -> u32 {
    let first: u32 = recipe.sign_in_first.iter().map(cost).sum();
    first + recipe.sign_in.as_ref().map_or(UNKNOWN_SIGN_IN, cost) + 1
}

/// How many requests a sign-in for tokens is, with the page that a token opens.
fn token_cost(recipe: &Recipe) -> u32 {
    let token = recipe.token.as_ref();
    token.map_or(0, |token| cost(&token.sign_in) + 1)
}

/// How many requests a request of a recipe is, with its page and its token.
fn cost(request: &RequestRecipe) -> u32 {
    1 + u32::from(request.page.is_some()) + u32::from(request.csrf.is_some())
}

/// Whether a check has what it needs.
fn will_run(card: &CheckCard, recipe: &Recipe, effort: AuditEffort) -> bool {
    let is_known = card.uses() != Credential::Token || recipe.token.is_some();
    is_known && card.needs.iter().all(|need| need.is_met(recipe, effort))
}

impl CheckNeed {
    /// Whether a recipe and its audit have it.
    pub fn is_met(self, recipe: &Recipe, effort: AuditEffort) -> bool {
        let mut changes = recipe.change.iter();
        let token = recipe.token.as_ref();
        match self {
            Self::Waiting => effort.wait.is_some(),
            Self::Destruction => effort.destructive,
            Self::Browser => effort.browser,
            Self::FormChange => changes.any(|change| change.request.json.is_none()),
            Self::JsonChange => changes.any(|change| change.request.json.is_some()),
            Self::TextChange => changes.any(uses_unique),
            Self::SecondScheme => recipe.beside.is_some(),
            Self::AdminPage => recipe.admin_page.is_some(),
            Self::PasswordChange => recipe.password_change.is_some(),
            Self::RoleChange => recipe.role_change.is_some(),
            Self::SignOutOthers => recipe.sign_out_others.is_some(),
            Self::TokenSignOut => token.is_some_and(|token| token.sign_out.is_some()),
            Self::TokenRenewal => token.is_some_and(|token| token.renew.is_some()),
            Self::PublicKey => token.is_some_and(|token| token.public_key.is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_recipe_adds_and_what_the_flags_allow_is_counted() {
        let plain = Recipe::of_address("http://localhost:5000");
        let none = AuditEffort::default();
        let least = AuditEstimate::of(&plain, none);
        assert_eq!(least.waits, Duration::ZERO);
        assert_eq!(least.takes(), PAUSE * least.requests);

        let text = "base = \"http://localhost:5000\"\nmine = true\nadmin-page = \"/admin\"\n";
        let with_page = Recipe::read(text).expect("a recipe");
        assert!(AuditEstimate::of(&with_page, none).requests > least.requests);

        let patient = AuditEffort {
            wait: Some(Duration::from_secs(360)),
            ..none
        };
        let waiting = AuditEstimate::of(&plain, patient);
        assert!(waiting.requests > least.requests);
        // An idle limit is waited for, and then an absolute one.
        assert_eq!(waiting.waits, Duration::from_secs(720));
        assert!(waiting.takes() > Duration::from_secs(720));

        let browser = AuditEffort {
            browser: true,
            ..none
        };
        assert!(AuditEstimate::of(&plain, browser).requests > least.requests);
        // Nothing of the recipe could be destroyed.
        let destructive = AuditEffort {
            destructive: true,
            ..none
        };
        assert_eq!(AuditEstimate::of(&plain, destructive), least);
    }

    #[test]
    fn a_sign_in_of_several_steps_makes_each_sign_in_dearer() {
        let read = |steps: &str| {
            let text = format!(
                "base = \"http://localhost:5000\"\nmine = true\n{steps}[sign-in]\npage = \"/in\"\npath = \"/in\"\n"
            );
            AuditEstimate::of(
                &Recipe::read(&text).expect("a recipe"),
                AuditEffort::default(),
            )
        };
        let one = read("");
        let two = read("[[sign-in-first]]\npage = \"/name\"\npath = \"/name\"\n");
        assert!(two.requests > one.requests + 40, "{two:?} {one:?}");
    }
}

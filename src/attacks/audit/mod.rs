//! The audit: what the attacks know, asked of an application that somebody built themselves.
//!
//! An attack of the matrix knows the portal and ends with "succeeded" or "stopped". A check knows an
//! application by its recipe only and says what it saw: the weak arm of a defence, or the strong one.
//! What that means follows from the matrix ([`verdict`]), so nothing is called a flaw that no attack
//! of the lab makes use of. The other way round, the matrix proves the audit: on `without-X` it must
//! find what an attacker then achieves, and on `hardened` nothing ([`classes`]).
//!
//! The guard comes first: [`target`] says what may be audited, and [`wire`] sends to nothing else.
//! Then read [`recipe`] (how the application is used), [`observed`] (what one sign-in shows) and one
//! of the checks, such as `checks/rotation.rs`. Payloads, word list, forged tokens and keys are those
//! of the attacks.

pub mod check;
pub mod classes;
pub mod estimate;
pub mod exchange;
pub mod framework;
pub mod lab_portal;
pub mod mends;
pub mod observed;
pub mod overload;
pub mod person;
pub mod plan;
pub mod prepared;
pub mod recipe;
pub mod report;
pub mod run;
pub mod target;
pub mod verdict;
pub mod wire;

mod answer_date;
mod audit_window;
mod believed_cookie;
mod change;
mod checks;
mod client_state;
mod cookie_line_rule;
mod discover;
mod failed_sign_in;
mod forged_tokens;
mod hmac_key;
mod html;
mod key_words;
mod recipe_check;
mod retry_after;
mod role_change;
mod token_api;
mod token_times;
mod tokens;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use self::check::{CheckAnswer, Credential};
use self::estimate::AuditEffort;
use self::exchange::{AuditExchange, ShownExchange};
use self::observed::Observed;
use self::person::Person;
use self::plan::{AuditAccount, AuditPlan};
use self::recipe::{ChangeRecipe, Recipe};
use self::token_api::TokenApi;
use self::wire::{AuditError, AuditWire};
use crate::browser::Browser;
use crate::client::caller::Call;

pub use checks::ALL as CHECKS;

/// What an honest request gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HonestAnswer {
    /// It is served.
    Served,
    /// Its session was lost since the last one, and a new sign-in is served.
    ServedAgain,
    /// Neither is served.
    Refused,
}

/// One audit of one application.
#[derive(Debug)]
pub struct Audit {
    /// The way to the application.
    pub wire: AuditWire,
    /// How it is used.
    pub plan: AuditPlan,
    /// What one sign-in showed.
    pub seen: Observed,
    /// For how long limits may be waited for.
    pub wait: Option<Duration>,
    /// Whether it may change what other users see, and the password of the account.
    pub destructive: bool,
    /// The browser for what only a browser decides.
    browser: Option<Arc<Browser>>,
    changed: Mutex<BTreeSet<String>>,
    /// How many requests of the checks were answered "later", but for those that guess passwords.
    turned_away: AtomicU32,
    /// The cookies of somebody who asks honest requests between the checks.
    honest: tokio::sync::Mutex<Option<String>>,
    /// Whether tokens are believed with any signature: asked once for all forgeries.
    any_signature: OnceCell<bool>,
}

impl Audit {
    /// Signs in for the first time, and looks.
    ///
    /// # Errors
    /// No answer, no account, no sign-in that works.
    pub async fn begin(
        wire: AuditWire,
        recipe: Recipe,
        accounts: Vec<AuditAccount>,
    ) -> Result<Self, AuditError> {
        let plan = plan::complete(&wire, recipe, accounts).await?;
        let account = &plan.accounts[0];
        let seen = match &plan.recipe.token {
            Some(token) if !plan.has_cookie_session => {
                Observed::of_tokens(&wire, token, account).await?
            }
            _ => Observed::of(&wire, &plan, account).await?,
        };
        Ok(Self {
            wire,
            plan,
            seen,
            wait: None,
            destructive: false,
            browser: None,
            changed: Mutex::default(),
            turned_away: AtomicU32::new(0),
            honest: tokio::sync::Mutex::default(),
            any_signature: OnceCell::new(),
        })
    }

    /// The same with a browser, where there is one.
    #[must_use]
    pub fn with_browser(mut self, browser: Option<Arc<Browser>>) -> Self {
        self.browser = browser;
        self
    }

    /// The account of the user who is attacked.
    pub fn account(&self) -> &AuditAccount {
        // Invariant: a plan without an account is not made.
        &self.plan.accounts[0]
    }

    /// The account of somebody else, where one is known. The administrator's only changes roles.
    pub fn second(&self) -> Option<&AuditAccount> {
        let role_change = self.plan.recipe.role_change.as_ref();
        let is_administrator =
            |account: &AuditAccount| role_change.is_some_and(|change| change.by == account.user);
        let mut others = self.plan.accounts.iter().skip(1);
        others.find(|account| !is_administrator(account))
    }

    /// Somebody with an empty jar.
    pub fn person(&self) -> Person<'_> {
        Person::new(&self.wire)
    }

    /// Somebody who has just signed in.
    ///
    /// # Errors
    /// No answer, or the sign-in does not work.
    pub async fn signed_in(&self, account: &AuditAccount) -> Result<Person<'_>, AuditError> {
        let mut person = self.person();
        let answer = self.plan.sign_in(&mut person, account).await?;
        let home = person.get(&self.plan.home).await?;
        if self.plan.shows(&home, account) {
            return Ok(person);
        }
        let (user, status) = (&account.user, answer.reply.status);
        if let Some(status) = [status, home.reply.status]
            .into_iter()
            .find(|status| overload::is_no_answer(*status))
        {
            return Err(AuditError::Overloaded(status));
        }
        let because = format!("a sign-in of {user} was answered {status} and did not work");
        Err(AuditError::Unexpected(because))
    }

    /// Whether exactly this `Cookie` header opens the page of a user.
    ///
    /// # Errors
    /// No answer.
    pub async fn opens(
        &self,
        account: &AuditAccount,
        cookie: Option<String>,
    ) -> Result<(bool, AuditExchange), AuditError> {
        let call = Call::get(&*self.plan.home).with_cookie(cookie);
        let exchange = self.person().call(call).await?;
        Ok((self.plan.shows(&exchange, account), exchange))
    }

    /// Whether an honest request is served: one of a user who is signed in, or who signs in again.
    ///
    /// # Errors
    /// No answer.
    pub async fn honest_answer(&self, by: Credential) -> Result<HonestAnswer, AuditError> {
        if by == Credential::Token || !self.plan.has_cookie_session {
            return Ok(match self.takes_token(self.account()).await? {
                true => HonestAnswer::Served,
                false => HonestAnswer::Refused,
            });
        }
        let mut honest = self.honest.lock().await;
        let had_session = honest.is_some();
        if let Some(cookie) = honest.clone() {
            let (opens, _) = self.opens(self.account(), Some(cookie)).await?;
            if opens {
                return Ok(HonestAnswer::Served);
            }
        }
        match self.signed_in(self.account()).await {
            Ok(person) => {
                *honest = person.cookie_header(&self.plan.home);
                Ok(match had_session {
                    true => HonestAnswer::ServedAgain,
                    false => HonestAnswer::Served,
                })
            }
            Err(AuditError::Unexpected(_) | AuditError::Overloaded(_)) => Ok(HonestAnswer::Refused),
            Err(error) => Err(error),
        }
    }

    /// Whether a new sign-in for tokens gives one that opens the page of its user.
    ///
    /// # Errors
    /// No answer.
    async fn takes_token(&self, account: &AuditAccount) -> Result<bool, AuditError> {
        let Some(recipe) = &self.plan.recipe.token else {
            return Ok(false);
        };
        let wire = &self.wire;
        let api = TokenApi { wire, recipe };
        match api.sign_in(account).await {
            Ok(issued) => Ok(api.open(&issued.access, account).await?.0),
            Err(AuditError::Unexpected(_) | AuditError::Overloaded(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What it may do beside what every audit does.
    pub fn effort(&self) -> AuditEffort {
        AuditEffort {
            wait: self.wait,
            destructive: self.destructive,
            browser: self.browser.is_some(),
        }
    }

    /// An exchange as the report shows it.
    pub fn shown(&self, exchange: &AuditExchange, headers: &[&str]) -> ShownExchange {
        let mut shown = self.wire.mask.shown(exchange, headers);
        if self.wire.certificate_unchecked() && exchange.url.starts_with("https:") {
            // The audit checked no certificate either: without it curl would refuse.
            shown.curl = shown.curl.replacen("curl -i", "curl -k -i", 1);
        }
        shown
    }

    /// Notes what the audit changed in the application.
    pub fn note_change(&self, what: impl Into<String>) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.insert(what.into());
    }

    /// Takes back what was noted, because it is as it was.
    fn forget_change(&self, what: &str) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.remove(what);
    }

    fn note_turned_away(&self, requests: u32) {
        self.turned_away.fetch_add(requests, Ordering::Relaxed);
    }

    fn was_turned_away(&self) -> bool {
        self.turned_away.load(Ordering::Relaxed) > 0
    }

    fn changes(&self) -> Vec<String> {
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.iter().cloned().collect()
    }

    fn form_change(&self) -> Option<&ChangeRecipe> {
        let mut changes = self.plan.recipe.change.iter();
        changes.find(|change| change.request.json.is_none())
    }

    fn json_change(&self) -> Option<&ChangeRecipe> {
        let mut changes = self.plan.recipe.change.iter();
        changes.find(|change| change.request.json.is_some())
    }

    fn no_change(&self, what: &str) -> CheckAnswer {
        CheckAnswer::NotTried(format!(
            "No request is known that changes something with {what}: name one in [[change]] of the \
             recipe."
        ))
    }

    fn no_session_cookie(&self) -> CheckAnswer {
        if self.seen.renames_session {
            let says = "The cookie of the session has another name at each sign-in, so the audit cannot follow it.";
            return CheckAnswer::CannotTell(says.into());
        }
        CheckAnswer::NotTried("The sign-in sets no cookie that makes a session.".into())
    }
}

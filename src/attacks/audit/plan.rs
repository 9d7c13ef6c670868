//! How the audited application is used: what the recipe says, and what is found where it says
//! nothing (`discover.rs`).

use super::discover::{find_form, find_home, find_route, find_sign_out, no_sign_in};
use super::exchange::AuditExchange;
use super::failed_sign_in;
use super::html::FoundPage;
use super::person::Person;
use super::prepared::{Prepared, Values};
use super::recipe::{Recipe, RequestRecipe};
use super::wire::{AuditError, AuditWire};

/// An account to sign in with.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditAccount {
    /// The name at the sign-in.
    pub user: String,
    /// Its password.
    pub password: String,
    /// What the application calls the user.
    pub shown_as: String,
}

/// Shows the name only.
impl std::fmt::Debug for AuditAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuditAccount({})", self.user)
    }
}

impl AuditAccount {
    /// What the placeholders mean when this account signs in.
    pub fn values(&self) -> Values {
        Values::from([
            ("user", self.user.clone()),
            ("password", self.password.clone()),
        ])
    }
}

/// How somebody signs in, and how one sees it.
#[derive(Clone, Debug)]
pub struct AuditPlan {
    /// The accounts: one at least.
    pub accounts: Vec<AuditAccount>,
    /// The sign-in.
    pub sign_in: RequestRecipe,
    /// Whether a sign-in opens a session with a cookie. Where it does not, the sign-in is the one for
    /// tokens, and the page for users is the one that a token opens.
    pub has_cookie_session: bool,
    /// The whole path of the page for users.
    pub home: String,
    /// A text on it that only the user sees; `{user}` is what the application calls them.
    pub home_text: String,
    /// The sign-out, where it is known.
    pub sign_out: Option<RequestRecipe>,
    /// What else the recipe says.
    pub recipe: Recipe,
    /// What was found without the recipe, a sentence each.
    pub found: Vec<String>,
    /// The names of the cookies after the first sign-in.
    pub first_cookies: Vec<String>,
}

impl AuditPlan {
    /// Whether an answer shows this user signed in.
    pub fn shows(&self, exchange: &AuditExchange, account: &AuditAccount) -> bool {
        let text = self.home_text.replace("{user}", &account.shown_as);
        exchange.reply.status == 200 && contains(&exchange.reply.body, &text)
    }

    /// Signs somebody in whose jar may hold anything. Gives the answer to the sign-in itself.
    ///
    /// # Errors
    /// No answer, or the request cannot be made.
    pub async fn sign_in(
        &self,
        person: &mut Person<'_>,
        account: &AuditAccount,
    ) -> Result<AuditExchange, AuditError> {
        self.try_sign_in(person, &account.values()).await
    }

    /// Sends every step of a sign-in with these values, which may be wrong. Gives the last answer.
    ///
    /// # Errors
    /// No answer, or a request cannot be made.
    pub async fn try_sign_in(
        &self,
        person: &mut Person<'_>,
        values: &Values,
    ) -> Result<AuditExchange, AuditError> {
        let prepared = self.prepare_sign_in(person, &self.sign_in, values).await?;
        person.call(prepared.call()?).await
    }

    /// Sends the steps that come before the password, and gets the request with the password ready.
    ///
    /// # Errors
    /// No answer, or a request cannot be made.
    pub async fn prepare_sign_in(
        &self,
        person: &mut Person<'_>,
        sign_in: &RequestRecipe,
        values: &Values,
    ) -> Result<Prepared, AuditError> {
        for step in &self.recipe.sign_in_first {
            person.submit(step, values).await?;
        }
        person.prepare(sign_in, values).await
    }
}

/// Whether a page has this text, as text or with the entities of HTML.
fn contains(page: &str, text: &str) -> bool {
    page.contains(text) || FoundPage::read(page).text.contains(text)
}

/// Completes a recipe by looking at the application.
///
/// # Errors
/// No answer, no sign-in is found, or the sign-in does not work.
pub async fn complete(
    wire: &AuditWire,
    recipe: Recipe,
    accounts: Vec<AuditAccount>,
) -> Result<AuditPlan, AuditError> {
    let Some(first) = accounts.first().cloned() else {
        let because = "no account is named: use --user NAME or [[account]] in the recipe";
        return Err(AuditError::Unexpected(because.into()));
    };
    for account in &accounts {
        wire.mask.note(&account.password, "password");
    }
    let mut found = Vec::new();
    let sign_in = match (&recipe.sign_in, &recipe.token) {
        (Some(sign_in), _) => Some(sign_in.clone()),
        (None, None) => match find_form(wire, &mut found).await? {
            Some(form) => Some(form),
            None => Some(find_route(wire, &first, &mut found).await?),
        },
        // A JSON route is not guessed where one is named that answers with tokens.
        (None, Some(_)) => find_form(wire, &mut found).await?,
    };
    let sign_in = match (sign_in, &recipe.token) {
        (Some(sign_in), _) => sign_in,
        (None, Some(token)) => {
            let found = "The only sign-in is the one for tokens: no cookie makes a session.";
            return Ok(AuditPlan {
                accounts,
                sign_in: token.sign_in.clone(),
                has_cookie_session: false,
                home: wire.path(&token.page),
                home_text: token.text.clone(),
                sign_out: None,
                recipe,
                found: vec![found.into()],
                first_cookies: Vec::new(),
            });
        }
        (None, None) => return Err(no_sign_in()),
    };
    let mut plan = AuditPlan {
        accounts,
        sign_in,
        has_cookie_session: true,
        home: String::new(),
        home_text: String::new(),
        sign_out: recipe.sign_out.clone(),
        recipe,
        found,
        first_cookies: Vec::new(),
    };
    let mut person = Person::new(wire);
    let answer = plan.sign_in(&mut person, &first).await?;
    let status = answer.reply.status;
    let sent_to = answer
        .url
        .strip_prefix(&wire.target().origin())
        .unwrap_or("/")
        .to_owned();
    let (landed, page) = person.follow(&sent_to, answer).await?;
    let is_found = match plan.recipe.signed_in.clone() {
        Some(signed_in) => {
            plan.home = wire.path(&signed_in.page);
            plan.home_text = signed_in.text;
            true
        }
        None => find_home(wire, &mut plan, &first, &mut person, &landed).await?,
    };
    if !is_found {
        return Err(failed(&plan, wire, &first, status, &page).await?);
    }
    let (_, home) = person.visit(&plan.home).await?;
    if !plan.shows(&home, &first) {
        return Err(failed(&plan, wire, &first, status, &page).await?);
    }
    if plan.sign_out.is_none() {
        find_sign_out(wire, &mut plan, &home);
    }
    let cookies = person.cookies(&plan.home).into_iter();
    plan.first_cookies = cookies.map(|(name, _)| name).collect();
    Ok(plan)
}

/// The error for a sign-in that did not work, beside what its page says before it.
async fn failed(
    plan: &AuditPlan,
    wire: &AuditWire,
    account: &AuditAccount,
    status: u16,
    page: &AuditExchange,
) -> Result<AuditError, AuditError> {
    let form = match &plan.sign_in.page {
        Some(form) => Some(Person::new(wire).visit(&wire.path(form)).await?.1),
        None => None,
    };
    let form = form.as_ref();
    Ok(failed_sign_in::because(wire, account, status, page, form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_password() {
        let account = AuditAccount {
            user: "alice".into(),
            password: "hunter2".into(),
            shown_as: "Alice".into(),
        };
        assert_eq!(format!("{account:?}"), "AuditAccount(alice)");
    }
}

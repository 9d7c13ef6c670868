//! What most checks look at, fetched once: the cookies of one sign-in, which of them make the
//! session, and the page for users.

use cookie_store::RawCookie;

use super::exchange::AuditExchange;
use super::framework::Framework;
use super::overload::is_no_answer;
use super::person::{Person, header_of};
use super::plan::{AuditAccount, AuditPlan};
use super::recipe::TokenRecipe;
use super::token_api::TokenApi;
use super::wire::{AuditError, AuditWire};

/// One sign-in, looked at closely.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Every `Set-Cookie` line up to the end of the sign-in.
    pub lines: Vec<String>,
    /// The cookies before the sign-in, on the sign-in page.
    pub before: Vec<(String, String)>,
    /// The cookies after it.
    pub cookies: Vec<(String, String)>,
    /// The names of those without which the user is a stranger.
    pub session: Vec<String>,
    /// The answer that set the session's cookie: the one to the sign-in, where none did.
    pub setter: AuditExchange,
    /// The page for users.
    pub home: AuditExchange,
    /// What the application is built with.
    pub framework: Framework,
}

impl Observed {
    /// Signs in once and looks.
    ///
    /// # Errors
    /// No answer, or the sign-in does not work.
    pub async fn of(
        wire: &AuditWire,
        plan: &AuditPlan,
        account: &AuditAccount,
    ) -> Result<Self, AuditError> {
        let mut person = Person::new(wire);
        let prepared = plan
            .prepare_sign_in(&mut person, &plan.sign_in, &account.values())
            .await?;
        let before = person.cookies(&plan.home);
        let sign_in = person.call(prepared.call()?).await?;
        let cookies = person.cookies(&plan.home);
        let home = answered(person.get(&plan.home).await?)?;
        let mut session = Vec::new();
        for (name, _) in &cookies {
            let others: Vec<_> = cookies
                .iter()
                .filter(|(other, _)| other != name)
                .cloned()
                .collect();
            let call =
                crate::client::caller::Call::get(&*plan.home).with_cookie(header_of(&others));
            let without = answered(Person::new(wire).call(call).await?)?;
            if !plan.shows(&without, account) {
                session.push(name.clone());
            }
        }
        let framework = Framework::of(&cookies, &[&sign_in, &home]);
        let lines = person.lines.clone();
        let sets_session = |setter: &&AuditExchange| {
            let names = setter
                .reply
                .header("set-cookie")
                .filter_map(|line| line.split('=').next());
            let mut names = names.map(str::trim);
            names.any(|name| session.iter().any(|known| known == name))
        };
        let setter = person.setters.iter().rfind(sets_session).cloned();
        Ok(Self {
            lines,
            before,
            cookies,
            setter: setter.unwrap_or(sign_in),
            session,
            home,
            framework,
        })
    }

    /// Signs in once for tokens, and looks: there is no cookie that makes a session.
    ///
    /// # Errors
    /// No answer, or the sign-in gives no token that opens the page.
    pub(super) async fn of_tokens(
        wire: &AuditWire,
        recipe: &TokenRecipe,
        account: &AuditAccount,
    ) -> Result<Self, AuditError> {
        let tokens = TokenApi { wire, recipe };
        let issued = tokens.sign_in(account).await?;
        let (opens, home) = tokens.open(&issued.access, account).await?;
        let home = answered(home)?;
        if !opens {
            let because = format!(
                "the token of {} does not open {}: it was answered {}, without the text that [token] names",
                account.user, recipe.page, home.reply.status
            );
            return Err(AuditError::Unexpected(because));
        }
        Ok(Self {
            lines: Vec::new(),
            before: Vec::new(),
            cookies: Vec::new(),
            session: Vec::new(),
            framework: Framework::of(&[], &[&issued.exchange, &home]),
            setter: issued.exchange,
            home,
        })
    }

    /// The value of a cookie after the sign-in.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| &**value)
    }

    /// The name of the cookie that makes the session, where there is one. Of several it is the
    /// longest: the others are marks beside it.
    pub fn session_name(&self) -> Option<&str> {
        let length = |name: &&String| self.cookie(name).map_or(0, str::len);
        self.session.iter().max_by_key(length).map(String::as_str)
    }

    /// The last `Set-Cookie` line of each cookie that makes the session, parsed.
    pub fn session_lines(&self) -> Vec<RawCookie<'_>> {
        let lines = self.session.iter().filter_map(|name| {
            let mut parsed = self
                .lines
                .iter()
                .filter_map(|line| RawCookie::parse(&**line).ok());
            parsed.rfind(|cookie| cookie.name() == name)
        });
        lines.collect()
    }
}

/// An answer, unless it is none to the question: a cookie does not make the session because the
/// application has too many requests.
fn answered(exchange: AuditExchange) -> Result<AuditExchange, AuditError> {
    match exchange.reply.status {
        status if is_no_answer(status) => Err(AuditError::Overloaded(status)),
        _ => Ok(exchange),
    }
}

//! What most checks look at, fetched once: the cookies of one sign-in, which of them make the
//! session, and the page for users.

use cookie_store::RawCookie;

use super::exchange::AuditExchange;
use super::framework::{Framework, NO_SUCH_PATH};
use super::overload::is_no_answer;
use super::person::{Person, header_of};
use super::plan::{AuditAccount, AuditPlan};
use super::recipe::TokenRecipe;
use super::token_api::TokenApi;
use super::token_times;
use super::wire::{AuditError, AuditWire};
use crate::client::caller::Call;

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
    /// Whether each of these opens the page alone, such as a session and a cookie that remembers the user.
    pub any_opens: bool,
    /// Whether one of these names is another one at each sign-in, so that no cookie can be followed.
    pub renames_session: bool,
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
        let home = answered(person.get(&plan.home).await?)?;
        // After the page: some applications give the session another cookie with each answer.
        let cookies = person.cookies(&plan.home);
        let (lines, setters) = (person.lines.clone(), person.setters.clone());
        let mut session = Vec::new();
        for (name, _) in &cookies {
            // Whatever the jar holds by now, but for this one.
            let mut others = person.cookies(&plan.home);
            others.retain(|(other, _)| other != name);
            let call = Call::get(&*plan.home).with_cookie(header_of(&others));
            let mut tried = person.clone();
            let without = answered(tried.call(call).await?)?;
            if plan.shows(&without, account) {
                // The answer may have renewed the session.
                person = tried;
            } else {
                session.push(name.clone());
            }
        }
        let any_opens = session.is_empty();
        if any_opens {
            for (name, value) in &cookies {
                let alone = Some(format!("{name}={value}"));
                let call = Call::get(&*plan.home).with_cookie(alone);
                let answer = answered(Person::new(wire).call(call).await?)?;
                if plan.shows(&answer, account) {
                    session.push(name.clone());
                }
            }
        }
        let renames_session = session
            .iter()
            .any(|name| !plan.first_cookies.contains(name));
        let missing = Person::new(wire).get(&wire.path(NO_SUCH_PATH)).await?;
        let framework = Framework::of(&cookies, &[&sign_in, &home, &missing]);
        let sets_session = |setter: &&AuditExchange| {
            let names = setter
                .reply
                .header("set-cookie")
                .filter_map(|line| line.split('=').next());
            let mut names = names.map(str::trim);
            names.any(|name| session.iter().any(|known| known == name))
        };
        let setter = setters.iter().rfind(sets_session).cloned();
        Ok(Self {
            lines,
            before,
            cookies,
            setter: setter.unwrap_or(sign_in),
            session,
            any_opens,
            renames_session,
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
            let clock = token_times::unfit(&issued.access, &home.reply);
            let clock = clock.map_or_else(String::new, |why| format!(". {why}"));
            let because = format!(
                "the token of {} does not open {}: it was answered {}, without the text that [token] \
                 names{clock}",
                account.user, recipe.page, home.reply.status
            );
            return Err(AuditError::Unexpected(because));
        }
        let missing = Person::new(wire).get(&wire.path(NO_SUCH_PATH)).await?;
        Ok(Self {
            lines: Vec::new(),
            before: Vec::new(),
            cookies: Vec::new(),
            session: Vec::new(),
            any_opens: false,
            renames_session: false,
            framework: Framework::of(&[], &[&issued.exchange, &home, &missing]),
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
    /// longest: the others are marks beside it. There is none where the names change.
    pub fn session_name(&self) -> Option<&str> {
        if self.renames_session {
            return None;
        }
        let length = |name: &&String| self.cookie(name).map_or(0, str::len);
        self.session.iter().max_by_key(length).map(String::as_str)
    }

    /// Those of these cookies that stay where one of the session changes its place: not the others that
    /// would open the page in its place.
    pub fn beside(&self, name: &str, mut cookies: Vec<(String, String)>) -> Vec<(String, String)> {
        cookies.retain(|(other, _)| {
            other != name && !(self.any_opens && self.session.contains(other))
        });
        cookies
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

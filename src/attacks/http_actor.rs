//! Somebody on the stage of an attack: what he sends, and what he reads out of the answers.

use super::scenario::{Line, Scenario, ScenarioError};
use crate::client::HttpExchange;
use crate::client::caller::{Call, Caller};
use crate::defences::password_storage::DEMO_PASSWORDS;

/// Somebody on a stage, with a cookie jar of his own.
#[derive(Debug)]
pub struct HttpActor<'s> {
    scenario: &'s Scenario,
    who: &'static str,
    caller: Caller,
}

impl<'s> HttpActor<'s> {
    pub(super) fn new(scenario: &'s Scenario, who: &'static str, caller: Caller) -> Self {
        Self {
            scenario,
            who,
            caller,
        }
    }

    /// His jar, to look into.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Puts a cookie into his jar, as if this `Set-Cookie` line had come.
    pub fn plant(&mut self, set_cookie: &str) {
        self.caller.plant(set_cookie);
    }

    /// Makes a GET.
    ///
    /// # Errors
    /// No answer.
    pub async fn get(&mut self, path: &str) -> Result<HttpExchange, ScenarioError> {
        self.call(Call::get(path)).await
    }

    /// Posts a form as the portal's own page does, with the token that the last page had.
    ///
    /// # Errors
    /// No answer.
    pub async fn submit(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<HttpExchange, ScenarioError> {
        let exchange = self.caller.submit(path, fields).await?;
        self.note(exchange)
    }

    /// Makes any call.
    ///
    /// # Errors
    /// No answer.
    pub async fn call(&mut self, call: Call) -> Result<HttpExchange, ScenarioError> {
        let exchange = self.caller.call(call).await?;
        self.note(exchange)
    }

    /// Writes an exchange to the transcript. A portal that breaks has not defended itself, so its
    /// own error ends the attack as not tried.
    fn note(&self, exchange: HttpExchange) -> Result<HttpExchange, ScenarioError> {
        let line = Line::Exchange {
            who: self.who,
            exchange: Box::new(exchange.clone()),
        };
        self.scenario.note(line);
        if exchange.status < 500 {
            return Ok(exchange);
        }
        let status = exchange.status;
        Err(ScenarioError::Unexpected(format!(
            "the {} was answered {status}",
            self.who
        )))
    }

    /// Opens the sign-in page and signs in with a demo account's own password.
    ///
    /// # Errors
    /// No answer, or the sign-in fails.
    pub async fn sign_in(&mut self, user: &str) -> Result<(), ScenarioError> {
        self.get("/login").await?;
        let reply = self.try_password(user, demo_password(user)).await?;
        self.expect("the sign-in", &reply, 303)
    }

    /// Sends the form of the sign-in page, which he has open.
    ///
    /// # Errors
    /// No answer.
    pub async fn try_password(
        &mut self,
        user: &str,
        password: &str,
    ) -> Result<HttpExchange, ScenarioError> {
        let fields = [("username", user), ("password", password)];
        self.submit("/login", &fields).await
    }

    /// Changes the password of the signed-in demo account `user`.
    ///
    /// # Errors
    /// No answer, or the change fails.
    pub async fn change_password(&mut self, user: &str, new: &str) -> Result<(), ScenarioError> {
        self.get("/password").await?;
        let fields = [("current", demo_password(user)), ("new", new)];
        let reply = self.submit("/password", &fields).await?;
        self.expect("the new password", &reply, 200)
    }

    /// Posts a notice on the board, where he is signed in.
    ///
    /// # Errors
    /// No answer, or the board does not take it.
    pub async fn post_notice(&mut self, text: &str) -> Result<(), ScenarioError> {
        self.get("/board").await?;
        let reply = self.submit("/board", &[("text", text)]).await?;
        self.expect("the notice", &reply, 303)
    }

    /// Has his browser send a request that a page of the sibling host made, from a form there.
    ///
    /// The two headers are those that Chromium, Firefox and Safari add by themselves, and the
    /// cookies are his: the sibling belongs to the portal's site, so `SameSite` withholds none.
    ///
    /// # Errors
    /// No answer.
    pub async fn post_from_sibling(&mut self, call: Call) -> Result<HttpExchange, ScenarioError> {
        let origin = self.scenario.sibling_origin();
        let call = call.with("origin", origin);
        self.call(call.with("sec-fetch-site", "same-site")).await
    }

    /// An error, unless the answer to a step that is no part of the attack has this status.
    pub(super) fn expect(
        &self,
        step: &str,
        reply: &HttpExchange,
        status: u16,
    ) -> Result<(), ScenarioError> {
        if reply.status == status {
            return Ok(());
        }
        Err(ScenarioError::Unexpected(format!(
            "{step} of the {} was answered {}",
            self.who, reply.status
        )))
    }

    /// Loads the dashboard, and says whom it greets.
    ///
    /// # Errors
    /// No answer.
    pub async fn greeted_as(&mut self, call: Call) -> Result<Option<String>, ScenarioError> {
        let reply = self.call(call).await?;
        let greeting = reply.body.split("Welcome to the Dashboard, ").nth(1);
        Ok(greeting.and_then(|rest| Some(rest.split_once('!')?.0.to_owned())))
    }

    /// Name and value of the session cookie in his jar.
    ///
    /// # Errors
    /// There is none.
    pub fn session_cookie(&self) -> Result<(String, String), ScenarioError> {
        let missing = || ScenarioError::Unexpected(format!("{} has no session cookie", self.who));
        self.caller.session_cookie().ok_or_else(missing)
    }

    /// The name of another cookie of the same variant and bench, as in `role_insecure`.
    ///
    /// # Errors
    /// He has no session cookie to tell it by.
    pub fn cookie_beside(&self, what: &str) -> Result<String, ScenarioError> {
        let (name, _) = self.session_cookie()?;
        let (_, rest) = name.split_once("session_").unwrap_or_default();
        Ok(format!("{what}_{rest}"))
    }

    /// The `Cookie` header that his jar sends, with one cookie changed or added.
    pub fn cookies_with(&self, name: &str, value: &str) -> String {
        let jar = self.caller.cookie_header().unwrap_or_default();
        let others = jar
            .split("; ")
            .filter(|pair| pair.split('=').next().is_some_and(|found| found != name));
        let mut pairs: Vec<&str> = others.collect();
        let changed = format!("{name}={value}");
        pairs.push(&changed);
        pairs.join("; ")
    }

    /// The credit on his dashboard.
    ///
    /// # Errors
    /// No answer, or no credit on the page.
    pub async fn credit(&mut self) -> Result<u64, ScenarioError> {
        let page = self.get("/dashboard").await?.body;
        let shown = page.split("class=\"money\">").nth(1);
        let credit = shown.and_then(|rest| rest.split('<').next()?.parse().ok());
        let missing = || ScenarioError::Unexpected(format!("the {} sees no credit", self.who));
        credit.ok_or_else(missing)
    }
}

/// The password of a demo account.
pub(super) fn demo_password(user: &str) -> &'static str {
    let account = DEMO_PASSWORDS.iter().find(|(name, _)| *name == user);
    account.map(|(_, password)| *password).unwrap_or_default()
}

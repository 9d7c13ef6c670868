//! A person or a program without a browser: what they send, and what they read in the answers.
//!
//! Their client keeps cookies as curl does. It knows nothing of `SameSite`, of scripts or of CORS,
//! because only a browser enforces those. What an attack needs beyond that, it must do with a
//! [`BrowserActor`](super::browser_actor::BrowserActor).

use super::demo_accounts::demo_password;
use super::transcript::{ScenarioError, Transcript};
use crate::client::HttpExchange;
use crate::client::caller::{Call, Caller};

/// A person or a program with its own cookie jar.
#[derive(Debug)]
pub struct HttpActor<'s> {
    transcript: &'s Transcript,
    name: &'static str,
    caller: Caller,
    sibling_origin: String,
}

impl<'s> HttpActor<'s> {
    pub(super) fn new(
        transcript: &'s Transcript,
        name: &'static str,
        caller: Caller,
        sibling_origin: String,
    ) -> Self {
        Self {
            transcript,
            name,
            caller,
            sibling_origin,
        }
    }

    /// The client and its cookie jar, to look into. The owner of a jar may read all of it:
    /// `HttpOnly` hides a cookie from scripts, not from its owner.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Puts a cookie into the jar, as if an answer had this `Set-Cookie` line. The jar applies the
    /// rules for cookies, so a line that a client must refuse is refused here.
    pub fn plant(&mut self, set_cookie: &str) {
        self.transcript.plant(self.name, set_cookie);
        self.caller.plant(set_cookie);
    }

    /// Copies the cookies of somebody else's jar, as anyone can who reads the files of their browser.
    pub fn copy_jar(&mut self, other: &HttpActor<'_>) {
        let cookies = other.caller.cookie_header().unwrap_or_default();
        for pair in cookies.split("; ").filter(|pair| !pair.is_empty()) {
            self.plant(&format!("{pair}; Path=/; Secure"));
        }
    }

    /// Makes a GET.
    ///
    /// # Errors
    /// No answer.
    pub async fn get(&mut self, path: &str) -> Result<HttpExchange, ScenarioError> {
        self.call(Call::get(path)).await
    }

    /// Posts a form as the portal's own page does, with the token that the last page had. An honest
    /// user's request passes every check, so a victim's own steps never depend on the policy.
    ///
    /// # Errors No answer.
    pub async fn submit(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<HttpExchange, ScenarioError> {
        let exchange = self.caller.submit(path, fields).await?;
        self.record(exchange).await
    }

    /// Makes any call.
    ///
    /// # Errors
    /// No answer.
    pub async fn call(&mut self, call: Call) -> Result<HttpExchange, ScenarioError> {
        let exchange = self.caller.call(call).await?;
        self.record(exchange).await
    }

    /// Writes an exchange to the transcript. A portal that breaks has not defended itself: its own
    /// error must not count as a defence, so the attack ends as not tried.
    async fn record(&self, exchange: HttpExchange) -> Result<HttpExchange, ScenarioError> {
        self.transcript.record(self.name, exchange.clone());
        self.transcript.look().await;
        if exchange.status < 500 {
            return Ok(exchange);
        }
        let status = exchange.status;
        Err(ScenarioError::Unexpected(format!(
            "the {} was answered {status}",
            self.name
        )))
    }

    /// Opens the sign-in page and signs in with a demo account's own password. For victims, and for
    /// the attacker's own account. An attack that signs in as the victim says how the password was
    /// obtained.
    ///
    /// # Errors No answer, or the sign-in fails.
    pub async fn sign_in(&mut self, user: &str) -> Result<(), ScenarioError> {
        self.get("/login").await?;
        let reply = self.try_password(user, demo_password(user)).await?;
        self.expect_status("the sign-in", &reply, 303)
    }

    /// Sends the form of the sign-in page, which the actor has open. The form's token goes with it,
    /// so a wrong password is the only thing that can be wrong.
    ///
    /// # Errors No answer.
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
        self.expect_status("the new password", &reply, 200)
    }

    /// Posts a notice on the board. The actor is signed in.
    ///
    /// # Errors
    /// No answer, or the board does not take it.
    pub async fn post_notice(&mut self, text: &str) -> Result<(), ScenarioError> {
        self.get("/board").await?;
        let reply = self.submit("/board", &[("text", text)]).await?;
        self.expect_status("the notice", &reply, 303)
    }

    /// Sends the request that the actor's browser would send for a form on the sibling host.
    ///
    /// The two headers are those that Chromium, Firefox and Safari add by themselves, and no page
    /// can change them. The cookies are the actor's: the sibling belongs to the portal's site, so
    /// `SameSite` withholds none. From another site this would be wrong, because there the browser
    /// decides which cookies are sent: such an attack needs a real one.
    ///
    /// # Errors No answer.
    pub async fn post_from_sibling(&mut self, call: Call) -> Result<HttpExchange, ScenarioError> {
        let call = call.with("origin", self.sibling_origin.clone());
        self.call(call.with("sec-fetch-site", "same-site")).await
    }

    /// An error, unless the answer to a step that is no part of the attack has this status.
    pub(super) fn expect_status(
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
            self.name, reply.status
        )))
    }

    /// Makes a call for the dashboard, and returns the user that it greets. A page for strangers
    /// greets nobody. The name is the evidence: a status of 200 could be any page.
    ///
    /// # Errors No answer.
    pub async fn greeted_as(&mut self, call: Call) -> Result<Option<String>, ScenarioError> {
        let reply = self.call(call).await?;
        let greeting = reply.body.split("Welcome to the Dashboard, ").nth(1);
        Ok(greeting.and_then(|rest| Some(rest.split_once('!')?.0.to_owned())))
    }

    /// Name and value of the session cookie in the jar. The value is the whole secret of a session:
    /// anyone who can send it is the user to the portal.
    ///
    /// # Errors There is none.
    pub fn session_cookie(&self) -> Result<(String, String), ScenarioError> {
        let missing = || ScenarioError::Unexpected(format!("{} has no session cookie", self.name));
        self.caller.session_cookie().ok_or_else(missing)
    }

    /// The name of another cookie of the same variant and bench, as in `role_insecure`.
    ///
    /// # Errors
    /// The jar has no session cookie to derive the name from.
    pub fn cookie_name_for(&self, what: &str) -> Result<String, ScenarioError> {
        let (name, _) = self.session_cookie()?;
        let (_, rest) = name.split_once("session_").unwrap_or_default();
        Ok(format!("{what}_{rest}"))
    }

    /// The `Cookie` header that the jar would send, with one cookie changed or added. A user may
    /// edit their own jar; no attribute of a cookie prevents that.
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

    /// The credit on the actor's dashboard.
    ///
    /// # Errors
    /// No answer, or no credit on the page.
    pub async fn credit(&mut self) -> Result<u64, ScenarioError> {
        let page = self.get("/dashboard").await?.body;
        let shown = page.split("class=\"money\">").nth(1);
        let credit = shown.and_then(|rest| rest.split('<').next()?.parse().ok());
        let missing = || {
            ScenarioError::Unexpected(format!(
                "the dashboard of the {} shows no credit",
                self.name
            ))
        };
        credit.ok_or_else(missing)
    }
}

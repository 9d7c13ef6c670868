//! A person at a real browser: what they do there, and what they see of the portal. The browser
//! decides which cookies are sent; the transcript shows what it sent.
//!
//! An actor types, clicks and reads, as a person does. It never writes a header and never sets a
//! cookie: a rule of the browser would not apply to those. Next: [`super::http_actor`], for what
//! needs no browser.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::demo_accounts::{VICTIM, demo_password};
use super::transcript::{ScenarioError, Transcript};
use super::waiting::POLL_INTERVAL;
use crate::browser::{Browser, BrowserError, ObservedRequest, Window};
use crate::client::HttpExchange;
use crate::defences::facts::Scheme;
use crate::web::known_addresses::is_automatic;

/// A person at a browser window.
#[derive(Debug)]
pub struct BrowserActor<'s> {
    transcript: &'s Transcript,
    who: &'static str,
    browser: Arc<Browser>,
    window: Window,
}

impl<'s> BrowserActor<'s> {
    // In a private window: a jar that is empty at the start and ends with the actor. So no cookie
    // of an earlier attack can help or disturb this one.
    pub(super) async fn take(
        transcript: &'s Transcript,
        browser: Arc<Browser>,
        who: &'static str,
    ) -> Result<Self, ScenarioError> {
        let window = browser.private_window().await?;
        Ok(Self {
            transcript,
            who,
            browser,
            window,
        })
    }

    /// A person at the window of a browser with its own profile, which may already hold cookies.
    /// `long_lived_cookie.rs` needs that; every other attack uses a private window
    /// ([`Scenario::browser_actor`](super::scenario::Scenario::browser_actor)).
    ///
    /// # Errors The browser is gone.
    pub async fn at(
        transcript: &'s Transcript,
        browser: Arc<Browser>,
        who: &'static str,
    ) -> Result<Self, ScenarioError> {
        let window = browser.window().await?;
        Ok(Self {
            transcript,
            who,
            browser,
            window,
        })
    }

    /// Another person sits down at the same window: the cookies and the history are still there.
    /// What was done before belongs to the person before, so it is written down first.
    pub fn now_used_by(&mut self, who: &'static str) {
        self.narrate();
        self.who = who;
    }

    /// The window, for what has no method here.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// Types an address, and waits for its page.
    ///
    /// # Errors
    /// It does not come.
    pub async fn visit(&self, address: &str) -> Result<(), ScenarioError> {
        self.seen(self.window.visit(address).await).await
    }

    /// Clicks on what leads to another page.
    ///
    /// # Errors
    /// There is no such element, or no page comes.
    pub async fn follow(&self, selector: &str) -> Result<(), ScenarioError> {
        self.seen(self.window.follow(selector).await).await
    }

    /// What an expression in JavaScript gives on this page.
    ///
    /// # Errors
    /// It throws, or gives something else.
    pub async fn run<T: DeserializeOwned>(&self, expression: &str) -> Result<T, ScenarioError> {
        self.seen(self.window.run(expression).await).await
    }

    /// Waits until an expression in JavaScript is true on this page. For effects that must come:
    /// where it never is true, the attack could not be tried.
    ///
    /// # Errors It never is.
    pub async fn until(&self, condition: &str) -> Result<(), ScenarioError> {
        self.seen(self.window.until(condition).await).await
    }

    /// Signs in by the form of the portal whose pages begin with `portal`.
    ///
    /// # Errors
    /// The sign-in fails, which is no part of any attack.
    pub async fn sign_in(&self, portal: &str, user: &str) -> Result<(), ScenarioError> {
        self.try_to_sign_in(portal, user).await?;
        match self.greeting().await? {
            Some(_) => Ok(()),
            None => Err(self.unexpected("the sign-in").await),
        }
    }

    /// Fills in the form of the sign-in page and sends it, whatever comes of it. For victims whose
    /// sign-in an attack may spoil.
    ///
    /// # Errors There is no such form.
    pub async fn try_to_sign_in(&self, portal: &str, user: &str) -> Result<(), ScenarioError> {
        self.visit(&format!("{portal}/login")).await?;
        self.window.fill_in("#username", user).await?;
        let password = demo_password(user);
        self.window.fill_in("#password", password).await?;
        self.follow("main form button").await
    }

    /// Signs out by the button on the page.
    ///
    /// # Errors
    /// There is none.
    pub async fn sign_out(&self) -> Result<(), ScenarioError> {
        self.follow("header.top form button").await?;
        match self.window.text("h1").await?.starts_with("Logged out.") {
            true => Ok(()),
            false => Err(self.unexpected("the sign-out").await),
        }
    }

    /// Loads the dashboard, and returns the user that it greets. This is the evidence of most
    /// attacks in a browser: the name on the page is the user in whose name the portal acts.
    ///
    /// # Errors The browser is gone.
    pub async fn greeted_as(&self, portal: &str) -> Result<Option<String>, ScenarioError> {
        self.visit(&format!("{portal}/dashboard")).await?;
        self.greeting().await
    }

    /// The user that the page greets, as it is shown. It reads what is on the screen, so it also
    /// works where the page came from a cache.
    ///
    /// # Errors The browser is gone.
    pub async fn greeting(&self) -> Result<Option<String>, ScenarioError> {
        let heading = self.window.text("h1").await?;
        let greeted = heading.strip_prefix("Welcome to the Dashboard, ");
        Ok(greeted.and_then(|rest| Some(rest.strip_suffix('!')?.to_owned())))
    }

    /// The victim's credit, on the dashboard. Where they were signed out meanwhile, they sign in
    /// again: an attack that signs the victim out has not yet cost them anything.
    ///
    /// # Errors Nobody can sign in.
    pub async fn credit(&self, portal: &str) -> Result<u64, ScenarioError> {
        if self.greeted_as(portal).await?.is_none() {
            self.sign_in(portal, VICTIM).await?;
        }
        match self.window.text(".money").await?.parse() {
            Ok(credit) => Ok(credit),
            Err(_) => Err(self.unexpected("the credit").await),
        }
    }

    /// The same, once it differs from what it was, or after a while.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub async fn credit_once_it_changed(
        &self,
        portal: &str,
        before: u64,
        patience: Duration,
    ) -> Result<u64, ScenarioError> {
        let begun = Instant::now();
        loop {
            // Not at once: loading another page would cut off what this one still does.
            tokio::time::sleep(POLL_INTERVAL * 6).await;
            let credit = self.credit(portal).await?;
            if credit != before || begun.elapsed() > patience {
                return Ok(credit);
            }
        }
    }

    /// Clicks on an element at its place on the screen. What is on top there gets the click, as
    /// with a mouse: that is what clickjacking needs.
    ///
    /// # Errors There is none.
    pub async fn click(&self, selector: &str) -> Result<(), ScenarioError> {
        self.seen(self.window.click(selector).await).await
    }

    /// Waits until an expression in JavaScript is true on this page, or for a while. For effects
    /// that a defence may prevent: a stopped script has none, and that is no error.
    ///
    /// # Errors The browser is gone.
    pub async fn until_or(&self, condition: &str, patience: Duration) -> Result<(), ScenarioError> {
        let begun = Instant::now();
        while !self.run::<bool>(condition).await? && begun.elapsed() < patience {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }

    /// Presses the browser's Back button, and waits until another page is there.
    ///
    /// # Errors
    /// None comes.
    pub async fn go_back(&self) -> Result<(), ScenarioError> {
        self.seen(self.window.go_back().await).await
    }

    /// An error that says what is on the page instead.
    pub async fn unexpected(&self, step: &str) -> ScenarioError {
        let location = self.window.location().await.unwrap_or_default();
        let heading = self.window.text("h1").await.unwrap_or_default();
        let who = self.who;
        ScenarioError::Unexpected(format!("{step} of the {who}: {heading:?} at {location}"))
    }

    async fn seen<T>(&self, result: Result<T, BrowserError>) -> Result<T, ScenarioError> {
        self.window.complete_requests().await;
        self.narrate();
        self.transcript.look().await;
        Ok(result?)
    }

    /// Writes what the browser sent and received since the last time to the transcript.
    fn narrate(&self) {
        for request in self.window.requests() {
            // What the browser asked for by itself is left out of transcripts.
            if request.url == "about:blank" || is_automatic(&request.url) {
                continue;
            }
            self.transcript.record(self.who, exchange(request));
        }
    }
}

fn exchange(request: ObservedRequest) -> HttpExchange {
    HttpExchange {
        scheme: match request.url.starts_with("https:") {
            true => Scheme::Https,
            false => Scheme::Http,
        },
        sent: request.request_text(),
        head: request.answer_text(),
        status: request.status,
        headers: request.received,
        body: String::new(),
    }
}

impl Drop for BrowserActor<'_> {
    fn drop(&mut self) {
        self.narrate();
        if self.window.is_private() {
            // The window's cookies go with it, as soon as the browser gets to it.
            self.browser.forget_later(&self.window);
            let browser = self.browser.clone();
            tokio::spawn(async move { browser.remove_unused_jars().await });
        }
    }
}

//! The stage of an attack: a bench of its own, what the lab's own pages do to it, and the
//! transcript of what the people on it send and receive. Those who act by the lab's own client are in
//! `actor.rs`, those who sit at a real browser in `browser_actor.rs`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::browser_actor::BrowserActor;
use super::http_actor::HttpActor;
use crate::base::addresses;
use crate::base::addresses::{Addresses, BESIDE_SIBLING, Listener, SIBLING};
use crate::base::bench_name::BenchName;
use crate::browser::{Browser, BrowserError};
use crate::client::caller::{Caller, Portal};
use crate::client::{ClientError, Exchange, LabClient, Outgoing};
use crate::defences::facts::Scheme;
use crate::defences::policy::{Name, Policy, Variant};

/// The account that attacks are after.
pub const VICTIM: &str = "student123";
/// The attacker's own account.
pub const ATTACKER: &str = "mallory";

/// How long an attack waits for what a page's script may do after the page is there.
pub const A_MOMENT: Duration = Duration::from_millis(1500);

/// How often it looks meanwhile.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The lab that is attacked.
#[derive(Clone, Debug)]
pub struct Target {
    /// A client that trusts the lab's certificate.
    pub door: LabClient,
    /// Who listens where.
    pub addresses: Arc<Addresses>,
    /// The browser of the people on the stage, for attacks that a browser decides.
    pub browser: Option<Arc<Browser>>,
}

impl Target {
    /// A lab, and no browser.
    pub fn of(door: &LabClient, addresses: &Arc<Addresses>) -> Self {
        Self {
            door: door.clone(),
            addresses: addresses.clone(),
            browser: None,
        }
    }

    /// The same with a browser.
    #[must_use]
    pub fn with_browser(mut self, browser: Arc<Browser>) -> Self {
        self.browser = Some(browser);
        self
    }
}

/// Why an attack could not be tried to its end.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// No answer.
    #[error(transparent)]
    LabClient(#[from] ClientError),
    /// The browser failed.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A step that is no part of the attack failed, as a victim's own sign-in.
    #[error("{0}")]
    Unexpected(String),
}

/// The switches that a variant was asked for on a bench, by their slugs.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct ProbedDefences {
    /// The slugs.
    pub asked: Vec<String>,
}

/// One line of a transcript.
#[derive(Clone, Debug)]
pub enum Line {
    /// What the narrator says.
    Says(String),
    /// What somebody sent and received.
    Exchange {
        /// Who.
        who: &'static str,
        /// What went over the socket.
        exchange: Box<Exchange>,
    },
}

/// A bench of its own, under one variant.
#[derive(Debug)]
pub struct Scenario {
    target: Target,
    pub(super) bench: BenchName,
    variant: Variant,
    transcript: Mutex<Vec<Line>>,
}

impl Scenario {
    /// An empty stage.
    pub fn new(target: Target, bench: BenchName, variant: Variant) -> Self {
        Self {
            target,
            bench,
            variant,
            transcript: Mutex::default(),
        }
    }

    /// The variant that is attacked.
    pub fn variant(&self) -> Variant {
        self.variant
    }

    /// The narrator says what happens next.
    pub fn narrate(&self, text: impl Into<String>) {
        self.note(Line::Says(text.into()));
    }

    pub(super) fn note(&self, line: Line) {
        self.transcript
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    /// What was said and sent so far.
    pub fn transcript(&self) -> Vec<Line> {
        self.transcript
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Somebody with an empty jar, who comes in over TLS unless he says otherwise.
    pub fn actor(&self, who: &'static str) -> HttpActor<'_> {
        self.person_at(who, Portal::of(&self.target.addresses))
    }

    /// Somebody who visits the portal under the name `portal.localhost`. The attacker holds another
    /// host of that site, the sibling `notes.portal.localhost`, and can send him there.
    pub fn person_beside_sibling(&self, who: &'static str) -> HttpActor<'_> {
        let mut portal = Portal::of(&self.target.addresses);
        portal.host_name = BESIDE_SIBLING.into();
        self.person_at(who, portal)
    }

    fn person_at(&self, who: &'static str, portal: Portal) -> HttpActor<'_> {
        let door = self.target.door.clone();
        let caller = Caller::new(door, portal, Scheme::Https, &self.bench, self.variant);
        HttpActor::new(self, who, caller)
    }

    /// Somebody who sits down at a real browser without a cookie.
    ///
    /// # Errors
    /// This stage has no browser, or it is gone.
    pub async fn browser_actor(
        &self,
        who: &'static str,
    ) -> Result<BrowserActor<'_>, ScenarioError> {
        BrowserActor::take(self, self.browser()?.clone(), who).await
    }

    /// The browser of this stage.
    ///
    /// # Errors
    /// There is none.
    pub fn browser(&self) -> Result<&Arc<Browser>, ScenarioError> {
        let none = ScenarioError::Browser(BrowserError::NotInstalled("browser"));
        self.target.browser.as_ref().ok_or(none)
    }

    /// The origin of the sibling's pages over TLS, as a browser writes it.
    pub fn sibling_origin(&self) -> String {
        let addresses = &self.target.addresses;
        addresses.origin_as(Listener::AttackerTls, SIBLING)
    }

    /// The address of the variant under the portal's name in links, without a slash at its end.
    pub fn portal(&self, scheme: Scheme) -> String {
        self.portal_at(scheme, self.target.addresses.main_name())
    }

    /// The same under another of the portal's names.
    pub fn portal_at(&self, scheme: Scheme, host_name: &str) -> String {
        let listener = match scheme {
            Scheme::Http => Listener::PortalHttp,
            Scheme::Https => Listener::PortalHttps,
        };
        let origin = self.target.addresses.origin_as(listener, host_name);
        format!("{origin}{}/{}", self.bench.prefix(), self.variant)
    }

    /// The same in clear through the café, where anyone listens.
    pub fn through_cafe(&self, host_name: &str) -> String {
        let port = self.target.addresses.cafe_port().unwrap_or_default();
        let origin = addresses::origin(Scheme::Http, host_name, port);
        format!("{origin}{}/{}", self.bench.prefix(), self.variant)
    }

    /// The address of the attacker's catcher.
    pub fn catcher(&self) -> String {
        let origin = self.target.addresses.origin(Listener::Attacker);
        format!("{origin}{}/collect", self.bench.prefix())
    }

    /// The address of the key set that the attacker publishes.
    pub fn attackers_key_set(&self) -> String {
        let origin = self.target.addresses.origin(Listener::Attacker);
        format!("{origin}{}/jwks.json", self.bench.prefix())
    }

    /// The address of one of the attacker's pages about this variant.
    pub fn trick(&self, path: &str) -> String {
        let addresses = &self.target.addresses;
        let origin = addresses.origin(Listener::Attacker);
        let (prefix, variant) = (self.bench.prefix(), self.variant);
        format!("{origin}{prefix}{path}?variant={variant}")
    }

    /// The same on the sibling.
    pub fn sibling_trick(&self, path: &str) -> String {
        let addresses = &self.target.addresses;
        let origin = addresses.origin_as(Listener::Attacker, SIBLING);
        let (prefix, variant) = (self.bench.prefix(), self.variant);
        format!("{origin}{prefix}{path}?variant={variant}")
    }

    /// How people reach the variant: in clear where it answers there, as they do who type its name.
    ///
    /// # Errors
    /// The portal does not answer.
    pub async fn scheme(&self) -> Result<Scheme, ScenarioError> {
        let portal = Portal::of(&self.target.addresses);
        let door = self.target.door.clone();
        let mut caller = Caller::new(door, portal, Scheme::Http, &self.bench, self.variant);
        Ok(match caller.get("/login").await?.status {
            200 => Scheme::Http,
            _ => Scheme::Https,
        })
    }

    /// Moves the bench's clock ahead, by the lab's own page.
    ///
    /// # Errors
    /// The lab does not answer, or refuses.
    pub async fn wait(&self, minutes: u64) -> Result<(), ScenarioError> {
        self.narrate(format!("{minutes} minutes pass on the bench's clock."));
        let fields = [("minutes", minutes.to_string())];
        match self.post_to_lab("/clock", &fields).await?.status {
            303 => Ok(()),
            status => Err(ScenarioError::Unexpected(format!(
                "the clock answered {status}"
            ))),
        }
    }

    /// Makes this policy the bench's own mix, which the variant `custom` has.
    ///
    /// # Errors
    /// The lab does not answer, or refuses the mix.
    pub async fn choose(&self, policy: &Policy) -> Result<(), ScenarioError> {
        let arm = |name: &Name| (name.slug(), policy.arm(*name).slug.to_owned());
        let arms: Vec<_> = Name::ALL.iter().map(arm).collect();
        match self.post_to_lab("/custom", &arms).await?.status {
            303 => Ok(()),
            status => Err(ScenarioError::Unexpected(format!(
                "the mix was answered {status}"
            ))),
        }
    }

    /// Throws the bench away, and tells which switches the variant was asked for.
    ///
    /// # Errors
    /// The lab does not answer, or not with JSON.
    pub async fn clear_away(&self) -> Result<ProbedDefences, ScenarioError> {
        let path = format!("/discard?variant={}", self.variant);
        let exchange = self.post_to_lab(&path, &[]).await?;
        serde_json::from_str(&exchange.body)
            .map_err(|error| ScenarioError::Unexpected(format!("the bench stays: {error}")))
    }

    /// A copy of everything that the store keeps of this world: the attacker found a lost backup.
    ///
    /// # Errors
    /// The lab does not answer, or not with JSON.
    pub async fn stolen_backup(&self) -> Result<serde_json::Value, ScenarioError> {
        let path = format!("/leak/{}", self.variant);
        let exchange = self.lab("GET", &path, Vec::new(), String::new()).await?;
        let backup = serde_json::from_str(&exchange.body);
        let exchange = Box::new(exchange);
        let who = "attacker";
        self.note(Line::Exchange { who, exchange });
        backup.map_err(|error| ScenarioError::Unexpected(format!("the backup is no JSON: {error}")))
    }

    async fn post_to_lab(
        &self,
        path: &str,
        fields: &[(&str, String)],
    ) -> Result<Exchange, ClientError> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let form = "application/x-www-form-urlencoded".to_owned();
        let headers = vec![("content-type".to_owned(), form)];
        self.lab("POST", path, headers, body).await
    }

    /// Calls one of the lab's own pages, as the page itself does.
    async fn lab(
        &self,
        method: &'static str,
        path: &str,
        mut headers: Vec<(String, String)>,
        body: String,
    ) -> Result<Exchange, ClientError> {
        let origin = self.target.addresses.origin(Listener::Lab);
        headers.push(("origin".into(), origin));
        let target = format!("{}{path}", self.bench.prefix());
        let mut outgoing = self.outgoing(Listener::Lab, method, target);
        (outgoing.headers, outgoing.body) = (headers, body);
        self.target.door.send(outgoing).await
    }

    pub(super) async fn ask(
        &self,
        listener: Listener,
        method: &'static str,
        target: String,
    ) -> Result<Exchange, ClientError> {
        let outgoing = self.outgoing(listener, method, target);
        self.target.door.send(outgoing).await
    }

    fn outgoing(&self, listener: Listener, method: &'static str, target: String) -> Outgoing {
        let addresses = &self.target.addresses;
        Outgoing {
            scheme: listener.scheme(),
            host_name: addresses.name(listener).to_owned(),
            port: addresses.port(listener).unwrap_or_default(),
            method,
            target,
            headers: Vec::new(),
            body: String::new(),
        }
    }
}

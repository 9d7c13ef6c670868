//! The scenario of an attack: one variant on its own bench, the people who act on it, the addresses
//! that they type, and what the lab's own pages can do to it.
//!
//! A scenario hands out actors ([`HttpActor`] for a program or curl, [`BrowserActor`] for a person
//! at a real browser) and keeps one transcript for all of them. The bench is thrown away
//! afterwards, so an attack never touches a student's own state.
//!
//! Three of its methods are the stage and not the attacker: [`Scenario::advance_clock`],
//! [`Scenario::choose`] and [`Scenario::delete_bench`] use the lab's own pages. No attacker has
//! them. [`Scenario::stolen_backup`] is a theft that is taken for granted: the attack begins after
//! it.

use std::sync::Arc;

use super::browser_actor::BrowserActor;
use super::http_actor::HttpActor;
use super::transcript::{ServerWatch, Transcript};
use crate::base::addresses;
use crate::base::addresses::{Addresses, BESIDE_SIBLING, Listener, SIBLING};
use crate::base::bench_name::BenchName;
use crate::browser::{Browser, BrowserError};
use crate::client::caller::{Caller, Portal};
use crate::client::{ClientError, HttpExchange, LabClient, Outgoing};
use crate::defences::facts::Scheme;
use crate::defences::policy::{Name, Policy, Variant};

pub use super::demo_accounts::{ATTACKER, VICTIM};
pub use super::transcript::ScenarioError;
pub use super::waiting::SCRIPT_PATIENCE;

/// The lab that is attacked: how to reach it, and nothing of its inside.
#[derive(Clone, Debug)]
pub struct TargetLab {
    /// A client that trusts the lab's certificate.
    pub client: LabClient,
    /// Who listens where.
    pub addresses: Arc<Addresses>,
    /// The browser of the actors, for attacks that a browser decides.
    pub browser: Option<Arc<Browser>>,
}

impl TargetLab {
    /// A lab without a browser: enough for attacks that the server alone decides.
    pub fn of(client: &LabClient, addresses: &Arc<Addresses>) -> Self {
        Self {
            client: client.clone(),
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

/// The switches that a variant was asked for on a bench. A switch that nobody asked cannot have
/// changed anything.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct ProbedDefences {
    /// Their slugs.
    pub asked: Vec<String>,
}

/// One variant on its own bench.
#[derive(Debug)]
pub struct Scenario {
    target: TargetLab,
    pub(super) bench: BenchName,
    variant: Variant,
    transcript: Transcript,
}

impl Scenario {
    /// A scenario in which nothing has happened yet. The lab makes the bench at the first request.
    pub fn new(target: TargetLab, bench: BenchName, variant: Variant) -> Self {
        Self {
            target,
            bench,
            variant,
            transcript: Transcript::default(),
        }
    }

    /// The same, watched by somebody who looks into the server after each step. The attack learns
    /// nothing of it.
    #[must_use]
    pub fn watched_by(mut self, watch: Arc<dyn ServerWatch>) -> Self {
        self.transcript = Transcript::watched_by(watch);
        self
    }

    /// The variant that is attacked.
    pub fn variant(&self) -> Variant {
        self.variant
    }

    /// The narrator says what happens next, in the present tense.
    pub fn narrate(&self, text: impl Into<String>) {
        self.transcript.narrate(text);
    }

    /// What was said and sent so far.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// A person with an empty cookie jar. They use TLS unless a call says otherwise. Two actors
    /// never share a jar, as two computers do not: what one knows reaches the other only by the
    /// attack.
    pub fn actor(&self, name: &'static str) -> HttpActor<'_> {
        self.actor_at(name, Portal::of(&self.target.addresses))
    }

    /// A person who visits the portal under the name `portal.localhost`. The attacker holds another
    /// host of that site, the sibling `notes.portal.localhost`, and can send the person there.
    pub fn actor_beside_sibling(&self, name: &'static str) -> HttpActor<'_> {
        let mut portal = Portal::of(&self.target.addresses);
        portal.host_name = BESIDE_SIBLING.into();
        self.actor_at(name, portal)
    }

    fn actor_at(&self, name: &'static str, portal: Portal) -> HttpActor<'_> {
        let client = self.target.client.clone();
        let caller = Caller::new(client, portal, Scheme::Https, &self.bench, self.variant);
        HttpActor::new(&self.transcript, name, caller, self.sibling_origin())
    }

    /// A person at a real browser that has no cookie yet.
    ///
    /// # Errors The scenario has no browser, or the browser is gone.
    pub async fn browser_actor(
        &self,
        name: &'static str,
    ) -> Result<BrowserActor<'_>, ScenarioError> {
        BrowserActor::take(&self.transcript, self.browser()?.clone(), name).await
    }

    /// The browser of the actors.
    ///
    /// # Errors
    /// There is none.
    pub fn browser(&self) -> Result<&Arc<Browser>, ScenarioError> {
        let none = ScenarioError::Browser(BrowserError::NotInstalled("browser"));
        self.target.browser.as_ref().ok_or(none)
    }

    /// The origin of the sibling's pages over TLS, as a browser writes it into `Origin`. It is over
    /// TLS, as the portal's is in these attacks: some browsers count the scheme as part of the
    /// site, and a page on plain http would be another site to them.
    pub fn sibling_origin(&self) -> String {
        let addresses = &self.target.addresses;
        addresses.origin_as(Listener::AttackerTls, SIBLING)
    }

    /// The address of the variant under the portal's name in links, without a slash at its end.
    pub fn portal(&self, scheme: Scheme) -> String {
        self.portal_at(scheme, self.target.addresses.main_name())
    }

    /// The same under another of the portal's names. Beside the sibling it must be
    /// `portal.localhost`: only there is the sibling a host of the same site.
    pub fn portal_at(&self, scheme: Scheme, host_name: &str) -> String {
        let listener = match scheme {
            Scheme::Http => Listener::PortalHttp,
            Scheme::Https => Listener::PortalHttps,
        };
        let origin = self.target.addresses.origin_as(listener, host_name);
        format!("{origin}{}/{}", self.bench.prefix(), self.variant)
    }

    /// The same over plain HTTP through the café, where anyone can read along. The café relays and
    /// changes nothing: a person who listens there is a passive attacker.
    pub fn portal_through_cafe(&self, host_name: &str) -> String {
        let port = self.target.addresses.cafe_port().unwrap_or_default();
        let origin = addresses::origin(Scheme::Http, host_name, port);
        format!("{origin}{}/{}", self.bench.prefix(), self.variant)
    }

    /// The address of the attacker's request catcher. It accepts every request from everywhere, as
    /// an attacker's server does.
    pub fn catcher(&self) -> String {
        let origin = self.target.addresses.origin(Listener::Attacker);
        format!("{origin}{}/collect", self.bench.prefix())
    }

    /// The address of the key set that the attacker publishes, to be named in a token's `jku`.
    pub fn attackers_key_set(&self) -> String {
        let origin = self.target.addresses.origin(Listener::Attacker);
        format!("{origin}{}/jwks.json", self.bench.prefix())
    }

    /// The address of one of the attacker's pages about this variant. It is another site than the
    /// portal, so `SameSite` applies to what it sends.
    pub fn attacker_page(&self, path: &str) -> String {
        let addresses = &self.target.addresses;
        let origin = addresses.origin(Listener::Attacker);
        let (prefix, variant) = (self.bench.prefix(), self.variant);
        format!("{origin}{prefix}{path}?variant={variant}")
    }

    /// The same on the sibling: another origin, and the same site. `SameSite` does not apply; the
    /// same-origin policy does.
    pub fn sibling_page(&self, path: &str) -> String {
        let addresses = &self.target.addresses;
        let origin = addresses.origin_as(Listener::Attacker, SIBLING);
        let (prefix, variant) = (self.bench.prefix(), self.variant);
        format!("{origin}{prefix}{path}?variant={variant}")
    }

    /// The scheme by which people reach the variant: plain HTTP where it answers there, because
    /// that is what a browser tries for a name that somebody types. It is asked, not derived from
    /// the policy, so an attack knows what a stranger can know.
    ///
    /// # Errors The portal does not answer.
    pub async fn scheme(&self) -> Result<Scheme, ScenarioError> {
        let portal = Portal::of(&self.target.addresses);
        let client = self.target.client.clone();
        let mut caller = Caller::new(client, portal, Scheme::Http, &self.bench, self.variant);
        Ok(match caller.get("/login").await?.status {
            200 => Scheme::Http,
            _ => Scheme::Https,
        })
    }

    /// Moves the bench's clock ahead, by the lab's own page. The server compares every limit with
    /// that clock, so it cannot tell this from waiting.
    ///
    /// # Errors The lab does not answer, or refuses.
    pub async fn advance_clock(&self, minutes: u64) -> Result<(), ScenarioError> {
        self.narrate(format!("{minutes} minutes pass on the bench's clock."));
        let fields = [("minutes", minutes.to_string())];
        let answer = self.post_to_lab("/clock", &fields).await?;
        self.transcript.look().await;
        match answer.status {
            303 => Ok(()),
            status => Err(ScenarioError::Unexpected(format!(
                "the clock answered {status}"
            ))),
        }
    }

    /// Makes this policy the bench's own mix: the variant `custom` then has it. The tests run
    /// attacks on mixes that no variant has, so a card must be right for those as well.
    ///
    /// # Errors The lab does not answer, or refuses the mix.
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

    /// Deletes the bench, and returns the switches that the variant was asked for.
    ///
    /// # Errors
    /// The lab does not answer, or not with JSON.
    pub async fn delete_bench(&self) -> Result<ProbedDefences, ScenarioError> {
        let path = format!("/discard?variant={}", self.variant);
        let exchange = self.post_to_lab(&path, &[]).await?;
        serde_json::from_str(&exchange.body).map_err(|error| {
            ScenarioError::Unexpected(format!("the bench was not deleted: {error}"))
        })
    }

    /// A copy of everything that the store has of this variant: the attacker found a lost backup.
    /// The lab's page `/leak/VARIANT` is that copy. It can be read and not written, as a lost disk
    /// can.
    ///
    /// # Errors The lab does not answer, or not with JSON.
    pub async fn stolen_backup(&self) -> Result<serde_json::Value, ScenarioError> {
        let path = format!("/leak/{}", self.variant);
        let exchange = self
            .send_to_lab("GET", &path, Vec::new(), String::new())
            .await?;
        let backup = serde_json::from_str(&exchange.body);
        self.transcript.record("attacker", exchange);
        backup.map_err(|error| ScenarioError::Unexpected(format!("the backup is no JSON: {error}")))
    }

    async fn post_to_lab(
        &self,
        path: &str,
        fields: &[(&str, String)],
    ) -> Result<HttpExchange, ClientError> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let form = "application/x-www-form-urlencoded".to_owned();
        let headers = vec![("content-type".to_owned(), form)];
        self.send_to_lab("POST", path, headers, body).await
    }

    /// Calls one of the lab's own pages. They take a change only with their own `Origin`.
    async fn send_to_lab(
        &self,
        method: &'static str,
        path: &str,
        mut headers: Vec<(String, String)>,
        body: String,
    ) -> Result<HttpExchange, ClientError> {
        let origin = self.target.addresses.origin(Listener::Lab);
        headers.push(("origin".into(), origin));
        let target = format!("{}{path}", self.bench.prefix());
        let mut outgoing = self.outgoing(Listener::Lab, method, target);
        (outgoing.headers, outgoing.body) = (headers, body);
        self.target.client.send(outgoing).await
    }

    pub(super) async fn send_to(
        &self,
        listener: Listener,
        method: &'static str,
        target: String,
    ) -> Result<HttpExchange, ClientError> {
        let outgoing = self.outgoing(listener, method, target);
        self.target.client.send(outgoing).await
    }

    fn outgoing(&self, listener: Listener, method: &'static str, target: String) -> Outgoing {
        let addresses = &self.target.addresses;
        Outgoing {
            scheme: addresses.scheme(listener),
            host_name: addresses.name(listener).to_owned(),
            port: addresses.port(listener).unwrap_or_default(),
            method,
            target,
            headers: Vec::new(),
            body: String::new(),
        }
    }
}

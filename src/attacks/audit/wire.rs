//! The one way by which an audit sends anything: to the pinned address only, at a bounded rate, with
//! a bounded number of requests, each with a time limit and a largest answer.

use std::io::ErrorKind;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::exchange::{AuditExchange, SecretMask};
use super::overload;
use super::retry_after::{NoRetries, RetryPatience};
use super::target::AllowedTarget;
use crate::base::encode;
use crate::client::caller::Call;
use crate::client::{ClientError, LabClient, Outgoing};
use crate::defences::facts::Scheme;

/// The most requests of one audit. The estimate that is printed first is far below.
const MOST_REQUESTS: u32 = 1_500;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pause after each request: 20 in a second.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// For how long in all an audit waits for an application that has answered before and listens no more: it
/// may be starting again.
const RESTARTS: Duration = Duration::from_secs(20);

/// How often it is asked meanwhile.
const KNOCKS: Duration = Duration::from_millis(200);

/// Why a check could not be tried to its end. It is never the work of a defence.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// No answer, or a broken one.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The audit has sent all requests that it may send.
    #[error("the audit has sent all {MOST_REQUESTS} requests that it may send")]
    Spent,
    /// The application has too many requests, or fails.
    #[error("the application answered {0}, so nothing can be told")]
    Overloaded(u16),
    /// The redirects lead to no page.
    #[error("{0} redirects one after the other, and no page")]
    RedirectLoop(usize),
    /// The answer is compressed, although the request asks for none of it.
    #[error("the application compressed its answer ({0})")]
    Compressed(String),
    /// A step that is no part of the check failed.
    #[error("{0}")]
    Unexpected(String),
}

impl AuditError {
    /// What to do where an audit cannot begin because of it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Client(ClientError::Connect(error))
                if error.kind() == ErrorKind::ConnectionRefused =>
            {
                "nothing listens there: start the application, and look at its address and port"
            }
            Self::Client(ClientError::Connect(_)) => {
                "the connection failed: look at scheme, address and port, and at the application's log"
            }
            Self::Client(ClientError::Late(_)) => {
                "something listens there and does not answer in time: look at the application's log"
            }
            Self::Client(ClientError::TooLarge) => {
                "name smaller pages in a recipe: session-lab audit --init"
            }
            Self::Client(_) => {
                "something listens there, and its answer is not right HTTP: look at scheme and port, \
                 and at the application's log"
            }
            Self::Spent => "name in a recipe what the audit looks for: session-lab audit --init",
            Self::Overloaded(_) => {
                "look at the application's log, and lift its limit on requests for the audit"
            }
            Self::RedirectLoop(_) => {
                "open the address in a browser: the application redirects without an end"
            }
            Self::Compressed(_) => {
                "have the application obey Accept-Encoding: identity, or turn compression off for the \
                 audit"
            }
            Self::Unexpected(_) => "session-lab audit --init writes a recipe to fill in",
        }
    }
}

/// The connection to one application, over one or two schemes.
#[derive(Debug)]
pub struct AuditWire {
    main: (AllowedTarget, LabClient),
    beside: Option<(AllowedTarget, LabClient)>,
    pause: Duration,
    last: Mutex<Option<Instant>>,
    sent: AtomicU32,
    turned_away: AtomicU32,
    retries: RetryPatience,
    /// Whether the application has answered.
    has_answered: AtomicBool,
    /// For how much longer a restart is waited for.
    restarts: std::sync::Mutex<Duration>,
    /// Whether a certificate is accepted without a check.
    unchecked: bool,
    /// The secrets met so far.
    pub mask: SecretMask,
}

impl AuditWire {
    /// A wire to an application, and to the same one over the other scheme.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(main: AllowedTarget, beside: Option<AllowedTarget>) -> Result<Self, ClientError> {
        let client = LabClient::of_any_certificate()?.with_patience(PATIENCE);
        let mut wire = Self::with_client(&client, main, beside);
        wire.unchecked = wire.speaks(Scheme::Https);
        Ok(wire)
    }

    /// A wire to the lab's own portal, by a client that trusts the lab's certificate and nothing else.
    pub fn with_client(
        client: &LabClient,
        main: AllowedTarget,
        beside: Option<AllowedTarget>,
    ) -> Self {
        let pinned = |target: AllowedTarget| {
            let client = client.clone().at(target.address);
            (target, client)
        };
        Self {
            main: pinned(main),
            beside: beside.map(pinned),
            pause: PAUSE,
            last: Mutex::default(),
            sent: AtomicU32::new(0),
            turned_away: AtomicU32::new(0),
            retries: RetryPatience::default(),
            has_answered: AtomicBool::new(false),
            restarts: std::sync::Mutex::new(RESTARTS),
            unchecked: false,
            mask: SecretMask::default(),
        }
    }

    /// The same without a pause between two requests: for the lab's own portal.
    #[must_use]
    pub fn without_pause(mut self) -> Self {
        self.pause = Duration::ZERO;
        self
    }

    /// The application.
    pub fn target(&self) -> &AllowedTarget {
        &self.main.0
    }

    /// Whether the application is also known over this scheme.
    pub fn speaks(&self, scheme: Scheme) -> bool {
        self.at(scheme).is_some()
    }

    /// Whether a certificate was accepted that nobody checked.
    pub fn certificate_unchecked(&self) -> bool {
        self.unchecked
    }

    fn at(&self, scheme: Scheme) -> Option<&(AllowedTarget, LabClient)> {
        let both = [Some(&self.main), self.beside.as_ref()];
        both.into_iter()
            .flatten()
            .find(|(target, _)| target.scheme == scheme)
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    /// How many of them were answered "later".
    pub fn turned_away(&self) -> u32 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// The path of a recipe as the application has it, with its base path before it.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.target().base_path)
    }

    /// Where a link of the page at `from` leads, as a path of this application; `None` for another
    /// host, another port and everything that is no address of HTTP.
    pub fn follow(&self, from: &str, link: &str) -> Option<String> {
        let page = url::Url::parse(&self.target().origin())
            .ok()?
            .join(from)
            .ok()?;
        let url = page.join(link).ok()?;
        let own = [Some(&self.main), self.beside.as_ref()];
        let is_own = own.into_iter().flatten().any(|(target, _)| {
            url::Url::parse(&target.origin()).is_ok_and(|own| own.origin() == url.origin())
        });
        let query = url
            .query()
            .map_or(String::new(), |query| format!("?{query}"));
        is_own.then(|| format!("{}{query}", url.path()))
    }

    /// Sends one call, whose path is whole, and reads the answer. A call that was answered "later" is sent
    /// again when the application says so, and one that reached nobody once somebody listens again.
    ///
    /// # Errors
    /// No answer, or no request is left.
    pub async fn send(&self, call: Call) -> Result<AuditExchange, AuditError> {
        loop {
            let exchange = match self.send_once(&call).await {
                Err(error) if is_refused(&error) && self.waits_for_restart() => {
                    tokio::time::sleep(KNOCKS).await;
                    continue;
                }
                other => other?,
            };
            self.has_answered.store(true, Ordering::Relaxed);
            if let Some(wait) = self.retries.wait_for(&exchange.reply) {
                tokio::time::sleep(wait).await;
                continue;
            }
            if overload::turns_away(exchange.reply.status) {
                self.turned_away.fetch_add(1, Ordering::Relaxed);
            }
            return Ok(exchange);
        }
    }

    /// Obeys no `Retry-After` until what it gives is dropped: the limit itself is asked about.
    pub(super) fn without_retries(&self) -> NoRetries<'_> {
        self.retries.off()
    }

    /// Whether a restart may still be waited for; takes the time until the next try.
    fn waits_for_restart(&self) -> bool {
        if !self.has_answered.load(Ordering::Relaxed) {
            return false;
        }
        let mut left = self.restarts.lock().unwrap_or_else(PoisonError::into_inner);
        let less = left.checked_sub(KNOCKS);
        *left = less.unwrap_or_default();
        less.is_some()
    }

    async fn send_once(&self, call: &Call) -> Result<AuditExchange, AuditError> {
        if self.sent.fetch_add(1, Ordering::Relaxed) >= MOST_REQUESTS {
            return Err(AuditError::Spent);
        }
        self.wait_for_turn().await;
        let scheme = call.scheme.unwrap_or(self.main.0.scheme);
        let Some((target, client)) = self.at(scheme) else {
            let because = format!("no address with {} is known", scheme.as_str());
            return Err(AuditError::Unexpected(because));
        };
        let method = if call.method.is_empty() {
            "GET"
        } else {
            call.method
        };
        let mut headers = call.headers.clone();
        headers.push(("accept-encoding".into(), "identity".into()));
        let begun = Instant::now();
        let reply = client
            .send(Outgoing {
                scheme,
                host_name: target.host_name.clone(),
                port: target.port,
                method,
                target: call.path.clone(),
                headers,
                body: call.body.clone(),
            })
            .await?;
        let encodings: Vec<&str> = reply.header("content-encoding").collect();
        let encoding = encodings.join(", ");
        if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
            let shown = encode::line(&encoding).chars().take(40).collect();
            return Err(AuditError::Compressed(shown));
        }
        Ok(AuditExchange {
            method: method.to_owned(),
            url: format!("{}{}", target.origin(), call.path),
            headers: call.headers.clone(),
            body: call.body.clone(),
            reply,
            took: begun.elapsed(),
        })
    }

    async fn wait_for_turn(&self) {
        if self.pause.is_zero() {
            return;
        }
        let mut last = self.last.lock().await;
        if let Some(last) = *last {
            tokio::time::sleep_until(last + self.pause).await;
        }
        *last = Some(Instant::now());
    }
}

/// Whether nobody listened, so that the request reached nobody.
fn is_refused(error: &AuditError) -> bool {
    let AuditError::Client(ClientError::Connect(error)) = error else {
        return false;
    };
    error.kind() == ErrorKind::ConnectionRefused
}

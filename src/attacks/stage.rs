//! The stage of an attack: a bench of its own, what the lab's own pages do to it, and the
//! transcript of what the people on it send and receive. The people are in `person.rs`.

use std::sync::{Mutex, PoisonError};

use super::person::Person;
use crate::bench::BenchName;
use crate::defences::facts::Scheme;
use crate::front_door::caller::{Caller, Portal};
use crate::front_door::{Exchange, FrontDoor, FrontDoorError, Outgoing};
use crate::policy::{Name, Policy, Variant};
use crate::web::addresses::{Addresses, Listener};

/// The account that attacks are after.
pub const VICTIM: &str = "student123";
/// The attacker's own account.
pub const ATTACKER: &str = "mallory";

/// The lab that is attacked.
#[derive(Clone, Debug)]
pub struct Target {
    /// A client that trusts the lab's certificate.
    pub door: FrontDoor,
    /// The port of the lab's own pages, where the clock is moved.
    pub lab_port: u16,
    /// The portal.
    pub portal: Portal,
}

impl Target {
    /// A lab that runs in this process.
    pub fn of(door: &FrontDoor, addresses: &Addresses) -> Self {
        Self {
            door: door.clone(),
            lab_port: addresses.port(Listener::Lab).unwrap_or_default(),
            portal: Portal::of(addresses),
        }
    }
}

/// Why an attack could not be tried to its end.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// No answer.
    #[error(transparent)]
    FrontDoor(#[from] FrontDoorError),
    /// A step that is no part of the attack failed, as a victim's own sign-in.
    #[error("{0}")]
    Unexpected(String),
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
pub struct Stage {
    target: Target,
    bench: BenchName,
    variant: Variant,
    transcript: Mutex<Vec<Line>>,
}

impl Stage {
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
    pub fn says(&self, text: impl Into<String>) {
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
    pub fn person(&self, who: &'static str) -> Person<'_> {
        self.person_at(who, self.target.portal.clone())
    }

    /// Somebody who visits the portal under the name `portal.localhost`. The attacker holds another
    /// host of that site, the sibling `notes.portal.localhost`, and can send him there.
    pub fn person_beside_sibling(&self, who: &'static str) -> Person<'_> {
        let mut portal = self.target.portal.clone();
        portal.host_name = "portal.localhost".into();
        self.person_at(who, portal)
    }

    fn person_at(&self, who: &'static str, portal: Portal) -> Person<'_> {
        let door = self.target.door.clone();
        let caller = Caller::new(door, portal, Scheme::Https, &self.bench, self.variant);
        Person::new(self, who, caller)
    }

    /// Moves the bench's clock ahead, by the lab's own page.
    ///
    /// # Errors
    /// The lab does not answer, or refuses.
    pub async fn wait(&self, minutes: u64) -> Result<(), StageError> {
        self.says(format!("{minutes} minutes pass on the bench's clock."));
        let fields = [("minutes", minutes.to_string())];
        match self.post_to_lab("/clock", &fields).await?.status {
            303 => Ok(()),
            status => Err(StageError::Unexpected(format!(
                "the clock answered {status}"
            ))),
        }
    }

    /// Makes this policy the bench's own mix, which the variant `custom` has.
    ///
    /// # Errors
    /// The lab does not answer, or refuses the mix.
    pub async fn choose(&self, policy: &Policy) -> Result<(), StageError> {
        let arm = |name: &Name| (name.slug(), policy.arm(*name).slug.to_owned());
        let arms: Vec<_> = Name::ALL.iter().map(arm).collect();
        match self.post_to_lab("/custom", &arms).await?.status {
            303 => Ok(()),
            status => Err(StageError::Unexpected(format!(
                "the mix was answered {status}"
            ))),
        }
    }

    /// A copy of everything that the store keeps of this world: the attacker found a lost backup.
    ///
    /// # Errors
    /// The lab does not answer, or not with JSON.
    pub async fn stolen_backup(&self) -> Result<serde_json::Value, StageError> {
        let path = format!("/leak/{}", self.variant);
        let exchange = self.lab("GET", &path, Vec::new(), String::new()).await?;
        let backup = serde_json::from_str(&exchange.body);
        let exchange = Box::new(exchange);
        let who = "attacker";
        self.note(Line::Exchange { who, exchange });
        backup.map_err(|error| StageError::Unexpected(format!("the backup is no JSON: {error}")))
    }

    async fn post_to_lab(
        &self,
        path: &str,
        fields: &[(&str, String)],
    ) -> Result<Exchange, FrontDoorError> {
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
    ) -> Result<Exchange, FrontDoorError> {
        let Target {
            door,
            lab_port,
            portal,
        } = &self.target;
        let host_name = portal.host_name.clone();
        let origin = crate::web::addresses::origin(Scheme::Http, &host_name, *lab_port);
        headers.push(("origin".into(), origin));
        let target = format!("{}{path}", self.bench.prefix());
        let scheme = Scheme::Http;
        door.send(Outgoing {
            scheme,
            host_name,
            port: *lab_port,
            method,
            target,
            headers,
            body,
        })
        .await
    }
}

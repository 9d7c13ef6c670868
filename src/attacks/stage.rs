//! The stage of an attack: a bench of its own, the people on it, and the transcript of what they
//! send and receive.

use std::sync::{Mutex, PoisonError};

use crate::bench::BenchName;
use crate::defences::facts::Scheme;
use crate::defences::password_storage::DEMO_PASSWORDS;
use crate::front_door::caller::{Call, Caller, Portal};
use crate::front_door::{Exchange, FrontDoor, FrontDoorError, Outgoing};
use crate::policy::Variant;
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

    fn note(&self, line: Line) {
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
        let Target { door, portal, .. } = &self.target;
        let caller = Caller::new(
            door.clone(),
            portal.clone(),
            Scheme::Https,
            &self.bench,
            self.variant,
        );
        Person {
            stage: self,
            who,
            caller,
        }
    }

    /// Moves the bench's clock ahead, by the lab's own page.
    ///
    /// # Errors
    /// The lab does not answer, or refuses.
    pub async fn wait(&self, minutes: u64) -> Result<(), StageError> {
        self.says(format!("{minutes} minutes pass on the bench's clock."));
        let body = format!("minutes={minutes}");
        let form = "application/x-www-form-urlencoded";
        let reply = self.lab(
            "POST",
            "/clock",
            vec![("content-type".into(), form.into())],
            body,
        );
        match reply.await?.status {
            303 => Ok(()),
            status => Err(StageError::Unexpected(format!(
                "the clock answered {status}"
            ))),
        }
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

/// Somebody on a stage, with a cookie jar of his own.
#[derive(Debug)]
pub struct Person<'s> {
    stage: &'s Stage,
    who: &'static str,
    caller: Caller,
}

impl Person<'_> {
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
    pub async fn get(&mut self, path: &str) -> Result<Exchange, StageError> {
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
    ) -> Result<Exchange, StageError> {
        let exchange = self.caller.submit(path, fields).await?;
        Ok(self.note(exchange))
    }

    /// Makes any call.
    ///
    /// # Errors
    /// No answer.
    pub async fn call(&mut self, call: Call) -> Result<Exchange, StageError> {
        let exchange = self.caller.call(call).await?;
        Ok(self.note(exchange))
    }

    fn note(&self, exchange: Exchange) -> Exchange {
        let line = Line::Exchange {
            who: self.who,
            exchange: Box::new(exchange.clone()),
        };
        self.stage.note(line);
        exchange
    }

    /// Opens the sign-in page and signs in with a demo account's own password.
    ///
    /// # Errors
    /// No answer, or the sign-in fails.
    pub async fn sign_in(&mut self, user: &str) -> Result<(), StageError> {
        let password = DEMO_PASSWORDS.iter().find(|(name, _)| *name == user);
        let password = password.map(|(_, password)| *password).unwrap_or_default();
        self.get("/login").await?;
        let reply = self
            .submit("/login", &[("username", user), ("password", password)])
            .await?;
        if reply.status == 303 {
            return Ok(());
        }
        Err(StageError::Unexpected(format!(
            "{}'s sign-in was answered {}",
            self.who, reply.status
        )))
    }

    /// Loads the dashboard, and says whom it greets.
    ///
    /// # Errors
    /// No answer.
    pub async fn greeted_as(&mut self, call: Call) -> Result<Option<String>, StageError> {
        let reply = self.call(call).await?;
        let greeting = reply.body.split("Welcome to the Dashboard, ").nth(1);
        Ok(greeting.and_then(|rest| Some(rest.split_once('!')?.0.to_owned())))
    }

    /// Name and value of the session cookie in his jar.
    ///
    /// # Errors
    /// There is none.
    pub fn session_cookie(&self) -> Result<(String, String), StageError> {
        let missing = || StageError::Unexpected(format!("{} has no session cookie", self.who));
        self.caller.session_cookie().ok_or_else(missing)
    }
}

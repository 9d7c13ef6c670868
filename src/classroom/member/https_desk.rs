//! The desk of another computer: JSON over TLS, to one certificate and no other.

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::desk_link::{DeskLink, LinkError};
use super::invitation::DeskAddress;
use crate::base::encode;
use crate::classroom::fingerprint::DeskFingerprint;
use crate::classroom::protocol::{
    JoinAnswer, JoinRequest, Leave, Refused, Report, ReportAnswer, Vote,
};
use crate::client::pinned::{self, PinnedClient, PinnedError};

/// A desk on another computer.
#[derive(Debug)]
pub struct HttpsDesk(PinnedClient);

/// The longest sentence of an error that is shown, in characters.
const LONGEST: usize = 300;

impl HttpsDesk {
    /// The desk at this address that has this certificate.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(desk: &DeskAddress, pin: DeskFingerprint) -> Result<Self, LinkError> {
        let client = PinnedClient::new(&desk.host, desk.port, *pin.bytes());
        client
            .map(Self)
            .map_err(|error| LinkError::NoDesk(error.to_string()))
    }

    /// The fingerprint of the certificate at this address. Nothing is sent but a handshake.
    ///
    /// # Errors
    /// Nothing answers there, or it does not speak TLS.
    pub async fn fingerprint(desk: &DeskAddress) -> Result<DeskFingerprint, LinkError> {
        let hash = pinned::certificate_of(&desk.host, desk.port).await;
        hash.map(DeskFingerprint::from_bytes).map_err(unanswered)
    }

    /// Sends a request, and gives the status and the body of what is no refusal.
    async fn send(
        &self,
        path: &str,
        secret: Option<&str>,
        request: &impl Serialize,
    ) -> Result<String, LinkError> {
        let json = serde_json::to_string(request);
        let json = json.map_err(|error| LinkError::NoDesk(error.to_string()))?;
        let bearer = secret.map(|secret| ("authorization".into(), format!("Bearer {secret}")));
        let sent = self.0.post(path, bearer.into_iter().collect(), json).await;
        let answer = sent.map_err(unanswered)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer.body);
        }
        match serde_json::from_str::<Refused>(&answer.body) {
            Ok(refused) => Err(LinkError::Refused(readable(refused))),
            Err(_) => Err(LinkError::NoDesk(format!("status {}", answer.status))),
        }
    }
}

/// What the desk says is shown on a page and in the log: it is cut, and no letter of it is hidden.
fn readable(refused: Refused) -> Refused {
    let cut = |text: String| {
        let text: String = text.chars().take(LONGEST).collect();
        encode::line(&text).into_owned()
    };
    Refused {
        reason: refused.reason,
        says: cut(refused.says),
        next: cut(refused.next),
    }
}

fn unanswered(error: PinnedError) -> LinkError {
    match error {
        PinnedError::OtherCertificate => LinkError::OtherDesk,
        PinnedError::Client(error) => LinkError::Away(error.to_string()),
    }
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, LinkError> {
    serde_json::from_str(body).map_err(|error| LinkError::NoDesk(error.to_string()))
}

#[async_trait]
impl DeskLink for HttpsDesk {
    async fn join(&self, request: &JoinRequest) -> Result<JoinAnswer, LinkError> {
        read(&self.send("/join", None, request).await?)
    }

    async fn report(&self, secret: &str, report: &Report) -> Result<ReportAnswer, LinkError> {
        read(&self.send("/report", Some(secret), report).await?)
    }

    async fn vote(&self, secret: &str, vote: &Vote) -> Result<(), LinkError> {
        self.send("/vote", Some(secret), vote).await.map(|_| ())
    }

    async fn leave(&self, secret: &str, leave: &Leave) -> Result<(), LinkError> {
        self.send("/leave", Some(secret), leave).await.map(|_| ())
    }
}

//! The lab that `session-lab attack` and `session-lab matrix` act on: a new one that stops
//! afterwards, or one that already runs on this computer (`--url`).

use std::sync::Arc;

use url::{Host, Url};

use crate::app::settings::Settings;
use crate::app::{self, Running};
use crate::attacks::scenario::TargetLab;
use crate::base::addresses::{Addresses, Ports};
use crate::base::start_error::StartError;
use crate::browser::{Browser, BrowserEngine, BrowserError, BrowserSettings};
use crate::client::{ClientError, LabClient, Outgoing};
use crate::defences::facts::Scheme;

/// A lab to act on.
#[derive(Debug)]
pub struct RunningLab {
    target: TargetLab,
    cert_pem: String,
    /// The lab, where it was started for this command.
    own: Option<Running>,
}

impl RunningLab {
    /// The lab whose own pages have this address; without an address, a new lab.
    ///
    /// # Errors
    /// The text is no address on this computer, no lab answers there, or the new lab does not start.
    pub async fn open(url: Option<&str>) -> Result<Self, StartError> {
        if let Some(url) = url {
            return Self::at(url).await;
        }
        let running = app::start(&Settings::throw_away()).await?;
        Ok(Self {
            target: running.target(),
            cert_pem: running.certificate.cert_pem().to_owned(),
            own: Some(running),
        })
    }

    async fn at(text: &str) -> Result<Self, StartError> {
        let url = Url::parse(text).ok().filter(|url| url.scheme() == "http");
        let here = url.as_ref().is_some_and(|url| match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        });
        let (Some(url), true) = (url, here) else {
            let hint = "give the address of the lab's own pages: --url http://localhost:7070";
            let text = format!("{text} is not the address of a lab on this computer");
            return Err(StartError::new(text, hint).usage());
        };
        let port = url.port().unwrap_or(80);
        let nobody = |error: String| {
            let hint = "start it with session-lab, or leave --url out to start a new lab";
            StartError::new(format!("no lab answers at {text}: {error}"), hint)
        };
        let other = |error: String| {
            let hint = "give the address of the lab's own pages: --url http://localhost:7070";
            StartError::new(format!("{text} is not a lab's own pages: {error}"), hint)
        };
        let failed = |error| match error {
            FetchError::NoAnswer(error) => nobody(error),
            FetchError::Status(..) => other(error.to_string()),
        };
        let ports = fetch(port, "/addresses").await.map_err(failed)?;
        let ports: Ports = serde_json::from_str(&ports).map_err(|e| other(e.to_string()))?;
        let cert_pem = fetch(port, "/certificate.pem").await.map_err(failed)?;
        let client = LabClient::new(&cert_pem).map_err(|error| other(error.to_string()))?;
        Ok(Self {
            target: TargetLab::of(&client, &Arc::new(Addresses::from_ports(&ports))),
            cert_pem,
            own: None,
        })
    }

    /// The lab as attacks see it.
    pub fn target(&self) -> TargetLab {
        self.target.clone()
    }

    /// Starts a browser that trusts this lab, for the attacks that a browser decides.
    ///
    /// # Errors
    /// No browser is installed, or it does not start.
    pub async fn start_browser(
        &mut self,
        engine: BrowserEngine,
    ) -> Result<Arc<Browser>, StartError> {
        let hint = format!(
            "{}, or open the attack's page on the attacker's site in your own browser",
            how_to_install(engine)
        );
        let failed = |error: BrowserError| StartError::new(error.to_string(), hint.clone());
        let settings = BrowserSettings::trusting(engine, &self.cert_pem).map_err(failed)?;
        let browser = Arc::new(Browser::start(settings).await.map_err(failed)?);
        self.target = self.target.clone().with_browser(browser.clone());
        Ok(browser)
    }

    /// Stops the lab, where it was started for this command.
    ///
    /// # Errors
    /// One of its listeners failed.
    pub async fn close(self) -> Result<(), StartError> {
        match self.own {
            Some(running) => {
                running.stop();
                running.ended().await
            }
            None => Ok(()),
        }
    }
}

/// How a browser is installed.
pub(super) fn how_to_install(engine: BrowserEngine) -> String {
    let package = match engine {
        BrowserEngine::Chromium => "chromium",
        BrowserEngine::Firefox => "firefox-esr",
    };
    let name = engine.name();
    format!("install {name} (on Debian: apt install {package})")
}

/// Why a page could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// Nobody is there, or the answer is none of HTTP.
    #[error("{0}")]
    NoAnswer(String),
    /// Somebody else is there.
    #[error("it answers {0} with {1}")]
    Status(String, u16),
}

/// The body of one of the lab's own pages.
pub(super) async fn fetch(port: u16, path: &str) -> Result<String, FetchError> {
    let no_answer = |error: ClientError| FetchError::NoAnswer(error.to_string());
    let client = LabClient::unencrypted().map_err(no_answer)?;
    let outgoing = Outgoing {
        scheme: Scheme::Http,
        host_name: "localhost".into(),
        port,
        method: "GET",
        target: path.to_owned(),
        headers: Vec::new(),
        body: String::new(),
    };
    let answer = client.send(outgoing).await.map_err(no_answer)?;
    match answer.status {
        200 => Ok(answer.body),
        status => Err(FetchError::Status(path.to_owned(), status)),
    }
}

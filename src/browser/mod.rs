//! A real browser: the Chromium or Chrome that is installed on this computer, headless and with an
//! empty profile.
//!
//! What a browser decides, a browser must show: the attacks of engine `browser` and the tests act
//! through it. It trusts the lab's certificate by its key, so cookies over TLS count; it knows
//! `lab.test`; it visits nothing but the lab. [`Window`] is what a person sees of it.

mod launch;
mod network;
mod window;

use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine};
use chromiumoxide::Browser;
use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams,
};
use chromiumoxide::detection::{DetectionOptions, default_executable};
use chromiumoxide::error::CdpError;
use chromiumoxide::handler::HandlerConfig;
use futures::StreamExt;
use sha2::{Digest, Sha256};

pub use network::Seen;
pub use window::{PATIENCE, Window};

/// Why the browser could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ChromeError {
    /// None is installed.
    #[error("no Chromium and no Chrome is installed here")]
    NotInstalled,
    /// It did not start.
    #[error("the browser did not start: {0}")]
    Start(String),
    /// The lab's certificate cannot be read.
    #[error("the lab's certificate cannot be read: {0}")]
    Certificate(String),
    /// It is gone, or did not understand.
    #[error("the browser: {0}")]
    Protocol(#[from] CdpError),
    /// A script on a page failed.
    #[error("{script}: {error}")]
    Script {
        /// What was to be run.
        script: String,
        /// What came of it.
        error: String,
    },
    /// What was waited for did not come.
    #[error("{0} did not come within {seconds} s", seconds = PATIENCE.as_secs())]
    Late(String),
}

/// How a browser is started.
#[derive(Clone, Debug)]
pub struct Settings {
    executable: PathBuf,
    /// SHA-256 of the public key in the lab's certificate, in base64, where it is trusted.
    trusted_key: Option<String>,
    /// Its profile; without one it gets an empty one that is thrown away.
    profile: Option<PathBuf>,
    /// What an empty profile's `Preferences` hold, in JSON.
    preferences: Option<&'static str>,
    /// Further arguments.
    more: Vec<String>,
}

impl Settings {
    /// The installed browser, trusting this certificate and no other.
    ///
    /// # Errors
    /// No browser is installed, or the certificate cannot be read.
    pub fn trusting(cert_pem: &str) -> Result<Self, ChromeError> {
        Ok(Self {
            trusted_key: Some(key_hash(cert_pem)?),
            ..Self::trusting_nothing()?
        })
    }

    /// The installed browser, to which every lab's certificate is a stranger's: it warns.
    ///
    /// # Errors
    /// No browser is installed.
    pub fn trusting_nothing() -> Result<Self, ChromeError> {
        Ok(Self {
            executable: executable().ok_or(ChromeError::NotInstalled)?,
            trusted_key: None,
            profile: None,
            preferences: None,
            more: Vec::new(),
        })
    }

    /// The same with a profile that stays, as on a student's own computer.
    #[must_use]
    pub fn with_profile(mut self, folder: &Path) -> Self {
        self.profile = Some(folder.to_owned());
        self
    }

    /// The same with preferences of its own, as somebody chose them in its settings.
    #[must_use]
    pub const fn with_preferences(mut self, json: &'static str) -> Self {
        self.preferences = Some(json);
        self
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with_argument(mut self, argument: &str) -> Self {
        self.more.push(argument.to_owned());
        self
    }
}

/// The browser, where one is installed. The process that ends it again needs a Unix shell.
pub fn executable() -> Option<PathBuf> {
    cfg!(unix)
        .then(|| default_executable(DetectionOptions::default()).ok())
        .flatten()
}

fn key_hash(cert_pem: &str) -> Result<String, ChromeError> {
    let unreadable = |error: String| ChromeError::Certificate(error);
    let (_, pem) = x509_parser::pem::parse_x509_pem(cert_pem.as_bytes())
        .map_err(|error| unreadable(error.to_string()))?;
    let certificate = pem
        .parse_x509()
        .map_err(|error| unreadable(error.to_string()))?;
    let key = certificate.public_key().raw;
    Ok(BASE64_STANDARD.encode(Sha256::digest(key)))
}

/// A running browser. It ends when this is dropped, and however this program ends.
#[derive(Debug)]
pub struct Chrome {
    browser: Browser,
    settings: Settings,
    version: String,
    _process: launch::Process,
}

impl Chrome {
    /// Starts a browser.
    ///
    /// It is driven by a task of the runtime that this is called on, and lives no longer than that.
    ///
    /// # Errors
    /// It does not start, or cannot be driven.
    pub async fn start(settings: Settings) -> Result<Self, ChromeError> {
        let (process, address) = launch::launch(&settings)?;
        let config = HandlerConfig {
            // The certificate is trusted by its key, see `launch`.
            ignore_https_errors: false,
            viewport: None,
            request_timeout: PATIENCE,
            ..HandlerConfig::default()
        };
        let (browser, mut handler) = Browser::connect_with_config(address, config).await?;
        // An error is a message of a newer protocol that the library does not know.
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        let version = browser.version().await?.product;
        Ok(Self {
            browser,
            settings,
            // Headless or not, Chrome or Chromium: it is the same engine.
            version: format!(
                "Chromium {}",
                version.split('/').next_back().unwrap_or_default()
            ),
            _process: process,
        })
    }

    /// Its name and version, as in `Chromium 156.0.8078.79`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The host and port by which it is driven, and where it serves its DevTools.
    pub fn driven_at(&self) -> &str {
        let address = self.browser.websocket_address();
        let rest = address.trim_start_matches("ws://");
        rest.split('/').next().unwrap_or_default()
    }

    /// How it was started.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Opens a window with cookies and storage of its own, which go with it.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn private_window(&self) -> Result<Window, ChromeError> {
        let context = CreateBrowserContextParams::builder()
            .dispose_on_detach(true)
            .build();
        let context = self.browser.create_browser_context(context).await?;
        let mut target = CreateTargetParams::new("about:blank");
        target.browser_context_id = Some(context.clone());
        let page = self.browser.new_page(target).await?;
        Window::new(page, Some(context)).await
    }

    /// Opens a window of the profile.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn window(&self) -> Result<Window, ChromeError> {
        let page = self.browser.new_page("about:blank").await?;
        Window::new(page, None).await
    }

    /// Throws a private window's cookies and storage away.
    pub async fn forget(&self, window: &Window) {
        if let Some(context) = window.context() {
            // One that is gone already is what was wanted.
            let _ = self.browser.dispose_browser_context(context.clone()).await;
        }
    }

    /// Closes the browser as a person does, so that it writes its profile, and waits for its end.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn close(mut self) -> Result<(), ChromeError> {
        self.browser.close().await?;
        let Self { _process, .. } = self;
        _process.ended().await;
        Ok(())
    }
}

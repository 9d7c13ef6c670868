//! How a browser is started: which one, what it trusts, its profile, and what somebody chose in its
//! settings. A switch of Chromium is a preference in Firefox; [`BrowserOption`] names both.

use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};

use super::BrowserError;
use crate::base::addresses::LAB_TEST;
use crate::base::tls::ParsedCertificate;

/// The browsers that can be driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum BrowserEngine {
    /// Chromium, and what is built on it: Chrome, Edge.
    Chromium,
    /// Firefox.
    Firefox,
}

impl BrowserEngine {
    pub const fn name(self) -> &'static str {
        match self {
            BrowserEngine::Chromium => "Chromium",
            BrowserEngine::Firefox => "Firefox",
        }
    }

    const fn variable(self) -> &'static str {
        match self {
            BrowserEngine::Chromium => "CHROME",
            BrowserEngine::Firefox => "FIREFOX",
        }
    }

    const fn programs(self) -> &'static [&'static str] {
        match self {
            BrowserEngine::Chromium => &[
                "chrome",
                "google-chrome-stable",
                "chromium",
                "chromium-browser",
                "msedge",
                "microsoft-edge",
            ],
            BrowserEngine::Firefox => &["firefox", "firefox-esr"],
        }
    }

    /// Where macOS has them.
    const fn applications(self) -> &'static [&'static str] {
        match self {
            BrowserEngine::Chromium => &[
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
            ],
            BrowserEngine::Firefox => &["/Applications/Firefox.app/Contents/MacOS/firefox"],
        }
    }
}

/// What somebody chose in the browser's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrowserOption {
    /// Third-party cookies are sent.
    AllowThirdPartyCookies,
    /// No third-party cookie is sent.
    BlockThirdPartyCookies,
    /// Pages are not kept alive for the Back button.
    NoBackForwardCache,
    /// Chromium's two minutes for a cookie without `SameSite` are ten seconds. Firefox has no such
    /// time.
    ShortLaxException,
}

impl BrowserOption {
    /// The switch of Chromium.
    fn argument(self) -> Option<&'static str> {
        match self {
            Self::NoBackForwardCache => Some("--disable-back-forward-cache"),
            Self::ShortLaxException => Some("--enable-features=ShortLaxAllowUnsafeThreshold"),
            Self::AllowThirdPartyCookies | Self::BlockThirdPartyCookies => None,
        }
    }

    /// What an empty profile of Chromium holds in its file `Preferences`.
    fn chromium_preferences(self) -> Option<&'static str> {
        match self {
            Self::AllowThirdPartyCookies => Some(r#"{"profile":{"cookie_controls_mode":0}}"#),
            Self::BlockThirdPartyCookies => Some(r#"{"profile":{"cookie_controls_mode":1}}"#),
            Self::NoBackForwardCache | Self::ShortLaxException => None,
        }
    }

    /// The preferences of Firefox.
    fn firefox_preferences(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::AllowThirdPartyCookies => &[("network.cookie.cookieBehavior", "0")],
            Self::BlockThirdPartyCookies => &[("network.cookie.cookieBehavior", "1")],
            Self::NoBackForwardCache => &[
                ("browser.sessionhistory.max_total_viewers", "0"),
                ("fission.bfcacheInParent", "false"),
            ],
            Self::ShortLaxException => &[],
        }
    }
}

/// How a browser is started.
#[derive(Clone, Debug)]
pub struct BrowserSettings {
    engine: BrowserEngine,
    executable: PathBuf,
    /// The lab's certificate, where it is trusted.
    trusted: Option<String>,
    profile: Option<PathBuf>,
    options: Vec<BrowserOption>,
    /// The names that lead to this computer, whatever the DNS says.
    names: Vec<String>,
    arguments: Vec<String>,
}

impl BrowserSettings {
    /// The installed browser, trusting this certificate and no other.
    ///
    /// # Errors
    /// No such browser is installed, or the certificate cannot be read.
    pub fn trusting(engine: BrowserEngine, cert_pem: &str) -> Result<Self, BrowserError> {
        // Whether it can be read is found out here, not in the middle of a start.
        key_hash(cert_pem)?;
        Ok(Self {
            trusted: Some(cert_pem.to_owned()),
            ..Self::trusting_nothing(engine)?
        })
    }

    /// The installed browser, to which every lab's certificate is a stranger's: it warns.
    ///
    /// # Errors
    /// No such browser is installed.
    pub fn trusting_nothing(engine: BrowserEngine) -> Result<Self, BrowserError> {
        let not_installed = BrowserError::NotInstalled(engine.name());
        Ok(Self {
            engine,
            executable: executable(engine).ok_or(not_installed)?,
            trusted: None,
            profile: None,
            options: Vec::new(),
            // One that browsers do not exempt from `Secure` as they do loopback names.
            names: vec![LAB_TEST.to_owned()],
            arguments: Vec::new(),
        })
    }

    /// The same with a profile that stays, as on a student's own computer.
    #[must_use]
    pub fn with_profile(mut self, folder: &Path) -> Self {
        self.profile = Some(folder.to_owned());
        self
    }

    /// The same with one more thing chosen.
    #[must_use]
    pub fn with_option(mut self, option: BrowserOption) -> Self {
        self.options.push(option);
        self
    }

    /// The same with more names that lead to this computer, as the DNS of a class has them.
    #[must_use]
    pub fn with_names(mut self, names: &[&str]) -> Self {
        self.names
            .extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// The same with one more argument on its command line.
    #[must_use]
    pub fn with_argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Which browser it is.
    pub const fn engine(&self) -> BrowserEngine {
        self.engine
    }

    pub(super) fn executable(&self) -> &Path {
        &self.executable
    }

    pub(super) fn profile(&self) -> Option<&Path> {
        self.profile.as_deref()
    }

    /// SHA-256 of the trusted public key, in base64.
    pub(super) fn trusted_key(&self) -> Option<String> {
        self.trusted.as_deref().and_then(|pem| key_hash(pem).ok())
    }

    /// The trusted certificate: DER in base64.
    pub(super) fn trusted_certificate(&self) -> Option<String> {
        let pem = self.trusted.as_deref()?;
        let certificate = ParsedCertificate::from_pem(pem).ok()?;
        Some(BASE64_STANDARD.encode(certificate.der))
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn more_arguments(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().map(String::as_str)
    }

    pub(super) fn chromium_arguments(&self) -> impl Iterator<Item = String> {
        let chosen = self.options.iter().filter_map(|option| option.argument());
        chosen.chain(self.more_arguments()).map(str::to_owned)
    }

    pub(super) fn chromium_preferences(&self) -> Option<&'static str> {
        let mut chosen = self.options.iter();
        chosen.find_map(|option| option.chromium_preferences())
    }

    pub(super) fn firefox_preferences(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let chosen = self.options.iter();
        chosen
            .flat_map(|option| option.firefox_preferences())
            .copied()
    }
}

/// The browser, where it is installed. The process that ends it again needs a Unix shell.
pub fn executable(engine: BrowserEngine) -> Option<PathBuf> {
    if !cfg!(unix) {
        return None;
    }
    let named = std::env::var_os(engine.variable()).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let programs = engine.programs().iter();
    let on_path = programs.flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let applications = engine.applications().iter().map(PathBuf::from);
    let mut candidates = named.into_iter().chain(on_path).chain(applications);
    candidates.find(|file| file.is_file())
}

fn key_hash(cert_pem: &str) -> Result<String, BrowserError> {
    let certificate = ParsedCertificate::from_pem(cert_pem).map_err(BrowserError::Certificate)?;
    Ok(BASE64_STANDARD.encode(Sha256::digest(certificate.public_key)))
}

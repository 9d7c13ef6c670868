//! A real browser that is installed on this computer, headless and with an empty profile: Chromium or
//! Firefox.
//!
//! What a browser decides, a browser must show: the attacks of engine `browser` and the tests act
//! through it. It trusts the lab's certificate and no other, so cookies over TLS count. It knows
//! `lab.test`. It visits nothing but the lab. [`Window`] is what a person sees of it.
//!
//! `page_driver` is the one interface. `chromium` implements it with the DevTools protocol, `firefox`
//! with WebDriver BiDi, both on the same `connection`.

mod chromium;
mod connection;
mod cookie;
mod firefox;
mod keys;
mod launch;
mod network;
mod observed;
mod page_driver;
mod settings;
mod window;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use cookie::{SameSiteAttribute, StoredCookie};
pub use network::ObservedRequest;
use page_driver::BrowserDriver;
pub use settings::{BrowserEngine, BrowserOption, BrowserSettings, executable};
pub use window::Window;

/// How long anything may take before it is given up: far beyond what a busy machine needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Why the browser could not be used.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// None is installed.
    #[error("no {0} is installed here")]
    NotInstalled(&'static str),
    /// It did not start.
    #[error("the browser did not start: {0}")]
    Start(String),
    /// The lab's certificate cannot be read.
    #[error("the lab's certificate cannot be read: {0}")]
    Certificate(String),
    /// It has ended.
    #[error("the browser is gone")]
    Gone,
    /// It refused a command.
    #[error("the browser refused {command}: {message}")]
    Refused {
        /// What it was told to do.
        command: String,
        /// Its reason.
        message: String,
    },
    /// It has no such thing.
    #[error("this browser cannot do that: {0}")]
    Unsupported(&'static str),
    /// There is no such element on the page.
    #[error("there is no {0}")]
    Missing(String),
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

/// A running browser. It ends when this is dropped, and however this program ends.
#[derive(Debug)]
pub struct Browser {
    driver: Box<dyn BrowserDriver>,
    settings: BrowserSettings,
    driven_at: String,
    /// Jars that nobody needs any more.
    unused_jars: Mutex<Vec<String>>,
    /// Held while jars are removed: a window that is opened next waits until they are gone.
    removal: tokio::sync::Mutex<()>,
    process: launch::BrowserProcess,
}

impl Browser {
    /// Starts a browser.
    ///
    /// It is driven by tasks of the runtime that this is called on, and lives no longer than that.
    ///
    /// # Errors
    /// It does not start, or cannot be driven.
    pub async fn start(settings: BrowserSettings) -> Result<Self, BrowserError> {
        let (process, address) = launch::launch(&settings)?;
        let driver: Box<dyn BrowserDriver> = match settings.engine() {
            BrowserEngine::Chromium => Box::new(chromium::Chromium::connect(&address).await?),
            BrowserEngine::Firefox => {
                Box::new(firefox::Firefox::connect(&address, &settings).await?)
            }
        };
        Ok(Self {
            driver,
            settings,
            driven_at: connection::host_of(&address).to_owned(),
            unused_jars: Mutex::default(),
            removal: tokio::sync::Mutex::default(),
            process,
        })
    }

    /// Its name and version, as in `Chromium 156.0.8078.79`.
    pub fn version(&self) -> &str {
        self.driver.version()
    }

    /// The host and port by which it is driven. Chromium serves its DevTools there.
    pub fn driven_at(&self) -> &str {
        &self.driven_at
    }

    /// How it was started.
    pub fn settings(&self) -> &BrowserSettings {
        &self.settings
    }

    /// Opens a window with its own cookies and storage, which end with it.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn private_window(&self) -> Result<Window, BrowserError> {
        self.remove_unused_jars().await;
        let jar = self.driver.make_jar().await?;
        Window::new(self.driver.open(Some(&jar)).await?, Some(jar)).await
    }

    /// Opens a window of the profile.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn window(&self) -> Result<Window, BrowserError> {
        Window::new(self.driver.open(None).await?, None).await
    }

    /// Throws a private window's cookies and storage away.
    pub async fn forget(&self, window: &Window) {
        self.forget_later(window);
        self.remove_unused_jars().await;
    }

    /// The same at the latest before the next private window is opened.
    pub fn forget_later(&self, window: &Window) {
        if let Some(jar) = window.jar() {
            self.unused_jars().push(jar.to_owned());
        }
    }

    /// Throws away what [`Self::forget_later`] left.
    pub async fn remove_unused_jars(&self) {
        let _alone = self.removal.lock().await;
        let jars = std::mem::take(&mut *self.unused_jars());
        for jar in jars {
            // One that is gone already is what was wanted.
            let _ = self.driver.remove_jar(&jar).await;
        }
    }

    fn unused_jars(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.unused_jars
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the browser as a person does, so that it writes its profile, and waits for its end.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn close(self) -> Result<(), BrowserError> {
        self.driver.close().await?;
        self.process.ended().await;
        Ok(())
    }
}

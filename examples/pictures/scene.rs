//! Where a picture is taken: a lab, a browser that visits it, and a browser that shows the DevTools of
//! the first. Each picture has its own window, without the cookies of another.

use session_lab::app::Running;
use session_lab::browser::{Browser, BrowserEngine, BrowserSettings, Window};
use session_lab::worksheets::pictures::Theme;
use tokio::sync::{Mutex, MutexGuard};

use crate::Result;
use crate::devtools::{DevTools, Panel};
use crate::frame;

/// The insecure portal, unencrypted.
pub const INSECURE: &str = "http://localhost:7080/insecure";
/// The hardened portal, over TLS.
pub const HARDENED: &str = "https://localhost:7443/hardened";
/// The attacker's site.
pub const ATTACKER: &str = "http://127.0.0.1:7666";

/// The browsers.
pub struct Studio {
    visitor: Browser,
    shower: Browser,
    turn: Mutex<()>,
}

impl Studio {
    /// Starts the browsers.
    pub async fn open(lab: &Running) -> Result<Self> {
        let certificate = lab.certificate.cert_pem();
        let visitor = BrowserSettings::trusting(BrowserEngine::Chromium, certificate)?;
        let shower = BrowserSettings::trusting_nothing(BrowserEngine::Chromium)?;
        // Without this it does not let its own page, DevTools, drive it.
        let visitor = visitor.with_argument("--remote-allow-origins=*");
        Ok(Self {
            visitor: Browser::start(visitor).await?,
            shower: Browser::start(shower).await?,
            turn: Mutex::new(()),
        })
    }

    /// A scene of a theme, with a window that nobody has used.
    pub async fn scene(&self, theme: Theme) -> Result<Scene<'_>> {
        let page = self.visitor.private_window().await?;
        frame::appear(&page, theme, (1100, 700)).await?;
        Ok(Scene {
            studio: self,
            theme,
            page,
        })
    }
}

/// One picture in the making.
pub struct Scene<'s> {
    studio: &'s Studio,
    /// Light or dark.
    pub theme: Theme,
    /// The window with the lab's page.
    pub page: Window,
}

impl Scene<'_> {
    /// Opens DevTools on the scene's page.
    pub async fn devtools(&self, panel: Panel, size: (i64, i64)) -> Result<DevTools> {
        let window = self.studio.shower.private_window().await?;
        frame::appear(&window, self.theme, size).await?;
        let target = self.page.id();
        let driven_at = self.studio.visitor.driven_at();
        DevTools::open(window, driven_at, target, panel, (self.theme, size.1)).await
    }

    /// Waits until no other scene is doing what all scenes see.
    pub async fn alone(&self) -> MutexGuard<'_, ()> {
        self.studio.turn.lock().await
    }

    /// A window of the browser that does not know the lab's certificate.
    pub async fn stranger(&self, size: (i64, i64)) -> Result<Window> {
        let window = self.studio.shower.private_window().await?;
        frame::appear(&window, self.theme, size).await?;
        Ok(window)
    }

    /// Signs in at this portal, and stays on the page that comes then.
    pub async fn sign_in(&self, base: &str, user: &str, password: &str) -> Result<()> {
        self.page.visit(&format!("{base}/login")).await?;
        self.page.fill_in("[name=username]", user).await?;
        self.page.fill_in("[name=password]", password).await?;
        self.page.follow("main form button").await?;
        let at = self.page.location().await?;
        if !at.ends_with("/dashboard") {
            return Err(format!("{user} did not get in at {base}: {at}").into());
        }
        Ok(())
    }

    /// student123 signs in.
    pub async fn student_signs_in(&self, base: &str) -> Result<()> {
        self.sign_in(base, "student123", "password123").await
    }

    /// Throws the window away.
    pub async fn leave(self) {
        self.studio.visitor.forget(&self.page).await;
    }
}

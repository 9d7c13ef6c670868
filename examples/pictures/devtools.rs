//! DevTools as a person uses it, with a mouse and a keyboard. The browser that is looked at serves its
//! own DevTools; another window shows it.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType,
    MouseButton,
};
use chromiumoxide::cdp::browser_protocol::page::AddScriptToEvaluateOnNewDocumentParams;
use session_lab::chrome::Window;
use session_lab::pictures::Theme;

use crate::Result;
use crate::frame::{self, FINDERS};

/// How long DevTools may take to show one thing.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a person who wants to see one panel has switched off: the page beside it, and the time line.
const SETTINGS: &str = "
    localStorage.clear();
    localStorage['screencast-enabled'] = 'false';
    localStorage['network-log-show-overview'] = 'false';";

/// A panel of DevTools.
#[derive(Clone, Copy, Debug)]
pub enum Panel {
    /// Cookies and storage.
    Application,
    /// JavaScript, and what the browser has to say.
    Console,
    /// Requests.
    Network,
}

impl Panel {
    /// The word in the address, and the label of the tab.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Panel::Application => ("resources", "Application"),
            Panel::Console => ("console", "Console"),
            Panel::Network => ("network", "Network"),
        }
    }
}

/// A window with DevTools in it.
pub struct DevTools {
    window: Window,
    theme: Theme,
    size: (i64, i64),
}

impl DevTools {
    /// Shows the DevTools of a page, which the browser at this address calls `target`.
    pub async fn open(
        window: Window,
        driven_at: &str,
        target: &str,
        panel: Panel,
        (theme, size): (Theme, (i64, i64)),
    ) -> Result<Self> {
        let (word, label) = panel.words();
        let script = AddScriptToEvaluateOnNewDocumentParams::new(format!("{SETTINGS}{FINDERS}"));
        window.page().execute(script).await?;
        let socket = format!("{driven_at}/devtools/page/{target}");
        window
            .visit(&format!(
                "http://{driven_at}/devtools/inspector.html?ws={socket}&panel={word}"
            ))
            .await?;
        let tools = Self {
            window,
            theme,
            size,
        };
        let tab = format!("one('[role=tab][aria-label={label}][aria-selected=true]')");
        tools.see(&tab).await?;
        // The panel listens to the page once it shows something of its own.
        tools.see(&format!("one('[aria-label=\"{label} panel\"]')")).await?;
        Ok(tools)
    }

    /// Waits until the expression gives an element.
    pub async fn see(&self, what: &str) -> Result<()> {
        let seen = tokio::time::timeout(PATIENCE, self.window.until(&format!("!!({what})"))).await;
        seen.map_err(|_| format!("DevTools does not show {what}"))??;
        Ok(())
    }

    /// Runs a script in DevTools, for what a person does by scrolling.
    pub async fn run(&self, script: &str) -> Result<()> {
        Ok(self.window.run::<Option<bool>>(&format!("({script}, null)")).await.map(|_| ())?)
    }

    /// Clicks on what the expression gives.
    pub async fn click(&self, what: &str) -> Result<()> {
        let (x, y) = self.place(what).await?;
        self.press(x, y, 1).await
    }

    /// Clicks twice on it.
    pub async fn double_click(&self, what: &str) -> Result<()> {
        let (x, y) = self.place(what).await?;
        self.press(x, y, 1).await?;
        self.press(x, y, 2).await
    }

    async fn place(&self, what: &str) -> Result<(f64, f64)> {
        self.see(what).await?;
        let script = format!(
            "(() => {{ const b = ({what}).getBoundingClientRect();
                return [b.x + Math.min(b.width / 2, 60), b.y + Math.min(b.height / 2, 9)]; }})()"
        );
        let [x, y]: [f64; 2] = self.window.run(&script).await?;
        Ok((x, y))
    }

    async fn press(&self, x: f64, y: f64, count: i64) -> Result<()> {
        self.mouse(DispatchMouseEventType::MousePressed, x, y, count).await?;
        self.mouse(DispatchMouseEventType::MouseReleased, x, y, count).await
    }

    async fn mouse(&self, kind: DispatchMouseEventType, x: f64, y: f64, count: i64) -> Result<()> {
        let mut event = DispatchMouseEventParams::new(kind, x, y);
        if count > 0 {
            event.button = Some(MouseButton::Left);
            event.buttons = Some(1);
            event.click_count = Some(count);
        }
        self.window.page().execute(event).await?;
        Ok(())
    }

    /// Drags the right border of a column, by the name of its class, by so many pixels.
    pub async fn drag_border(&self, column: &str, by: f64) -> Result<()> {
        let cell = format!("one('th.{column}-column')");
        self.see(&cell).await?;
        let script = format!(
            "(() => {{ const b = {cell}.getBoundingClientRect(); return [b.right, b.y + 9]; }})()"
        );
        let [x, y]: [f64; 2] = self.window.run(&script).await?;
        self.mouse(DispatchMouseEventType::MouseMoved, x, y, 0).await?;
        self.mouse(DispatchMouseEventType::MousePressed, x, y, 1).await?;
        self.mouse(DispatchMouseEventType::MouseMoved, x + by / 2.0, y, 1).await?;
        self.mouse(DispatchMouseEventType::MouseMoved, x + by, y, 1).await?;
        self.mouse(DispatchMouseEventType::MouseReleased, x + by, y, 1).await
    }

    /// Types where the focus is.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        Ok(self.window.type_text(text).await?)
    }

    /// Presses a key, as in `("Enter", 13)`.
    pub async fn key(&self, (name, code): (&str, i64)) -> Result<()> {
        for kind in [DispatchKeyEventType::KeyDown, DispatchKeyEventType::KeyUp] {
            let mut event = DispatchKeyEventParams::new(kind.clone());
            event.key = Some(name.to_owned());
            event.code = Some(name.to_owned());
            event.windows_virtual_key_code = Some(code);
            if name == "Enter" && kind == DispatchKeyEventType::KeyDown {
                event.text = Some("\r".to_owned());
            }
            self.window.page().execute(event).await?;
        }
        Ok(())
    }

    /// Types a line into the console, and waits for the answer to it.
    pub async fn enter(&self, line: &str) -> Result<()> {
        let answers = "all('.console-user-command-result').length";
        let before: usize = self.window.run(answers).await?;
        self.click("one('[aria-label=\"Console prompt\"]')").await?;
        self.type_text(line).await?;
        // Closes the list of what the line could become.
        self.key(("Escape", 27)).await?;
        self.key(("Enter", 13)).await?;
        self.see(&format!("{answers} > {before}")).await
    }

    /// Takes the picture with marks around what the expressions give.
    pub async fn picture(&self, marked: &[&str]) -> Result<Vec<u8>> {
        // The mouse leaves what it was last on, where it would show a text.
        let (width, height) = self.size;
        let corner = (width as f64 - 2.0, height as f64 - 2.0);
        self.mouse(DispatchMouseEventType::MouseMoved, corner.0, corner.1, 0).await?;
        frame::take(&self.window).await?;
        frame::mark(&self.window, self.theme, marked).await?;
        frame::take(&self.window).await
    }
}

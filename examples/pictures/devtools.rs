//! DevTools as a person uses it, with a mouse and a keyboard. The browser that is looked at serves its
//! own DevTools; another window shows it.

use std::time::Duration;

use serde_json::json;
use session_lab::browser::Window;
use session_lab::worksheets::pictures::Theme;

use crate::Result;
use crate::frame::{self, FINDERS};

/// How long DevTools may take to show one thing.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long something takes that is there at once or not at all.
const SOON: Duration = Duration::from_secs(1);

/// How often a line is typed into the console until it is answered.
const LINES: usize = 3;

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
    height: i64,
}

impl DevTools {
    /// Shows the DevTools of a page, which the browser at this address calls `target`.
    pub async fn open(
        window: Window,
        driven_at: &str,
        target: &str,
        panel: Panel,
        (theme, height): (Theme, i64),
    ) -> Result<Self> {
        let (word, label) = panel.words();
        let script = json!({ "source": format!("{SETTINGS}{FINDERS}") });
        window
            .command("Page.addScriptToEvaluateOnNewDocument", script)
            .await?;
        let socket = format!("{driven_at}/devtools/page/{target}");
        window
            .visit(&format!(
                "http://{driven_at}/devtools/inspector.html?ws={socket}&panel={word}"
            ))
            .await?;
        let tools = Self {
            window,
            theme,
            height,
        };
        let tab = format!("one('[role=tab][aria-label={label}][aria-selected=true]')");
        tools.see(&tab).await?;
        // The panel listens to the page once it shows something.
        tools
            .see(&format!("one('[aria-label=\"{label} panel\"]')"))
            .await?;
        Ok(tools)
    }

    /// Whether the expression is true within a second.
    pub async fn sees(&self, what: &str) -> Result<bool> {
        self.sees_within(what, SOON).await
    }

    async fn sees_within(&self, what: &str, time: Duration) -> Result<bool> {
        let condition = format!("!!({what})");
        let seen = tokio::time::timeout(time, self.window.until(&condition)).await;
        Ok(seen.is_ok())
    }

    /// Waits until the expression gives an element, or is true.
    pub async fn see(&self, what: &str) -> Result<()> {
        let seen = tokio::time::timeout(PATIENCE, self.window.until(&format!("!!({what})"))).await;
        if let Ok(seen) = seen {
            return Ok(seen?);
        }
        // What is there instead tells the next reader more than a message can.
        let file = std::env::temp_dir().join("session-lab-pictures-failed.png");
        std::fs::write(&file, frame::take(&self.window, None).await?)?;
        let file = file.display();
        Err(format!("DevTools does not show {what}; {file} is what it shows").into())
    }

    /// Clicks on what the expression gives.
    pub async fn click(&self, what: &str) -> Result<()> {
        let (x, y) = self.place(what).await?;
        Ok(self.window.click_at(x, y, 1).await?)
    }

    /// Clicks twice on it.
    pub async fn double_click(&self, what: &str) -> Result<()> {
        let (x, y) = self.place(what).await?;
        self.window.click_at(x, y, 1).await?;
        Ok(self.window.click_at(x, y, 2).await?)
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

    /// Types where the focus is.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        Ok(self.window.type_text(text).await?)
    }

    /// Presses a key, as in `Enter`.
    pub async fn key(&self, name: &str) -> Result<()> {
        Ok(self.window.press(name).await?)
    }

    /// Types a line into the console, and waits for the answer to it.
    pub async fn enter(&self, line: &str) -> Result<()> {
        let answers = "all('.console-user-command-result').length";
        let before: usize = self.window.run(answers).await?;
        // Before it knows the page's own context it throws lines away.
        self.see("one('[aria-label=\"JavaScript context: top\"]')")
            .await?;
        let typed = serde_json::Value::from(line);
        let typed = format!("one('.cm-content').textContent === {typed}");
        for _ in 0..LINES {
            self.click("one('.cm-content')").await?;
            // What is typed before the prompt has the focus is lost.
            self.see("one('.cm-editor.cm-focused')").await?;
            if !self.window.run::<bool>(&typed).await? {
                self.type_text(line).await?;
            }
            self.see(&typed).await?;
            self.key("Enter").await?;
            let answered = format!("{answers} > {before}");
            if self.sees_within(&answered, PATIENCE / 4).await? {
                return Ok(());
            }
        }
        Err(format!("the console does not answer {line}").into())
    }

    /// Closes an open section of a request's headers.
    pub async fn close_section(&self, label: &str) -> Result<()> {
        let section = format!("one('summary', '{label}')");
        self.click(&section).await?;
        self.see(&format!("!{section}.parentElement.open")).await?;
        // Nobody looks at a focus in a picture.
        self.see(&format!("({section}.blur(), true)")).await
    }

    /// Takes the picture with marks around what the expressions give.
    pub async fn picture(&self, marked: &[&str]) -> Result<Vec<u8>> {
        self.picture_up_to(None, marked).await
    }

    /// The same without what is right of an element.
    pub async fn picture_up_to(&self, last: Option<&str>, marked: &[&str]) -> Result<Vec<u8>> {
        // The mouse leaves the window, and what it was last on shows no text.
        self.window.move_mouse(-5.0, -5.0).await?;
        frame::take(&self.window, None).await?;
        frame::mark(&self.window, self.theme, marked).await?;
        let edge = match last {
            Some(last) => {
                // Even, so that it is a whole number of pixels; room for the mark.
                let edge = format!("Math.ceil(({last}).getBoundingClientRect().right / 2 + 4) * 2");
                let edge: f64 = self.window.run(&edge).await?;
                Some((edge, self.height as f64))
            }
            None => None,
        };
        frame::take(&self.window, edge).await
    }
}

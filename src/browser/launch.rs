//! Starting the browser's process, and making sure that it ends.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use super::BrowserError;
use super::settings::{BrowserEngine, BrowserSettings};
use super::{chromium, firefox};

/// The browser's process. This program's end of a pipe keeps it alive.
#[derive(Debug)]
pub struct BrowserProcess {
    open: Option<ChildStdin>,
    child: Option<Child>,
}

impl BrowserProcess {
    /// Waits until it has ended by itself.
    pub async fn ended(mut self) {
        if let Some(child) = self.child.take() {
            let open = self.open.take();
            // A thread that panicked has waited for nothing; there is nothing to report.
            let _ = tokio::task::spawn_blocking(move || wait(child, open)).await;
        }
    }
}

fn wait(mut child: Child, open: Option<ChildStdin>) {
    // The shell still waits for its pipe, also when the browser has gone.
    drop(open);
    let _ = child.wait();
}

impl Drop for BrowserProcess {
    fn drop(&mut self) {
        let open = self.open.take();
        if let Some(child) = self.child.take() {
            // Reaps it, and does not block whoever drops this.
            std::thread::spawn(move || wait(child, open));
        }
    }
}

/// Nothing of this program runs when it is killed, or at the end of a test binary. But its pipes
/// close, however it ends: then `cat` comes back, and the shell ends the browser and, where it was
/// made here, removes its profile. A browser that was told to close gets ten seconds for it.
const UNTIL_STDIN_CLOSES: &str = r#"
    profile=$1; throw_away=$2; shift 2
    "$@" </dev/null & browser=$!
    cat
    if [ "$throw_away" = no ]; then
        for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $browser 2>/dev/null || break; sleep 1; done
    fi
    kill $browser 2>/dev/null; wait $browser
    [ "$throw_away" = no ] || rm -rf "$profile""#;

/// Starts the browser, and answers with the address to drive it by.
pub fn launch(settings: &BrowserSettings) -> Result<(BrowserProcess, String), BrowserError> {
    let failed = |error: std::io::Error| BrowserError::Start(error.to_string());
    let (profile, throw_away) = match settings.profile() {
        Some(folder) => (folder.to_owned(), "no"),
        None => (tempfile::tempdir().map_err(failed)?.keep(), "yes"),
    };
    prepare(settings, &profile).map_err(failed)?;
    let mut command = Command::new("sh");
    command
        .args(["-c", UNTIL_STDIN_CLOSES, "sh"])
        .arg(&profile)
        .arg(throw_away)
        .arg(settings.executable())
        .args(arguments(settings, &profile))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if settings.engine() == BrowserEngine::Firefox {
        // Firefox refuses to run as root in somebody else's home, and writes into its own.
        command.env("HOME", &profile).env_remove("XDG_RUNTIME_DIR");
    }
    let mut child = command.spawn().map_err(failed)?;
    let open = child.stdin.take();
    let stderr = child.stderr.take();
    let process = BrowserProcess {
        open,
        child: Some(child),
    };
    let mut lines = BufReader::new(stderr.ok_or_else(|| BrowserError::Start("no pipe".into()))?)
        .lines()
        .map_while(Result::ok);
    let mut before = String::new();
    for line in lines.by_ref() {
        if let Some(address) = listening(settings.engine(), &line) {
            // What it writes from here on is read and dropped: a full pipe would stop it.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok((process, address));
        }
        before.push_str(&line);
        before.push('\n');
    }
    let name = settings.executable().display();
    Err(BrowserError::Start(format!("{name} says: {before}")))
}

/// The address in the line in which the browser tells it.
fn listening(engine: BrowserEngine, line: &str) -> Option<String> {
    match engine {
        BrowserEngine::Chromium => line
            .strip_prefix("DevTools listening on ")
            .map(str::to_owned),
        BrowserEngine::Firefox => line
            .strip_prefix("WebDriver BiDi listening on ")
            .map(|address| format!("{address}/session")),
    }
}

fn prepare(settings: &BrowserSettings, profile: &Path) -> std::io::Result<()> {
    match settings.engine() {
        BrowserEngine::Chromium => chromium::prepare(settings, profile),
        BrowserEngine::Firefox => firefox::prepare(settings, profile),
    }
}

fn arguments(settings: &BrowserSettings, profile: &Path) -> Vec<String> {
    match settings.engine() {
        BrowserEngine::Chromium => chromium::arguments(settings, profile),
        BrowserEngine::Firefox => firefox::arguments(settings, profile),
    }
}

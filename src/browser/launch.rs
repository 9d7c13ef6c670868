//! Starting the browser's process, and seeing to it that it ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use super::{ChromeError, Settings};

/// The browser's process. Its end of a pipe is what keeps it alive.
#[derive(Debug)]
pub struct Process {
    open: Option<ChildStdin>,
    child: Option<Child>,
}

impl Process {
    /// Waits until it has ended by itself.
    pub async fn ended(mut self) {
        if let Some(child) = self.child.take() {
            let open = self.open.take();
            // A thread that panicked has waited for nothing; there is nothing to tell.
            let _ = tokio::task::spawn_blocking(move || wait(child, open)).await;
        }
    }
}

fn wait(mut child: Child, open: Option<ChildStdin>) {
    // The shell still waits for its pipe, also when the browser has gone.
    drop(open);
    let _ = child.wait();
}

impl Drop for Process {
    fn drop(&mut self) {
        let open = self.open.take();
        if let Some(child) = self.child.take() {
            // Reaps it, without keeping whoever drops this.
            std::thread::spawn(move || wait(child, open));
        }
    }
}

/// Nothing of this program runs when it is killed, or at the end of a test binary. But its pipes
/// close, however it ends: then `cat` comes back, and the shell ends the browser and, where it was
/// made here, removes its profile. A browser that was told to close gets ten seconds for it.
const UNTIL_STDIN_CLOSES: &str = r#"
    profile=$1; throw_away=$2; shift 2
    "$@" "--user-data-dir=$profile" </dev/null & browser=$!
    cat
    if [ "$throw_away" = no ]; then
        for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $browser 2>/dev/null || break; sleep 1; done
    fi
    kill $browser 2>/dev/null; wait $browser
    [ "$throw_away" = no ] || rm -rf "$profile""#;

/// Starts the browser, and answers with the address to drive it by.
pub fn launch(settings: &Settings) -> Result<(Process, String), ChromeError> {
    let failed = |error: std::io::Error| ChromeError::Start(error.to_string());
    let (profile, throw_away) = match &settings.profile {
        Some(folder) => (folder.clone(), "no"),
        None => (tempfile::tempdir().map_err(failed)?.keep(), "yes"),
    };
    if let Some(json) = settings.preferences {
        let folder = profile.join("Default");
        std::fs::create_dir_all(&folder).map_err(failed)?;
        std::fs::write(folder.join("Preferences"), json).map_err(failed)?;
    }
    let mut child = Command::new("sh")
        .args(["-c", UNTIL_STDIN_CLOSES, "sh"])
        .arg(profile)
        .arg(throw_away)
        .arg(&settings.executable)
        .args(arguments(settings))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let open = child.stdin.take();
    let stderr = child.stderr.take();
    let process = Process {
        open,
        child: Some(child),
    };
    let mut said = BufReader::new(stderr.ok_or_else(|| ChromeError::Start("no pipe".into()))?)
        .lines()
        .map_while(Result::ok);
    let mut before = String::new();
    for line in said.by_ref() {
        if let Some(address) = line.strip_prefix("DevTools listening on ") {
            // What it says from here on is read and forgotten: a full pipe would stop it.
            let address = address.to_owned();
            std::thread::spawn(move || said.for_each(drop));
            return Ok((process, address));
        }
        before.push_str(&line);
        before.push('\n');
    }
    let name = settings.executable.display();
    Err(ChromeError::Start(format!("{name} says: {before}")))
}

fn arguments(settings: &Settings) -> Vec<String> {
    let fixed = [
        "--headless",
        // As root, as in a container, the sandbox does not start. Only the lab is visited.
        "--no-sandbox",
        "--disable-gpu",
        // A container's /dev/shm is small.
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        // Windows stand side by side: one behind another must not fall asleep.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        "--hide-scrollbars",
        // The menus of every new window: nobody opens them here.
        "--disable-features=PreloadTopChromeWebUI",
        "--disable-extensions",
        "--disable-component-update",
        // A name that browsers do not exempt from `Secure` as they do loopback names.
        "--host-resolver-rules=MAP lab.test 127.0.0.1",
        "--remote-debugging-port=0",
    ];
    let mut arguments: Vec<String> = fixed.map(str::to_owned).into();
    // Trusts the one key of the lab's certificate. `--ignore-certificate-errors` would take any,
    // and nothing that is shown of cookies over TLS would count.
    if let Some(key) = &settings.trusted_key {
        arguments.push(format!("--ignore-certificate-errors-spki-list={key}"));
    }
    arguments.extend(settings.more.iter().cloned());
    arguments
}

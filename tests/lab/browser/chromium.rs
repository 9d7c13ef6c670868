//! The browser of this test binary, and one with other settings: found, started, and ended with the
//! binary.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use base64::prelude::{BASE64_STANDARD, Engine};
use chromiumoxide::detection::{DetectionOptions, default_executable};
use chromiumoxide::handler::HandlerConfig;
use chromiumoxide::{Browser, Handler};
use futures::StreamExt;
use sha2::{Digest, Sha256};

use super::tab::PATIENCE;
use crate::support::lab;

/// Two settings that a test of SameSite needs.
const HASTY: &str = "--enable-features=ShortLaxAllowUnsafeThreshold";
const ALLOWS_THIRD_PARTIES: &str = r#"{"profile":{"cookie_controls_mode":0}}"#;

/// The browser, or `None` where none is installed: then the caller's test has nothing to show.
pub fn browser() -> Option<&'static Browser> {
    static BROWSER: OnceLock<Option<Browser>> = OnceLock::new();
    let found = BROWSER.get_or_init(|| executable().map(|path| start(&path, None)));
    or_say_so(found)
}

/// A browser whose two minutes for cookies without SameSite are ten seconds, and which does not
/// block third-party cookies in its ordinary windows.
pub fn hasty_browser() -> Option<&'static Browser> {
    static BROWSER: OnceLock<Option<Browser>> = OnceLock::new();
    let found = BROWSER.get_or_init(|| executable().map(|path| start(&path, Some(HASTY))));
    or_say_so(found)
}

fn or_say_so(found: &'static Option<Browser>) -> Option<&'static Browser> {
    if found.is_none() {
        let required = std::env::var("SESSION_LAB_BROWSER_TESTS").is_ok_and(|is| is == "required");
        assert!(!required, "no Chromium was found, and it is required here");
        let test = std::thread::current();
        let test = test.name().unwrap_or("a test");
        // Not eprintln!, which the test runner keeps to itself when a test passes.
        writeln!(
            std::io::stderr(),
            "{test}: the browser part did NOT run: no Chromium was found (tests/run installs it)"
        )
        .expect("stderr is open");
    }
    found.as_ref()
}

fn executable() -> Option<PathBuf> {
    // `start` needs a shell that ends the browser.
    cfg!(unix)
        .then(|| default_executable(DetectionOptions::default()).ok())
        .flatten()
}

fn start(executable: &Path, more: Option<&str>) -> Browser {
    let address = launch(executable, more);
    let (tell, told) = std::sync::mpsc::channel();
    // A runtime of its own: those of the tests end with each test.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let config = HandlerConfig {
                // The certificate is trusted by its key, see `arguments`.
                ignore_https_errors: false,
                viewport: None,
                request_timeout: PATIENCE,
                ..HandlerConfig::default()
            };
            let connected = Browser::connect_with_config(address, config).await;
            let (browser, handler) = connected.expect("the browser can be driven");
            tell.send(browser).expect("somebody waits");
            drive(handler).await;
        });
    });
    told.recv().expect("a browser")
}

async fn drive(mut handler: Handler) {
    // An error is a message of a newer protocol that the library does not know.
    while handler.next().await.is_some() {}
}

/// Starts the browser with a fresh profile, and answers with the address to drive it by.
fn launch(executable: &Path, more: Option<&str>) -> String {
    static OPEN: Mutex<Vec<ChildStdin>> = Mutex::new(Vec::new());
    // Nothing runs at the end of a test binary. But its pipes close, however it ends: then `cat`
    // comes back, and the shell ends the browser and removes its profile.
    const UNTIL_STDIN_CLOSES: &str = r#"
        profile=$1; shift
        "$@" "--user-data-dir=$profile" </dev/null & browser=$!
        cat; kill $browser; wait $browser; rm -rf "$profile""#;
    let profile = tempfile::tempdir().expect("a folder").keep();
    if more == Some(HASTY) {
        std::fs::create_dir(profile.join("Default")).expect("a folder");
        let preferences = profile.join("Default/Preferences");
        std::fs::write(preferences, ALLOWS_THIRD_PARTIES).expect("a file");
    }
    let mut child = Command::new("sh")
        .args(["-c", UNTIL_STDIN_CLOSES, "sh"])
        .arg(profile)
        .arg(executable)
        .args(arguments())
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the browser starts");
    let open = child.stdin.take().expect("piped");
    OPEN.lock().expect("not poisoned").push(open);

    let mut said = BufReader::new(child.stderr.take().expect("piped")).lines();
    let mut before = String::new();
    for line in said.by_ref().map_while(Result::ok) {
        if let Some(address) = line.strip_prefix("DevTools listening on ") {
            // What it says from here on is read and forgotten: a full pipe would stop it.
            let address = address.to_owned();
            std::thread::spawn(move || {
                said.for_each(drop);
                child.wait()
            });
            return address;
        }
        before.push_str(&line);
        before.push('\n');
    }
    child.wait().expect("the shell has ended");
    panic!("{} did not start:\n{before}", executable.display());
}

fn arguments() -> Vec<String> {
    let fixed = [
        "--headless",
        // As root, as in a container, the sandbox does not start. Only the lab is visited.
        "--no-sandbox",
        "--disable-gpu",
        // A container's /dev/shm is small.
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        // Tests run side by side: a tab behind another must not fall asleep.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        "--hide-scrollbars",
        // A name that browsers do not exempt from `Secure` as they do loopback names.
        "--host-resolver-rules=MAP lab.test 127.0.0.1",
        "--remote-debugging-port=0",
    ];
    let mut arguments: Vec<String> = fixed.map(str::to_owned).into();
    // Trusts the one key of the lab's certificate. `--ignore-certificate-errors` would take any,
    // and nothing that is shown of cookies over TLS would count.
    arguments.push(format!(
        "--ignore-certificate-errors-spki-list={}",
        key_hash()
    ));
    arguments
}

/// SHA-256 of the public key in the lab's certificate, in base64.
fn key_hash() -> String {
    let pem = lab().certificate.cert_pem().as_bytes();
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem).expect("PEM");
    let certificate = pem.parse_x509().expect("a certificate");
    BASE64_STANDARD.encode(Sha256::digest(certificate.public_key().raw))
}

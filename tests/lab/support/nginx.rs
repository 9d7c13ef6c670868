//! A real nginx for one test, with a configuration of the deployment notes.
//!
//! Where nginx is not installed, a test says aloud that it did not run; with
//! `SESSION_LAB_REDIS_TESTS=required`, which `tests/run` sets, it fails instead.

use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a start may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running nginx.
pub struct Nginx {
    child: Child,
    _folder: TempDir,
}

impl Nginx {
    /// Starts one with a file of `docs/deployment`, in which these words are replaced, and waits
    /// until it listens there; none where it is not installed.
    pub fn start(file: &str, replaced: &[(String, String)], at: (IpAddr, u16)) -> Option<Self> {
        if !is_installed() {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let notes = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/deployment");
        let mut text = fs::read_to_string(notes.join(file)).unwrap();
        for (word, with) in replaced {
            assert!(text.contains(word), "{file} has no {word}");
            text = text.replace(word, with);
        }
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        for (word, name) in [
            ("/run/session-lab-nginx.pid", "pid"),
            ("/var/log/nginx/session-lab.log", "log"),
        ] {
            assert!(text.contains(word), "{file} has no {word}");
            text = text.replace(word, &path(name));
        }
        fs::write(path("nginx.conf"), &text).unwrap();
        let child = Command::new("nginx")
            .args(["-c", &path("nginx.conf"), "-g", "daemon off;"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(path("stderr")).unwrap())
            .spawn()
            .unwrap();
        let stderr = path("stderr");
        let mut nginx = Self {
            child,
            _folder: folder,
        };
        let start = Instant::now();
        while TcpStream::connect(at).is_err() {
            let ended = nginx.child.try_wait().unwrap();
            let said = fs::read_to_string(&stderr).unwrap();
            assert!(
                ended.is_none() && start.elapsed() < PATIENCE,
                "nginx does not listen: {said}\n{text}"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The first process ends its workers on TERM, and not when it is killed.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        let _ = self.child.wait();
    }
}

fn is_installed() -> bool {
    let asked = Command::new("nginx").arg("-v").output();
    let installed = asked.is_ok_and(|asked| asked.status.success());
    if !installed {
        let required = std::env::var("SESSION_LAB_REDIS_TESTS").is_ok_and(|is| is == "required");
        assert!(!required, "no nginx was found, and it is required here");
        // Not eprintln!, which the test runner keeps to itself when a test passes.
        let said = "two labs behind nginx were NOT tried: no nginx (tests/run installs it)";
        writeln!(std::io::stderr(), "{said}").expect("stderr is open");
    }
    installed
}

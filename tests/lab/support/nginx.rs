//! A real nginx for one test, with a configuration of the deployment notes.
//!
//! A test that starts one is ignored, with that as its reason: plain `cargo test` leaves it out, and
//! `tests/run` includes it.

use std::fs;
use std::net::{IpAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use super::{PATIENCE, POLL};

/// A running nginx.
pub struct Nginx {
    child: Child,
    _folder: TempDir,
}

impl Nginx {
    /// Starts one with a file of `docs/deployment`, in which these words are replaced, and waits
    /// until it listens there.
    pub fn start(file: &str, replaced: &[(String, String)], at: (IpAddr, u16)) -> Self {
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
            .expect("nginx starts (tests/run installs it)");
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
            std::thread::sleep(POLL);
        }
        nginx
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

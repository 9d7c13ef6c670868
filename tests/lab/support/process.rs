//! The built binary as a process of its own, on free ports and in a folder of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A lab in a process of its own. It is killed when it goes out of scope.
pub struct LabProcess {
    child: Child,
    folder: TempDir,
    /// What it printed until it was up.
    pub said: String,
    ports: [(&'static str, String); 3],
}

impl LabProcess {
    /// Starts the lab in a new folder.
    pub fn start(flags: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"), flags)
    }

    /// Starts the lab in a folder that may hold an earlier lab's data.
    pub fn start_in(folder: TempDir, flags: &[&str]) -> Self {
        let log = std::fs::File::create(folder.path().join("stderr.log")).expect("a log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_session-lab"))
            .args(["--lab-port", "0", "--http-port", "0", "--https-port", "0"])
            .args(["--attacker-port", "0", "--attacker-tls-port", "0"])
            .args(["--cafe-port", "0"])
            .args(flags)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut said = String::new();
        for line in lines.by_ref().map_while(Result::ok) {
            said.push_str(&line);
            said.push('\n');
            if line.contains("Stop with") {
                break;
            }
        }
        // Whatever comes later is read as well, so that the pipe never fills up.
        std::thread::spawn(move || lines.count());
        let port = |mark: &str| {
            let line = said.lines().find(|line| line.contains(mark));
            let line = line.unwrap_or_else(|| panic!("{mark} in: {said}"));
            let digits = line.rsplit("localhost:").next().unwrap_or_default();
            digits.split('/').next().unwrap_or_default().to_owned()
        };
        let ports = [
            ("7070", port("Start here")),
            ("7080", port("in clear")),
            ("7443", port("over TLS")),
        ];
        Self {
            child,
            folder,
            said,
            ports,
        }
    }

    /// Its folder, which holds `lab-data`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A text with the default ports replaced by this lab's.
    pub fn with_real_ports(&self, text: &str) -> String {
        self.ports
            .iter()
            .fold(text.to_owned(), |text, (default, real)| {
                text.replace(
                    &format!("localhost:{default}"),
                    &format!("localhost:{real}"),
                )
            })
    }
}

impl Drop for LabProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

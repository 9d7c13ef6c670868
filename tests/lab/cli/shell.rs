//! A shell for one test: an empty folder, an environment, and the built program.

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::support::{PATIENCE, POLL};

/// A folder and an environment in which to run `session-lab`.
pub struct Shell {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
    unset: Vec<&'static str>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Shell {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
            unset: Vec::new(),
        }
    }

    pub fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    pub fn unset(mut self, names: &[&'static str]) -> Self {
        self.unset.extend(names);
        self
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs to the end. A lab that started instead would never end: it is stopped and fails the test.
    pub fn run(&self, words: &[&str]) -> Ended {
        self.run_within(PATIENCE, words)
    }

    /// The same for a command that takes its time.
    pub fn run_within(&self, patience: Duration, words: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_session-lab"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SESSION_LAB_") {
                command.env_remove(name);
            }
        }
        for name in &self.unset {
            command.env_remove(name);
        }
        let child = command
            .args(words)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        end_of(child, words, patience)
    }

    /// Runs what must not start: the exit code, exactly one error and one hint, and no listener.
    pub fn refused(&self, words: &[&str]) -> Ended {
        let ended = self.run(words);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        ended.assert_one_error_and_one_hint();
        ended
    }
}

impl Ended {
    fn lines(&self, start: &str) -> Vec<&str> {
        self.stderr
            .lines()
            .filter_map(|line| line.strip_prefix(start))
            .collect()
    }

    pub fn error(&self) -> &str {
        self.lines("session-lab: error: ")[0]
    }

    pub fn hint(&self) -> &str {
        self.lines("session-lab: hint: ")[0]
    }

    pub fn assert_one_error_and_one_hint(&self) {
        assert_eq!(self.lines("session-lab: error: ").len(), 1, "{self:?}");
        assert_eq!(self.lines("session-lab: hint: ").len(), 1, "{self:?}");
        assert!(
            self.stderr
                .ends_with(&format!("session-lab: hint: {}\n", self.hint())),
            "{self:?}"
        );
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        assert!(
            !self.stdout.contains("http://"),
            "it said it was there: {self:?}"
        );
    }
}

fn end_of(mut child: Child, words: &[&str], patience: Duration) -> Ended {
    // Read while it runs: a pipe that nobody empties stops the program.
    let stdout = read_to_end(child.stdout.take().unwrap());
    let stderr = read_to_end(child.stderr.take().unwrap());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > patience {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("session-lab {words:?} is still there after {patience:?}");
        }
        thread::sleep(POLL);
    };
    // Reading to the end also proves that no child of it holds the pipes open.
    let [stdout, stderr] = [stdout, stderr].map(|reader| reader.join().unwrap());
    Ended {
        code: status.code(),
        stdout,
        stderr,
    }
}

fn read_to_end(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

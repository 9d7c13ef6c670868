//! One bash for a whole sheet: what a command sets is there for the next.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Begins and ends the line with a command's status; no command prints it.
const MARK: char = '\u{1e}';

/// Runs each file that is named on its input, and says how it ended. `timeout` ends what hangs.
const LOOP: &str = "exec 2>&1; while read -r file; do . \"$file\" </dev/null; \
                    printf '\\n\\036%s\\036\\n' \"$?\"; done";

/// A running bash in a folder.
pub struct Bash {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    scripts: tempfile::TempDir,
    number: usize,
}

/// What a command printed, without empty lines, and its exit status.
pub struct Printed {
    pub text: String,
    pub status: i32,
}

impl Bash {
    /// Starts in this folder, with the built program on the path.
    pub fn start(folder: &Path) -> Self {
        let built = PathBuf::from(env!("CARGO_BIN_EXE_session-lab"));
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", built.parent().expect("a folder").display());
        let mut command = Command::new("timeout");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SESSION_LAB_") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .args(["900", "bash", "--norc", "-c", LOOP])
            .env("PATH", path)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash and timeout are there");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self {
            child,
            input,
            output,
            scripts: tempfile::tempdir().expect("a folder"),
            number: 0,
        }
    }

    /// Runs a command to its end.
    pub fn run(&mut self, command: &str) -> Printed {
        self.number += 1;
        let file = self.scripts.path().join(self.number.to_string());
        std::fs::write(&file, format!("{command}\n")).expect("a script");
        writeln!(self.input, "{}", file.display()).expect("bash listens");
        let mut text = String::new();
        loop {
            let mut line = Vec::new();
            let read = self
                .output
                .read_until(b'\n', &mut line)
                .expect("bash prints");
            assert!(read > 0, "bash ended at {command:?}, after printing {text}");
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if let Some(status) = line.strip_prefix(MARK).and_then(|l| l.strip_suffix(MARK)) {
                let status = status.parse().expect("a status");
                return Printed { text, status };
            }
            if !line.is_empty() {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
}

impl Drop for Bash {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

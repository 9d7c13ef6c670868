//! The real curl: a client with its own cookie and transport rules, and one that can name itself as
//! it likes.

use std::process::Command;

/// Runs curl silently and returns what it printed.
pub fn curl(words: &[&str]) -> String {
    let run = Command::new("curl")
        .args(["-s", "-S", "--max-time", "120", "--noproxy", "*"])
        .args(words)
        .output()
        .expect("curl runs");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "curl {words:?}: {said}");
    String::from_utf8_lossy(&run.stdout).into_owned()
}

//! The browsers in which attacks and the SameSite table can be run without a person.

use super::super::running_lab::how_to_install;
use super::finding::Finding;
use super::program;
use crate::browser::{BrowserEngine, executable};

/// The installed browser of this engine.
pub fn look(engine: BrowserEngine) -> Finding {
    let name = engine.name();
    let Some(path) = executable(engine) else {
        let flag = name.to_lowercase();
        return Finding::careful(
            name,
            format!("none was found, so attacks with --browser {flag} do not run"),
            format!(
                "{}; the lab's pages work in any browser",
                how_to_install(engine)
            ),
        );
    };
    let at = path.display();
    let said = program::version_of(&path).map(|said| version_in(&said));
    match said {
        Ok(Some(version)) => Finding::good(name, format!("{version} at {at}")),
        Ok(None) => Finding::careful(
            name,
            format!("{at} does not say its version"),
            format!("start it by hand, or {}", how_to_install(engine)),
        ),
        Err(error) => Finding::careful(
            name,
            format!("{at} cannot be asked: {error}"),
            format!("start it by hand, or {}", how_to_install(engine)),
        ),
    }
}

/// The line with the version: the first with a number in it.
fn version_in(said: &str) -> Option<String> {
    let mut lines = said.lines().map(str::trim);
    let line = lines.find(|line| line.contains(|c: char| c.is_ascii_digit()))?;
    Some(line.chars().take(100).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_with_the_version_is_taken() {
        let said = "\nMozilla Firefox 153.8.0esr\n";
        assert_eq!(
            version_in(said).as_deref(),
            Some("Mozilla Firefox 153.8.0esr")
        );
        assert_eq!(version_in("no such thing\n"), None);
    }
}

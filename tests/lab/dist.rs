//! `dist/build`: the archive that is handed out, unpacked and started where there is no Rust.
//!
//! The quick tests pack the binary of the tests. A debug binary reads its pages from the folder of the
//! source, so that they are inside is shown by the long test, which builds the real archive.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::app::program::Program;

const THIS_BINARY: &[&str] = &["--binary", env!("CARGO_BIN_EXE_session-lab")];

/// An archive in a folder, and what is known of it.
struct Archive {
    folder: PathBuf,
    file: PathBuf,
    /// Deletes the folder at the end.
    _own: Option<tempfile::TempDir>,
}

/// Runs a command and gives what it printed.
fn run(command: &mut Command) -> String {
    let ended = command.output().expect("it starts");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

fn dist_build() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("dist/build"))
}

impl Archive {
    fn make(words: &[&str]) -> Self {
        let own = tempfile::tempdir().unwrap();
        let mut made = Self::make_in(own.path().to_owned(), words);
        made._own = Some(own);
        made
    }

    fn make_in(folder: PathBuf, words: &[&str]) -> Self {
        // From another folder than the source's.
        run(dist_build()
            .args(words)
            .arg("--to")
            .arg(&folder)
            .current_dir("/"));
        let entries = fs::read_dir(&folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        assert_eq!(names[0], "SHA256SUMS");
        assert_eq!(names.len(), 2, "{names:?}");
        let beginning = format!("session-lab-{}-", env!("CARGO_PKG_VERSION"));
        assert!(names[1].starts_with(&beginning), "{names:?}");
        assert!(names[1].ends_with(".tar.gz"), "{names:?}");
        Self {
            file: folder.join(&names[1]),
            folder,
            _own: None,
        }
    }

    /// The binary of the tests, packed.
    fn of_this_binary() -> &'static Self {
        static ARCHIVE: OnceLock<Archive> = OnceLock::new();
        ARCHIVE.get_or_init(|| {
            // Nothing deletes what is static: it is in the target folder, and the next run replaces it.
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("archive");
            let _ = fs::remove_dir_all(&folder);
            Self::make_in(folder, THIS_BINARY)
        })
    }

    /// The same, packed once more.
    fn again() -> Self {
        Self::make(THIS_BINARY)
    }

    /// What `tar` says of each file in it.
    fn list(&self) -> Vec<String> {
        let listed = run(Command::new("tar")
            .args([
                "--list",
                "--verbose",
                "--numeric-owner",
                "--full-time",
                "--utc",
                "--file",
            ])
            .arg(&self.file));
        listed.lines().map(str::to_owned).collect()
    }

    /// The folder that it becomes in another folder.
    fn unpacked(&self, into: &Path) -> PathBuf {
        run(Command::new("tar")
            .arg("--extract")
            .arg("--file")
            .arg(&self.file)
            .arg("--directory")
            .arg(into));
        let name = self
            .file
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        into.join(name.strip_suffix(".tar.gz").unwrap())
    }
}

/// The paths of a listing below the folder of the archive.
fn paths(listing: &[String]) -> Vec<&str> {
    let below = listing.iter().filter_map(|line| {
        let path = line.rsplit(' ').next()?;
        Some(path.split_once('/')?.1)
    });
    below.filter(|path| !path.is_empty()).collect()
}

#[test]
fn an_archive_has_everything_in_order_with_one_time_and_no_owner_and_its_sum() {
    let archive = Archive::of_this_binary();
    let listing = archive.list();
    let paths = paths(&listing);
    for path in [
        "session-lab",
        "README.md",
        "LICENSE",
        "THIRD-PARTY-LICENSES.txt",
        "man/man1/session-lab.1",
        "man/man1/session-lab-doctor.1",
        "completions/session-lab.bash",
        "completions/_session-lab",
        "completions/session-lab.fish",
    ] {
        assert!(paths.contains(&path), "{path}: {paths:?}");
    }
    let sorted = {
        let mut sorted = paths.clone();
        sorted.sort_unstable();
        sorted
    };
    assert_eq!(paths, sorted);
    for line in &listing {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[1], "0/0", "{line}");
        let first: Vec<&str> = listing[0].split_whitespace().collect();
        assert_eq!(words[3..5], first[3..5], "one time: {line}");
    }
    let checked = run(Command::new("sha256sum")
        .args(["--check", "SHA256SUMS"])
        .current_dir(&archive.folder));
    assert!(checked.contains(": OK"), "{checked}");

    let again = Archive::again();
    assert!(
        fs::read(&archive.file).unwrap() == fs::read(&again.file).unwrap(),
        "the same binary gives the same archive"
    );
}

#[test]
fn the_licences_of_every_crate_in_the_program_are_in_the_archive() {
    let archive = Archive::of_this_binary();
    let folder = tempfile::tempdir().unwrap();
    let unpacked = archive.unpacked(folder.path());
    let text = fs::read_to_string(unpacked.join("THIRD-PARTY-LICENSES.txt")).unwrap();
    let (list, texts) = text.split_once("---------").expect("texts below the list");
    let tree = run(Command::new(env!("CARGO"))
        .args([
            "tree", "--locked", "-e", "normal", "--prefix", "none", "--format", "{p}",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR")));
    let mut crates: Vec<&str> = tree
        .lines()
        .map(|line| line.split(" (").next().unwrap())
        .filter(|name| !name.starts_with("session-lab "))
        .collect();
    crates.sort_unstable();
    crates.dedup();
    assert!(crates.len() > 100, "{}", crates.len());
    for name in crates {
        assert!(list.contains(&format!("{name}: ")), "{name} has no line");
        let has_text = texts.contains(name);
        let has_none = list.contains(&format!("{name} ("));
        assert!(
            has_text || has_none,
            "{name} has neither a text nor a word why not"
        );
    }
    for known in [
        "Permission is hereby granted",
        "Apache License",
        "SIL OPEN FONT LICENSE",
    ] {
        assert!(texts.contains(known), "{known}");
    }
}

/// Starts the lab of an archive with an empty home, without Rust, from another folder, and visits it.
async fn starts_without_rust(archive: &Archive) {
    let folder = tempfile::tempdir().unwrap();
    let unpacked = archive.unpacked(folder.path());
    let home = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let lab = Program::start_alone(&unpacked.join("session-lab"), elsewhere.path(), home.path());
    for (site, path, has) in [
        ("lab", "/", "First exercise"),
        ("lab", "/labs", "06-session-fixation"),
        ("lab", "/static/css/lab.css", "{"),
        ("http", "/insecure/", "Portal"),
        ("https", "/hardened/login", "csrf_token"),
        ("attacker", "/", "attacker"),
    ] {
        let answer = lab.visitor(site, "").get(path).await;
        assert_eq!(answer.status, 200, "{site}{path}: {}", answer.body);
        assert!(answer.body.contains(has), "{site}{path}: {}", answer.body);
    }
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        0,
        "nothing is left there"
    );
    assert!(elsewhere.path().join("lab-data/tls/cert.pem").exists());
}

#[tokio::test]
async fn an_archive_starts_without_rust_with_an_empty_home_and_from_any_folder() {
    starts_without_rust(Archive::of_this_binary()).await;
}

#[test]
fn dist_build_refuses_what_it_does_not_know() {
    for (words, says) in [
        (&["--nonsense"][..], "is no word of mine"),
        (&["--binary"], "needs a path"),
        (&["--binary", "/nowhere"], "there is no program at /nowhere"),
        (&["--binary", "/bin/true"], "is no session-lab"),
    ] {
        let ended = dist_build().args(words).output().expect("it starts");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(
            !ended.status.success() && said.contains(says),
            "{words:?}: {said}"
        );
    }
}

/// What `tests/run long` adds.
mod long {
    use super::*;

    #[tokio::test]
    #[ignore = "long: builds the program with the profile dist"]
    async fn the_real_archive_holds_its_pages_and_no_path_of_this_computer() {
        let archive = Archive::make(&[]);
        let folder = tempfile::tempdir().unwrap();
        let program = fs::read(archive.unpacked(folder.path()).join("session-lab")).unwrap();
        let source = env!("CARGO_MANIFEST_DIR").as_bytes();
        let named = program.windows(source.len()).any(|part| part == source);
        assert!(
            !named,
            "it names the folder of the source, so its pages may come from there"
        );
        starts_without_rust(&archive).await;
    }
}

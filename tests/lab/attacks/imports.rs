//! Attacks act through addresses only: what `src/attacks` imports from the rooms below it is named
//! here, file by file. `src/attacks/mod.rs` says what each of these is for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The rooms that could act on the portal without a request.
const INSIDE: [&str; 5] = ["session", "jwt", "storage", "web", "portal"];

/// The only imports from them, as file and path.
const ALLOWED: [(&str, &str); 5] = [
    ("browser_actor.rs", "web::known_addresses::is_automatic"),
    ("forged_key_sets.rs", "jwt::{VerifyingKey"),
    ("forged_signed_cookie.rs", "session::state_cookie::{self"),
    ("jwt/forge.rs", "jwt::signature"),
    ("matrix.rs", "session::bench::run_name"),
];

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn attacks_import_formats_and_names_but_nothing_that_acts_on_the_portal() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/attacks");
    let mut all = Vec::new();
    files(&root, &mut all);
    let mut found = BTreeSet::new();
    for path in all {
        let name = path.strip_prefix(&root).expect("below it");
        let name = name.to_str().expect("a name").replace('\\', "/");
        let text = fs::read_to_string(&path).expect("a source");
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for rest in line.split("crate::").skip(1) {
                let end = rest.find([';', ',']).unwrap_or(rest.len());
                let room = rest.split("::").next().unwrap_or_default();
                if INSIDE.contains(&room) {
                    found.insert((name.clone(), rest[..end].to_owned()));
                }
            }
        }
    }
    let allowed = ALLOWED.iter();
    let allowed = allowed.map(|(file, path)| ((*file).to_owned(), (*path).to_owned()));
    assert_eq!(found, allowed.collect());
}

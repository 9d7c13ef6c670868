//! The table of standards: nothing cites an id that is not in it, or one that is about something else,
//! and it has no row that nobody cites.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use session_lab::attacks;
use session_lab::defences::policy::Name;
use session_lab::worksheets::catalogue;
use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::standards::{SOURCES, Subject, all, check, find, rows_in, rows_of};

/// Who cites, the ids, and what for.
type Citation = (String, Vec<String>, Vec<Subject>);

/// Everything that cites ids in its own list.
fn citations() -> Vec<Citation> {
    let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    let mut found: Vec<Citation> = Vec::new();
    for name in Name::ALL {
        let subjects = Subject::of_defence(*name).to_vec();
        found.push((name.slug().into(), owned(name.lesson().standards), subjects));
    }
    for card in attacks::ALL.iter().map(|attack| attack.card()) {
        found.push((
            card.name.into(),
            owned(card.standards),
            Subject::of_attack(card),
        ));
    }
    for row in catalogue::rows() {
        found.push((row.key.into(), owned(row.standards), row.about.to_vec()));
    }
    for sheet in SheetLibrary::built_in().sheets() {
        let subjects = Subject::of_sheet(&sheet.front);
        found.push((sheet.slug.clone(), sheet.front.standards.clone(), subjects));
    }
    found
}

/// The files of a folder and below, with their texts.
fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((path, text));
            }
        }
    }
    found
}

/// The ids in a text: `ASVS 7.2.4`, `CWE-384`, `WSTG-SESS-03`.
fn ids_in(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for begins in ["ASVS ", "CWE-", "WSTG-"] {
        for after in text.split(begins).skip(1) {
            let part = |byte: char| byte.is_ascii_digit() || byte == '.';
            let rest = match begins {
                "WSTG-" => after.get(..7).unwrap_or_default(),
                _ => after.split(|byte| !part(byte)).next().unwrap_or_default(),
            };
            let rest = rest.trim_end_matches('.');
            let whole = match begins {
                "ASVS " => rest.matches('.').count() == 2,
                "CWE-" => !rest.is_empty() && !rest.contains('.'),
                _ => rest.as_bytes().get(4) == Some(&b'-'),
            };
            if whole {
                found.insert(format!("{begins}{rest}"));
            }
        }
    }
    found
}

/// The sections of RFCs and of NIST's guidelines in a text: `RFC 6265bis §8.4`.
fn sections_in(text: &str) -> BTreeSet<String> {
    let number = |text: &str| {
        let end = text.find(|byte: char| !byte.is_ascii_digit() && byte != '.');
        let found = text[..end.unwrap_or(text.len())].trim_end_matches('.');
        found.to_owned()
    };
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(" §") {
        let section = number(&text[at + " §".len()..]);
        let before = &text[..at];
        let begins = ["RFC ", "NIST SP "]
            .iter()
            .filter_map(|begins| before.rfind(begins).map(|from| &before[from..]));
        let document = begins.min_by_key(|document| document.len());
        let whole = |document: &&str| {
            let name = document
                .trim_start_matches("RFC ")
                .trim_start_matches("NIST SP ");
            let part = |byte: char| byte.is_ascii_alphanumeric() || byte == '-';
            !name.is_empty() && name.chars().all(part)
        };
        if let Some(document) = document.filter(whole).filter(|_| !section.is_empty()) {
            found.insert(format!("{document} §{section}"));
        }
    }
    found
}

/// Both kinds.
fn all_in(text: &str) -> BTreeSet<String> {
    let mut found = ids_in(text);
    found.extend(sections_in(text));
    found
}

#[test]
fn ids_are_found_in_a_text() {
    let text = "Source: ASVS 7.2.4, CWE-384 (WSTG-SESS-03). ASVS 5.0 asks; see ASVS 3.3.1.";
    let found: Vec<_> = ids_in(text).into_iter().collect();
    assert_eq!(
        found,
        ["ASVS 3.3.1", "ASVS 7.2.4", "CWE-384", "WSTG-SESS-03"]
    );
    let text = "RFC 6265bis §8.4. RFC 7009, and NIST SP 800-63B-4 §5.1.1 (see §5).";
    let found: Vec<_> = sections_in(text).into_iter().collect();
    assert_eq!(found, ["NIST SP 800-63B-4 §5.1.1", "RFC 6265bis §8.4"]);
}

#[test]
fn every_id_is_cited_for_what_its_row_is_about() {
    let mut wrong = Vec::new();
    for (who, ids, subjects) in citations() {
        for id in ids {
            if let Err(why) = check(&id, &subjects) {
                wrong.push(format!("{who}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The comment on top of an attack's or a defence's file names sources also.
#[test]
fn a_file_of_an_attack_or_a_defence_names_ids_that_are_about_it() {
    let source = texts("src/attacks");
    let file = |name: &str| {
        let name = format!("{}.rs", name.replace('-', "_"));
        let found = source.iter().find(|(path, _)| path.ends_with(&name));
        found
            .map(|(_, text)| text.as_str())
            .unwrap_or_else(|| panic!("{name}"))
    };
    let cards = attacks::ALL.iter().map(|attack| attack.card());
    let of_attacks = cards.map(|card| (card.name, file(card.name), Subject::of_attack(card)));
    let of_defences = Name::ALL.iter().map(|name| {
        let subjects = Subject::of_defence(*name).to_vec();
        (name.slug(), name.source(), subjects)
    });
    let mut wrong = Vec::new();
    for (who, text, subjects) in of_attacks.chain(of_defences) {
        for id in all_in(text) {
            if let Err(why) = check(&id, &subjects) {
                wrong.push(format!("{who}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_id_in_the_source_and_in_the_texts_is_in_the_table_and_no_row_is_left_over() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cited: BTreeSet<String> = BTreeSet::new();
    let mut unknown = Vec::new();
    for folder in ["src", "labs", "docs", "templates"] {
        for (path, text) in texts(folder) {
            if path
                .components()
                .any(|part| part.as_os_str() == "standards")
            {
                continue;
            }
            // Elsewhere in the source, comments may name any section of an RFC.
            let students = [
                "labs",
                "src/defences",
                "src/attacks",
                "src/worksheets/catalogue",
            ];
            let inside = |folder: &&str| path.starts_with(root.join(folder));
            let ids = match students.iter().any(inside) {
                true => all_in(&text),
                false => ids_in(&text),
            };
            for id in ids {
                if find(&id).is_none() {
                    unknown.push(format!("{}: {id}", path.display()));
                }
                cited.insert(id);
            }
        }
    }
    assert!(unknown.is_empty(), "\n{}\n", unknown.join("\n"));
    cited.extend(citations().into_iter().flat_map(|(_, ids, _)| ids));
    let ids = all().map(|row| row.id);
    let left: Vec<&str> = ids.filter(|id| !cited.contains(*id)).collect();
    assert!(left.is_empty(), "nobody cites {left:?}");
}

#[test]
fn every_row_is_there_once_and_belongs_to_one_document() {
    let mut seen = BTreeSet::new();
    for row in all() {
        assert!(seen.insert(row.id), "{} is listed twice", row.id);
        assert!(
            row.asks.ends_with('.') && !row.about.is_empty(),
            "{}",
            row.id
        );
    }
    let rows = SOURCES.iter().flat_map(rows_in).count();
    assert_eq!(rows, seen.len());
    assert_eq!(rows_of(&["ASVS 7.2.4", "ASVS 99.1.1"]).len(), 1);
}

/// What was cited wrongly once.
#[test]
fn an_id_is_refused_for_another_subject() {
    let refused = |id, subject| assert!(check(id, &[subject]).is_err(), "{id}");
    refused("ASVS 14.3.3", Subject::TokenStorage); // it exempts session tokens
    refused("ASVS 9.2.4", Subject::TokenIssuer); // it is about the audience
    refused("ASVS 4.4.1", Subject::Transport); // it is about WebSockets
    refused("ASVS 10.2.1", Subject::ForgedRequests); // it is about OAuth clients
    refused("ASVS 13.3.1", Subject::KeyRotation); // it is about where secrets are kept
    refused("CWE-521", Subject::WeakKeys); // it is about the passwords of users
    refused("WSTG-SESS-07", Subject::Caching); // it is about timeouts
}

//! The catalogue of what can be tried: it is whole, every place that it names is there, and every row
//! has a proof among the tests of this binary.

use std::collections::BTreeSet;
use std::process::Command;

use session_lab::attacker::{AttackerRole, TRICKS};
use session_lab::attacks;
use session_lab::worksheets::catalogue::{AREAS, TryIt, rows};

use crate::app::program::Program;
use crate::support::{bench, curl};

/// The rows that the course promises.
const PROMISED: &str = "CK-SECURE CK-HTTPONLY CK-SAMESITE CK-NONESEC CK-LAXPOST CK-HOST CK-HOSTHTTP \
    CK-DOMAIN CK-PORT CK-PERSIST CK-DUP CK-DELETE CK-OVERFLOW CK-TAMPER CK-REPLAY CK-KEY \
    SID-ENTROPY SID-STRICT SID-ROTATE SID-PRIV SID-URL SID-ATREST SID-PREPOST SID-GUESS TO-IDLE \
    TO-ABS TO-CLIENT TO-WARN LO-SERVER LO-UI LO-CACHE LO-CSD LO-OTHERS LO-DOWNGRADE SESS-LIST \
    AU-RATE AU-LOCKDOS AU-ENUM AU-PWHASH AU-CHANGEPW AU-REMEMBER CSRF-NONE CSRF-BIND CSRF-ORIGIN \
    CSRF-FETCHMETA CSRF-CT CSRF-GET CSRF-METHOD CSRF-LOGIN CSRF-LOGOUT CSRF-SIBLING CORS-REFLECT \
    XSS-RUN XSS-STEAL XSS-RIDE HDR-CSP HDR-FRAME HDR-REFERRER HDR-HSTS HJ-SNIFF LOG-SID \
    LOG-EVENTS ERR-CLOSED \
    JWT-NOSIG JWT-NONE JWT-ALGCONF JWT-WEAKKEY JWT-HARDKEY JWT-KEYUSE JWT-KID JWT-JWK JWT-JKU \
    JWT-EXP JWT-NBF JWT-ISS JWT-SUB JWT-AUD JWT-TYP JWT-MUTEX JWT-CRIT JWT-FORMAT JWT-DUP JWT-UTF8 \
    JWT-ECDSA JWT-RSAPAD JWT-PII JWT-REVOKE JWT-MALLEABLE JWT-STALE JWT-REFRESH JWT-RTLIFE JWT-SCOPE \
    JWT-QUERY JWT-BEARER XSS-STORAGE API-PROBLEM API-429";

/// The tests of this binary as it lists them itself, those of macros included.
fn tests(of: &[&str]) -> BTreeSet<String> {
    let this = std::env::current_exe().expect("this binary");
    let listed = Command::new(this)
        .args(["--list", "--format", "terse"])
        .args(of)
        .output()
        .expect("a list");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let names = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"));
    names.map(str::to_owned).collect()
}

#[test]
fn every_promised_row_is_there_once() {
    let mut keys: Vec<&str> = rows().map(|row| row.key).collect();
    let listed = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), listed, "a key is listed twice");
    for promised in PROMISED.split_whitespace() {
        assert!(keys.contains(&promised), "{promised} is missing");
    }
}

#[test]
fn every_row_has_a_proof_among_the_tests_that_run() {
    let all = tests(&["--include-ignored"]);
    assert!(all.len() > 400, "the list of tests was read: {}", all.len());
    let without: Vec<String> = rows()
        // `tests/run` includes what is ignored because it needs a program, and leaves out `long`.
        .filter(|row| !all.contains(row.proof) || row.proof.contains("long::"))
        .map(|row| format!("{}: {}", row.key, row.proof))
        .collect();
    assert!(without.is_empty(), "no such test:\n{}", without.join("\n"));
}

#[test]
fn every_row_has_a_place_to_try_it_and_a_standard() {
    for row in rows() {
        assert!(!row.try_it.is_empty(), "{}", row.key);
        assert!(row.standards.iter().any(|id| id.starts_with("CWE-")));
    }
}

#[tokio::test]
async fn every_place_that_a_row_names_is_there() {
    let bench = bench();
    let mut students = [bench.visitor("insecure"), bench.visitor("hardened")];
    for student in &mut students {
        student.sign_in().await;
    }
    for row in rows() {
        for way in row.try_it {
            match way {
                TryIt::Attack(name) => {
                    assert!(attacks::find(name).is_some(), "{}: {name}", row.key);
                }
                TryIt::Page(path) => {
                    let status = bench.student().get(path).await.status;
                    assert_eq!(status, 200, "{}: {path}", row.key);
                }
                TryIt::Defence(name) => {
                    let path = format!("/defences/{}", name.slug());
                    let status = bench.student().get(&path).await.status;
                    assert_eq!(status, 200, "{}: {path}", row.key);
                }
                TryIt::Trick(path) => {
                    let trick = TRICKS.iter().find(|trick| trick.path == *path);
                    let mut visitor = match trick.expect(path).role {
                        AttackerRole::Attacker => bench.victim(),
                        AttackerRole::Sibling => bench.victim_at_sibling(),
                    };
                    let status = visitor.get(path).await.status;
                    assert_eq!(status, 200, "{}: {path}", row.key);
                }
                TryIt::Portal(path) => {
                    for student in &mut students {
                        let status = student.get(path).await.status;
                        assert_eq!(status, 200, "{}: {path}", row.key);
                    }
                }
                TryIt::Shell(_) => {}
            }
        }
    }
}

#[test]
fn every_command_of_the_page_prints_what_the_page_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("lab-data");
    std::fs::create_dir(&data).expect("a data folder");
    let lab = Program::start(&data);
    let page = format!("http://localhost:{}/coverage?format=json", lab.port("lab"));
    let shown: serde_json::Value = serde_json::from_str(&curl(&[&page])).expect("JSON");
    let mut run = 0;
    for way in shown.as_array().expect("rows").iter().flat_map(ways) {
        let Some(command) = way["command"]["line"].as_str() else {
            continue;
        };
        let ended = Command::new("bash")
            .args(["-c", command])
            .current_dir(folder.path())
            .output()
            .expect("bash runs");
        let printed = String::from_utf8_lossy(&ended.stdout);
        assert_eq!(printed.trim_end(), way["command"]["prints"], "{command}");
        run += 1;
    }
    let commands = rows().flat_map(|row| row.try_it);
    let commands = commands.filter(|way| matches!(way, TryIt::Shell(_)));
    assert!(run > 0 && run == commands.count());
}

fn ways(row: &serde_json::Value) -> Vec<serde_json::Value> {
    row["try_it"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn the_page_shows_every_row_with_its_links_ids_and_proof() {
    let bench = bench();
    let page = bench.student().get("/coverage").await;
    assert_eq!(page.status, 200);
    // A long name of a test can go on in the next line.
    let shown = page.shown().replace("<wbr>", "");
    for row in rows() {
        for part in [row.key, row.title, row.proof] {
            assert!(shown.contains(part), "{}: {part}", row.key);
        }
        for id in row.standards {
            let anchor = id.replace(' ', "-");
            let link = format!("<a class=\"id\" href=\"#{anchor}\">{id}</a>");
            assert!(shown.contains(&link), "{}: {id}", row.key);
        }
    }
    let prefix = bench.name.prefix();
    for link in ["/matrix#fixation", "/defences/secure", "/ids"] {
        assert!(
            shown.contains(&format!("href=\"{prefix}{link}\"")),
            "{link}"
        );
    }
    let sibling = format!("{}{prefix}/cors", bench.victim_at_sibling().origin());
    assert!(shown.contains(&sibling), "{sibling}");
    // The matrix has a row to go to.
    let matrix = bench.student().get("/matrix").await.body;
    for attack in attacks::ALL {
        let name = attack.card().name;
        assert!(matrix.contains(&format!("id=\"{name}\"")), "{name}");
    }
}

#[tokio::test]
async fn one_area_shows_its_rows_only_and_an_unknown_one_is_a_422_that_lists_them() {
    let mut student = bench().student();
    for area in AREAS {
        let path = format!("/coverage?area={}&format=json", area.slug);
        let found = student.get(&path).await.json();
        let keys: Vec<&str> = found
            .as_array()
            .expect("rows")
            .iter()
            .filter_map(key)
            .collect();
        let own: Vec<&str> = area.rows.iter().map(|row| row.key).collect();
        assert_eq!(keys, own);
        let page = student.get(&format!("/coverage?area={}", area.slug)).await;
        assert_eq!(page.body.matches("<tr id=").count(), area.rows.len());
    }
    let unknown = student.get("/coverage?area=%3Cb%3E").await;
    assert_eq!(unknown.status, 422);
    for area in AREAS {
        assert!(unknown.body.contains(area.slug), "{}", unknown.body);
    }
}

fn key(row: &serde_json::Value) -> Option<&str> {
    row["key"].as_str()
}

//! `session-lab guess`, with the files that people have.

use std::fs;

use session_lab::defences::hash_memory::HashMemory;
use session_lab::defences::password_storage::{HashCost, PasswordStorage};

use super::shell::Shell;

fn hash(password: &str) -> String {
    let memory = &mut HashMemory::default();
    let stored = PasswordStorage::Argon2id.store(password, HashCost::ThrowAway, memory);
    stored.expect("a hash").text().to_owned()
}

#[test]
fn words_and_tables_are_read_in_the_encodings_that_editors_write() {
    let shell = Shell::new();
    let (cafe, first) = (hash("caf\u{e9} 123"), hash("abc123"));
    shell.write(
        "stolen.txt",
        &format!("\u{feff}ada:{cafe}\r\nbob:{first}\r\n"),
    );
    let decomposed = "\u{feff}abc123\ncafe\u{301} 123\n".as_bytes().to_vec();
    for words in [decomposed, b"abc123\ncaf\xe9 123\n".to_vec()] {
        fs::write(shell.path().join("words.txt"), words).unwrap();
        let ended = shell.run(&["guess", "stolen.txt", "--words", "words.txt"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let found = "ada: caf\u{e9} 123 (guess 2)\nbob: abc123 (guess 1)\n3 guesses, ";
        assert!(ended.stdout.starts_with(found), "{}", ended.stdout);
    }
}

#[test]
fn utf_16_is_named_with_what_writes_utf_8() {
    let shell = Shell::new();
    let utf_16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let table = format!("bob:{}\n", hash("abc123"));
    shell.write("stolen.txt", &table);
    fs::write(shell.path().join("words.txt"), utf_16("\u{feff}abc123\n")).unwrap();
    fs::write(shell.path().join("table.txt"), utf_16(&table)).unwrap();
    for words in [
        &["guess", "stolen.txt", "--words", "words.txt"][..],
        &["guess", "table.txt"],
    ] {
        let ended = shell.refused(words);
        assert!(ended.error().contains("it is UTF-16 text"), "{ended:?}");
        assert!(
            ended.hint().contains("Out-File -Encoding utf8"),
            "{ended:?}"
        );
    }
}

#[test]
fn a_hash_that_cannot_be_tried_is_told_from_a_password_that_was_not_guessed() {
    let shell = Shell::new();
    let whole = hash("abc123");
    let cut = &whole[..whole.len() - 4];
    shell.write(
        "stolen.txt",
        &format!("ada:{cut}\nbob:$2y$10$N9qo8uLOickgx2ZMRZoMye\neve:hunter2\n"),
    );
    let ended = shell.run(&["guess", "stolen.txt"]);
    assert_eq!(
        ended.stdout,
        "ada: the hash is damaged, no word was tried\n\
         bob: looks like a hash that is not of this lab, no word was tried\n\
         eve: stored as it is, nothing to guess\n\
         no word was tried\n"
    );
}

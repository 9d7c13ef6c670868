//! `session-lab guess`: tries words on the passwords of a stolen table, offline. Worksheet 17.
//!
//! The table is a file with a line `name:stored` for each account, as john reads it. What is stored is
//! a hash of this lab or the password itself. No portal takes part, so none can count the guesses. Only
//! the hash makes each of them expensive: read `src/defences/password_storage.rs`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, iter};

use clap::{Args, ValueHint};

use crate::attacks::word_list::WORDS;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::defences::hash_memory::HashMemory;
use crate::defences::password_storage::StoredPassword;

/// How a hash of this lab begins.
const HASH: &str = "$argon2id$";

/// The flags of `guess`.
#[derive(Args, Clone, Debug)]
pub struct GuessFlags {
    /// The stolen table: a line NAME:STORED for each account
    #[arg(value_name = "TABLE", value_hint = ValueHint::FilePath)]
    pub table: PathBuf,
    /// Words to try, one on each line [default: the attacker's list of 25]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub words: Option<PathBuf>,
}

/// An account of the table.
struct StolenAccount<'t> {
    name: &'t str,
    stored: &'t str,
}

/// What was found out about an account.
#[derive(Debug, PartialEq, Eq)]
enum Found<'w> {
    /// The password is stored as it is.
    Unhashed,
    /// This word, at this guess.
    Word(&'w str, usize),
    /// None of the words.
    Nothing,
}

/// Tries every word on every account, and prints what it finds.
///
/// # Errors
/// A file cannot be read, a line of the table is none, or nothing can be printed.
pub fn run(flags: &GuessFlags) -> Result<(), StartError> {
    let table = read(&flags.table)?;
    let accounts = accounts(&table, &flags.table)?;
    let own = flags.words.as_deref().map(read).transpose()?;
    let words: Vec<&str> = match &own {
        Some(text) => text
            .lines()
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .collect(),
        None => WORDS.to_vec(),
    };
    let mut memory = HashMemory::default();
    let (mut guesses, begun) = (0, Instant::now());
    for account in accounts {
        let found = guess(&account, &words, &mut memory, &mut guesses);
        let name = account.name;
        let line = match found {
            Found::Unhashed => format!("{name}: stored as it is, nothing to guess\n"),
            Found::Word(word, at) => format!("{name}: {word} (guess {at})\n"),
            Found::Nothing => format!("{name}: none of {} words\n", words.len()),
        };
        tell(&line)?;
    }
    tell(&summary(guesses, begun.elapsed()))
}

fn guess<'w>(
    account: &StolenAccount<'_>,
    words: &[&'w str],
    memory: &mut HashMemory,
    guesses: &mut usize,
) -> Found<'w> {
    if !account.stored.starts_with(HASH) {
        return Found::Unhashed;
    }
    let stored = StoredPassword::Argon2id(account.stored.to_owned());
    for (at, word) in iter::zip(1.., words) {
        *guesses += 1;
        if stored.matches(word, memory) {
            return Found::Word(word, at);
        }
    }
    Found::Nothing
}

fn summary(guesses: usize, time: Duration) -> String {
    let Some(each) = u32::try_from(guesses)
        .ok()
        .and_then(|count| time.checked_div(count))
    else {
        return "no guess was needed\n".into();
    };
    format!("{guesses} guesses, {} ms each\n", each.as_millis())
}

fn accounts<'t>(table: &'t str, file: &Path) -> Result<Vec<StolenAccount<'t>>, StartError> {
    let lines = iter::zip(1.., table.lines()).filter(|(_, line)| !line.trim().is_empty());
    let account = |(number, line): (usize, &'t str)| match line.trim().split_once(':') {
        Some((name, stored)) if !name.is_empty() && !stored.is_empty() => {
            Ok(StolenAccount { name, stored })
        }
        _ => Err(StartError::new(
            format!("line {number} of {} is no account", file.display()),
            "write a line NAME:STORED for each account, with what is stored behind the colon",
        )),
    };
    let all: Vec<_> = lines.map(account).collect::<Result<_, _>>()?;
    if all.is_empty() {
        return Err(StartError::new(
            format!("{} has no account", file.display()),
            "write a line NAME:STORED for each account",
        ));
    }
    Ok(all)
}

fn read(file: &Path) -> Result<String, StartError> {
    fs::read_to_string(file).map_err(|error| {
        StartError::new(
            format!("cannot read {}: {error}", file.display()),
            "name a text file that you may read",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::password_storage::{HashCost, PasswordStorage};

    fn found<'w>(stored: &str, words: &[&'w str]) -> Found<'w> {
        let account = StolenAccount {
            name: "alice",
            stored,
        };
        guess(&account, words, &mut HashMemory::default(), &mut 0)
    }

    #[test]
    fn a_word_of_the_list_is_found_in_its_place_and_another_is_not() {
        let stored = PasswordStorage::Argon2id.store(
            "hunter2",
            HashCost::ThrowAway,
            &mut HashMemory::default(),
        );
        let Ok(StoredPassword::Argon2id(hash)) = stored else {
            panic!("no hash");
        };
        assert_eq!(
            found(&hash, &["abc123", "hunter2"]),
            Found::Word("hunter2", 2)
        );
        assert_eq!(found(&hash, &["abc123"]), Found::Nothing);
        assert_eq!(found("hunter2", &["hunter2"]), Found::Unhashed);
        assert_eq!(found("$argon2id$broken", &["hunter2"]), Found::Nothing);
    }

    #[test]
    fn a_table_without_accounts_and_a_line_that_is_none_are_refused() {
        let file = Path::new("stolen.txt");
        let error = |table| accounts(table, file).map(|_| ()).unwrap_err().to_string();
        assert!(error("").contains("stolen.txt has no account"));
        assert!(error("alice:x\nbob\n").contains("line 2 of stolen.txt is no account"));
        assert!(error(":x").contains("line 1"));
        let read = accounts("alice:a:b\n\n", file).expect("an account");
        assert_eq!((read[0].name, read[0].stored), ("alice", "a:b"));
    }
}

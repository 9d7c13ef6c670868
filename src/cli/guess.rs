//! `session-lab guess`: tries words on the passwords of a stolen table, offline. Worksheet 17.
//!
//! The table is a file with a line `name:stored` for each account, as john reads it. What is stored is
//! a hash of this lab or the password itself. No portal takes part, so none can count the guesses. Only
//! the hash makes each of them expensive: read `src/defences/password_storage.rs`.
//!
//! Next: `table` and `words`, which read the two files.

mod table;
mod words;

use std::iter;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueHint};

use self::table::StolenPassword;
use crate::attacks::word_list::WORDS;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::base::text_file::UnreadableText;
use crate::defences::hash_memory::HashMemory;

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

/// Tries every word on every account, and prints what it finds.
///
/// # Errors
/// A file cannot be read, a line of the table is none, or nothing can be printed.
pub fn run(flags: &GuessFlags) -> Result<(), StartError> {
    let accounts = table::read(&flags.table)?;
    let words = match &flags.words {
        Some(file) => words::read(file)?,
        None => WORDS.iter().map(|word| (*word).to_owned()).collect(),
    };
    let mut memory = HashMemory::default();
    let (mut guesses, begun) = (0, Instant::now());
    for account in accounts {
        let found = guess(&account.password, &words, &mut memory, &mut guesses);
        tell(&format!("{}: {found}\n", account.name))?;
    }
    tell(&summary(guesses, begun.elapsed()))
}

/// What is found out about a password, in words.
fn guess(
    password: &StolenPassword,
    words: &[String],
    memory: &mut HashMemory,
    guesses: &mut usize,
) -> String {
    let stored = match password {
        StolenPassword::Hash(stored) => stored,
        StolenPassword::Unhashed => return "stored as it is, nothing to guess".into(),
        StolenPassword::Damaged => return "the hash is damaged, no word was tried".into(),
        StolenPassword::Foreign => {
            return "looks like a hash that is not of this lab, no word was tried".into();
        }
    };
    for (at, word) in iter::zip(1.., words) {
        *guesses += 1;
        if stored.matches(word, memory) {
            return format!("{word} (guess {at})");
        }
    }
    format!("none of {} words", words.len())
}

fn summary(guesses: usize, time: Duration) -> String {
    let Some(each) = u32::try_from(guesses)
        .ok()
        .and_then(|count| time.checked_div(count))
    else {
        return "no word was tried\n".into();
    };
    format!("{guesses} guesses, {} ms each\n", each.as_millis())
}

/// A file of either kind that cannot be read.
fn unreadable(file: &Path, error: &UnreadableText) -> StartError {
    let message = format!("cannot read {}: {error}", file.display());
    StartError::new(message, error.hint("name a text file that you may read"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::password_storage::{HashCost, PasswordStorage};

    fn found(password: &StolenPassword, words: &[&str]) -> (String, usize) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut guesses = 0;
        let found = guess(password, &words, &mut HashMemory::default(), &mut guesses);
        (found, guesses)
    }

    #[test]
    fn a_word_of_the_list_is_found_in_its_place_and_another_is_not() {
        let memory = &mut HashMemory::default();
        let stored = PasswordStorage::Argon2id.store("hunter2", HashCost::ThrowAway, memory);
        let hash = StolenPassword::Hash(stored.unwrap());
        assert_eq!(
            found(&hash, &["abc123", "hunter2"]),
            ("hunter2 (guess 2)".into(), 2)
        );
        assert_eq!(found(&hash, &["abc123"]), ("none of 1 words".into(), 1));
    }

    #[test]
    fn what_cannot_be_guessed_is_said_and_not_counted_as_a_guess() {
        for (password, said) in [
            (StolenPassword::Unhashed, "stored as it is"),
            (StolenPassword::Damaged, "the hash is damaged"),
            (StolenPassword::Foreign, "not of this lab"),
        ] {
            let (found, guesses) = found(&password, &["hunter2"]);
            assert!(found.contains(said), "{found}");
            assert_eq!(guesses, 0);
        }
        assert_eq!(summary(0, Duration::ZERO), "no word was tried\n");
    }
}

//! The stolen table: a name for each account, and what is stored as its password.

use std::iter;
use std::path::Path;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;

use super::unreadable;
use crate::base::start_error::StartError;
use crate::base::text_file;
use crate::defences::hash_memory::HashMemory;
use crate::defences::password_storage::StoredPassword;

/// How a hash of this lab begins.
const HASH: &str = "$argon2id$";

/// How many digits the hexadecimal hashes have that other programs store: MD5, SHA-1, SHA-256 and
/// SHA-512.
const HEX_DIGITS: [usize; 4] = [32, 40, 64, 128];

/// An account of the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StolenAccount {
    pub name: String,
    pub password: StolenPassword,
}

/// What is stored as the password of an account.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StolenPassword {
    /// The password itself.
    Unhashed,
    /// A hash of this lab.
    Hash(StoredPassword),
    /// It begins as a hash of this lab, and is none.
    Damaged,
    /// It looks like a hash that another program made.
    Foreign,
}

impl StolenPassword {
    fn of(stored: &str) -> Self {
        if stored.starts_with(HASH) {
            return match is_whole(stored) {
                true => Self::Hash(StoredPassword::Argon2id(stored.to_owned())),
                false => Self::Damaged,
            };
        }
        if looks_hashed(stored) {
            Self::Foreign
        } else {
            Self::Unhashed
        }
    }
}

/// Whether all of a hash is there, and it takes no more memory than one of this lab may.
fn is_whole(stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| {
        let length = hash.hash.as_ref().map(|output| output.len());
        hash.salt.is_some()
            && length == Some(Params::DEFAULT_OUTPUT_LEN)
            && HashMemory::has_room_for(&hash)
    })
}

/// Whether a text looks like a hash: `$2y$10$…` as `crypt` writes it, `{SSHA}…` as LDAP does, or the
/// digits of MD5 and its successors.
fn looks_hashed(stored: &str) -> bool {
    let is_name = |name: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        !name.is_empty() && name.bytes().all(allowed)
    };
    let named = |start: char, end: char| {
        let named = stored.strip_prefix(start);
        named
            .and_then(|rest| rest.split_once(end))
            .is_some_and(|(name, rest)| is_name(name) && !rest.is_empty())
    };
    let is_hex = stored.bytes().all(|b| b.is_ascii_hexdigit());
    named('$', '$') || named('{', '}') || (is_hex && HEX_DIGITS.contains(&stored.len()))
}

/// Reads a table.
///
/// # Errors
/// It cannot be read, or a line of it is no account.
pub(super) fn read(file: &Path) -> Result<Vec<StolenAccount>, StartError> {
    let table = text_file::read(file).map_err(|error| unreadable(file, &error))?;
    accounts(&table, file)
}

fn accounts(table: &str, file: &Path) -> Result<Vec<StolenAccount>, StartError> {
    let lines = iter::zip(1.., table.lines()).filter(|(_, line)| !line.trim().is_empty());
    let account = |(number, line): (usize, &str)| match line.trim().split_once(':') {
        Some((name, stored)) if !name.is_empty() && !stored.is_empty() => Ok(StolenAccount {
            name: name.to_owned(),
            password: StolenPassword::of(stored),
        }),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::password_storage::DUMMY_HASH;

    #[test]
    fn a_table_without_accounts_and_a_line_that_is_none_are_refused() {
        let file = Path::new("stolen.txt");
        let error = |table| accounts(table, file).map(|_| ()).unwrap_err().to_string();
        assert!(error("").contains("stolen.txt has no account"));
        assert!(error("alice:x\nbob\n").contains("line 2 of stolen.txt is no account"));
        assert!(error(":x").contains("line 1"));
        let read = accounts("alice:a:b\n\n", file).expect("an account");
        let alice = StolenAccount {
            name: "alice".into(),
            password: StolenPassword::Unhashed,
        };
        assert_eq!(read, [alice]);
    }

    #[test]
    fn a_hash_that_is_damaged_or_from_another_program_is_told_from_a_password() {
        use StolenPassword::*;
        let cut = &DUMMY_HASH[..DUMMY_HASH.len() - 8];
        let large = DUMMY_HASH.replace("m=19456", "m=4194304");
        let bcrypt = "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
        let whole = StoredPassword::Argon2id(DUMMY_HASH.to_owned());
        for (stored, form) in [
            (DUMMY_HASH, Hash(whole)),
            ("$argon2id$broken", Damaged),
            (cut, Damaged),
            (&large, Damaged),
            (bcrypt, Foreign),
            (&DUMMY_HASH.replace("2id", "2i"), Foreign),
            ("$6$salt$hash", Foreign),
            ("{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3", Foreign),
            ("5f4dcc3b5aa765d61d8327deb882cf99", Foreign),
            ("hunter2", Unhashed),
            ("pa$$word", Unhashed),
            ("$$", Unhashed),
            ("{x}", Unhashed),
            ("cafe", Unhashed),
        ] {
            assert_eq!(StolenPassword::of(stored), form, "{stored}");
        }
    }
}

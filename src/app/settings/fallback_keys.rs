//! Earlier secret keys, which a lab still accepts for a while after it was given a new one.
//!
//! A new key alone would end every token and form of the day before. So the earlier keys go on
//! verifying, and the new one signs: `KEY` or `KEY@END`, several separated by commas. Next:
//! `given_keys`, which holds them; `src/session/bench/keys.rs` says what each is used for.

use std::path::Path;

use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, time};
use time::{Date, OffsetDateTime};

use super::weak_key::weakness;
use crate::base::clock::BenchTime;
use crate::base::keys::ServerKey;
use crate::base::start_error::StartError;

/// How many earlier keys may be named. Each bad token is verified with every one of them.
const MOST: usize = 4;

/// The word for the key in the data folder.
const FILE: &str = "file";

/// An earlier key, as the environment names it.
#[derive(Clone)]
pub struct FallbackKey {
    text: String,
    /// Until when it is accepted; without an end as long as it is named.
    pub until: BenchTime,
}

impl FallbackKey {
    /// The key itself. `file` is the one in the data folder.
    ///
    /// # Errors
    /// `file` is named, and there is no such key.
    pub fn server_key(&self, data_dir: &Path) -> Result<ServerKey, StartError> {
        match &*self.text {
            FILE => ServerKey::load(data_dir, None),
            text => Ok(ServerKey::from_given(text)),
        }
    }
}

/// The keys that a variable names. `present` is the key that signs; `None` is the one in the data
/// folder.
///
/// # Errors
/// A key is missing, is the present one, or has an end that is no date; or there are too many. No
/// message repeats any part of a key.
pub(super) fn parse(
    name: &str,
    text: &str,
    present: Option<&str>,
) -> Result<Vec<FallbackKey>, StartError> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > MOST {
        let message = format!("{name} names {} keys, and {MOST} are the most", parts.len());
        return Err(StartError::new(message, "remove the oldest ones"));
    }
    let numbered = parts.into_iter().zip(1..);
    let read = |(part, number)| read(part, present).map_err(|fault| fault.at(name, number));
    numbered.map(read).collect()
}

/// What is wrong with one key of the list.
enum KeyFault {
    Missing,
    Present,
    NoDate,
}

impl KeyFault {
    fn at(self, name: &str, number: usize) -> StartError {
        let (message, hint) = match self {
            KeyFault::Missing => (
                format!("key {number} in {name} is missing"),
                "write KEY or KEY@END, and one comma between two of them".to_owned(),
            ),
            KeyFault::Present => (
                format!("key {number} in {name} is the present key"),
                "name the key of before there, and the new one in the variable without \
                 _FALLBACKS"
                    .to_owned(),
            ),
            KeyFault::NoDate => (
                format!("key {number} in {name} has an end after @ that is no date"),
                "write KEY@2027-01-31 or KEY@2027-01-31T18:00:00Z; write a key that contains @ or \
                 a comma as base64"
                    .to_owned(),
            ),
        };
        StartError::new(message, hint)
    }
}

fn read(part: &str, present: Option<&str>) -> Result<FallbackKey, KeyFault> {
    let (text, end) = match part.rsplit_once('@') {
        None => (part, None),
        Some((text, end)) => (text.trim_end(), Some(end.trim_start())),
    };
    if text.is_empty() {
        return Err(KeyFault::Missing);
    }
    let is_present = match (text, present) {
        (FILE, None) => true,
        (FILE, Some(_)) | (_, None) => false,
        (text, Some(present)) => {
            let [one, other] = [text, present].map(ServerKey::from_given);
            one.as_bytes() == other.as_bytes()
        }
    };
    if is_present {
        return Err(KeyFault::Present);
    }
    Ok(FallbackKey {
        text: text.to_owned(),
        until: match end {
            None => BenchTime::FOREVER,
            Some(end) => moment(end).ok_or(KeyFault::NoDate)?,
        },
    })
}

/// A moment, or the end of a day in UTC.
fn moment(text: &str) -> Option<BenchTime> {
    let day = format_description!("[year]-[month]-[day]");
    let end = match Date::parse(text, day) {
        Ok(date) => date.next_day()?.with_time(time!(0:00)).assume_utc(),
        Err(_) => OffsetDateTime::parse(text, &Rfc3339).ok()?,
    };
    let millis = u64::try_from(end.unix_timestamp())
        .ok()?
        .checked_mul(1000)?;
    Some(BenchTime::from_millis(millis))
}

/// Checks that an earlier key may still be used in front of a class: it signs nothing, and whoever
/// guesses it can.
///
/// # Errors
/// A key is published, shorter than 32 bytes, a pattern, or made of words.
pub(super) fn check_strength(name: &str, keys: &[FallbackKey]) -> Result<(), StartError> {
    let weak = |(key, number): (&FallbackKey, usize)| {
        let found = weakness(&key.text).filter(|_| key.text != FILE)?;
        Some(StartError::new(
            format!("key {number} in {name} {found}"),
            "remove it; what it has signed is then no longer accepted",
        ))
    };
    keys.iter().zip(1..).find_map(weak).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::keys::new_secret;

    const NAME: &str = "SESSION_LAB_SECRET_KEY_FALLBACKS";

    fn parsed(text: &str) -> Result<Vec<FallbackKey>, StartError> {
        parse(NAME, text, Some("the present one"))
    }

    #[test]
    fn keys_are_separated_by_commas_and_may_have_an_end() {
        let keys = parsed("first, second@2027-01-31 ,third@1970-01-02T00:00:00+01:00").unwrap();
        let found: Vec<_> = keys
            .iter()
            .map(|key| (&*key.text, key.until.millis()))
            .collect();
        let day = 24 * 3600 * 1000;
        // date -u -d 2027-02-01 +%s
        let february = 1_801_440_000_000;
        assert_eq!(found[0], ("first", BenchTime::FOREVER.millis()));
        assert_eq!(found[1], ("second", february), "to the end of the day");
        assert_eq!(found[2], ("third", day - 3600 * 1000));
    }

    #[test]
    fn a_key_with_a_comma_is_named_as_base64() {
        // printf 'a,b@c' | base64
        let key = &parsed("YSxiQGM=").unwrap()[0];
        let folder = Path::new("");
        let found = key.server_key(folder).unwrap();
        assert_eq!(found.as_bytes(), ServerKey::from_given("a,b@c").as_bytes());
    }

    #[test]
    fn each_fault_names_its_key_and_the_next_step_and_shows_no_key() {
        for (text, message, hint) in [
            ("", "key 1 in N is missing", "KEY or KEY@END"),
            ("hunter2,", "key 2 in N is missing", "one comma"),
            ("hunter2,,x", "key 2 in N is missing", "one comma"),
            ("@2027-01-31", "key 1 in N is missing", "KEY@END"),
            (
                "hunter2@",
                "key 1 in N has an end after @ that is no date",
                "base64",
            ),
            (
                "hunter2@31.1.2027",
                "key 1 in N has an end",
                "KEY@2027-01-31",
            ),
            (
                "x,hunter2@2027-02-30",
                "key 2 in N has an end",
                "2027-01-31T18",
            ),
            ("hunter2@word", "key 1 in N has an end", "as base64"),
            ("hunter2@1969-01-01", "key 1 in N has an end", "as base64"),
            (
                "x,the present one",
                "key 2 in N is the present key",
                "the key of before",
            ),
            (
                "a,b,c,d,e",
                "N names 5 keys, and 4 are the most",
                "the oldest",
            ),
        ] {
            let error = parsed(text).err().expect(text);
            assert!(
                error.message.starts_with(&message.replace('N', NAME)),
                "{error}"
            );
            assert!(error.hint.contains(hint), "{text}: {}", error.hint);
            let said = format!("{} {}", error.message, error.hint);
            assert!(!said.contains("hunter2"), "{said}");
        }
        // The key in the data folder is an earlier one only where another is given.
        assert!(parse(NAME, "file", None).is_err());
        assert!(parse(NAME, "file", Some("x")).is_ok());
    }

    #[test]
    fn in_front_of_a_class_an_earlier_key_must_be_strong() {
        let strong = new_secret().unwrap();
        let check = |text: &str| check_strength(NAME, &parsed(text).unwrap());
        assert!(check(&strong).is_ok() && check("file").is_ok());
        let error = check(&format!("{strong},hunter2")).unwrap_err();
        assert!(error.message.starts_with("key 2 in "), "{error}");
        assert!(!error.message.contains("hunter2"), "{error}");
    }
}

//! A cookie as the wire keeps it: its name, its masked value, its attributes.
//!
//! To see session fixation a student must see that a value is the same before and after the
//! sign-in. To see it safely nobody may see the value. A mark serves both: equal values have equal
//! marks, and without the portal's key a mark does not lead back to the value.
//!
//! Refused alternative: the first and last characters of the value. A counted id has only four, and
//! of a random one each character that is shown is one less to guess.

use std::fmt;

use super::cut;
use super::written_name::WrittenName;

/// The longest name that is kept, and the longest attributes, in bytes.
pub(super) const NAME: usize = 80;
pub(super) const REST: usize = 160;

/// How many values of a bench are told apart by letters. The older half gives way to new ones.
const KNOWN: usize = 256;

/// A secret value, masked: its length, and a mark that equal values share. There is no way back to
/// the value, because it is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Masked {
    characters: usize,
    mark: u32,
    letter: u32,
}

impl Masked {
    /// A masked value of so many characters with this mark. `BenchKeys::mask` makes the mark, with
    /// a key.
    pub fn new(characters: usize, mark: u32) -> Self {
        let letter = 0;
        Self {
            characters,
            mark,
            letter,
        }
    }

    /// Equal values have equal letters, counted from 0 in the order in which the bench saw them.
    pub fn letter(self) -> u32 {
        self.letter
    }
}

/// `(43 characters, #1f2e3d4c)`.
impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} characters, #{:08x})", self.characters, self.mark)
    }
}

/// The cookies of one `Cookie` line.
#[derive(Clone, Debug)]
pub struct CookieLine {
    /// `Cookie`, as it was written.
    pub name: WrittenName,
    /// Its pairs, in their order.
    pub cookies: Vec<Cookie>,
}

/// One cookie, sent or set.
#[derive(Clone, Debug)]
pub struct Cookie {
    /// Its name. It is no secret, and it says whose cookie it is.
    pub name: String,
    /// Its masked value; `None` where that is empty, as in a removal.
    pub value: Option<Masked>,
    /// What follows in a `Set-Cookie` line, from the first semicolon on. Empty for a cookie that
    /// was sent: a browser sends no attributes, so a server cannot check them.
    pub attributes: String,
}

impl Cookie {
    /// A cookie with the attributes of a `Set-Cookie` line, or with none.
    pub fn new(name: &str, value: Option<Masked>, attributes: &str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            attributes: attributes.to_owned(),
        }
    }

    pub(super) fn fit(&mut self) {
        cut(&mut self.name, NAME);
        cut(&mut self.attributes, REST);
    }

    pub(super) fn size(&self) -> usize {
        self.name.len() + self.attributes.len()
    }
}

/// `session_insecure=(4 characters, #1f2e3d4c); Path=/`.
impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name)?;
        if let Some(value) = self.value {
            write!(f, "{value}")?;
        }
        f.write_str(&self.attributes)
    }
}

/// The values that a bench has seen lately, each with its letter. A person compares A with B more
/// easily than two marks of eight digits.
#[derive(Debug, Default)]
pub(super) struct Letters {
    next: u32,
    known: Vec<(u32, u32)>,
}

impl Letters {
    /// Gives a cookie's value its letter.
    pub(super) fn give(&mut self, cookie: &mut Cookie) {
        let Some(value) = &mut cookie.value else {
            return;
        };
        let found = self.known.iter().find(|(mark, _)| *mark == value.mark);
        value.letter = match found {
            Some((_, letter)) => *letter,
            None => {
                if self.known.len() >= KNOWN {
                    self.known.drain(..KNOWN / 2);
                }
                self.known.push((value.mark, self.next));
                self.next = self.next.wrapping_add(1);
                self.next.wrapping_sub(1)
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_reads_as_its_line_without_its_value() {
        let cookie = Cookie::new("a", Some(Masked::new(43, 0x1f)), "; Path=/");
        assert_eq!(cookie.to_string(), "a=(43 characters, #0000001f); Path=/");
        assert_eq!(Cookie::new("a", None, "").to_string(), "a=");
    }

    #[test]
    fn letters_are_bounded_and_never_given_twice_in_a_row() {
        let mut letters = Letters::default();
        let mut give = |mark| {
            let mut cookie = Cookie::new("a", Some(Masked::new(1, mark)), "");
            letters.give(&mut cookie);
            let letter = cookie.value.map(Masked::letter);
            (letter, letters.known.len())
        };
        for mark in 0..1000 {
            let (letter, known) = give(mark);
            assert_eq!(letter, Some(mark));
            assert!(known <= KNOWN, "{known}");
        }
        assert_eq!(give(999).0, Some(999));
        assert_eq!(give(0).0, Some(1000), "forgotten, so it is a new one");
    }
}

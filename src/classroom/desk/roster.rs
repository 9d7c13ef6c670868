//! The roster of a class, as a teacher types it, pastes it, or exports it from a school's system.
//!
//! A line for each student: a name, and behind it an identifier and an address where there are any.
//! Between them are commas, semicolons or tabs, and a field may be in quotes (RFC 4180). Read
//! [`roster_file`](super::roster_file) next, which makes text of a file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::class_record::MOST_STUDENTS;
use super::roster_file::refuse_other_files;

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 80;

/// The longest identifier or address, in characters.
const LONGEST_FIELD: usize = 120;

/// A student on the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// The name.
    pub name: String,
    /// The school's identifier; it may be empty.
    pub id_number: String,
    /// The address for mail; it may be empty.
    pub email: String,
}

/// What is wrong with a roster, with the numbers of the lines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    #[error("this is {0}, and no list of names; save the list as CSV, and choose that file")]
    OtherFile(&'static str),
    #[error("this is no text; save the list as CSV in UTF-8, and choose that file")]
    NoText,
    #[error("line {0} has a quote that is not closed")]
    OpenQuote(usize),
    #[error("line {line}: {why}")]
    BadName { line: usize, why: &'static str },
    #[error("{name} is in line {first} and again in line {second}")]
    Twice {
        name: String,
        first: usize,
        second: usize,
    },
    #[error("the roster has more than {MOST_STUDENTS} names")]
    TooMany,
    #[error("the roster has no name")]
    Empty,
}

/// The students of a roster, in its order.
///
/// # Errors
/// A line cannot be read, or a name is there twice.
pub fn parse(text: &str) -> Result<Vec<RosterEntry>, RosterError> {
    refuse_other_files(text.as_bytes())?;
    // The mark is a matter of the encoding, and where files were joined it is before any line.
    let text = text.replace('\u{feff}', "");
    let (text, separator) = (&*text, separator(&text));
    let mut entries: Vec<RosterEntry> = Vec::new();
    let mut lines = BTreeMap::new();
    let mut columns = None;
    for (line, fields) in records(text, separator)? {
        if fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let is_first = columns.is_none();
        let columns = columns.get_or_insert_with(|| Columns::of(&fields));
        if is_first && columns.is_named {
            continue;
        }
        let entry = columns.entry(&fields);
        if let Some(why) = wrong_with(&entry.name) {
            return Err(RosterError::BadName { line, why });
        }
        if let Some(first) = lines.insert(folded(&entry.name), line) {
            let name = entry.name;
            return Err(RosterError::Twice {
                name,
                first,
                second: line,
            });
        }
        entries.push(entry);
        if entries.len() > MOST_STUDENTS {
            return Err(RosterError::TooMany);
        }
    }
    if entries.is_empty() {
        return Err(RosterError::Empty);
    }
    Ok(entries)
}

/// A name in the composed form (NFC). "ë" is one character or two, and nobody sees the difference.
pub fn composed(name: &str) -> Cow<'_, str> {
    if is_nfc(name) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.nfc().collect())
    }
}

/// A name as it is compared: capitals, doubled spaces and the form of its letters make no other person.
pub fn folded(name: &str) -> String {
    let name = name.replace('\u{feff}', "");
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    composed(&words.join(" ")).into_owned()
}

/// What is wrong with a name; nothing is wrong with markup or another script.
pub fn wrong_with(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("a name is empty")
    } else if composed(name).chars().count() > LONGEST_NAME {
        Some("a name is longer than 80 characters")
    } else if name.chars().any(char::is_control) {
        Some("a name has a control character")
    } else {
        None
    }
}

/// The character between the fields: the one that the first line has most of. A name alone may hold
/// a comma, so a line of a single field needs quotes for it.
fn separator(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or_default();
    let count = |separator: char| first.matches(separator).count();
    // Of equals the last is taken.
    let most = [',', ';', '\t'].into_iter().max_by_key(|c| count(*c));
    most.filter(|c| count(*c) > 0).unwrap_or('\t')
}

/// The records of a text, each with the number of its first line.
fn records(text: &str, separator: char) -> Result<Vec<(usize, Vec<String>)>, RosterError> {
    let mut records = Vec::new();
    let mut fields = vec![String::new()];
    let (mut line, mut began) = (1, 1);
    let mut quoted_since = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let Some(field) = fields.last_mut() else {
            break;
        };
        match c {
            '"' if quoted_since.is_some() && rest.peek() == Some(&'"') => {
                rest.next();
                field.push('"');
            }
            '"' if quoted_since.is_some() => quoted_since = None,
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted_since = Some(line);
            }
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                line += 1;
                if quoted_since.is_some() {
                    field.push(' ');
                } else {
                    records.push((began, std::mem::replace(&mut fields, vec![String::new()])));
                    began = line;
                }
            }
            c if c == separator && quoted_since.is_none() => fields.push(String::new()),
            c => field.push(c),
        }
    }
    if let Some(line) = quoted_since {
        return Err(RosterError::OpenQuote(line));
    }
    records.push((began, fields));
    Ok(records)
}

/// Which field is what.
struct Columns {
    /// Whether the first line names the columns and is no student.
    is_named: bool,
    name: usize,
    /// A first name in a column before or behind the name.
    first_name: Option<usize>,
    id_number: Option<usize>,
    email: Option<usize>,
}

impl Columns {
    /// By the names in the first line, as Moodle and Canvas export them; without names the order is
    /// name, identifier, address.
    fn of(fields: &[String]) -> Self {
        let names: Vec<String> = fields.iter().map(|field| folded(field)).collect();
        // Of several that are there the first one of the list is taken: in Canvas's export `ID` is
        // Canvas's own number, and not the school's.
        let find = |known: &[&str]| {
            let mut known = known.iter();
            known.find_map(|known| names.iter().position(|name| name == known))
        };
        let name = find(&["name", "student", "full name", "last name", "surname"]);
        let Some(name) = name else {
            return Self {
                is_named: false,
                name: 0,
                first_name: None,
                id_number: Some(1),
                email: Some(2),
            };
        };
        Self {
            is_named: true,
            name,
            first_name: find(&["first name"]),
            id_number: find(&["sis user id", "id number", "username", "id"]),
            email: find(&["email", "email address", "sis login id"]),
        }
    }

    fn entry(&self, fields: &[String]) -> RosterEntry {
        let field = |at: Option<usize>| {
            let text = at
                .and_then(|at| fields.get(at))
                .map_or("", |text| text.trim());
            text.chars().take(LONGEST_FIELD).collect::<String>()
        };
        let name = fields.get(self.name).map_or("", |name| name.trim());
        let first = field(self.first_name);
        RosterEntry {
            name: composed(format!("{first} {name}").trim()).into_owned(),
            id_number: field(self.id_number),
            email: field(self.email),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let entries = parse(text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
        entries.into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn typed_pasted_and_exported_rosters_are_read() {
        assert_eq!(
            names("alice\nmallory\n\n  victor \r\n"),
            ["alice", "mallory", "victor"]
        );
        for text in [
            "alice,7,a@school.example\n\"Mallory, M.\",8,m@school.example",
            "alice;7;a@school.example\n\"Mallory, M.\";8;m@school.example",
            "alice\t7\ta@school.example\nMallory, M.\t8\tm@school.example",
        ] {
            let entries = parse(text).unwrap();
            assert_eq!(entries[1].name, "Mallory, M.", "{text}");
            assert_eq!(entries[1].id_number, "8", "{text}");
            assert_eq!(entries[0].email, "a@school.example", "{text}");
        }
        let moodle = "First name,Last name,ID number,Email address\nAlice,Adams,7,a@school.example";
        let entry = RosterEntry {
            name: "Alice Adams".into(),
            id_number: "7".into(),
            email: "a@school.example".into(),
        };
        assert_eq!(parse(moodle), Ok(vec![entry]));
        let canvas = "Student,ID,SIS User ID\n\"Adams, \"\"Al\"\"\",1,007";
        let entries = parse(canvas).unwrap();
        assert_eq!(
            (&*entries[0].name, &*entries[0].id_number),
            ("Adams, \"Al\"", "007")
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_name() {
        for text in [
            "\u{feff}Ada Lovelace\nBob",
            "\u{feff}\u{feff}Ada Lovelace\n\u{feff}Bob",
            "\u{feff}\"Ada Lovelace\"\nBob",
            "\u{feff}Name\nAda Lovelace\nBob",
        ] {
            assert_eq!(names(text), ["Ada Lovelace", "Bob"], "{text:?}");
        }
    }

    #[test]
    fn one_name_in_two_forms_of_unicode_is_one_student() {
        assert_eq!(names("Zoe\u{308}"), ["Zo\u{eb}"]);
        assert_eq!(folded("Jose\u{301}  DIAZ"), folded("jos\u{e9} diaz"));
        let twice = parse("Jos\u{e9}\nJose\u{301}").unwrap_err().to_string();
        assert_eq!(twice, "Jos\u{e9} is in line 1 and again in line 2");
        // The length counts after that.
        let composed = "e\u{301}".repeat(LONGEST_NAME);
        assert_eq!(wrong_with(&composed), None);
    }

    #[test]
    fn what_was_pasted_from_another_kind_of_file_is_no_roster() {
        for text in ["%PDF-1.7\n1 0 obj", "\u{feff}<!DOCTYPE html>\n<p>alice"] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, RosterError::OtherFile(_)), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let wrong = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(
            wrong("alice\nbob\n Alice "),
            "Alice is in line 1 and again in line 3"
        );
        assert_eq!(
            wrong("alice\n\"bob"),
            "line 2 has a quote that is not closed"
        );
        assert_eq!(
            wrong("alice\nb\u{7}b"),
            "line 2: a name has a control character"
        );
        assert_eq!(wrong("alice,1\n,2"), "line 2: a name is empty");
        assert_eq!(wrong(" \n\n"), "the roster has no name");
        let many: Vec<String> = (0..501).map(|n| format!("student {n}")).collect();
        assert_eq!(
            wrong(&many.join("\n")),
            "the roster has more than 500 names"
        );
    }

    #[test]
    fn markup_and_other_scripts_are_names() {
        assert_eq!(
            names("<b>alice</b>\n漢字\nאבג"),
            ["<b>alice</b>", "漢字", "אבג"]
        );
    }
}

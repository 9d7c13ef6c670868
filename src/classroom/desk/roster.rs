//! The roster of a class, as a teacher types it, pastes it, or exports it from a school's system.
//!
//! A line for each student: a name, and behind it an identifier and an address where there are any.
//! Between them are commas, semicolons or tabs, and a field may be in quotes (RFC 4180). The text is
//! UTF-8 or UTF-16; anything else is read as Latin-1, as older spreadsheets on Windows write it.

use std::collections::BTreeMap;

use super::class_record::MOST_STUDENTS;

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

/// The text of a file, whatever its encoding.
pub fn decode(bytes: &[u8]) -> String {
    let utf_16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.as_chunks().0.iter().map(|pair| unit(*pair));
        char::decode_utf16(units)
            .map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            // In Latin-1 each byte is the character of that number.
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        },
    }
}

/// The students of a roster, in its order.
///
/// # Errors
/// A line cannot be read, or a name is there twice.
pub fn parse(text: &str) -> Result<Vec<RosterEntry>, RosterError> {
    let separator = separator(text);
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

/// A name as it is compared: capitals and doubled spaces make no other person.
pub fn folded(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// What is wrong with a name; nothing is wrong with markup or another script.
pub fn wrong_with(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("a name is empty")
    } else if name.chars().count() > LONGEST_NAME {
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
            name: format!("{first} {name}").trim().to_owned(),
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
    fn any_usual_encoding_is_read() {
        let text = "Zoë\nМария";
        let units = || text.encode_utf16();
        let little = units().flat_map(u16::to_le_bytes);
        let big = units().flat_map(u16::to_be_bytes);
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(little).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(big).collect();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &marked, &little, &big] {
            assert_eq!(names(&decode(bytes)), ["Zoë", "Мария"], "{bytes:?}");
        }
        assert_eq!(names(&decode(b"Zo\xeb")), ["Zoë"]);
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

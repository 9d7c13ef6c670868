//! The journal of a bench as a file, only ever appended to: one line a commit.
//!
//! ```json
//! {"commit":7,"gone":["mbkdnpcibjaegfhlmbkdnpcibjaegfhl"],"events":[{"id":12,"at":…}]}
//! ```
//!
//! The line is the commit point: whole, the commit is done, and whatever is left to do of it is
//! done at the next start; torn, nothing of it happened. It tells which commit the temporary files
//! of this number belong to and which records go, by hashes of their names, because a name may be a
//! session id. A commit without events has a line as well.
//!
//! An earlier lab wrote one event a line and no numbers. Such lines are read as they are, and a
//! journal that was shortened has them: what stays are its events and the number of its last commit.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder::world_folder;
use super::{HIGHEST, disk};
use crate::base::event::Event;
use crate::storage::{EventId, JOURNAL_LIMIT, RecordKey};

/// What a line of a commit begins with; one of an earlier lab does not.
const COMMIT: &[u8] = b"{\"commit\":";

/// One event with its number in front.
#[derive(Serialize, Deserialize)]
struct NumberedEvent<E> {
    id: EventId,
    #[serde(flatten)]
    event: E,
}

/// One line. `E` is an event, or whatever is to be made of one.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "E: Deserialize<'de>"))]
struct CommitLine<E> {
    commit: u64,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    gone: Vec<String>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    events: Vec<E>,
}

impl<E> CommitLine<E> {
    /// How much it counts for the length of the file.
    fn weight(&self) -> usize {
        self.events.len().max(self.gone.len()).max(1)
    }
}

/// The commit that was done last, of which files may still have to be renamed or removed.
#[derive(Debug, Default)]
pub struct LastCommit {
    /// Its number; 0 where there was none.
    pub number: u64,
    gone: HashSet<String>,
}

impl LastCommit {
    /// Whether it removed this record.
    pub fn removed(&self, key: &RecordKey) -> bool {
        !self.gone.is_empty() && self.gone.contains(&hashed(key))
    }
}

/// The file of one bench's journal.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    /// How many lines and events it has, roughly.
    weight: usize,
    /// The highest number that a commit was begun with. None is used twice: what an earlier one
    /// left behind must not be taken for a part of a later one.
    begun: u64,
    /// The number of the last one that was done.
    done: u64,
    /// The length to which the file must be cut before it is appended to.
    torn_at: Option<u64>,
}

/// What is in the file of a journal.
pub struct ReadJournal {
    pub file: JournalFile,
    pub events: Vec<(EventId, Event)>,
    pub last: LastCommit,
}

impl JournalFile {
    /// Reads the file. A last line that was torn by a crash is cut off; another one that cannot be
    /// read is passed over.
    pub fn load(path: PathBuf) -> io::Result<ReadJournal> {
        disk::remove(&disk::temporary_of(&path))?;
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let whole = whole_lines(&bytes);
        if whole < bytes.len() {
            log::warn!(
                "the last line of {} is torn and was cut off",
                path.display()
            );
            disk::cut(&disk::append(&path)?, whole as u64)?;
        }
        let mut found = ReadJournal {
            file: Self {
                path,
                weight: 0,
                begun: 0,
                done: 0,
                torn_at: None,
            },
            events: Vec::new(),
            last: LastCommit::default(),
        };
        for (number, line) in bytes[..whole].split_inclusive(|b| *b == b'\n').enumerate() {
            if let Err(error) = found.take(line) {
                log::warn!(
                    "line {} of {} was passed over: {error}",
                    number + 1,
                    found.file.path.display()
                );
                found.file.weight += 1;
            }
        }
        found.file.begun = found.last.number;
        found.file.done = found.last.number;
        Ok(found)
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of a commit that begins.
    pub fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// Appends the line of a commit, which is done with that: `gone` are the records that go. Where
    /// it fails, the file is as it was, or is cut before it is appended to again.
    pub fn append<'k>(
        &mut self,
        commit: u64,
        gone: impl Iterator<Item = &'k RecordKey>,
        events: &[(EventId, Event)],
    ) -> io::Result<()> {
        let line = CommitLine {
            commit,
            gone: gone.map(hashed).collect(),
            events: events.iter().map(numbered).collect(),
        };
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        // Opened each time: a journal that a student deletes meanwhile comes back, and a class of
        // benches needs no open files.
        let mut file = disk::in_folder(&self.path, disk::append)?;
        let mut length = file.metadata()?.len();
        if let Some(whole) = self.torn_at.filter(|whole| *whole < length) {
            disk::cut(&file, whole)?;
            length = whole;
        }
        self.torn_at = None;
        if let Err(error) = disk::write(&mut file, &text) {
            // The line is not whole without its end, so the commit is not done.
            if disk::cut(&file, length).is_err() {
                self.torn_at = Some(length);
            }
            return Err(error);
        }
        self.done = commit;
        self.weight += line.weight();
        Ok(())
    }

    /// Whether most of the file is no longer needed.
    pub fn has_outgrown(&self) -> bool {
        self.weight > 2 * JOURNAL_LIMIT
    }

    /// Writes the file anew with the events that are kept and the number of the last commit, of
    /// which nothing is left to do but the removal of `gone`.
    pub fn shorten<'k>(
        &mut self,
        gone: impl Iterator<Item = &'k RecordKey>,
        events: &[(EventId, Event)],
    ) -> io::Result<()> {
        let mut text = Vec::new();
        for event in events {
            serde_json::to_writer(&mut text, &numbered(event))?;
            text.push(b'\n');
        }
        let last: CommitLine<()> = CommitLine {
            commit: self.done,
            gone: gone.map(hashed).collect(),
            events: Vec::new(),
        };
        serde_json::to_writer(&mut text, &last)?;
        text.push(b'\n');
        disk::stage(&self.path, &text)?.persist()?;
        self.weight = events.len() + last.weight();
        Ok(())
    }

    /// For tests: the next commit makes the journal shorter.
    #[cfg(test)]
    pub fn outgrow(&mut self) {
        self.weight = 2 * JOURNAL_LIMIT;
    }
}

impl ReadJournal {
    /// Takes what a line says.
    fn take(&mut self, line: &[u8]) -> Result<(), serde_json::Error> {
        if !line.starts_with(COMMIT) {
            let event = serde_json::from_slice(line)?;
            self.file.weight += 1;
            return self.add(event);
        }
        let line: CommitLine<serde_json::Value> = serde_json::from_slice(line)?;
        self.file.weight += line.weight();
        if (self.last.number..=HIGHEST).contains(&line.commit) {
            self.last.number = line.commit;
            self.last.gone = line.gone.into_iter().collect();
        }
        // Of several events one may have been edited; the others count.
        let mut result = Ok(());
        for event in line.events {
            let added = serde_json::from_value(event).and_then(|event| self.add(event));
            result = result.and(added);
        }
        result
    }

    fn add(&mut self, event: NumberedEvent<Event>) -> Result<(), serde_json::Error> {
        if event.id.0 > HIGHEST {
            return Err(serde::de::Error::custom("it has no such id"));
        }
        self.events.push((event.id, event.event));
        Ok(())
    }
}

/// How many events a journal's file holds, and which commit was its last.
pub fn census(bytes: &[u8]) -> (usize, LastCommit) {
    let mut events = 0;
    let mut last = LastCommit::default();
    let whole = &bytes[..whole_lines(bytes)];
    for line in whole.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(COMMIT) {
            events += 1;
        } else if let Ok(line) = serde_json::from_slice::<CommitLine<IgnoredAny>>(line) {
            events += line.events.len();
            last = LastCommit {
                number: line.commit,
                gone: line.gone.into_iter().collect(),
            };
        }
    }
    (events, last)
}

/// How many of the bytes are whole lines.
fn whole_lines(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|b| *b == b'\n');
    last.map_or(0, |last| last + 1)
}

fn numbered((id, event): &(EventId, Event)) -> NumberedEvent<&Event> {
    NumberedEvent { id: *id, event }
}

/// What a line calls a record: 128 bits of the SHA-256 of its key, in letters only. A session id
/// that is a number could otherwise be read into the digits.
fn hashed(key: &RecordKey) -> String {
    let world = world_folder(key.world());
    let path = format!("{}/{world}/{}", key.kind().folder(), key.name());
    let hash = Sha256::digest(path);
    let letter = |nibble: u8| char::from(b'a' + nibble);
    hash[..16]
        .iter()
        .flat_map(|byte| [letter(byte >> 4), letter(byte & 15)])
        .collect()
}

//! The journal of a bench as a file: one event a line, only ever appended to.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{HIGHEST, disk};
use crate::base::event::Event;
use crate::storage::{EventId, JOURNAL_LIMIT};

/// One line: the event with its number in front.
#[derive(Serialize, Deserialize)]
struct JournalLine<E> {
    id: EventId,
    #[serde(flatten)]
    event: E,
}

/// The file of one bench's journal.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    lines: usize,
}

/// How long the file was before events were appended.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    bytes: u64,
    lines: usize,
}

impl JournalFile {
    /// Reads the file. A last line that was torn by a crash is cut off; another one that cannot be
    /// read is passed over.
    pub fn load(path: PathBuf) -> io::Result<(Self, Vec<(EventId, Event)>)> {
        disk::remove(&disk::temporary_of(&path))?;
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let whole = bytes
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |last| last + 1);
        if whole < bytes.len() {
            log::warn!(
                "the last line of {} is torn and was cut off",
                path.display()
            );
            disk::append(&path)?.set_len(whole as u64)?;
        }
        let mut events = Vec::new();
        let mut lines = 0;
        for line in bytes[..whole].split_inclusive(|b| *b == b'\n') {
            lines += 1;
            match serde_json::from_slice::<JournalLine<Event>>(line) {
                Ok(JournalLine { id, event }) if id.0 <= HIGHEST => events.push((id, event)),
                Ok(_) => log::warn!("line {lines} of {} has no such id", path.display()),
                Err(error) => {
                    log::warn!(
                        "line {lines} of {} was passed over: {error}",
                        path.display()
                    );
                }
            }
        }
        Ok((Self { path, lines }, events))
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends events, and says how to take them back. Where it fails, the file is as it was.
    pub fn append(&mut self, events: &[(EventId, Event)]) -> io::Result<Option<Before>> {
        if events.is_empty() {
            return Ok(None);
        }
        let text = text_of(events)?;
        // Opened each time: a journal that a student deletes meanwhile comes back, and a class of
        // benches needs no open files.
        let mut file = disk::in_folder(&self.path, disk::append)?;
        let before = Before {
            bytes: file.metadata()?.len(),
            lines: self.lines,
        };
        if let Err(error) = file.write_all(&text) {
            self.rewind(Some(before));
            return Err(error);
        }
        self.lines += events.len();
        Ok(Some(before))
    }

    /// Takes back what was appended, because the commit that it belongs to failed.
    pub fn rewind(&mut self, before: Option<Before>) {
        let Some(before) = before else {
            return;
        };
        let cut = disk::append(&self.path).and_then(|file| file.set_len(before.bytes));
        match cut {
            Ok(()) => self.lines = before.lines,
            Err(error) => log::error!("{} tells too much: {error}", self.path.display()),
        }
    }

    /// Whether most of the file is events that are no longer kept.
    pub fn has_outgrown(&self) -> bool {
        self.lines > 2 * JOURNAL_LIMIT
    }

    /// Writes the file anew with the events that are kept.
    pub fn rewrite(&mut self, events: &[(EventId, Event)]) -> io::Result<()> {
        disk::stage(&self.path, &text_of(events)?)?.persist()?;
        self.lines = events.len();
        Ok(())
    }
}

fn text_of(events: &[(EventId, Event)]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for (id, event) in events {
        serde_json::to_writer(&mut text, &JournalLine { id: *id, event })?;
        text.push(b'\n');
    }
    Ok(text)
}

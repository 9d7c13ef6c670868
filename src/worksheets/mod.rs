//! Worksheets: one file a sheet in `labs/`, rendered as a page, on paper and as a report, checked by
//! what the server saw, and run by the tests.
//!
//! `labs/README.md` is the format. [`sheet`] holds its types, [`mod@read`] makes them from a file and
//! names file and line of each mistake, [`library`] holds all sheets of a lab. [`mod@check`] finds out
//! from the journal whether a step was done, [`answers`] judges questions, and [`progress`] is what a
//! bench keeps of both; [`survey`] puts records and journal together. [`report`] writes it down with codes that [`codes`] makes and verifies. The
//! pages are in [`crate::lab`]. [`placeholders`] puts in addresses; `counts.rs` puts in the numbers
//! that follow from the lists of defences and attacks, [`values`] what each student has for themselves, and
//! [`audience`] leaves out what is for other readers.

pub mod answers;
pub mod audience;
pub mod blocks;
pub mod catalogue;
pub mod check;
pub mod codes;
pub mod console;
mod counts;
pub mod events;
pub mod expectation;
pub mod export;
pub mod glossary;
mod glossary_links;
pub mod library;
pub mod markdown;
pub mod mistake;
pub mod not_taught;
pub mod pictures;
pub mod placeholders;
pub mod progress;
pub mod progress_tracker;
pub mod read;
pub mod report;
pub mod sheet;
pub mod standards;
pub mod survey;
pub mod values;
pub mod view;

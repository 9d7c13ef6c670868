//! The worksheets: every command of every sheet is run, every step is seen unsolved and then solved,
//! every answer of the teacher's is right.

mod bad_input;
mod bash;
mod catalogue;
mod course;
mod glossary;
mod noted;
mod on_paper;
mod pictures;
mod questions;
mod report;
mod seen;
mod sheets;
mod standards;
mod start_again;
mod values;
mod walk;

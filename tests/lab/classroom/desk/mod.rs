//! The teacher's desk, over real sockets.
//!
//! [`people`] is the harness: a teacher with a browser's cookie, and students' labs that speak the
//! protocol.

mod bad_input;
mod in_browser;
mod joining;
mod kept;
mod marks;
pub mod people;
mod stuck;
mod teacher;

use people::{DeskLab, StudentLab};

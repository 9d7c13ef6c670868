//! The teacher's desk, over real sockets.
//!
//! [`people`] is the harness: a teacher with a browser's cookie, and students' labs that speak the
//! protocol. [`program`] is a desk that is killed and started again.

pub mod archive;
mod bad_input;
mod deletion;
mod forms;
mod full_disk;
mod in_browser;
mod joining;
mod kept;
mod marks;
pub mod people;
mod program;
mod stuck;
mod teacher;

use people::{DeskLab, StudentLab};

//! The student's side of a class: joining, what is reported, and what the teacher leads to.
//!
//! 1. [`sheets_seen`] compares the sheets with what was seen before, and says the difference in the
//!    words of the protocol. [`outbox`] numbers it and keeps it until the desk has it.
//! 2. [`record`] is what is stored: one record on the student's bench.
//! 3. [`desk_link`] is the way to the desk, [`https_desk`] the one over TLS, [`invitation`] the link
//!    that names it.
//! 4. [`class_members`] is what pages call, [`sender`] what happens by itself, for the benches that
//!    `class_benches.rs` lists.
//!
//! `docs/CLASS_DATA.md` lists every field that leaves the student's computer. Read [`sheets_seen`]
//! first: nothing comes into a report but by it and by three buttons of the page.

mod class_benches;
pub mod class_members;
mod desk_answers;
pub mod desk_link;
pub mod https_desk;
pub mod invitation;
mod led;
pub mod live_member;
pub mod outbox;
pub mod record;
pub mod sender;
mod shared_reason;
pub mod sheets_seen;

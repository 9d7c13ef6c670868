//! What people read in this project, as texts: plain wording (`phrases.rs`), short sentences
//! (`sentences.rs`), and references that lead somewhere (`references.rs`). `read.rs` takes the texts
//! out of the files.

mod phrases;
mod read;
mod references;
mod sentences;

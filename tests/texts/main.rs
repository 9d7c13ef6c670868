//! What people read in this project, as texts: plain wording (`phrases.rs`), short sentences
//! (`sentences.rs`), references that lead somewhere (`references.rs`), one place that says how far a draft
//! is (`drafts.rs`), where lines for other frameworks were read (`frameworks.rs`), and commands that print
//! the same in a terminal (`terminals.rs`). `read.rs` takes the texts out of the files.

mod drafts;
mod frameworks;
mod phrases;
mod read;
mod references;
mod sentences;
mod terminals;

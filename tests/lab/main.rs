//! The tests of the whole lab, one binary. Its modules mirror `src/`; `support` is the harness.

mod command_line;
mod engine;
mod portal;
mod process;
mod storage;
mod support;
mod wire;

//! The tests of the whole lab, one binary. Its modules mirror `src/`; `support` is the harness.

mod browser;
mod command_line;
mod engine;
mod lab_pages;
mod portal;
mod readme;
mod process;
mod storage;
mod support;
mod wire;
mod templates;

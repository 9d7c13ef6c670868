//! The tests of the whole lab, one binary. Its modules mirror `src/`; `support` is the harness.

mod command_line;
mod lab_pages;
mod portal;
mod storage;
mod support;
mod templates;

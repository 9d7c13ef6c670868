//! The tests of the whole lab, one binary. Its modules mirror `src/`; `support` is the harness.

mod attacker;
mod attacks;
mod browser;
mod cafe;
mod catalogue;
mod command_line;
mod engine;
mod jwt;
mod lab_pages;
mod pictures;
mod portal;
mod process;
mod readme;
mod storage;
mod support;
mod templates;
mod wire;
mod worksheets;

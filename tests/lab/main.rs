//! The tests of the whole lab, one binary. Its modules mirror `src/`; `support` is the harness.

mod attacker;
mod cafe;
mod command_line;
mod portal;
mod readme;
mod storage;
mod support;

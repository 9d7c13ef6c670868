//! The tests of the whole lab, one binary. Its modules mirror `src/`; `support` is the harness.

mod app;
mod attacker;
mod attacks;
mod browser;
mod classroom;
mod cli;
mod dist;
mod jwt;
mod lab;
mod portal;
mod readme;
mod session;
mod storage;
mod support;
mod templates;
mod web;
mod worksheets;

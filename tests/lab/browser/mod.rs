//! The lab in a real browser: headless Chromium, driven by the DevTools protocol.
//!
//! `chromium` starts the one browser of this binary; a `tab` has a fresh profile and its own
//! bench. These tests are ignored, with the browser that they need as the reason: plain `cargo test`
//! leaves them out, and `tests/run` includes them.

mod accessibility;
mod arrived;
mod arrives_in_parts;
mod attacks;
mod audit;
pub mod chromium;
mod clear_site_data;
mod compare;
mod content_security_policy;
mod cookies;
mod cors;
mod countdown;
mod firefox;
mod first_screen;
mod foreign_scripts;
mod forms;
mod in_class;
mod keyboard;
mod pages;
mod plays;
mod present;
mod same_site;
mod screenshots;
mod secure;
mod tab;
mod tokens;
mod way_through;
mod wire;
mod workbench;
mod worksheets;

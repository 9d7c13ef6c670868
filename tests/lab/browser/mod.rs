//! The lab in a real browser: headless Chromium, driven by the DevTools protocol.
//!
//! `chromium` starts the one browser of this binary; a `tab` has a fresh profile and a bench of its
//! own. Where no browser is installed these tests say on stderr that they did not run, and pass;
//! with `SESSION_LAB_BROWSER_TESTS=required`, which `tests/run` sets, they fail instead.

mod accessibility;
mod arrived;
mod attacks;
pub mod chromium;
mod clear_site_data;
mod compare;
mod content_security_policy;
mod cookies;
mod cors;
mod countdown;
mod firefox;
mod foreign_scripts;
mod keyboard;
mod pages;
mod same_site;
mod screenshots;
mod secure;
mod tab;
mod tokens;
mod wire;
mod workbench;
mod worksheets;

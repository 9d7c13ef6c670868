//! The API for tokens: its contract, what it remembers, and bad input.

mod bad_input;
mod contract;
mod families;
mod keys;
mod page;
mod partner;
mod workbench;

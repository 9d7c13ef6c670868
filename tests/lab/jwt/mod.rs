//! The API for tokens: its contract, what it remembers, bad input, and public test vectors.

mod allocations;
mod bad_input;
mod contract;
mod ended_sign_ins;
mod families;
mod keys;
mod page;
mod partner;
mod rsa_padding;
mod vectors;
mod vectors_of_the_rfcs;
mod workbench;

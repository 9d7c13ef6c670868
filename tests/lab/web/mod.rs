//! The wire: bytes as no well-behaved client sends them, on real sockets.
//!
//! `socket` is the harness. Whatever comes in, the answer is a clear 4xx or the page itself: never
//! a 500, never silence on an open connection, and nothing is lost.

mod bodies;
mod cookie_scope;
mod cookies;
mod fuzz;
mod headers;
mod hosts;
mod inspect;
mod method_field;
mod odd_requests;
mod pages;
mod random;
mod request_line;
mod scales;
mod server;
pub mod socket;
mod tls;
mod transport;

//! The attacker's site and the sibling, over real sockets.

mod catcher;
mod hosts;
mod pages;
mod planted;

//! The attacker's site and the sibling, over real sockets.

mod arrived;
mod catcher;
mod hosts;
mod pages;
mod planted;
mod sniffing_proxy;
mod thief;

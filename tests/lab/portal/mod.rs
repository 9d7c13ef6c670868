//! The portal, route by route and defence by defence.

mod dead_switch;
mod defences;
mod first_exercise;

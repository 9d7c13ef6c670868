//! The portal, route by route and defence by defence.

mod admin;
mod api;
mod changes;
mod dead_switch;
mod defences;
mod first_exercise;
mod own_sessions;
mod pages;

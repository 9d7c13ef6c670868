//! The portal, route by route and defence by defence.

mod admin;
mod api;
mod benches;
mod changes;
mod cors;
mod dead_switch;
mod defences;
mod failed_forms;
mod first_exercise;
mod hostile;
mod isolation;
mod locked_out;
mod measure;
mod openapi;
mod outlived;
mod own_sessions;
mod pages;
mod password_encodings;
mod problems;
mod throttle;
mod tokens;

/// The portal's pages, as somebody who is signed in may open them.
const PAGES: [&str; 7] = [
    "/",
    "/login",
    "/dashboard",
    "/board",
    "/password",
    "/sessions",
    "/cookies",
];

//! What all sites of the lab share: how a request is routed, and how an answer looks.
//!
//! A request passes [`request_router`] first, which checks its host and takes bench and variant off
//! the path. The result is its [`context`]. A handler returns a page, a redirect or JSON, in
//! [`with_cookies`] where it sets a cookie, and a [`problem`] where something is wrong. [`answer`]
//! adds the headers on the way out.

pub mod answer;
pub mod assets;
pub mod bench_control;
pub mod context;
mod cross_origin;
mod html;
pub mod interrupted;
pub mod known_addresses;
pub mod lab_pages;
mod methods;
pub mod noted;
mod on_wire;
pub mod openapi;
pub mod page;
mod path;
pub mod problem;
pub mod request_router;
pub mod server;
pub mod templates;
pub mod variant_list;
pub mod visible_time;
pub mod with_cookies;

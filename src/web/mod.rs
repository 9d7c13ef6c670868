//! What all sites of the lab share: who is asked for, where a request belongs, how an answer looks.
//!
//! A request passes [`request_router`] first, which checks its host and takes bench and variant off the
//! path; the result is its [`context`]. [`answer`] adds the headers on the way out. What goes wrong
//! between them is a [`problem`].

pub mod answer;
pub mod assets;
pub mod context;
mod cross_origin;
mod methods;
mod noted;
mod on_wire;
pub mod page;
mod path;
pub mod problem;
pub mod reply;
pub mod request_router;
pub mod template;
pub mod variant_list;
pub mod visible_time;

//! The portal, route by route and defence by defence.

mod first_exercise;
mod measure;

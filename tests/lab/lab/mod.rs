//! The lab's own pages: their origin, the clock, the comparison, the evidence, the student's mix.

mod attacks;
mod audit;
mod clock;
mod compare;
pub mod cross_site;
mod custom;
mod defences;
mod evidence;
mod failed_forms;
mod find;
mod matrix;
mod menu;
mod not_taught;
pub mod own_origin;
mod plays;
mod same_site;
mod session_files;
mod start_over;
mod stateless;
mod variants;
mod wire;

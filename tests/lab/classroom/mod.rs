//! A class: its two sides over real sockets, each against the other side's protocol.

pub mod desk;
pub mod fake_desk;
mod lesson;
mod member;
mod member_faults;
mod member_page;
mod together;
mod values;

//! A class: the student's side against a small desk that speaks the protocol.

mod fake_desk;
mod member;
mod member_faults;
mod member_page;

//! A class: what a student's own lab reports, and the desk at which a teacher sees and leads.
//!
//! Two kinds of students are in one class and one table. A student with a lab on their own laptop
//! joins by a code, and their lab reports over TLS. A student with only a browser has a bench on the
//! teacher's machine, and the same reports are made there. Read [`protocol`] first: it is everything
//! that the two sides say to each other.

pub mod desk;
pub mod fingerprint;
pub mod member;
pub mod protocol;

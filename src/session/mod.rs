//! The session engine: every verb that a session knows, written once on the storage contract.
//!
//! A verb asks the policy at the point where an arm matters and carries the answer out in one
//! commit. Follow one sign-in: [`recognise`] finds the session that the visitor brought,
//! [`sign_in`] turns it into a user's, [`cookie`] writes the line that tells the browser. Ending is
//! in [`end`] and, by time alone, in [`expire`], what the user is told of it in [`why_ended`], the
//! count of failures in [`throttle`].

#![warn(missing_docs)]

pub mod accounts;
pub mod bench;
pub mod browser;
pub mod cookie;
pub mod end;
pub mod expire;
pub mod hashing;
pub mod id;
pub mod notices;
pub mod recognise;
pub mod record;
pub mod sign_in;
pub mod state_cookie;
pub mod throttle;
pub mod why_ended;
pub mod world;

pub use id::SessionId;
pub use recognise::{Presented, Recognised};
pub use record::{Session, SessionRecord};

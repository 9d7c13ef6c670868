//! The session engine: every verb that a session knows, written once on the storage contract.
//!
//! HTTP forgets each request. A session is how a server connects them: the browser repeats a random
//! id, and the server remembers whose id it is. That makes the id as good as the password for as
//! long as the session lasts. An attacker has four ways to one: guess it ([`id`]), plant it before
//! the sign-in ([`sign_in`]), copy it, or go on using it when it should be over ([`end`]).
//!
//! A verb asks the policy at the point where an arm matters and carries the answer out in one
//! commit. Follow one sign-in: [`recognise`] finds the session that the visitor brought,
//! [`sign_in`] turns it into a user's, [`cookie`] writes the line that tells the browser. Ending is
//! in [`end`] and, by time alone, in [`expire`]; [`why_ended`] tells the user why.
//! [`throttle`] counts failed sign-ins.
//!
//! Refused alternative: one copy of this module for each variant. The two would drift apart,
//! and a student could not tell which difference stopped an attack.

#![warn(missing_docs)]

pub mod accounts;
pub mod bench;
pub mod browser;
pub mod cookie;
mod counted_id;
pub mod end;
pub mod expire;
pub mod hashing;
pub mod id;
pub mod notices;
pub mod recognise;
pub mod record;
mod renew;
mod replaced;
pub mod sign_in;
pub mod state_cookie;
pub mod throttle;
pub mod why_ended;
pub mod world;

pub use id::SessionId;
pub use recognise::{Presented, Recognised};
pub use record::{Session, SessionRecord, SessionSource};

//! Tokens: how the portal's API issues, verifies, refreshes and revokes JSON Web Tokens.
//!
//! A token is three parts in base64url with dots between them: a header that says how it is signed,
//! a payload that says who the user is and what the token is for, and a signature over both. Anyone
//! can read a token. Only the holder of the key can make one. The server stores nothing for it, and
//! from that follow both its use and its weakness: every service can check a token by itself, and
//! no service can take one back.
//!
//! Read in this order:
//!
//! 1. [`token`]: the form, and what is refused because of it. [`json`] reads the two JSON objects.
//! 2. [`mod@verify`]: the checks in their fixed order, each with its own defence.
//! 3. [`keys`]: the keys of the portal; `jwk.rs` reads the keys of others.
//! 4. [`issue`]: which claims a new token gets. [`signature`] signs it.
//! 5. [`refresh`] and [`revoke`]: what the server remembers after all.
//!
//! Nothing here knows a route: `src/portal/jwt/` is the API. The weak and strong arms are in
//! `src/defences/jwt_*.rs`; this module asks them and does what they decide.
//!
//! Compare it with [`crate::session`]. A session id is a random number, and everything it grants is
//! in the server's record. A token contains what it grants, so an attacker has more to try: forge
//! the signature, choose the key, change the algorithm, or keep a copy. A portal that stores
//! sessions anyway gains little from tokens.

#![warn(missing_docs)]

pub mod issue;
pub mod json;
mod jwk;
pub mod keys;
pub mod refresh;
pub mod revoke;
mod ring_provider;
pub mod signature;
pub mod token;
pub mod verify;

pub use keys::{KeyRing, VerifyingKey};
pub use token::{Claims, Header, UnverifiedToken};
pub use verify::{TokenCheck, TokenRefusal, verify};

/// Who issues tokens, and for whom: the portal's names on one bench, in one variant. They differ
/// for each bench and variant, so a token of one is not accepted at another even where keys are
/// equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenNames {
    /// The value of `iss`: an address that nobody else controls, so no other issuer has the name.
    /// Compared whole and exactly (RFC 9068 §4): a prefix of it may be another site's.
    pub issuer: String,
    /// The value of `aud`: the API that accepts the tokens. Without it a token for one service is a
    /// token for every service that trusts the issuer (ASVS 9.2.3).
    pub audience: String,
}

impl TokenNames {
    /// The names of the portal whose pages begin with this address, as in
    /// `https://localhost:7443/hardened`.
    pub fn of(base: String) -> Self {
        Self {
            audience: format!("{base}/jwt"),
            issuer: base,
        }
    }

    /// Whether `issuer` is a portal of this lab on another bench or in another variant: an address
    /// of the same origin that is not this portal's.
    pub fn is_neighbour(&self, issuer: &str) -> bool {
        let origin = self.issuer.splitn(4, '/').take(3).collect::<Vec<_>>();
        let within = issuer.strip_prefix(&origin.join("/"));
        within.is_some_and(|rest| rest.starts_with('/')) && issuer != self.issuer
    }
}

//! Tokens: how the portal's API issues, verifies, refreshes and revokes JSON Web Tokens.
//!
//! A token is three parts in base64url with dots between them: a header that says how it is signed,
//! a payload that says about whom it speaks, and a signature over both. Read [`token`] for the form,
//! then [`mod@verify`]: the checks in their fixed order, each with a defence of its own. [`keys`] is the
//! ring of keys, `jwk.rs` reads those of others, [`issue`] makes tokens, [`refresh`] and [`revoke`] are what the server remembers.
//!
//! Nothing here knows a route. `src/portal/jwt/` is the API, and a workbench can call [`verify()`] for
//! any policy, because it is a function of its arguments.

pub mod issue;
pub mod json;
mod jwk;
pub mod keys;
pub mod refresh;
pub mod revoke;
pub mod signature;
pub mod token;
pub mod verify;

pub use keys::{KeyRing, VerifyingKey};
pub use token::{Claims, Header, UnverifiedToken};
pub use verify::{TokenCheck, TokenRefusal, verify};

/// Who issues tokens, and for whom: the portal's own names on one bench, in one variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenNames {
    /// What stands in `iss`.
    pub issuer: String,
    /// What stands in `aud`.
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
}

//! Which defences an audit sees from outside, and why it does not see the others.
//!
//! The test `attacks::audit` holds this table to the matrix, variant by variant: on `without-X` a
//! visible X is found, and one that is not visible changes nothing in the report.

use crate::defences::policy::Name;

/// How far a defence is seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenFrom {
    /// Requests of an ordinary user show it.
    Outside,
    /// It would be seen, but not by requests alone.
    Needs(&'static str),
    /// Nothing that the application sends depends on it.
    Nowhere(&'static str),
}

use SeenFrom::{Needs, Nowhere, Outside};

/// How far a defence is seen.
pub const fn class(name: Name) -> SeenFrom {
    match name {
        Name::AtRest => Nowhere("Only the store shows whether it holds ids or their hashes."),
        Name::PasswordStorage => {
            Nowhere("Only the table of accounts shows how passwords are stored.")
        }
        Name::SigningKey => Nowhere(
            "Where the record says who the user is, nothing that a user receives is signed with this \
             key. Beside a weak client-state it is seen.",
        ),
        Name::IdleTimeout => Needs("waiting: nobody uses the session for longer than its limit."),
        Name::AbsoluteTimeout => Needs("waiting: the session is used for longer than its limit."),
        Name::KeyRotation => Needs("waiting: a key must be older than its time."),
        Name::JwtExpiry => Needs("waiting: a token must expire first."),
        Name::ClearSiteData => {
            Needs("a browser: whether pages leave anything in its storage is seen there only.")
        }
        Name::Output => {
            Needs("destruction: other users see a notice with markup. --destructive posts one.")
        }
        Name::SessionsOnPasswordChange => {
            Needs("destruction: the account gets another password. --destructive does that.")
        }
        Name::JwtClaims => Needs(
            "destruction: an administrator takes a role from a user. --destructive does that where the \
             recipe has [role-change].",
        ),
        _ => Outside,
    }
}

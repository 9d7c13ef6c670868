//! The plain facts that the arms of a defence decide on. No web framework's type is among them, so
//! that a defence can be read, and tested, on its own.

use std::fmt;

use super::Name;

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// In clear: anyone on the way can read it.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

/// What a check of the request's origin may look at.
#[derive(Clone, Copy, Debug)]
pub struct RequestFacts<'r> {
    /// Whether the method that will run is one that changes state (anything but GET, HEAD, OPTIONS).
    pub unsafe_method: bool,
    /// The request's own origin: scheme, host name and port, as in `https://localhost:7443`.
    pub own_origin: &'r str,
    /// The `Origin` header.
    pub origin: Option<&'r str>,
    /// The `Sec-Fetch-Site` header.
    pub fetch_site: Option<&'r str>,
}

/// Why a strong arm turned a request away. The text is shown to the student.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The defence that refused.
    pub defence: Name,
    /// One sentence: what was missing or wrong.
    pub because: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (defence {})", self.because, self.defence.slug())
    }
}

/// The moments at which a session gains or may gain rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// An anonymous session becomes a user's.
    SignIn,
    /// The user's role changed.
    RoleChange,
    /// The user chose a new password.
    PasswordChange,
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May use the portal.
    Student,
    /// May also list every session and change roles.
    Admin,
}

impl Role {
    /// `student` or `admin`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Student => "student",
            Role::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "student" => Some(Role::Student),
            "admin" => Some(Role::Admin),
            _ => None,
        }
    }
}

/// Why a sign-in failed. Whether the visitor learns it is the defence `login-errors`' decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginFailure {
    /// No account has that name.
    UnknownUser,
    /// The account exists, the password is another.
    WrongPassword,
}

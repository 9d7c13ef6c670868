//! The plain facts that the arms of a defence decide on.
//!
//! No web framework's type is among them, so a defence can be read, and tested, without one. Each
//! type holds what a check may look at and nothing more: a check that cannot see the address cannot
//! trust it by mistake. `src/web/context.rs` makes these facts from a request.

use std::fmt;

use super::Name;

/// How a request arrived. It is a property of the listener that accepted the connection, never of a
/// header such as `X-Forwarded-Proto`, which any client can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Unencrypted: anyone on the way can read it and change it.
    Http,
    /// Over TLS: encrypted, and from a server that holds the key of its certificate.
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

/// What a check of the request's origin may look at. A browser writes the two headers itself and a
/// page's script cannot set them; a program such as curl can write anything into both.
#[derive(Clone, Copy, Debug)]
pub struct RequestFacts<'r> {
    /// Whether the method that will run is one that changes state (anything but GET, HEAD,
    /// OPTIONS).
    pub unsafe_method: bool,
    /// The request's own origin: scheme, host name and port, as in `https://localhost:7443`.
    pub own_origin: &'r str,
    /// The `Origin` header: the origin of the page that sent the request, or `null` where the
    /// browser does not disclose it. Absent from most GET requests.
    pub origin: Option<&'r str>,
    /// The `Sec-Fetch-Site` header: `same-origin`, `same-site`, `cross-site` or `none`. Absent
    /// where the portal's address is plain http on a host other than localhost.
    pub fetch_site: Option<&'r str>,
}

/// Why a strong arm refused a request. The text is shown to the student, so it names the check. A
/// real portal tells the visitor less and writes the reason to its log.
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

/// A change after which a session has more rights than before, or may have. An id that was known to
/// somebody else before such a change is more valuable after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivilegeChange {
    /// An anonymous session becomes the session of a user.
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

    /// The role of that name. Any other text is no role, not even the name in capitals: a role is
    /// never guessed.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "student" => Some(Role::Student),
            "admin" => Some(Role::Admin),
            _ => None,
        }
    }
}

/// Why a sign-in failed. The defence `login-errors` decides whether the visitor learns it. The
/// portal itself always knows, because its log must tell a guessed name from a guessed password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginFailure {
    /// No account of that name exists.
    UnknownUser,
    /// The account exists and has another password.
    WrongPassword,
}

//! The journal: what happened on a bench, in order. The evidence page, the checks of the
//! worksheets and the log are all read from it.
//!
//! An event never holds a session id, a token or a password (ASVS 16.2.5, CWE-532). Where two
//! events are about the same session they carry the same [`Fingerprint`], which is made with a key
//! and reveals nothing about the id.

pub mod in_words;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::clock::BenchTime;
use crate::defences::policy::Variant;

/// Eight hexadecimal digits that identify an id: equal for equal ids, and nothing more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

impl Fingerprint {
    /// A fingerprint as an address or a form carries it; `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 8 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of client seems to have sent a request, by its headers: a claim, not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientKind {
    /// It sent `Sec-Fetch-*` or calls itself Mozilla.
    Browser,
    /// It calls itself curl.
    Curl,
    /// It calls itself PowerShell, behind the `Mozilla/` of a browser.
    #[serde(rename = "powershell")]
    PowerShell,
    /// The lab itself: `/compare` or an attack.
    Lab,
    /// Anything else.
    Other,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, on the bench's clock.
    pub at: BenchTime,
    /// In which variant; `None` when it concerns the bench.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<Variant>,
    /// By what kind of client.
    pub client: ClientKind,
    /// What.
    #[serde(flatten)]
    pub what: EventKind,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// The user signed out.
    SignOut,
    /// Another session of the same user ended it.
    EndedByUser,
    /// The password changed.
    PasswordChange,
    /// Not used for as long as the policy allows.
    IdleTimeout,
    /// Older than the policy allows.
    AbsoluteTimeout,
    /// One of its times is further ahead than clocks differ: the clock was set back meanwhile.
    FromTheFuture,
    /// The lab's own ceiling on anonymous sessions.
    Ceiling,
}

/// What can happen on a bench.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum EventKind {
    /// An anonymous session was opened.
    SessionOpened {
        /// The new session.
        session: Fingerprint,
        /// Whether its id came from the client.
        adopted: bool,
    },
    /// A user signed in.
    SignedIn {
        user: String,
        /// The session after the sign-in.
        session: Fingerprint,
        /// The session before it, if there was one.
        before: Option<Fingerprint>,
    },
    SignInFailed {
        /// The account that was tried, if it exists.
        user: Option<String>,
        /// Whether the throttle refused before the password was looked at.
        throttled: bool,
    },
    /// A session got a new id.
    Rotated {
        user: String,
        /// Before.
        from: Fingerprint,
        /// After.
        to: Fingerprint,
    },
    /// A session ended.
    Ended {
        /// The user, unless it was anonymous.
        user: Option<String>,
        session: Fingerprint,
        /// Why.
        reason: EndReason,
        /// Whether its record is gone from the store.
        record_removed: bool,
    },
    /// A request brought an id that opens no session.
    UnknownSession {
        /// The id that was presented.
        session: Fingerprint,
    },
    /// A strong arm turned a request away.
    Refused {
        defence: String,
        /// Its sentence.
        because: String,
    },
    /// A user chose a new password.
    PasswordChanged { user: String },
    /// An administrator changed a role.
    RoleChanged {
        /// Whose role.
        user: String,
        /// The new role.
        role: String,
    },
    /// Money moved.
    Transferred {
        /// From whom.
        from: String,
        /// To whom.
        to: String,
        /// How much.
        amount: u64,
        /// `GET` or `POST`.
        method: String,
    },
    /// The API issued an access token.
    TokenIssued {
        /// To whom.
        user: String,
        /// A fingerprint of its `jti`.
        token: Fingerprint,
        /// Whether a refresh token was given for it, and not a password.
        refreshed: bool,
    },
    /// A token was signed out.
    TokenRevoked {
        /// Whose it was.
        user: String,
        /// Its fingerprint.
        token: Fingerprint,
        /// Whether the server remembers that.
        remembered: bool,
    },
    /// A refresh token was used twice, so its family ended.
    FamilyEnded {
        /// Whose it was.
        user: String,
    },
    /// The API fetched a key set from an address in a token.
    KeySetFetched {
        /// How many keys it got.
        keys: usize,
    },
    /// A notice was posted.
    NoticePosted {
        /// By whom.
        user: String,
    },
    /// A page reported what `document.cookie` showed to a script.
    DocumentCookie {
        /// The names it saw; values are left out.
        names: Vec<String>,
        /// Whether the variant's session cookie was among them.
        session_visible: bool,
    },
    /// The bench's clock was moved.
    ClockMoved {
        /// Minutes ahead.
        minutes: u64,
    },
    /// The bench was reset.
    BenchReset,
    /// The student's own mix was changed.
    CustomChanged {
        /// How many of its defences are not on their weakest arm.
        #[serde(default)]
        strong: usize,
    },
    /// A request was answered. Noted only where a step of some worksheet asks for such a request.
    Request(Box<NotedRequest>),
    /// The student had an attack tried, against the event's variant.
    AttackRan {
        /// Its name.
        attack: String,
        /// Whether it succeeded.
        succeeded: bool,
    },
    /// The student had the attacks of a threat model, or all that the server decides, tried against
    /// the custom policy.
    MixAttacked {
        /// How many of its defences are not on their weakest arm.
        strong: usize,
        /// How many attacks succeeded.
        succeeded: usize,
        /// What the strong defences cost, in coins.
        #[serde(default)]
        price: u32,
        /// Equal for equal mixes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mix: Option<Fingerprint>,
        /// The threat model whose attacks were tried; without one, those that the server decides.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
        /// Whether the price is within the model's budget.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_budget: Option<bool>,
    },
}

impl EventKind {
    /// Whether it is about a session or a sign-in: its beginning, its id, its end.
    pub const fn is_about_a_session(&self) -> bool {
        matches!(
            self,
            Self::SessionOpened { .. }
                | Self::SignedIn { .. }
                | Self::SignInFailed { .. }
                | Self::Rotated { .. }
                | Self::Ended { .. }
                | Self::UnknownSession { .. }
                | Self::PasswordChanged { .. }
        )
    }
}

/// A request as a worksheet's check sees it: no query, no body, no cookie, no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NotedRequest {
    /// `portal`, `lab` or `attacker`.
    pub site: String,
    /// The method as received.
    pub method: String,
    /// The path, without bench, variant and query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// `http` or `https`.
    pub scheme: String,
    /// The name that was asked for, without the port.
    pub host: String,
    /// Whether it came through the café.
    #[serde(default)]
    pub cafe: bool,
    /// The session whose id came along in the variant's session cookie, alive or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Fingerprint>,
    /// Whom the portal took the request to be from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// `Sec-Fetch-Site`: where a browser says that the request comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch_site: Option<String>,
    /// `alg` in the header of the token that came along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
}

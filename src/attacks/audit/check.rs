//! What a check is: a card that says what it asks, and a program that asks it.
//!
//! A check answers what it saw ([`CheckAnswer`]), and never how bad that is. Most checks ask what one
//! defence of the lab answers. Their verdict follows from the matrix: see `verdict.rs`.

use async_trait::async_trait;

use super::Audit;
use super::exchange::ShownExchange;
use super::mends::CheckMend;
use super::wire::AuditError;
use crate::defences::policy::Name;

/// What a check asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckSubject {
    /// A defence of the lab: whether the application's arm is the weak one.
    Defence(Name),
    /// Something for which the lab has no switch.
    Other {
        /// Whether it is an attack that succeeds, or a layer that is missing.
        worst: Worst,
        /// The defence whose page explains it best.
        near: Name,
    },
}

/// What a check without a switch finds at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// An attack that succeeded.
    Flaw,
    /// A layer that is missing.
    Note,
}

/// What a check uses of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A session that a cookie makes.
    CookieSession,
    /// A token.
    Token,
    /// A sign-in of either kind.
    AnySignIn,
}

/// What is known about a check before it runs.
#[derive(Debug)]
pub struct CheckCard {
    /// Its name in reports and in a baseline.
    pub name: &'static str,
    /// What it asks, in a few words.
    pub title: &'static str,
    /// What it asks about.
    pub subject: CheckSubject,
    /// What an attacker gains where the answer is bad, and when: one sentence.
    pub gains: &'static str,
    /// The keys of the rows in `worksheets/catalogue`.
    pub keys: &'static [&'static str],
    /// The requirements of standards, where the defence's own do not fit.
    pub standards: &'static [&'static str],
    /// How many requests it sends at most, beside sign-ins.
    pub requests: u32,
    /// How often it signs in at most.
    pub sign_ins: u32,
    /// Without which of these it is not tried.
    pub needs: &'static [CheckNeed],
    /// How a mistake is mended, where the defence's own page says something else.
    pub mend: Option<&'static CheckMend>,
}

/// What a check needs of the recipe, or of the person who starts the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckNeed {
    /// Time: `--wait`.
    Waiting,
    /// A change that somebody could mind: `--destructive`.
    Destruction,
    /// A browser: `--browser`.
    Browser,
    /// A change by a form.
    FormChange,
    /// A change by JSON.
    JsonChange,
    /// A change that writes a text.
    TextChange,
    /// The address over the other scheme.
    SecondScheme,
    /// A page for administrators.
    AdminPage,
    /// The change of the password.
    PasswordChange,
    /// The change of a role.
    RoleChange,
    /// The request that ends a user's other sessions.
    SignOutOthers,
    /// The sign-out for tokens.
    TokenSignOut,
    /// The exchange of a refresh token.
    TokenRenewal,
    /// The public key of the tokens.
    PublicKey,
}

impl CheckCard {
    /// The defence that it asks about, or whose page explains it.
    pub const fn near(&self) -> Name {
        match self.subject {
            CheckSubject::Defence(name) | CheckSubject::Other { near: name, .. } => name,
        }
    }

    /// What it uses of the application.
    pub const fn uses(&self) -> Credential {
        match self.near() {
            Name::JwtClaims
            | Name::JwtExpiry
            | Name::JwtSignature
            | Name::JwtNone
            | Name::JwtAlgorithm
            | Name::JwtKey
            | Name::JwtKeySource
            | Name::JwtKid
            | Name::JwtNotBefore
            | Name::JwtIssuer
            | Name::JwtAudience
            | Name::JwtType
            | Name::JwtCrit
            | Name::JwtTransport
            | Name::JwtRevocation
            | Name::RefreshRotation
            | Name::TokenStorage => Credential::Token,
            Name::LoginErrors | Name::Throttle => Credential::AnySignIn,
            _ => Credential::CookieSession,
        }
    }

    /// The requirements of standards that it answers.
    pub fn standards(&self) -> &'static [&'static str] {
        if self.standards.is_empty() {
            return self.near().lesson().standards;
        }
        self.standards
    }
}

/// What a check saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckAnswer {
    /// The application answers as the weak arm does.
    Weak(CheckEvidence),
    /// Less than it should be, and no attack of the matrix.
    Lacking(CheckEvidence),
    /// It answers as the strong arm does: something was refused, or a protection was sent.
    Strong(String),
    /// Nothing was found, in so many tries. That is less than a protection.
    NotFound {
        /// How many.
        tries: usize,
        /// Of what, and that none of them worked.
        of: &'static str,
    },
    /// It was not tried.
    NotTried(String),
    /// It was tried, and what came back says nothing.
    CannotTell(String),
}

/// What was seen, and the exchange that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckEvidence {
    /// What was seen, in a sentence that is the same in each run.
    pub says: String,
    /// The exchange.
    pub exchange: Option<ShownExchange>,
    /// What an attacker gains here, where that is less than the card says.
    pub gains: Option<&'static str>,
}

impl CheckEvidence {
    /// A sentence with its exchange.
    pub fn new(says: impl Into<String>, exchange: ShownExchange) -> Self {
        Self {
            says: says.into(),
            exchange: Some(exchange),
            gains: None,
        }
    }

    /// A sentence with no exchange of the audit: a browser saw it.
    pub fn without_exchange(says: impl Into<String>) -> Self {
        Self {
            says: says.into(),
            exchange: None,
            gains: None,
        }
    }

    /// The same where an attacker gains less than the card says.
    #[must_use]
    pub fn gaining(mut self, gains: &'static str) -> Self {
        self.gains = Some(gains);
        self
    }
}

/// A program that asks one question of an application.
///
/// It sends every request through the audit's wire, and ends by itself. It changes nothing but what
/// the recipe says may be changed.
#[async_trait]
pub trait Check: Send + Sync {
    /// What is known before it runs.
    fn card(&self) -> &'static CheckCard;

    /// Asks.
    ///
    /// # Errors
    /// The application does not answer, or a step that is no part of the check failed.
    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError>;
}

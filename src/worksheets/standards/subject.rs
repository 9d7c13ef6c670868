//! What a citation is for: the subject of a defence, of an attack, of a sheet. Next: `asvs.rs`.

use crate::attacks::Card;
use crate::defences::policy::Name;
use crate::worksheets::sheet::FrontMatter;

/// A subject of the course, as narrow as the requirements that are told apart by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// How the server makes session ids.
    SessionIds,
    /// An id that was there before the sign-in.
    Fixation,
    /// Ids and tokens in addresses.
    SecretsInAddresses,
    /// The same name twice in one request.
    RepeatedNames,
    /// What somebody finds who reads the store.
    SessionStore,
    /// Whether scripts read a cookie.
    CookiesAndScripts,
    /// Whether a cookie is sent unencrypted.
    CookiesAndTransport,
    /// Which hosts set and receive a cookie.
    CookiesAndHosts,
    /// How long the browser keeps a cookie.
    CookieLifetime,
    /// Idle and absolute limits.
    Timeouts,
    /// What ends with a sign-out.
    SignOut,
    /// What a browser keeps after the sign-out.
    ClientStorage,
    /// Copies of pages in caches and in the browser's history.
    Caching,
    /// What a new password asks for and ends.
    NewPassword,
    /// Requests that the user did not mean to send.
    ForgedRequests,
    /// Addresses to which the portal sends a browser on.
    Redirects,
    /// Other origins that read answers.
    ForeignReaders,
    /// Scripts that the portal did not write.
    InjectedScripts,
    /// The portal in another page's frame.
    Framing,
    /// Encryption on the way.
    Transport,
    /// Guessed passwords.
    Guessing,
    /// Which accounts exist.
    Enumeration,
    /// How passwords are stored.
    PasswordStorage,
    /// State that the user's own browser holds.
    ClientState,
    /// Keys that can be guessed or read.
    WeakKeys,
    /// Keys that are used for too long.
    KeyRotation,
    /// Whether a token is genuine.
    TokenSignature,
    /// Which algorithm verifies a token.
    TokenAlgorithm,
    /// Which key verifies a token.
    TokenKeySource,
    /// From when and until when a token is valid.
    TokenTime,
    /// Who issued a token.
    TokenIssuer,
    /// For which service a token is.
    TokenAudience,
    /// For which purpose a token is.
    TokenKind,
    /// Extensions that a token declares critical.
    TokenExtensions,
    /// Whether a text is a token at all.
    TokenForm,
    /// What a token gives a right to.
    TokenRights,
    /// What anyone reads in a token.
    TokenContent,
    /// Refresh tokens: how often and how long.
    RefreshTokens,
    /// Where a page keeps its tokens.
    TokenStorage,
    /// What is logged, and what must not be.
    Logging,
    /// What an error says and what it permits.
    Errors,
}

impl Subject {
    /// The subjects of a defence.
    pub const fn of_defence(name: Name) -> &'static [Subject] {
        use Subject::{
            Caching, ClientState, ClientStorage, CookieLifetime, CookiesAndHosts,
            CookiesAndScripts, CookiesAndTransport, Enumeration, Fixation, ForeignReaders,
            ForgedRequests, Framing, Guessing, InjectedScripts, KeyRotation, NewPassword,
            PasswordStorage, RefreshTokens, RepeatedNames, SecretsInAddresses, SessionIds,
            SessionStore, SignOut, Timeouts, TokenAlgorithm, TokenAudience, TokenContent,
            TokenExtensions, TokenIssuer, TokenKeySource, TokenKind, TokenRights, TokenSignature,
            TokenStorage, TokenTime, Transport, WeakKeys,
        };
        match name {
            Name::IdSource => &[SessionIds],
            Name::Adoption | Name::Rotation => &[Fixation],
            Name::Carrier => &[SecretsInAddresses, Fixation],
            Name::DuplicateCookies => &[RepeatedNames],
            Name::AtRest => &[SessionStore],
            Name::HttpOnly => &[CookiesAndScripts],
            Name::Secure => &[CookiesAndTransport],
            Name::SameSite
            | Name::CsrfToken
            | Name::RequestOrigin
            | Name::JsonOnly
            | Name::SafeMethods => &[ForgedRequests],
            Name::HostPrefix => &[CookiesAndHosts],
            Name::Persistence => &[CookieLifetime],
            Name::IdleTimeout | Name::AbsoluteTimeout => &[Timeouts],
            Name::SignOut => &[SignOut],
            Name::ClearSiteData => &[ClientStorage],
            Name::NoStore => &[Caching],
            Name::SessionsOnPasswordChange => &[NewPassword],
            Name::Cors => &[ForeignReaders],
            Name::Output | Name::Csp => &[InjectedScripts],
            Name::Framing => &[Framing],
            Name::Referrer | Name::JwtTransport => &[SecretsInAddresses],
            Name::Transport => &[Transport],
            Name::Throttle => &[Guessing],
            Name::LoginErrors => &[Enumeration],
            Name::PasswordStorage => &[PasswordStorage],
            Name::RoleSource => &[ClientState],
            Name::ClientState => &[ClientState, SignOut],
            Name::SigningKey | Name::JwtKey => &[WeakKeys],
            Name::KeyRotation => &[KeyRotation],
            Name::JwtSignature => &[TokenSignature],
            Name::JwtNone | Name::JwtAlgorithm => &[TokenSignature, TokenAlgorithm],
            Name::JwtKeySource | Name::JwtKid => &[TokenKeySource],
            Name::JwtExpiry | Name::JwtNotBefore => &[TokenTime],
            Name::JwtIssuer => &[TokenIssuer],
            Name::JwtAudience => &[TokenAudience],
            Name::JwtType => &[TokenKind],
            Name::JwtCrit => &[TokenExtensions],
            Name::JwtRevocation => &[SignOut, NewPassword],
            Name::RefreshRotation => &[RefreshTokens],
            Name::JwtClaims => &[TokenRights, TokenContent],
            Name::TokenStorage => &[TokenStorage],
        }
    }

    /// The subjects of an attack: those of the defences that stop it, and those of the rows of the
    /// catalogue that it shows.
    pub fn of_attack(card: &Card) -> Vec<Subject> {
        let stop = card.stopped_by.iter().flat_map(|set| set.iter());
        let stop = stop.flat_map(|name| Self::of_defence(*name));
        let rows = card
            .shows
            .iter()
            .filter_map(|key| crate::worksheets::catalogue::find(key));
        stop.chain(rows.flat_map(|row| row.about))
            .copied()
            .collect()
    }

    /// The subjects of a sheet: those of its defences and its attacks.
    pub fn of_sheet(front: &FrontMatter) -> Vec<Subject> {
        let defences = front.defences.iter();
        let defences = defences.flat_map(|name| Self::of_defence(*name)).copied();
        let attacks = front
            .attacks
            .iter()
            .filter_map(|name| crate::attacks::find(name));
        let attacks = attacks.flat_map(|attack| Self::of_attack(attack.card()));
        defences.chain(attacks).collect()
    }
}

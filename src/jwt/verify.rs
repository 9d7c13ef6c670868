//! The verifier: every check of a token, in a fixed order, each with a defence of its own.
//!
//! The order decides which switch is seen. Nothing is believed before the signature, and what can be
//! refused without a key is refused first. It is a function of its arguments: of the policy, the
//! keys, the portal's names and the time. What the server remembers of a token is asked last, in
//! [`super::revoke`].

use std::fmt;

use jsonwebtoken::Algorithm;
use serde_json::Value;

use super::keys::{KeyRing, VerifyingKey};
use super::signature;
use super::token::{Claims, CompactJws};
use super::{Header, TokenNames};
use crate::base::clock::BenchTime;
use crate::defences::jwt_kid::KeyLookup;
use crate::defences::jwt_none::UnsignedVerdict;
use crate::defences::{Name, PolicyProbe};

/// One check of the verifier, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenCheck {
    /// The form: three parts, base64url, JSON objects without equal names.
    Form,
    /// Conditions that the verifier must know.
    Crit,
    /// Whether there is a signature at all.
    None,
    /// A key that the token brings along, or points to.
    KeySource,
    /// Whether the key has retired.
    Retired,
    /// The key by its name.
    Kid,
    /// The algorithm, which must fit the key.
    Algorithm,
    /// The signature.
    Signature,
    /// The kind of token.
    Type,
    /// Who issued it.
    Issuer,
    /// For whom it is meant.
    Audience,
    /// From when on it holds.
    NotBefore,
    /// Until when it holds.
    Expiry,
    /// Whether its user exists.
    Subject,
    /// Whether it was revoked.
    Revocation,
}

impl TokenCheck {
    /// Every check, in order.
    pub const ALL: [TokenCheck; 15] = [
        TokenCheck::Form,
        TokenCheck::Crit,
        TokenCheck::None,
        TokenCheck::KeySource,
        TokenCheck::Retired,
        TokenCheck::Kid,
        TokenCheck::Algorithm,
        TokenCheck::Signature,
        TokenCheck::Type,
        TokenCheck::Issuer,
        TokenCheck::Audience,
        TokenCheck::NotBefore,
        TokenCheck::Expiry,
        TokenCheck::Subject,
        TokenCheck::Revocation,
    ];

    /// Its name.
    pub const fn slug(self) -> &'static str {
        match self.defence() {
            Some(name) => name.slug(),
            None => "form",
        }
    }

    /// The defence that decides it; the form is checked under every policy.
    pub const fn defence(self) -> Option<Name> {
        Some(match self {
            TokenCheck::Form => return None,
            TokenCheck::Crit => Name::JwtCrit,
            TokenCheck::None => Name::JwtNone,
            TokenCheck::KeySource => Name::JwtKeySource,
            TokenCheck::Retired => Name::KeyRotation,
            TokenCheck::Kid => Name::JwtKid,
            TokenCheck::Algorithm => Name::JwtAlgorithm,
            TokenCheck::Signature => Name::JwtSignature,
            TokenCheck::Type => Name::JwtType,
            TokenCheck::Issuer => Name::JwtIssuer,
            TokenCheck::Audience => Name::JwtAudience,
            TokenCheck::NotBefore => Name::JwtNotBefore,
            TokenCheck::Expiry => Name::JwtExpiry,
            TokenCheck::Subject => Name::JwtClaims,
            TokenCheck::Revocation => Name::JwtRevocation,
        })
    }

    /// A refusal by this check.
    pub const fn refuses(self, because: &'static str) -> TokenRefusal {
        TokenRefusal {
            check: self,
            because,
        }
    }
}

/// Why a token was refused. It repeats nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenRefusal {
    /// The check that refused it.
    pub check: TokenCheck,
    /// One sentence.
    pub because: &'static str,
}

impl fmt::Display for TokenRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.because, self.check.slug())
    }
}

/// What a token is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPurpose {
    /// Asking the API for something.
    Access,
    /// Getting new tokens. Only a refresh token is one, under every policy.
    Refresh,
}

/// The `typ` of a refresh token.
pub const REFRESH_TYPE: &str = "rt+jwt";

/// What a verifier compares a token with.
#[derive(Clone, Copy, Debug)]
pub struct TokenExpectations<'e> {
    /// The portal's own names.
    pub names: &'e TokenNames,
    /// The keys that a `jku` led to, where the policy had them fetched.
    pub fetched: &'e [Value],
    /// The time.
    pub now: BenchTime,
    /// What the token is to be used for.
    pub purpose: TokenPurpose,
}

/// Verifies a token under a policy, and answers what it says.
///
/// # Errors
/// The first check that refuses it.
pub fn verify(
    text: &str,
    probe: &PolicyProbe,
    ring: &KeyRing,
    expected: &TokenExpectations<'_>,
) -> Result<Claims, TokenRefusal> {
    let token = CompactJws::parse(text).map_err(|because| TokenCheck::Form.refuses(because))?;
    let claims =
        Claims::parse(&token.payload).map_err(|because| TokenCheck::Form.refuses(because))?;
    check_signed(&token, probe, |header| {
        match key_from_header(header, probe, expected.fetched)? {
            Some(key) => Ok(key),
            None => own_key(header, probe, ring),
        }
    })?;
    check_claims(&token.header, &claims, probe, expected)?;
    Ok(claims)
}

/// Checks everything but what the payload says: the conditions, whether it is signed at all, and the
/// signature of the key that `find` knows. The public test vectors, whose payloads are no claims,
/// come in here.
///
/// # Errors
/// The first check that refuses it, `find` included.
pub fn check_signed(
    token: &CompactJws<'_>,
    probe: &PolicyProbe,
    find: impl FnOnce(&Header) -> Result<VerifyingKey, TokenRefusal>,
) -> Result<(), TokenRefusal> {
    let header = &token.header;
    let crit = probe.jwt_crit().check(header.has_crit);
    crit.map_err(|because| TokenCheck::Crit.refuses(because))?;

    match probe.jwt_none().classify(&header.alg, &token.signature) {
        UnsignedVerdict::Refused => Err(TokenCheck::None.refuses("The token is not signed.")),
        // A token that is believed without a signature has no key to look for.
        UnsignedVerdict::Accepted => Ok(()),
        UnsignedVerdict::HasSignature => check_signature(token, probe, find(header)?),
    }
}

fn check_signature(
    token: &CompactJws<'_>,
    probe: &PolicyProbe,
    key: VerifyingKey,
) -> Result<(), TokenRefusal> {
    let unfit = TokenCheck::Algorithm.refuses("The token's algorithm is not that of its key.");
    let named: Algorithm = token.header.alg.parse().map_err(|_| unfit)?;
    let chosen = probe.jwt_algorithm().choose(named, key.bound());
    let algorithm = chosen.ok_or(unfit)?;

    let is_valid = || {
        let key = key.for_algorithm(algorithm);
        key.is_some_and(|key| signature::is_valid(token.signed, &token.signature, &key, algorithm))
    };
    if probe.jwt_signature().accepts(is_valid) {
        Ok(())
    } else {
        Err(TokenCheck::Signature.refuses("The token's signature is wrong."))
    }
}

/// The key in `jwk`, or the one that was found behind `jku`, where the policy trusts them.
fn key_from_header(
    header: &Header,
    probe: &PolicyProbe,
    fetched: &[Value],
) -> Result<Option<VerifyingKey>, TokenRefusal> {
    if !probe.jwt_key_source().trusts_header() {
        return Ok(None);
    }
    let key = match (&header.jwk, &header.jku) {
        (Some(jwk), _) => VerifyingKey::from_jwk(jwk),
        (None, Some(_)) => VerifyingKey::from_set(fetched, header.kid.as_deref()),
        (None, None) => return Ok(None),
    };
    let unusable =
        TokenCheck::KeySource.refuses("The key that the token points to cannot be used.");
    key.map(Some).ok_or(unusable)
}

fn own_key(
    header: &Header,
    probe: &PolicyProbe,
    ring: &KeyRing,
) -> Result<VerifyingKey, TokenRefusal> {
    let kid = header.kid.as_deref().unwrap_or_default();
    if ring.is_retired(kid) {
        return Err(TokenCheck::Retired.refuses("The token's key has retired."));
    }
    match probe.jwt_kid().look_up(kid, |kid| ring.find(kid)) {
        KeyLookup::Key(key) => Ok(key),
        KeyLookup::EmptyKey => Ok(VerifyingKey::Secret(Vec::new())),
        KeyLookup::Unknown => Err(TokenCheck::Kid.refuses("The token names no key of this API.")),
    }
}

fn check_claims(
    header: &Header,
    claims: &Claims,
    probe: &PolicyProbe,
    expected: &TokenExpectations<'_>,
) -> Result<(), TokenRefusal> {
    let typ = header.typ.as_deref();
    match expected.purpose {
        TokenPurpose::Access => probe.jwt_type().check(typ),
        TokenPurpose::Refresh if typ == Some(REFRESH_TYPE) => Ok(()),
        TokenPurpose::Refresh => Err("The token is not a refresh token."),
    }
    .map_err(|because| TokenCheck::Type.refuses(because))?;

    let names = expected.names;
    let issuer = probe
        .jwt_issuer()
        .check(claims.iss.as_deref(), &names.issuer);
    issuer.map_err(|because| TokenCheck::Issuer.refuses(because))?;
    let audience = probe.jwt_audience().check(&claims.aud, &names.audience);
    audience.map_err(|because| TokenCheck::Audience.refuses(because))?;

    let now = seconds(expected.now);
    let begun = probe.jwt_not_before().check(claims.nbf, claims.iat, now);
    begun.map_err(|because| TokenCheck::NotBefore.refuses(because))?;
    let ended = probe.jwt_expiry().check(claims.exp, now);
    ended.map_err(|because| TokenCheck::Expiry.refuses(because))
}

/// A moment as tokens count it. Whole seconds fit into an `f64` for as long as anybody cares.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 need 31 bits of the 53"
)]
pub(super) fn seconds(time: BenchTime) -> f64 {
    time.seconds() as f64
}

#[cfg(test)]
mod tests;

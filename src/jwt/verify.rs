//! The verifier: every check of a token, in a fixed order, each with a defence of its own.
//!
//! The order decides which switch is seen. Nothing is believed before the signature, and what can be
//! refused without a key is refused first. It is a function of its arguments: of the policy, the
//! keys, the portal's names and the time. What the server remembers of a token is asked last, in
//! [`super::revoke`].

use std::fmt;

use jsonwebtoken::Algorithm;
use serde_json::Value;

use super::keys::{Key, KeyRing};
use super::signature;
use super::token::{Claims, Signed};
use super::{Header, Names};
use crate::base::clock::BenchTime;
use crate::defences::jwt_kid::Found;
use crate::defences::jwt_none::Unsigned;
use crate::defences::{Name, PolicyProbe};

/// One check of the verifier, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
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

impl Check {
    /// Every check, in order.
    pub const ALL: [Check; 15] = [
        Check::Form,
        Check::Crit,
        Check::None,
        Check::KeySource,
        Check::Retired,
        Check::Kid,
        Check::Algorithm,
        Check::Signature,
        Check::Type,
        Check::Issuer,
        Check::Audience,
        Check::NotBefore,
        Check::Expiry,
        Check::Subject,
        Check::Revocation,
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
            Check::Form => return None,
            Check::Crit => Name::JwtCrit,
            Check::None => Name::JwtNone,
            Check::KeySource => Name::JwtKeySource,
            Check::Retired => Name::KeyRotation,
            Check::Kid => Name::JwtKid,
            Check::Algorithm => Name::JwtAlgorithm,
            Check::Signature => Name::JwtSignature,
            Check::Type => Name::JwtType,
            Check::Issuer => Name::JwtIssuer,
            Check::Audience => Name::JwtAudience,
            Check::NotBefore => Name::JwtNotBefore,
            Check::Expiry => Name::JwtExpiry,
            Check::Subject => Name::JwtClaims,
            Check::Revocation => Name::JwtRevocation,
        })
    }

    /// A refusal by this check.
    pub const fn refuses(self, because: &'static str) -> Refusal {
        Refusal {
            check: self,
            because,
        }
    }
}

/// Why a token was refused. It repeats nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The check that refused it.
    pub check: Check,
    /// One sentence.
    pub because: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.because, self.check.slug())
    }
}

/// What a token is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Asking the API for something.
    Access,
    /// Getting new tokens. Only a refresh token is one, under every policy.
    Refresh,
}

/// The `typ` of a refresh token.
pub const REFRESH: &str = "rt+jwt";

/// What a verifier compares a token with.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'e> {
    /// The portal's own names.
    pub names: &'e Names,
    /// The keys that a `jku` led to, where the policy had them fetched.
    pub fetched: &'e [Value],
    /// The time.
    pub now: BenchTime,
    /// What the token is to be used for.
    pub purpose: Purpose,
}

/// Verifies a token under a policy, and answers what it says.
///
/// # Errors
/// The first check that refuses it.
pub fn verify(
    text: &str,
    probe: &PolicyProbe,
    ring: &KeyRing,
    expected: &Expected<'_>,
) -> Result<Claims, Refusal> {
    let token = Signed::parse(text).map_err(|because| Check::Form.refuses(because))?;
    let claims = Claims::parse(&token.payload).map_err(|because| Check::Form.refuses(because))?;
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
    token: &Signed<'_>,
    probe: &PolicyProbe,
    find: impl FnOnce(&Header) -> Result<Key, Refusal>,
) -> Result<(), Refusal> {
    let header = &token.header;
    let crit = probe.jwt_crit().check(header.has_crit);
    crit.map_err(|because| Check::Crit.refuses(because))?;

    match probe.jwt_none().judge(&header.alg, &token.signature) {
        Unsigned::Refused => Err(Check::None.refuses("The token is not signed.")),
        // A token that is believed without a signature has no key to look for.
        Unsigned::Believed => Ok(()),
        Unsigned::No => check_signature(token, probe, find(header)?),
    }
}

fn check_signature(token: &Signed<'_>, probe: &PolicyProbe, key: Key) -> Result<(), Refusal> {
    let unfit = Check::Algorithm.refuses("The token's algorithm is not that of its key.");
    let named: Algorithm = token.header.alg.parse().map_err(|_| unfit)?;
    let chosen = probe.jwt_algorithm().choose(named, key.bound());
    let algorithm = chosen.ok_or(unfit)?;

    let is_right = || {
        let key = key.for_algorithm(algorithm);
        key.is_some_and(|key| signature::is_right(token.signed, &token.signature, &key, algorithm))
    };
    if probe.jwt_signature().accepts(is_right) {
        Ok(())
    } else {
        Err(Check::Signature.refuses("The token's signature is wrong."))
    }
}

/// The key in `jwk`, or the one that was found behind `jku`, where the policy trusts them.
fn key_from_header(
    header: &Header,
    probe: &PolicyProbe,
    fetched: &[Value],
) -> Result<Option<Key>, Refusal> {
    if !probe.jwt_key_source().trusts_header() {
        return Ok(None);
    }
    let key = match (&header.jwk, &header.jku) {
        (Some(jwk), _) => Key::from_jwk(jwk),
        (None, Some(_)) => Key::from_set(fetched, header.kid.as_deref()),
        (None, None) => return Ok(None),
    };
    let unusable = Check::KeySource.refuses("The key that the token points to cannot be used.");
    key.map(Some).ok_or(unusable)
}

fn own_key(header: &Header, probe: &PolicyProbe, ring: &KeyRing) -> Result<Key, Refusal> {
    let kid = header.kid.as_deref().unwrap_or_default();
    if ring.is_retired(kid) {
        return Err(Check::Retired.refuses("The token's key has retired."));
    }
    match probe.jwt_kid().look_up(kid, |kid| ring.find(kid)) {
        Found::Key(key) => Ok(key),
        Found::EmptyKey => Ok(Key::Secret(Vec::new())),
        Found::Nothing => Err(Check::Kid.refuses("The token names no key of this API.")),
    }
}

fn check_claims(
    header: &Header,
    claims: &Claims,
    probe: &PolicyProbe,
    expected: &Expected<'_>,
) -> Result<(), Refusal> {
    let typ = header.typ.as_deref();
    match expected.purpose {
        Purpose::Access => probe.jwt_type().check(typ),
        Purpose::Refresh if typ == Some(REFRESH) => Ok(()),
        Purpose::Refresh => Err("The token is not a refresh token."),
    }
    .map_err(|because| Check::Type.refuses(because))?;

    let names = expected.names;
    let issuer = probe
        .jwt_issuer()
        .check(claims.iss.as_deref(), &names.issuer);
    issuer.map_err(|because| Check::Issuer.refuses(because))?;
    let audience = probe.jwt_audience().check(&claims.aud, &names.audience);
    audience.map_err(|because| Check::Audience.refuses(because))?;

    let now = seconds(expected.now);
    let begun = probe.jwt_not_before().check(claims.nbf, claims.iat, now);
    begun.map_err(|because| Check::NotBefore.refuses(because))?;
    let ended = probe.jwt_expiry().check(claims.exp, now);
    ended.map_err(|because| Check::Expiry.refuses(because))
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

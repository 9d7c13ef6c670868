//! The verifier: every check of a token, in a fixed order, each with its own defence.
//!
//! The order has three parts. First come the checks that need no key: the form, `crit`, and whether
//! there is a signature at all. They cost little, so a flood of bad tokens costs little. Then come
//! the key, the algorithm and the signature. Only then come the claims, because before the
//! signature a claim is only something that the sender wrote. The order also decides which defence
//! a refused token meets first, and so which switch a student sees.
//!
//! The verifier is a function of its arguments: the policy, the keys, the portal's names and the
//! time. So a test, and the workbench of the lab, can ask it about any policy without a server.
//! What the server remembers of a token is asked last, in [`super::revoke`], because it needs the
//! store.
//!
//! Refused alternative: the `jsonwebtoken` crate's own `decode`. It makes all checks in one call
//! and reads the system's clock. Here each check must be a switch, and time is the bench's clock.
//! An application without such a need should call a library, and name algorithms, issuer and
//! audience in that call.

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

/// One check of the verifier. The variants are in the order in which the checks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenCheck {
    /// The form: three parts, base64url, JSON objects without equal names. It stops a token that
    /// two programs would read differently.
    Form,
    /// Conditions in `crit`, which a verifier must know or refuse (RFC 7515 §4.1.11). It stops the
    /// use of a token without what its issuer demanded.
    Crit,
    /// Whether there is a signature at all (ASVS 9.1.2). It stops `alg: none` and a signature that
    /// was cut off.
    None,
    /// A key that the token brings along, or points to (ASVS 9.1.3). It stops a signature with the
    /// attacker's key.
    KeySource,
    /// Whether the named key has retired (CWE-324). It stops tokens that are signed with an old,
    /// leaked key.
    Retired,
    /// The key by its name. It stops a name that leads to a key which the API did not choose.
    Kid,
    /// The algorithm, which must be one of the key's (RFC 8725 §3.1). It stops key confusion.
    Algorithm,
    /// The signature (ASVS 9.1.1, CWE-347). It stops every change of header or payload.
    Signature,
    /// The portal that issued it. It stops a token of another bench or variant of this lab, under
    /// every policy: weak arms accept the tokens of strangers, and not those of neighbours.
    Portal,
    /// The kind of token (ASVS 9.2.2). It stops a refresh token that is used as an access token.
    Type,
    /// The issuer (RFC 8725 §3.8). It stops a partner who shares the key.
    Issuer,
    /// The audience (ASVS 9.2.3). It stops a token that was issued for another service.
    Audience,
    /// The time from which the token is valid. It stops the use of a right that begins later.
    NotBefore,
    /// The time until which the token is valid (ASVS 9.2.1). It stops the use of an old copy.
    Expiry,
    /// Whether its user exists. It stops the token of a deleted account.
    Subject,
    /// Whether it was revoked (ASVS 7.4.1). It stops a copy after the sign-out or after a new
    /// password.
    Revocation,
}

impl TokenCheck {
    /// Every check, in order.
    pub const ALL: [TokenCheck; 16] = [
        TokenCheck::Form,
        TokenCheck::Crit,
        TokenCheck::None,
        TokenCheck::KeySource,
        TokenCheck::Retired,
        TokenCheck::Kid,
        TokenCheck::Algorithm,
        TokenCheck::Signature,
        TokenCheck::Portal,
        TokenCheck::Type,
        TokenCheck::Issuer,
        TokenCheck::Audience,
        TokenCheck::NotBefore,
        TokenCheck::Expiry,
        TokenCheck::Subject,
        TokenCheck::Revocation,
    ];

    /// The slug of its defence, or `form` or `portal`. It goes into the journal and onto the page, so a
    /// student learns which switch refused the token.
    pub const fn slug(self) -> &'static str {
        match (self.defence(), self) {
            (Some(name), _) => name.slug(),
            (None, TokenCheck::Portal) => "portal",
            (None, _) => "form",
        }
    }

    /// The defence that decides it. The form has none: it is checked under every policy, because a
    /// token that can be read in two ways would make every other check ambiguous. The portal has
    /// none either: what one student does must not reach another one's bench.
    pub const fn defence(self) -> Option<Name> {
        Some(match self {
            TokenCheck::Form | TokenCheck::Portal => return None,
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

/// Why a token was refused. It repeats nothing of the token: a stranger wrote that, and an answer
/// or a log line that contains it would carry the stranger's text to another reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenRefusal {
    /// The check that refused it.
    pub check: TokenCheck,
    /// One sentence for the student: what was missing or wrong.
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
    /// A request to the API. Which kinds of token are accepted is `jwt-type`'s decision. The route
    /// says what a token is for; the token itself is not asked.
    Access,
    /// A request for new tokens. It needs a refresh token under every policy: otherwise an access
    /// token, which is valid for minutes, could be exchanged for new ones without end.
    Refresh,
}

/// The `typ` of a refresh token. No standard defines one; the form follows `at+jwt` of RFC 9068.
pub const REFRESH_TYPE: &str = "rt+jwt";

/// What a verifier compares a token with. All of it except `fetched` comes from the API's own
/// configuration, route and clock, where no sender can change it.
#[derive(Clone, Copy, Debug)]
pub struct TokenExpectations<'e> {
    /// The portal's own names, for `iss` and `aud`.
    pub names: &'e TokenNames,
    /// The keys at the address in `jku`, where the policy had them fetched; empty on the strong
    /// arm. They are fetched before, so the verifier itself never sends a request.
    pub fetched: &'e [Value],
    /// The time on the bench's clock.
    pub now: BenchTime,
    /// What the token is to be used for.
    pub purpose: TokenPurpose,
}

/// Verifies a token under a policy and returns its claims.
///
/// Claims may be used only when they come from here. Two checks are still missing then, because
/// they need the store: whether the user exists, and whether the token was revoked
/// (`src/portal/jwt/bearer.rs`). Code that only shows a token calls
/// [`super::UnverifiedToken::parse`].
///
/// # Errors
/// The first check that refuses it. The later checks are not made, so a refusal does not tell an
/// attacker what else is wrong with the token.
pub fn verify(
    text: &str,
    probe: &PolicyProbe,
    ring: &KeyRing,
    expected: &TokenExpectations<'_>,
) -> Result<Claims, TokenRefusal> {
    let token = CompactJws::parse(text).map_err(|because| TokenCheck::Form.refuses(because))?;
    // Reading the payload is not believing it. It is read here so that a broken form is always
    // refused as a broken form, whatever the signature is. Nothing may use a claim before the
    // signature is verified: not a query, not a log line, not the choice of a key by `iss`.
    let claims =
        Claims::parse(&token.payload).map_err(|because| TokenCheck::Form.refuses(because))?;
    // Here the order is visible: the signature, and only then what the claims say.
    let signed_by = |ring: &KeyRing| {
        check_signed(&token, probe, |header| {
            // WEAK, where `jwt-key-source` trusts the header: the token's own key comes first, and
            // the API's keys are not even looked at.
            match key_from_header(header, probe, expected.fetched)? {
                Some(key) => Ok(key),
                None => own_key(header, probe, ring),
            }
        })
    };
    signed_by(ring).or_else(|refusal| {
        // After a change of the lab's secret the earlier one is accepted for a while. Only a wrong
        // signature is tried again: every other check says the same under any key.
        let signature = refusal.check == TokenCheck::Signature;
        let mut earlier = ring.earlier().iter().filter(|_| signature);
        let accepted = earlier.any(|ring| signed_by(ring).is_ok());
        if accepted { Ok(()) } else { Err(refusal) }
    })?;
    check_claims(&token.header, &claims, probe, expected)?;
    Ok(claims)
}

/// Checks everything except the claims: the conditions, whether the token is signed at all, and the
/// signature, with the key that `find` returns. The public test vectors are checked here: their
/// payloads are not claims.
///
/// # Errors
/// The first check that refuses it, `find` included.
pub fn check_signed(
    token: &CompactJws<'_>,
    probe: &PolicyProbe,
    find: impl FnOnce(&Header) -> Result<VerifyingKey, TokenRefusal>,
) -> Result<(), TokenRefusal> {
    let header = &token.header;
    // Before the signature: a verifier that does not know a condition cannot know what the
    // signature would mean under it.
    let crit = probe.jwt_crit().check(header.has_crit);
    crit.map_err(|because| TokenCheck::Crit.refuses(because))?;

    // Before any key is looked for: an unsigned token has none, and the weak arm must be reachable
    // without one. Otherwise the attack with `none` would fail for the wrong reason.
    match probe.jwt_none().classify(&header.alg, &token.signature) {
        UnsignedVerdict::Refused(because) => Err(TokenCheck::None.refuses(because)),
        // WEAK: from here on the sender's word is enough.
        UnsignedVerdict::Accepted => Ok(()),
        UnsignedVerdict::HasSignature => check_signature(token, probe, find(header)?),
    }
}

/// The algorithm, then the signature. The algorithm comes first: which computation proves a
/// signature must be settled before anything is computed.
fn check_signature(
    token: &CompactJws<'_>,
    probe: &PolicyProbe,
    key: VerifyingKey,
) -> Result<(), TokenRefusal> {
    // An algorithm that the crate does not know cannot be the key's. Case matters: `hs256` is no
    // algorithm (RFC 7515 §4.1.1). Which ones the API knows is public, so the sentence gives nothing
    // away. It is a refusal and not a fallback to another algorithm (CWE-757).
    let unknown = TokenCheck::Algorithm.refuses("The token's alg is no algorithm of this API.");
    let named: Algorithm = token.header.alg.parse().map_err(|_| unknown)?;
    let chosen = probe.jwt_algorithm().choose(named, key.bound());
    let unfit = TokenCheck::Algorithm.refuses("The token's algorithm is not that of its key.");
    let algorithm = chosen.ok_or(unfit)?;

    // A closure, because the weak arm of `jwt-signature` must not compute it at all. A key that
    // cannot be used with the algorithm makes a signature wrong, never "not to be checked".
    let is_valid = || {
        let key = key.for_algorithm(algorithm);
        key.is_some_and(|key| {
            signature::is_valid(token.signing_input, &token.signature, &key, algorithm)
        })
    };
    if probe.jwt_signature().accepts(is_valid) {
        Ok(())
    } else {
        Err(TokenCheck::Signature.refuses("The token's signature is wrong."))
    }
}

/// The key in `jwk`, or the one at the address in `jku`, where the policy trusts them. `None` where
/// the token brings no key, or where the policy ignores it.
fn key_from_header(
    header: &Header,
    probe: &PolicyProbe,
    fetched: &[Value],
) -> Result<Option<VerifyingKey>, TokenRefusal> {
    if !probe.jwt_key_source().trusts_header() {
        return Ok(None);
    }
    // `jwk` before `jku`: a key that is present needs no request.
    let key = match (&header.jwk, &header.jku) {
        (Some(jwk), _) => VerifyingKey::from_jwk(jwk),
        (None, Some(_)) => VerifyingKey::from_set(fetched, header.kid.as_deref()),
        (None, None) => return Ok(None),
    };
    // Refused alternative: falling back to the API's own keys. The token asked for another key, so
    // it would only fail at the signature, and the student would see the wrong reason.
    let unusable =
        TokenCheck::KeySource.refuses("The key that the token points to cannot be used.");
    key.map(Some).ok_or(unusable)
}

/// One of the API's own keys, by the name in the header. The name is text from a stranger (RFC 8725
/// §3.10): it may choose among the keys that the API has, and may do nothing else.
fn own_key(
    header: &Header,
    probe: &PolicyProbe,
    ring: &KeyRing,
) -> Result<VerifyingKey, TokenRefusal> {
    // A token without `kid` asks for the key with an empty name, and there is none. Refused
    // alternative: trying every key. Each bad token would then cost several signatures, and the
    // weakest key would sign for all.
    let kid = header.kid.as_deref().unwrap_or_default();
    // Before the look-up, which does not find a retired key either: the student sees that the key
    // retired, not that it never existed.
    if ring.is_retired(kid) {
        return Err(TokenCheck::Retired.refuses("The token's key has retired."));
    }
    match probe.jwt_kid().look_up(kid, |kid| ring.find(kid)) {
        KeyLookup::Key(key) => Ok(key),
        // WEAK: HMAC accepts a key of no bytes, and everyone has that key.
        KeyLookup::EmptyKey => Ok(VerifyingKey::Secret(Vec::new())),
        KeyLookup::Unknown => Err(TokenCheck::Kid.refuses("The token names no key of this API.")),
    }
}

/// The claims, of which the signature is now proved (or ignored, where the policy says so). `typ`
/// is in the header, but it belongs here: it says what the token is for.
fn check_claims(
    header: &Header,
    claims: &Claims,
    probe: &PolicyProbe,
    expected: &TokenExpectations<'_>,
) -> Result<(), TokenRefusal> {
    // The lab's own rule, before those of the policy: see `TokenCheck::Portal`.
    let names = expected.names;
    if claims
        .iss
        .as_deref()
        .is_some_and(|iss| names.is_neighbour(iss))
    {
        let because = "The token was issued on another bench or in another variant of this lab.";
        return Err(TokenCheck::Portal.refuses(because));
    }

    // The kind first: every claim below means something only in the right kind of token. With a
    // strong `jwt-type` the rules of the two kinds exclude each other (RFC 8725 §3.12), so no token
    // passes as both.
    let typ = header.typ.as_deref();
    match expected.purpose {
        TokenPurpose::Access => probe.jwt_type().check(typ),
        TokenPurpose::Refresh if typ == Some(REFRESH_TYPE) => Ok(()),
        TokenPurpose::Refresh => Err("The token is not a refresh token."),
    }
    .map_err(|because| TokenCheck::Type.refuses(because))?;

    // Who wrote the token and for whom, before its times: a token of a stranger is not "expired",
    // it was never valid here.
    //
    // The signature says that someone with the key made the token. A partner who was given the
    // shared key also has it, and so has another service of the same portal.
    let issuer = probe
        .jwt_issuer()
        .check(claims.iss.as_deref(), &names.issuer);
    issuer.map_err(|because| TokenCheck::Issuer.refuses(because))?;
    let audience = probe.jwt_audience().check(&claims.aud, &names.audience);
    audience.map_err(|because| TokenCheck::Audience.refuses(because))?;

    // The times last. They depend on the moment: a token that fails here may pass later, or passed
    // before. Everything above gives the same answer at any time.
    let now = seconds(expected.now);
    let begun = probe.jwt_not_before().check(claims.nbf, claims.iat, now);
    begun.map_err(|because| TokenCheck::NotBefore.refuses(because))?;
    let ended = probe.jwt_expiry().check(claims.exp, now);
    ended.map_err(|because| TokenCheck::Expiry.refuses(because))
}

/// A moment as tokens count it. RFC 7519 §2 allows fractions (`NumericDate`), so the claims are
/// `f64`; whole seconds fit into one exactly for millions of years.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 need 31 bits of the 53"
)]
pub(super) fn seconds(time: BenchTime) -> f64 {
    time.seconds() as f64
}

#[cfg(test)]
mod tests;

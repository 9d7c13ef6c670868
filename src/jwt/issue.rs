//! Issuing tokens: which claims they contain, and for how long they are valid.
//!
//! Each claim is there because a check needs it: `iss`, `aud`, `exp`, `iat` and the header's `typ`
//! for [`mod@super::verify`], `jti` and `iat` for [`super::revoke`], `sid` for [`super::refresh`],
//! `sub` for everything. What no check needs stays out, because every reader of a token can read
//! it (RFC 9068 §6). Next: [`super::refresh`].
//!
//! A token cannot be corrected. What is wrong in it is wrong until it expires, so whatever may
//! change sooner than that does not belong in it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::TokenNames;
use super::keys::{KeyRing, SigningAlgorithm};
use super::signature;
use super::verify::REFRESH_TYPE;
use crate::base::clock::BenchTime;
use crate::defences::PolicyProbe;
use crate::defences::facts::Role;
use crate::defences::jwt_type::ACCESS_TYPE;

/// How long an access token is valid: 15 minutes. A copy is useful to a thief for no longer. A
/// shorter time would mean more refreshes, each of which sends the more valuable refresh token.
pub const ACCESS_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How long a refresh token is valid: a week. A user who comes back within a week need not sign in.
/// A week is long for a thief, so the server remembers the token's family and can end it. Each
/// refresh gives a new week, up to the limit of the family.
pub const REFRESH_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// The client in `client_id` (RFC 9068 §2.2): the portal's own page, or a program that acts like
/// it. It is not a secret and proves nothing.
const CLIENT: &str = "portal-page";

/// For whom a pair of tokens is issued, and when.
#[derive(Clone, Copy, Debug)]
pub struct TokenSubject<'s> {
    /// The user, as the account's record spells the name.
    pub user: &'s str,
    /// What the user may do at the moment of issue. The token repeats it until it expires.
    pub role: Role,
    /// The family that the tokens belong to, as the claim `sid`. A sign-out with an access token
    /// finds the refresh token's family by it.
    pub family: &'s str,
    /// When the tokens are issued, in whole seconds.
    pub issued: u64,
}

impl TokenSubject<'_> {
    /// The claims that both kinds of token share: those that RFC 9068 §2.2 requires, and `sid`.
    /// Nothing in them tells the kinds apart; only `typ` in the header does. A verifier that does
    /// not check `typ` accepts the refresh token, which lives a week, as an access token.
    fn claims(&self, names: &TokenNames, jti: &str, life: Duration) -> Map<String, Value> {
        let claims = json!({
            "iss": names.issuer,
            "aud": names.audience,
            "sub": self.user,
            "client_id": CLIENT,
            "sid": self.family,
            "jti": jti,
            "iat": self.issued,
            "exp": self.issued + life.as_secs(),
        });
        // The macro makes an object from braces, so the other arm is never taken. It is safe all
        // the same: a verifier refuses a token without claims.
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }

    /// An access token. `None` only where no key can be made.
    ///
    /// The scope is always in it: it says what this token may be used for. The role is the right of
    /// a person and may change while the token is valid, so only the weak arm of `jwt-claims`
    /// writes it.
    pub fn access(
        &self,
        probe: &PolicyProbe,
        ring: &KeyRing,
        names: &TokenNames,
        signs: SigningAlgorithm,
        jti: &str,
    ) -> Option<String> {
        let mut claims = self.claims(names, jti, ACCESS_LIFETIME);
        // By the role that the caller has just read from the account, never by one that the client
        // asked for.
        let scope = match self.role {
            Role::Student => "profile",
            Role::Admin => "profile admin",
        };
        claims.insert("scope".into(), scope.into());
        // WEAK: anyone who sees the token reads these two, and the role stays true for the token
        // when it is no longer true for the user.
        if probe.jwt_claims().includes_profile() {
            claims.insert("role".into(), self.role.as_str().into());
            claims.insert(
                "email".into(),
                format!("{}@portal.example", self.user).into(),
            );
        }
        sign(ring, signs, ACCESS_TYPE, &claims)
    }

    /// A refresh token. It is always signed with the shared secret, because only the portal
    /// verifies it. It contains no scope and no role: those are read again at each refresh, so a
    /// demoted user has the lower rights after 15 minutes at most.
    pub fn refresh(&self, ring: &KeyRing, names: &TokenNames, jti: &str) -> Option<String> {
        let claims = self.claims(names, jti, REFRESH_LIFETIME);
        sign(ring, SigningAlgorithm::Hs256, REFRESH_TYPE, &claims)
    }
}

/// A token of this kind with these claims, signed with the newest key. `kid` and `alg` help an
/// honest verifier to find the key; a verifier must never choose by them what it trusts.
///
/// `typ` is explicit, as RFC 8725 §3.11 recommends: two kinds of token from one issuer must never
/// pass for each other.
pub fn sign(
    ring: &KeyRing,
    signs: SigningAlgorithm,
    typ: &str,
    claims: &Map<String, Value>,
) -> Option<String> {
    // The algorithm in the header and the one that signs come from the same place, so they agree.
    let (kid, algorithm, key) = ring.signing(signs)?;
    let header = json!({ "alg": signs.name(), "kid": kid, "typ": typ });
    signature::sign(&header, claims, &key, algorithm)
}

/// The `iat` of a token that is issued now.
///
/// Times in tokens are whole seconds, and a token of the second in which the password changed
/// counts as older than the password (`jwt-revocation`). A token that is issued after the change
/// but in the same second is therefore dated one second later. Otherwise a user who changes the
/// password and signs in at once would get a token that is already revoked.
pub fn issued_at(now: BenchTime, password_changed: Option<u64>) -> u64 {
    password_changed.map_or(now.seconds(), |changed| now.seconds().max(changed + 1))
}

/// An id for `jti` and `sid`: 128 random bits in base64url. Two tokens must never share a `jti`:
/// revoking one would revoke the other. Refused alternative: a counter. It would tell every reader
/// of a token how many tokens the portal has issued.
///
/// # Errors
/// The operating system gives no random bytes.
pub fn random_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

//! Making tokens: which claims go in, and for how long they hold. Next: [`super::refresh`].

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

/// How long an access token holds: 15 minutes.
pub const ACCESS_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How long a refresh token holds: a week.
pub const REFRESH_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// The client in `client_id` (RFC 9068 §2.2): the portal's own page and whoever acts like it.
const CLIENT: &str = "portal-page";

/// What is to stand in a pair of tokens.
#[derive(Clone, Copy, Debug)]
pub struct TokenSubject<'s> {
    /// The user.
    pub user: &'s str,
    /// What he may do.
    pub role: Role,
    /// The family that the tokens belong to, as the claim `sid`.
    pub family: &'s str,
    /// When the tokens are issued, in whole seconds.
    pub issued: u64,
}

impl TokenSubject<'_> {
    /// The claims that both kinds of token share.
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
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }

    /// An access token. `None` only where no key can be made.
    pub fn access(
        &self,
        probe: &PolicyProbe,
        ring: &KeyRing,
        names: &TokenNames,
        signs: SigningAlgorithm,
        jti: &str,
    ) -> Option<String> {
        let mut claims = self.claims(names, jti, ACCESS_LIFETIME);
        let scope = match self.role {
            Role::Student => "profile",
            Role::Admin => "profile admin",
        };
        claims.insert("scope".into(), scope.into());
        if probe.jwt_claims().includes_profile() {
            claims.insert("role".into(), self.role.as_str().into());
            claims.insert(
                "email".into(),
                format!("{}@portal.example", self.user).into(),
            );
        }
        sign(ring, signs, ACCESS_TYPE, &claims)
    }

    /// A refresh token. It is always signed with the shared secret: only the portal verifies it.
    pub fn refresh(&self, ring: &KeyRing, names: &TokenNames, jti: &str) -> Option<String> {
        let claims = self.claims(names, jti, REFRESH_LIFETIME);
        sign(ring, SigningAlgorithm::Hs256, REFRESH_TYPE, &claims)
    }
}

/// A token of this kind with these claims, signed with the newest key.
pub fn sign(
    ring: &KeyRing,
    signs: SigningAlgorithm,
    typ: &str,
    claims: &Map<String, Value>,
) -> Option<String> {
    let (kid, algorithm, key) = ring.signing(signs)?;
    let header = json!({ "alg": signs.name(), "kid": kid, "typ": typ });
    signature::sign(&header, claims, &key, algorithm)
}

/// The moment that stands in a token issued now. Times in tokens are whole seconds, and a token of
/// the second in which the password changed counts as older, so one that is issued after the change
/// in that very second is dated one second later.
pub fn issued_at(now: BenchTime, password_changed: Option<u64>) -> u64 {
    password_changed.map_or(now.seconds(), |changed| now.seconds().max(changed + 1))
}

/// A name that nobody can guess: 128 random bits in base64url.
///
/// # Errors
/// The operating system gives no random bytes.
pub fn random_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

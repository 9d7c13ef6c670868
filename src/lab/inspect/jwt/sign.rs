//! Making tokens on the workbench: a real one for the student's own account, or an edited one under
//! any key that is not the portal's own.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde::Serialize;
use serde_json::{Map, Value};

use super::verdicts::{names, no_key, world};
use crate::attacks::forged_key_sets;
use crate::base::addresses::Listener;
use crate::defences::policy::{PolicyProbe, Variant};
use crate::jwt::issue::TokenSubject;
use crate::jwt::keys::{PublishedKey, SigningAlgorithm};
use crate::jwt::refresh::IssueError;
use crate::jwt::signature;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// The accounts that the workbench issues tokens for: the student's own. The portal's key never
/// signs for anybody else here.
pub const OWN_ACCOUNTS: [&str; 2] = ["student123", "apiuser"];

/// How an edited token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum How {
    /// With the signature that it had.
    Kept,
    /// `none`, and no signature.
    None,
    /// The header as it is, and no signature.
    Empty,
    /// HS256 with a typed secret, which may be empty.
    Typed,
    /// HS256 with the published PEM as the secret.
    Pem,
    /// ES256 with the attacker's key, which the header brings along.
    Jwk,
    /// The same, and the header says where the key is.
    Jku,
}

impl How {
    /// Every way, with its name in forms and what it is.
    pub const ALL: [(How, &'static str, &'static str); 7] = [
        (How::Kept, "kept", "the signature that it had"),
        (How::None, "none", "alg none, no signature"),
        (How::Empty, "empty", "no signature, header as it is"),
        (How::Typed, "typed", "HS256, with the secret typed below"),
        (
            How::Pem,
            "pem",
            "HS256, with the published PEM as the secret",
        ),
        (
            How::Jwk,
            "jwk",
            "ES256, attacker's key, in the header (jwk)",
        ),
        (
            How::Jku,
            "jku",
            "ES256, attacker's key, behind an address (jku)",
        ),
    ];

    /// The way of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, slug, _)| *slug == name)
            .map(|(how, _, _)| how)
    }
}

/// What an edited token is made of.
#[derive(Debug)]
pub struct Edited<'e> {
    pub header: Map<String, Value>,
    pub payload: Map<String, Value>,
    pub how: How,
    /// The typed secret.
    pub secret: &'e str,
    /// The signature that the token had.
    pub kept: &'e str,
    /// Whether the header is made to fit the key.
    pub fit: bool,
}

/// Issues an access token to one of the student's own accounts, as the API does after a sign-in.
///
/// # Errors
/// The account changed meanwhile, no key can be made, or the store does not answer.
pub async fn issue(
    context: &RequestContext,
    variant: Variant,
    user: &'static str,
    signs: SigningAlgorithm,
) -> Result<String, Problem> {
    let probe = PolicyProbe::new(context.bench.resolve(variant).policy);
    let world = world(context, variant, &probe);
    let account = world.account(user).await?.ok_or_else(Problem::not_found)?;
    let issued = world
        .begin_family(&account)
        .await
        .map_err(|error| match error {
            IssueError::StorageError(error) => error.into(),
            _ => Problem::conflict(),
        })?;
    let subject = TokenSubject {
        user: &issued.user,
        role: account.record.role,
        family: &issued.family,
        issued: issued.at,
    };
    let ring = world.key_ring().await?;
    let token = subject.access(
        &probe,
        &ring,
        &names(context, variant),
        signs,
        &issued.access,
    );
    token.ok_or_else(no_key)
}

/// Signs an edited token. `home` is the portal whose published key is taken for a secret.
///
/// # Errors
/// No key can be made, or the store does not answer.
pub async fn sign(
    context: &RequestContext,
    home: Variant,
    edited: Edited<'_>,
) -> Result<String, Problem> {
    let Edited {
        mut header,
        payload,
        how,
        secret,
        kept,
        fit,
    } = edited;
    let mut set = |name: &str, value: Value| {
        if fit {
            header.insert(name.to_owned(), value);
        }
    };
    let key = match how {
        How::Kept | How::Empty => None,
        How::None => {
            set("alg", "none".into());
            None
        }
        How::Typed => {
            set("alg", SigningAlgorithm::Hs256.name().into());
            Some((
                EncodingKey::from_secret(secret.as_bytes()),
                Algorithm::HS256,
            ))
        }
        How::Pem => {
            let published = published(context, home).await?;
            set("alg", SigningAlgorithm::Hs256.name().into());
            set("kid", published.kid.into());
            let key = EncodingKey::from_secret(published.pem.as_bytes());
            Some((key, Algorithm::HS256))
        }
        How::Jwk | How::Jku => {
            set("alg", SigningAlgorithm::Es256.name().into());
            if how == How::Jwk {
                set("jwk", forged_key_sets::public_jwk().ok_or_else(no_key)?);
            } else {
                let attacker = context.addresses.origin(Listener::Attacker);
                set("kid", forged_key_sets::KID.into());
                set("jku", format!("{attacker}/jwks.json").into());
            }
            let key = forged_key_sets::signing_key().ok_or_else(no_key)?;
            Some((key, Algorithm::ES256))
        }
    };
    let token = match key {
        Some((key, algorithm)) => signature::sign(&header, &payload, &key, algorithm),
        None => signature::signing_input(&header, &payload).map(|signed| {
            let signature = if how == How::Kept { kept } else { "" };
            format!("{signed}.{signature}")
        }),
    };
    token.ok_or_else(no_key)
}

/// The public key that a portal publishes, which signs first.
async fn published(context: &RequestContext, home: Variant) -> Result<PublishedKey, Problem> {
    let probe = PolicyProbe::new(context.bench.resolve(home).policy);
    let ring = world(context, home, &probe).key_ring().await?;
    ring.published().into_iter().next().ok_or_else(no_key)
}

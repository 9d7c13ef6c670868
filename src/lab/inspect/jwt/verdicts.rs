//! What every verifier says of a token, and which single switch decides.
//!
//! The verifiers are those of the API: the same function, the same keys, the same memory of what was
//! revoked. Only the policy differs from row to row.

use rocket::http::Status;
use serde::Serialize;
use serde_json::Value;

use crate::base::addresses::Listener;
use crate::base::event::ClientKind;
use crate::client::LabClient;
use crate::defences::facts::Role;
use crate::defences::policy::{Name, Policy, PolicyProbe, Variant};
use crate::jwt::verify::{TokenCheck, TokenExpectations, TokenPurpose, TokenRefusal};
use crate::jwt::{self, TokenNames, UnverifiedToken};
use crate::portal::jwt::key_set;
use crate::session::world::World;
use crate::storage::StorageError;
use crate::web::context::RequestContext;
use crate::web::page::VariantView;
use crate::web::problem::Problem;

/// Whose keys, names and memory the verifiers have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// Those of one portal, under each policy in turn: what differs is the policy alone.
    Of(Variant),
    /// Each portal its own, as its API answers.
    Own,
}

/// What all verifiers say.
#[derive(Debug, Serialize)]
pub struct Verdicts {
    /// `strong`, `mixed`, or empty where nothing was tested: a good token is accepted.
    pub kind: &'static str,
    pub head: String,
    pub description: String,
    /// The variants that tell which switch decides, and their defences.
    pub decide: Vec<Decides>,
    pub rows: Vec<VerdictRow>,
    pub accepted: usize,
}

/// A variant that tells which switch decides.
#[derive(Debug, Serialize)]
pub struct Decides {
    variant: String,
    defence: &'static str,
    /// The switch is weak and lets the token in; else it is strong and refuses it.
    lets_in: bool,
}

/// What one verifier says.
#[derive(Debug, Serialize)]
pub struct VerdictRow {
    variant: VariantView,
    accepted: bool,
    /// The defence that refused it; none where its form did.
    defence: Option<&'static str>,
    /// Whether its form was what refused it.
    form: bool,
    description: String,
    #[serde(skip)]
    of: Variant,
}

/// The defences that a token meets: those of the checks, and the key itself.
pub fn defences() -> impl Iterator<Item = Name> {
    let checks = TokenCheck::ALL.into_iter().filter_map(TokenCheck::defence);
    checks.chain([Name::JwtKey])
}

/// The variants that are asked, the three plain ones first.
pub fn variants() -> impl Iterator<Item = Variant> {
    [Variant::Hardened, Variant::Insecure, Variant::Custom]
        .into_iter()
        .chain(defences().map(Variant::Without))
        .chain(defences().map(Variant::Only))
}

/// The names of a portal of this bench.
pub fn names(context: &RequestContext, variant: Variant) -> TokenNames {
    let origin = context.addresses.origin(Listener::PortalHttps);
    let bench = context.bench.name().prefix();
    TokenNames::of(format!("{origin}{bench}/{variant}"))
}

/// The world of a portal of this bench, under a policy.
pub fn world<'w>(
    context: &'w RequestContext,
    variant: Variant,
    probe: &'w PolicyProbe,
) -> World<'w> {
    World {
        bench: &context.bench,
        variant,
        probe,
        now: context.now,
        client: ClientKind::Lab,
    }
}

/// The portal that the token says it comes from, where it is one of this bench.
pub fn named_home(context: &RequestContext, token: &str) -> Option<Variant> {
    let claims = UnverifiedToken::parse(token).ok()?.claims;
    let issuer = claims.iss?;
    Variant::all().find(|variant| names(context, *variant).issuer == issuer)
}

/// Asks every verifier.
///
/// # Errors
/// The store does not answer.
pub async fn ask_all(
    context: &RequestContext,
    door: &LabClient,
    token: &str,
    home: Home,
) -> Result<Verdicts, Problem> {
    let fetched = fetched(context, door, token).await;
    let mut rows = Vec::new();
    for variant in variants() {
        let resolved = context.bench.resolve(variant);
        let probe = PolicyProbe::new(resolved.policy);
        let of = match home {
            Home::Of(home) => home,
            Home::Own => variant,
        };
        let verdict = ask(context, &world(context, of, &probe), token, &fetched).await?;
        let view = VariantView::new(variant, &resolved.moved);
        rows.push(match verdict {
            Ok(description) => VerdictRow {
                variant: view,
                accepted: true,
                defence: None,
                form: false,
                description,
                of: variant,
            },
            Err(TokenRefusal { check, because }) => VerdictRow {
                variant: view,
                accepted: false,
                defence: check.defence().map(|name| name.slug()),
                form: check.defence().is_none(),
                description: because.to_owned(),
                of: variant,
            },
        });
    }
    Ok(summed_up(rows))
}

/// Asks the verifier of one world, in the order in which the API does. `Ok` says as whom.
async fn ask(
    context: &RequestContext,
    world: &World<'_>,
    token: &str,
    fetched: &[Value],
) -> Result<Result<String, TokenRefusal>, StorageError> {
    let ring = world.key_ring().await?;
    let expected = TokenExpectations {
        names: &names(context, world.variant),
        fetched,
        now: world.now,
        purpose: TokenPurpose::Access,
    };
    let claims = match jwt::verify(token, world.probe, &ring, &expected) {
        Ok(claims) => claims,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(refusal) = world.revocation(&claims, expected.purpose).await? {
        return Ok(Err(refusal));
    }
    let account = world.account(&claims.sub).await?;
    let record = account.map(|account| account.record.role);
    let claimed = claims.text("role").and_then(Role::parse);
    Ok(match world.probe.jwt_claims().role(claimed, record) {
        Some(role) => Ok(format!("As {}, role {}.", claims.sub, role.as_str())),
        None => Err(TokenCheck::Subject.refuses("The token's user has no account here.")),
    })
}

/// The keys that a `jku` leads to. It is fetched as the weak arm of `jwt-key-source` does, so within
/// the lab only; the strong arm ignores what was fetched.
async fn fetched(context: &RequestContext, door: &LabClient, token: &str) -> Vec<Value> {
    let jku = UnverifiedToken::parse(token)
        .ok()
        .and_then(|token| token.header.jku);
    let source = PolicyProbe::new(Policy::INSECURE).jwt_key_source();
    match jku {
        Some(jku) => key_set(context, source, door, &jku)
            .await
            .unwrap_or_default(),
        None => Vec::new(),
    }
}

fn summed_up(rows: Vec<VerdictRow>) -> Verdicts {
    let accepts = |variant| rows.iter().any(|row| row.of == variant && row.accepted);
    let (hardened, insecure) = (accepts(Variant::Hardened), accepts(Variant::Insecure));
    let decide: Vec<Decides> = rows
        .iter()
        .filter_map(|row| {
            let lets_in = row.accepted;
            let defence = match row.of {
                Variant::Without(name) if row.accepted && !hardened => name,
                Variant::Only(name) if !row.accepted && insecure && !hardened => name,
                _ => return None,
            };
            Some(Decides {
                variant: row.of.to_string(),
                defence: defence.slug(),
                lets_in,
            })
        })
        .collect();
    let doors = decide.iter().filter(|one| one.lets_in).count();
    let (kind, head, description) = match (hardened, insecure) {
        (true, true) => (
            "",
            "Accepted on both sides.",
            "It is a good token of this portal. A policy that refuses it verifies with another key.",
        ),
        (true, false) => (
            "mixed",
            "Hardened accepts it, insecure does not.",
            "The two sides look for another key.",
        ),
        (false, _) if doors > 0 => (
            "mixed",
            "Hardened refuses it, and one weak switch is enough to let it in.",
            "With every other defence strong, these decide alone.",
        ),
        (false, true) => (
            "mixed",
            "Hardened refuses it, insecure accepts it, and no single weak switch lets it in.",
            "More than one strong defence stops it.",
        ),
        (false, false) => (
            "strong",
            "Refused on both sides.",
            "No switch of the policy alone lets it in.",
        ),
    };
    Verdicts {
        kind,
        head: head.into(),
        description: description.into(),
        accepted: rows.iter().filter(|row| row.accepted).count(),
        decide,
        rows,
    }
}

/// 503: a key cannot sign. Its cause is a fault of the program.
pub fn no_key() -> Problem {
    let because = "The token could not be signed.";
    let next = "Try again in a moment. Nothing was changed.";
    Problem::new(Status::ServiceUnavailable, "No token", because, next)
}

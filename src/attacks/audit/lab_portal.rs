//! The recipe for the lab's own portal: what a student would write down for a variant.

use super::Audit;
use super::plan::AuditAccount;
use super::recipe::Recipe;
use super::target::{AllowedTarget, Whose};
use super::wire::{AuditError, AuditWire};
use crate::attacks::demo_accounts::{ATTACKER, VICTIM, demo_password};
use crate::attacks::scenario::TargetLab;
use crate::base::addresses::Listener;
use crate::base::bench_name::BenchName;
use crate::defences::policy::Variant;

/// The recipe, without the addresses.
const RECIPE: &str = include_str!("lab_portal.toml");

/// The account that changes roles.
const ADMINISTRATOR: &str = "admin";

/// The recipe as it is read.
///
/// # Errors
/// It is no recipe.
pub fn recipe() -> Result<Recipe, AuditError> {
    Recipe::read(RECIPE).map_err(|error| AuditError::Unexpected(error.to_string()))
}

/// An audit of a variant of a lab's portal. It needs no pause between two requests, because the
/// certificate shows that it is the lab.
///
/// # Errors
/// The portal does not answer.
pub async fn audit(
    lab: &TargetLab,
    bench: &BenchName,
    variant: Variant,
) -> Result<Audit, AuditError> {
    let at = |listener: Listener| AllowedTarget {
        scheme: listener.scheme(),
        host_name: lab.addresses.main_name().to_owned(),
        port: lab.addresses.port(listener).unwrap_or_default(),
        base_path: format!("{}/{variant}", bench.prefix()),
        address: lab.client.address(),
        whose: Whose::Own,
    };
    let wire = AuditWire::with_client(
        &lab.client,
        at(Listener::PortalHttps),
        Some(at(Listener::PortalHttp)),
    );
    let recipe = recipe()?;
    let account = |user: &str| AuditAccount {
        user: user.to_owned(),
        password: demo_password(user).to_owned(),
        shown_as: user.to_owned(),
    };
    Audit::begin(
        wire.without_pause(),
        recipe,
        vec![account(VICTIM), account(ATTACKER), account(ADMINISTRATOR)],
    )
    .await
}

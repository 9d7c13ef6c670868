//! Policies: which arm of every defence applies, under a name that appears in the address.
//!
//! A [`Variant`] is that name. [`resolve`] turns it into a policy, and is the only function that
//! does. It also applies the *closure*: some defences mean nothing without another one, so
//! switching one can switch others. The defences themselves are in [`crate::defences`].
//!
//! The pairs `without-X` and `only-X` are the experiments of the course. `without-X` asks whether
//! an attack succeeds when X alone is missing; `only-X` asks whether X alone stops it. An attack
//! that fails under `only-X` was stopped by X, and by what X needs, and by nothing else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use crate::defences::{Name, Policy, PolicyProbe, ProbedSet};

/// A policy with a name in the address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Variant {
    /// Every weak arm.
    Insecure,
    /// Every strong arm.
    Hardened,
    /// The student's own mix, which the bench stores.
    Custom,
    /// Hardened, with this one defence weak.
    Without(Name),
    /// Insecure, with this one defence strong.
    Only(Name),
}

impl Variant {
    /// Every variant, the three plain ones first.
    pub fn all() -> impl Iterator<Item = Variant> {
        let singles = Name::ALL.iter().copied();
        [Variant::Insecure, Variant::Hardened, Variant::Custom]
            .into_iter()
            .chain(singles.clone().map(Variant::Without))
            .chain(singles.map(Variant::Only))
    }

    /// The cookie slot. All variants together use four cookie names.
    ///
    /// Refused alternative: a cookie name for each variant. A browser keeps a limited number of
    /// cookies for a host and deletes the oldest ones above that, so a hundred variants on
    /// `localhost` would push out each other's sessions and those of the student's own projects.
    /// The price: the variants in `lab` share one cookie, and a sign-in to one replaces the
    /// other's.
    pub const fn slot(self) -> &'static str {
        match self {
            Variant::Insecure => "insecure",
            Variant::Hardened => "hardened",
            Variant::Custom => "custom",
            Variant::Without(_) | Variant::Only(_) => "lab",
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Variant::Insecure => f.write_str("insecure"),
            Variant::Hardened => f.write_str("hardened"),
            Variant::Custom => f.write_str("custom"),
            Variant::Without(name) => write!(f, "without-{}", name.slug()),
            Variant::Only(name) => write!(f, "only-{}", name.slug()),
        }
    }
}

/// The text is not the name of a variant. The error does not repeat the text: a stranger wrote it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown variant")]
pub struct UnknownVariant;

impl FromStr for Variant {
    type Err = UnknownVariant;

    fn from_str(text: &str) -> Result<Self, UnknownVariant> {
        // Exactly the slug of a defence: one portal has one address.
        let named = |slug: &str| {
            Name::ALL
                .iter()
                .copied()
                .find(|n| n.slug() == slug)
                .ok_or(UnknownVariant)
        };
        match text {
            "insecure" => Ok(Variant::Insecure),
            "hardened" => Ok(Variant::Hardened),
            "custom" => Ok(Variant::Custom),
            _ => {
                if let Some(slug) = text.strip_prefix("without-") {
                    named(slug).map(Variant::Without)
                } else if let Some(slug) = text.strip_prefix("only-") {
                    named(slug).map(Variant::Only)
                } else {
                    Err(UnknownVariant)
                }
            }
        }
    }
}

impl From<Variant> for String {
    fn from(variant: Variant) -> String {
        variant.to_string()
    }
}

impl TryFrom<String> for Variant {
    type Error = UnknownVariant;

    fn try_from(text: String) -> Result<Self, UnknownVariant> {
        text.parse()
    }
}

/// A policy, and the defences that the closure switched together with the one that was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedPolicy {
    /// The arm of every defence.
    pub policy: Policy,
    /// Defences that changed only because the named one needs them, or because they need it. The
    /// pages list them, so that nobody credits one defence with the effect of two.
    pub moved: Vec<Name>,
}

/// The policy of a variant. `custom` is the bench's own mix.
///
/// `only-X` also makes strong what `X` needs: `only-host-prefix` includes `secure`, because
/// browsers drop a `__Host-` cookie without `Secure`. `without-X` also makes weak what needs `X`,
/// so `without-secure` has no `host-prefix`. Without the closure both would show a portal to which
/// no browser can sign in, and the student would take that for the effect of one switch.
pub fn resolve(variant: Variant, custom: &Policy) -> ResolvedPolicy {
    let plain = |policy| ResolvedPolicy {
        policy,
        moved: Vec::new(),
    };
    match variant {
        Variant::Insecure => plain(Policy::INSECURE),
        Variant::Hardened => plain(Policy::HARDENED),
        Variant::Custom => plain(*custom),
        Variant::Only(name) => {
            // Downwards: what this defence needs, and what that needs.
            let moved = closure(name, |n| n.lesson().needs.to_vec());
            with_all(Policy::INSECURE, name, moved, &Policy::HARDENED)
        }
        Variant::Without(name) => {
            // Upwards: everything that would be without effect, or harmful, without this defence.
            let moved = closure(name, |n| {
                Name::ALL
                    .iter()
                    .copied()
                    .filter(|other| other.lesson().needs.contains(&n))
                    .collect()
            });
            with_all(Policy::HARDENED, name, moved, &Policy::INSECURE)
        }
    }
}

/// `base`, but with the arms of `other` for `name` and for everything in `moved`.
fn with_all(base: Policy, name: Name, moved: Vec<Name>, other: &Policy) -> ResolvedPolicy {
    let policy = moved
        .iter()
        .fold(base.with(name, other), |policy, n| policy.with(*n, other));
    ResolvedPolicy { policy, moved }
}

/// Everything reachable from `name` by `next`, without `name` itself. A need may have needs, so one
/// step is not enough; and two defences may need each other, so a name that was found is not
/// followed again.
fn closure(name: Name, next: impl Fn(Name) -> Vec<Name>) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut open = vec![name];
    while let Some(current) = open.pop() {
        for reached in next(current) {
            if reached != name && !found.contains(&reached) {
                found.push(reached);
                open.push(reached);
            }
        }
    }
    found
}

/// A mix in which a strong defence lacks another one that it needs. Such a mix is refused, not
/// repaired: a student who builds a policy by hand learns more from the sentence than from a switch
/// that moves by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} needs {}: make {} strong too, or {} weak", .defence.slug(), .needs.slug(), .needs.slug(), .defence.slug())]
pub struct PolicyConflict {
    /// The strong defence.
    pub defence: Name,
    /// The weak one that it needs.
    pub needs: Name,
}

/// Every conflict in a student's own mix.
pub fn conflicts(policy: &Policy) -> impl Iterator<Item = PolicyConflict> {
    let strong = Name::ALL
        .iter()
        .copied()
        .filter(move |n| policy.is_strong(*n));
    strong.flat_map(move |defence| {
        let needs = defence.lesson().needs.iter().copied();
        let missing = needs.filter(move |n| !policy.is_strong(*n));
        missing.map(move |needs| PolicyConflict { defence, needs })
    })
}

/// The first conflict in a student's own mix, if there is one.
pub fn conflict(policy: &Policy) -> Option<PolicyConflict> {
    conflicts(policy).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_parsed_from_its_own_name() {
        for variant in Variant::all() {
            assert_eq!(variant.to_string().parse(), Ok(variant));
        }
        for wrong in ["", "Insecure", "only-", "without-nothing", "hardened/"] {
            assert_eq!(wrong.parse::<Variant>(), Err(UnknownVariant), "{wrong}");
        }
    }

    #[test]
    fn only_adds_what_it_needs_and_without_takes_away_what_needs_it() {
        let only = resolve(Variant::Only(Name::HostPrefix), &Policy::INSECURE);
        assert_eq!(only.moved, [Name::Secure]);
        assert!(only.policy.is_strong(Name::Secure) && only.policy.is_strong(Name::HostPrefix));

        let without = resolve(Variant::Without(Name::Secure), &Policy::INSECURE);
        assert_eq!(without.moved, [Name::HostPrefix]);
        assert!(!without.policy.is_strong(Name::HostPrefix));
    }

    #[test]
    fn no_resolved_variant_has_a_conflict() {
        for variant in Variant::all() {
            assert_eq!(
                conflict(&resolve(variant, &Policy::HARDENED).policy),
                None,
                "{variant}"
            );
        }
        let mix = Policy::INSECURE.with(Name::HostPrefix, &Policy::HARDENED);
        let found = conflict(&mix).map(|c| c.to_string());
        let message = "host-prefix needs secure: make secure strong too, or host-prefix weak";
        assert_eq!(found.as_deref(), Some(message));
    }

    #[test]
    fn each_single_variant_differs_from_its_base_in_the_named_defence() {
        for name in Name::ALL.iter().copied() {
            assert!(
                resolve(Variant::Only(name), &Policy::INSECURE)
                    .policy
                    .is_strong(name)
            );
            assert!(
                !resolve(Variant::Without(name), &Policy::INSECURE)
                    .policy
                    .is_strong(name)
            );
        }
    }
}

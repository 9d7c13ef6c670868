//! From what the checks saw to what it means, by the rule of the matrix.
//!
//! An attack of the matrix declares which sets of strong arms stop it. An audit reads arms from
//! outside: some are weak, some strong, and some it cannot see. An attack succeeds where each of its
//! sets has an arm that was seen to be weak. So a weak arm is a *flaw* where some attack needs nothing
//! more, and a *note* where other layers hold, which are named. An arm that nobody saw counts as
//! holding, because a flaw must be shown.

use std::collections::BTreeSet;

use serde::Serialize;

use super::super::ALL;
use super::super::attack::Card;
use crate::defences::policy::Name;

/// What a finding means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum AuditVerdict {
    /// An attack succeeds; the exchange shows it.
    Flaw {
        /// The attacks of the matrix, by their names.
        attacks: Vec<&'static str>,
    },
    /// A layer is missing, and no attack succeeds by that alone.
    Note {
        /// The attacks that this layer helps to stop, and what else stops each.
        others: Vec<OtherLayers>,
    },
    /// The protection was seen at work.
    Holds,
    /// Nothing was found, in so many tries.
    NotFound,
    /// It was not tried.
    NotTried,
    /// It cannot be seen from outside.
    CannotTell,
}

impl AuditVerdict {
    /// The word for it in a report.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Flaw { .. } => "flaw",
            Self::Note { .. } => "note",
            Self::Holds => "holds",
            Self::NotFound => "not found",
            Self::NotTried => "not tried",
            Self::CannotTell => "cannot tell",
        }
    }
}

impl AuditVerdict {
    /// The layers that hold beside the one that is missing, in words; with a note only.
    pub fn layers(&self) -> Option<String> {
        let Self::Note { others } = self else {
            return None;
        };
        let others: Vec<String> = others.iter().map(OtherLayers::in_words).collect();
        (!others.is_empty()).then(|| format!("Beside it: {}.", others.join("; ")))
    }
}

/// What stops an attack beside a layer that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherLayers {
    /// The attack of the matrix.
    pub attack: &'static str,
    /// The layers that were seen to hold, by their slugs.
    pub held_by: Vec<&'static str>,
    /// The layers that the audit could not see, by their slugs.
    pub unseen: Vec<&'static str>,
}

impl OtherLayers {
    /// As in `csrf-form is stopped by csrf-token`.
    fn in_words(&self) -> String {
        let attack = self.attack;
        let (held, unseen) = (self.held_by.join(", "), self.unseen.join(", "));
        match (held.is_empty(), unseen.is_empty()) {
            (false, true) => format!("{attack} is stopped by {held}"),
            (false, false) => format!("{attack} is stopped by {held} (not seen: {unseen})"),
            (true, false) => {
                format!("{attack} is stopped by {unseen} alone, which the audit did not see")
            }
            (true, true) => {
                format!("{attack} succeeds where somebody else controls a sibling host")
            }
        }
    }
}

/// The attacks whose other half is a cookie that a sibling host sets. No exchange with the
/// application shows that somebody else holds such a host, so they are no flaw by themselves.
const NEEDS_A_SIBLING: [&str; 2] = ["planted-id", "cookie-tossing"];

/// The arms that an audit has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenArms {
    /// The weak ones.
    pub weak: BTreeSet<Name>,
    /// The strong ones.
    pub strong: BTreeSet<Name>,
}

impl SeenArms {
    /// What a weak arm means beside the others.
    pub fn judge(&self, defence: Name) -> AuditVerdict {
        let concerns = |card: &&Card| card.stopped_by.iter().any(|set| set.contains(&defence));
        let cards: Vec<&Card> = ALL
            .iter()
            .map(|attack| attack.card())
            .filter(concerns)
            .collect();
        let succeed = cards.iter().filter(|card| self.lets_in(card));
        let succeed = succeed.filter(|card| !NEEDS_A_SIBLING.contains(&card.name));
        let attacks: Vec<&'static str> = succeed.map(|card| card.name).collect();
        if !attacks.is_empty() {
            return AuditVerdict::Flaw { attacks };
        }
        AuditVerdict::Note {
            others: cards.into_iter().map(|card| self.others(card)).collect(),
        }
    }

    /// What stops an attack beside the arms that were seen to be weak.
    fn others(&self, card: &Card) -> OtherLayers {
        let names = card.stopped_by.iter().copied().flatten().copied();
        let names: BTreeSet<Name> = names.filter(|name| !self.weak.contains(name)).collect();
        let is_held = |name: &Name| self.strong.contains(name);
        let (held, unseen): (Vec<Name>, Vec<Name>) = names.into_iter().partition(is_held);
        OtherLayers {
            attack: card.name,
            held_by: held.into_iter().map(Name::slug).collect(),
            unseen: unseen.into_iter().map(Name::slug).collect(),
        }
    }

    /// Whether an attack succeeds, as far as the arms were seen.
    fn lets_in(&self, card: &Card) -> bool {
        let mut sets = card.stopped_by.iter();
        sets.all(|set| set.iter().any(|name| self.weak.contains(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(weak: &[Name], strong: &[Name]) -> SeenArms {
        SeenArms {
            weak: weak.iter().copied().collect(),
            strong: strong.iter().copied().collect(),
        }
    }

    #[test]
    fn a_weak_arm_is_a_flaw_only_where_nothing_else_stops_an_attack() {
        let alone = seen(&[Name::SameSite], &[Name::CsrfToken]).judge(Name::SameSite);
        assert_eq!(
            alone,
            AuditVerdict::Note {
                others: vec![OtherLayers {
                    attack: "csrf-form",
                    held_by: vec!["csrf-token"],
                    unseen: vec!["request-origin"],
                }],
            }
        );
        assert_eq!(
            alone.layers().as_deref(),
            Some("Beside it: csrf-form is stopped by csrf-token (not seen: request-origin).")
        );
        let all = [Name::SameSite, Name::CsrfToken, Name::RequestOrigin];
        let AuditVerdict::Flaw { attacks } = seen(&all, &[]).judge(Name::SameSite) else {
            panic!("no flaw");
        };
        assert_eq!(attacks, ["csrf-form"]);
    }

    #[test]
    fn an_arm_that_nobody_saw_makes_no_flaw_and_a_sibling_is_not_taken_for_granted() {
        assert_eq!(
            seen(&[Name::HttpOnly], &[]).judge(Name::HttpOnly).word(),
            "note"
        );
        let both = [Name::HostPrefix, Name::DuplicateCookies];
        assert_eq!(seen(&both, &[]).judge(Name::HostPrefix).word(), "note");
        assert_eq!(
            seen(&[Name::Rotation], &[]).judge(Name::Rotation).word(),
            "flaw"
        );
    }
}

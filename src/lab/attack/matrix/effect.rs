//! What one defence does to one attack, read from two cells: the defence alone among weak ones
//! (`only-X`), and everything but the defence (`without-X`).

use serde::Serialize;

use crate::attacks::Card;
use crate::defences::policy::Name;

/// What a defence does to an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefenceEffect {
    /// It stops the attack, and where it is missing nothing else does.
    Only,
    /// It stops the attack, and so does something else: defence in depth.
    OneOf,
    /// It is one of several that stop the attack only together.
    Together,
    /// It brings along a defence that stops the attack, or takes one away with it.
    Through,
    /// Nothing.
    None,
}

impl DefenceEffect {
    /// Reads the two cells: whether the attack was stopped by the defence alone, and whether it
    /// succeeded without it.
    pub fn of(card: &Card, defence: Name, stopped_alone: bool, succeeded_without: bool) -> Self {
        let is_named = card.stopped_by.iter().any(|set| set.contains(&defence));
        match (is_named, stopped_alone, succeeded_without) {
            (true, true, true) => Self::Only,
            (true, true, false) => Self::OneOf,
            (true, false, _) => Self::Together,
            (false, false, false) => Self::None,
            (false, _, _) => Self::Through,
        }
    }

    /// The class of its colour.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Only | Self::OneOf => "strong",
            Self::Together | Self::Through => "mixed",
            Self::None => "",
        }
    }

    /// What it does, after the defence's name.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Only => "stops it, and nothing else does",
            Self::OneOf => "stops it, and so does another defence",
            Self::Together => "stops it only together with others",
            Self::Through => "changes it only through a defence that moves along with it",
            Self::None => "has no effect on it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attacks::ALL;
    use crate::defences::policy::{Policy, Variant, resolve};

    #[test]
    fn a_defence_that_an_attack_names_has_an_effect_and_hardened_is_never_needed_alone_by_two() {
        for attack in ALL {
            let card = attack.card();
            let succeeds =
                |variant| card.succeeds_under(&resolve(variant, &Policy::HARDENED).policy);
            let of = |name: &Name| {
                let alone = !succeeds(Variant::Only(*name));
                DefenceEffect::of(card, *name, alone, succeeds(Variant::Without(*name)))
            };
            let named: Vec<Name> = card.stopped_by.iter().copied().flatten().copied().collect();
            for name in &named {
                assert_ne!(
                    of(name),
                    DefenceEffect::None,
                    "{} {}",
                    card.name,
                    name.slug()
                );
            }
            let only = named.iter().filter(|name| of(name) == DefenceEffect::Only);
            assert!(only.count() <= 1, "{}", card.name);
        }
    }
}

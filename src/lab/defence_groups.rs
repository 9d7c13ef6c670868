//! The groups of the defences, with their titles, for every page that lists defences or what they
//! stop.

use crate::defences::policy::Name;

/// Each group's title, and the defence that it begins with. The order is that of the course.
const GROUPS: [(&str, Name); 8] = [
    ("Session ids", Name::IdSource),
    ("Cookie attributes", Name::HttpOnly),
    ("Lifetime and sign-out", Name::IdleTimeout),
    ("Requests from elsewhere", Name::CsrfToken),
    ("Pages, headers and transport", Name::Output),
    ("Signing in", Name::Throttle),
    ("Client-side state", Name::RoleSource),
    ("Tokens", Name::JwtSignature),
];

/// A group of defences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DefenceGroup {
    pub title: &'static str,
    pub defences: &'static [Name],
}

impl DefenceGroup {
    /// Every group.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        GROUPS.iter().enumerate().map(|(at, (title, first))| {
            let end = GROUPS
                .get(at + 1)
                .map_or(Name::ALL.len(), |(_, next)| *next as usize);
            Self {
                title,
                defences: &Name::ALL[*first as usize..end],
            }
        })
    }

    /// Its name in addresses.
    pub(super) fn slug(&self) -> String {
        self.title.to_lowercase().replace([' ', ','], "-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defence_is_in_one_group() {
        let grouped: Vec<Name> = DefenceGroup::all()
            .flat_map(|group| group.defences.iter().copied())
            .collect();
        assert_eq!(grouped, Name::ALL);
    }
}

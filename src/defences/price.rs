//! What a defence costs whoever runs a portal: to introduce it, and to live with it. Worksheet 14.
//!
//! The prices are a judgement, in four steps. They are there to be argued about: in another
//! application a setting may need a new release, and a service may be there already. What a defence
//! costs *honest users* is measured, not judged: see `src/attacks/costs`.

use super::Name;

/// What a defence costs, in coins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Price {
    /// One line of configuration, or one header.
    Setting,
    /// Code in every place that the defence concerns, and a test for each.
    Code,
    /// Users notice it every day: they wait, or they sign in again.
    Users,
    /// A service, a certificate or a routine that somebody must keep running.
    Upkeep,
}

impl Price {
    /// Every price, the lowest first.
    pub const ALL: [Price; 4] = [Price::Setting, Price::Code, Price::Users, Price::Upkeep];

    /// The price in coins.
    pub const fn coins(self) -> u32 {
        match self {
            Price::Setting => 1,
            Price::Code => 2,
            Price::Users => 3,
            Price::Upkeep => 4,
        }
    }

    /// What is paid for, in a few words.
    pub const fn pays_for(self) -> &'static str {
        match self {
            Price::Setting => "one setting or one header",
            Price::Code => "code in every place that it concerns",
            Price::Users => "users notice it every day",
            Price::Upkeep => "a service or a routine to keep running",
        }
    }
}

impl Name {
    /// What the defence costs.
    pub const fn price(self) -> Price {
        match self {
            Name::IdSource
            | Name::Adoption
            | Name::HttpOnly
            | Name::Secure
            | Name::SameSite
            | Name::HostPrefix
            | Name::Persistence
            | Name::ClearSiteData
            | Name::NoStore
            | Name::JsonOnly
            | Name::Cors
            | Name::Framing
            | Name::Referrer
            | Name::SigningKey
            | Name::JwtSignature
            | Name::JwtNone
            | Name::JwtAlgorithm
            | Name::JwtKey
            | Name::JwtExpiry
            | Name::JwtNotBefore
            | Name::JwtIssuer
            | Name::JwtAudience
            | Name::JwtType
            | Name::JwtCrit => Price::Setting,
            Name::Rotation
            | Name::Carrier
            | Name::DuplicateCookies
            | Name::AtRest
            | Name::SignOut
            | Name::SessionsOnPasswordChange
            | Name::CsrfToken
            | Name::RequestOrigin
            | Name::SafeMethods
            | Name::Output
            | Name::LoginErrors
            | Name::RoleSource
            | Name::JwtKeySource
            | Name::JwtKid
            | Name::JwtTransport
            | Name::JwtClaims
            | Name::TokenStorage => Price::Code,
            Name::IdleTimeout | Name::AbsoluteTimeout | Name::Throttle => Price::Users,
            Name::Csp
            | Name::Transport
            | Name::PasswordStorage
            | Name::ClientState
            | Name::KeyRotation
            | Name::JwtRevocation
            | Name::RefreshRotation => Price::Upkeep,
        }
    }
}

/// What the strong defences of a policy cost together.
pub fn of_policy(policy: &super::Policy) -> u32 {
    let strong = Name::ALL.iter().filter(|name| policy.is_strong(**name));
    strong.map(|name| name.price().coins()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::Policy;

    #[test]
    fn nothing_costs_nothing_and_everything_costs_the_sum() {
        assert_eq!(of_policy(&Policy::INSECURE), 0);
        let all: u32 = Name::ALL.iter().map(|name| name.price().coins()).sum();
        assert_eq!(of_policy(&Policy::HARDENED), all);
        let one = Policy::INSECURE.with(Name::Transport, &Policy::HARDENED);
        assert_eq!(of_policy(&one), Price::Upkeep.coins());
    }

    #[test]
    fn a_later_price_is_a_higher_one() {
        assert!(Price::ALL.is_sorted_by_key(|price| price.coins()));
    }
}

//! Who can reach the lab: this computer, or a class.
//!
//! The lab is full of holes on purpose, so it listens on loopback unless `--class` says otherwise.
//! A class needs a DNS name for the portal, because the attacker answers by address and must be
//! another *site* to a browser. Next: [`super::given_keys`], which a class must set.

use std::net::{IpAddr, Ipv4Addr};

use super::layers::{RawSettings, SettingsLayers};
use crate::base::start_error::StartError;

/// Who can reach the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This computer: every listener is on 127.0.0.1.
    Loopback,
    /// A class on the same network.
    Class {
        /// The address to listen on; 0.0.0.0 stands for all.
        bind: IpAddr,
        /// The portal's DNS name, in lower case.
        public_name: String,
        /// How the class reaches the attacker: an address, or a DNS name of another site, in lower
        /// case. Without one it is an address of this computer.
        attacker_name: Option<String>,
    },
}

impl Reach {
    pub(super) fn check(raw: &RawSettings, layers: &SettingsLayers) -> Result<Self, StartError> {
        if !raw.class {
            // In a file they may wait for a day with --class; as flags they are a mistake.
            for name in ["bind", "public-name", "attacker-name"] {
                if layers.is_flag(name) {
                    let message = format!("--{name} means nothing without --class");
                    let hint = format!("add --class, or leave --{name} out");
                    return Err(StartError::new(message, hint).usage());
                }
            }
            return Ok(Self::Loopback);
        }
        let example = "give the portal a DNS name: --public-name lab.school.example";
        let Some(name) = &raw.public_name else {
            let message = format!("{} needs --public-name", layers.spell("class"));
            return Err(layers.blame(&["class"], StartError::new(message, example)));
        };
        let name = name.to_ascii_lowercase();
        if let Err(reason) = check_dns_name(&name) {
            let message = format!("{} {reason}", layers.spell("public-name"));
            return Err(layers.blame(&["public-name"], StartError::new(message, example)));
        }
        let bind = raw.bind.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let attacker_name = raw
            .attacker_name
            .as_ref()
            .map(|name| name.to_ascii_lowercase());
        if let Some(attacker) = &attacker_name
            && let Err(reason) = check_attacker(attacker, &name)
        {
            let message = format!("{} {reason}", layers.spell("attacker-name"));
            let hint = "give the attacker an address, or a name in another domain";
            return Err(layers.blame(&["attacker-name"], StartError::new(message, hint)));
        }
        Ok(Self::Class {
            bind,
            public_name: name,
            attacker_name,
        })
    }
}

/// To a browser the attacker must be another site than the portal. Which names belong together only
/// the list of public suffixes tells; names with the same parent of two labels or more are taken
/// for one site.
fn check_attacker(attacker: &str, portal: &str) -> Result<(), &'static str> {
    if attacker.parse::<Ipv4Addr>().is_ok() {
        return Ok(());
    }
    check_dns_name(attacker)?;
    let parent = |name: &str| {
        let (_, parent) = name.split_once('.')?;
        parent.contains('.').then(|| parent.to_owned())
    };
    let below = |name: &str, of: &str| {
        name.strip_suffix(of)
            .is_some_and(|rest| rest.ends_with('.'))
    };
    let siblings = parent(attacker).is_some() && parent(attacker) == parent(portal);
    if attacker == portal || siblings || below(attacker, portal) || below(portal, attacker) {
        return Err("is the same site as --public-name to a browser");
    }
    Ok(())
}

/// Checks the preferred syntax of RFC 1123, section 2.1, in lower case.
fn check_dns_name(name: &str) -> Result<(), &'static str> {
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.parse::<IpAddr>().is_ok() {
        return Err("is an address; the portal needs a name, the attacker has the address");
    }
    if name == "localhost" || name.ends_with(".localhost") {
        return Err("is a loopback name, which no other computer can reach");
    }
    // A browser reads a name whose last label is a number as an address (WHATWG URL).
    let numeric = name
        .rsplit('.')
        .next()
        .is_some_and(|l| l.bytes().all(|b| b.is_ascii_digit()));
    if name.len() > 253 || numeric || !name.split('.').all(label_fits) {
        return Err("is not a DNS name");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attacker_is_another_site_than_the_portal() {
        let portal = "lab.school.example";
        for good in ["192.0.2.7", "evil.example", "lab.evil.example", "evil"] {
            assert_eq!(check_attacker(good, portal), Ok(()), "{good}");
        }
        for bad in [
            portal,
            "evil.school.example",
            "school.example",
            "evil.lab.school.example",
            "localhost",
            "::1",
            "a b",
        ] {
            assert!(check_attacker(bad, portal).is_err(), "{bad}");
        }
        assert!(check_attacker("evil.example", "lab.example").is_ok());
    }

    #[test]
    fn dns_names_are_told_from_addresses_and_nonsense() {
        let longest = format!("{}.example", "a".repeat(63));
        for good in [
            "lab.school.example",
            "lab",
            "xn--caf-dma.example",
            "1a.b-c",
            &longest,
        ] {
            assert_eq!(check_dns_name(good), Ok(()), "{good}");
        }
        let too_long = format!("{}.example", "a".repeat(64));
        for bad in [
            "",
            ".",
            "a..b",
            "-a.b",
            "a-.b",
            "a_b",
            "a b",
            "lab.example.",
            "https://lab",
            "lab:80",
            "192.0.2.7",
            "::1",
            "1.2.3",
            "localhost",
            "portal.localhost",
            "café.example",
            &too_long,
        ] {
            assert!(check_dns_name(bad).is_err(), "{bad}");
        }
    }
}

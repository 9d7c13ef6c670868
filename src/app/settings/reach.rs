//! Who can reach the lab: this computer, or a class.
//!
//! The lab is full of holes on purpose, so it listens on loopback unless `--class` says otherwise.
//! A class needs a DNS name for the portal, because the attacker answers by address and must be
//! another *site* to a browser. Next: [`super::given_keys`], which a class must set.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::layers::{RawSettings, SettingsLayers};
use crate::base::site_names::CLASS_LABELS;
use crate::base::start_error::StartError;

/// Who can reach the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This computer: every listener is on 127.0.0.1.
    Loopback,
    /// A class on the same network.
    Class {
        /// The address to listen on; 0.0.0.0 means all.
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
                // The desk listens for the class also without --class.
                let is_for_desk = name == "bind" && raw.desk;
                if layers.is_flag(name) && !is_for_desk {
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
        if let Err(reason) = check_portal(&name) {
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
            let hint = "give the attacker an address, or a name in another registered domain: \
                        --attacker-name evil.example";
            return Err(layers.blame(&["attacker-name"], StartError::new(message, hint)));
        }
        Ok(Self::Class {
            bind,
            public_name: name,
            attacker_name,
        })
    }
}

/// Why `co.uk` and `github.io` name no host of a lab.
const PUBLIC_SUFFIX: &str = "is a public suffix: to a browser each name below it is another site, and \
                             nobody owns it alone";

/// The sibling, the lab's pages and the café have names below the portal's.
const TOO_LONG: &str = "leaves no room for the names below it, such as guide.";

const NO_COMPUTER: &str = "is an address that belongs to no single computer";

const IPV6: &str = "is an IPv6 address, and the attacker answers to names and IPv4 addresses";

/// To a browser the attacker must be another site than the portal. `portal` is a name that
/// [`check_portal`] has accepted.
fn check_attacker(attacker: &str, portal: &str) -> Result<(), &'static str> {
    // An address is no part of any domain, so it comes before the list.
    if let Ok(address) = attacker.parse::<Ipv4Addr>() {
        let is_one_computer =
            !address.is_unspecified() && !address.is_broadcast() && !address.is_multicast();
        return is_one_computer.then_some(()).ok_or(NO_COMPUTER);
    }
    if attacker
        .trim_matches(['[', ']'])
        .parse::<Ipv6Addr>()
        .is_ok()
    {
        return Err(IPV6);
    }
    check_dns_name(attacker)?;
    match (site_of(attacker), site_of(portal)) {
        (None, _) if attacker == portal => Err("is the same name as --public-name"),
        (None, _) if attacker.contains('.') => Err(PUBLIC_SUFFIX),
        // A single label is a site by itself.
        (None, _) => Ok(()),
        (attacker, portal) if attacker == portal => {
            Err("is the same site as --public-name to a browser")
        }
        _ => Ok(()),
    }
}

/// The portal's name: a host of some site.
fn check_portal(name: &str) -> Result<(), &'static str> {
    check_dns_name(name)?;
    if name.contains('.') && site_of(name).is_none() {
        return Err(PUBLIC_SUFFIX);
    }
    for label in CLASS_LABELS {
        let below = format!("{label}.{name}");
        check_dns_name(&below).map_err(|_| TOO_LONG)?;
        // Below some suffixes every name is one more suffix: `*.compute.estate`.
        if name.contains('.') && site_of(&below) != site_of(name) {
            return Err(PUBLIC_SUFFIX);
        }
    }
    Ok(())
}

/// The site of a name without its scheme, as browsers compute it: the public suffix and one label
/// more (RFC 6265bis §5.2). `None` for a public suffix itself and for a single label.
///
/// The list wants names in lower case, as A-labels and without a final dot; [`check_dns_name`] has
/// seen to that. `lab.cs.uni.example` and `evil.it.uni.example` have no parent in common, and are
/// one site.
fn site_of(name: &str) -> Option<&str> {
    psl::domain_str(name)
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
        return Err("is an address, and the portal needs a name");
    }
    if name == "localhost" || name.ends_with(".localhost") {
        return Err("is a loopback name, which no other computer can reach");
    }
    if !name.is_ascii() {
        return Err("has letters beyond ASCII: write it as the DNS does, with xn--");
    }
    if name.contains(['/', ':']) {
        return Err("is more than a name: leave out http://, the port and the path");
    }
    if name.len() > 1 && name.ends_with('.') {
        return Err("ends with a dot: leave it out");
    }
    if name.len() > 253 || !name.split('.').all(label_fits) {
        return Err("is not a DNS name");
    }
    // A browser reads a last label such as `7` and `0x1f` as part of an address, and opens no label
    // with `xn--` that means nothing (WHATWG URL).
    match url::Host::parse(name) {
        Ok(url::Host::Domain(read)) if read == name => Ok(()),
        _ => Err("is a name that browsers do not open"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attacker_is_another_site_than_the_portal() {
        let same = Err("is the same site as --public-name to a browser");
        for (attacker, portal, result) in [
            ("evil.it.uni.example", "lab.cs.uni.example", same),
            ("evil.school.example", "lab.school.example", same),
            ("school.example", "lab.school.example", same),
            ("evil.lab.school.example", "lab.school.example", same),
            ("evil.cs.cam.ac.uk", "lab.maths.cam.ac.uk", same),
            ("evil.ox.ac.uk", "lab.cam.ac.uk", Ok(())),
            // Two students' pages: below a suffix that a company offers.
            ("mallory.github.io", "lab.github.io", Ok(())),
            ("evil.lab.github.io", "lab.github.io", same),
            ("xn--caf-dma.example", "lab.xn--caf-dma.example", same),
            ("evil.example", "lab.school.example", Ok(())),
            ("evil.example", "lab.example", Ok(())),
            ("evil", "lab.example", Ok(())),
            ("evil", "lab", Ok(())),
            ("192.0.2.7", "lab.school.example", Ok(())),
        ] {
            assert_eq!(
                check_attacker(attacker, portal),
                result,
                "{attacker} {portal}"
            );
        }
        let portal = "lab.school.example";
        for bad in [
            portal,
            "localhost",
            "::1",
            "[::1]",
            "fe80::1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "evil.0x1f",
            "evil.7",
            "xn--a.example",
            "a b",
            "evil.example.",
            "Evil.example",
        ] {
            assert!(check_attacker(bad, portal).is_err(), "{bad}");
        }
        assert!(check_attacker("lab", "lab").is_err());
    }

    #[test]
    fn a_public_suffix_is_neither_portal_nor_attacker() {
        for suffix in ["co.uk", "ac.uk", "github.io", "k12.ca.us"] {
            let told = check_portal(suffix).unwrap_err();
            assert!(told.starts_with("is a public suffix"), "{suffix} {told}");
            let told = check_attacker(suffix, "lab.school.example").unwrap_err();
            assert!(told.starts_with("is a public suffix"), "{suffix} {told}");
        }
        // Below these every name is a suffix, so the sibling would be another site.
        for name in ["compute.estate", "kobe.jp"] {
            let told = check_portal(name).unwrap_err();
            assert!(told.starts_with("is a public suffix"), "{name} {told}");
        }
        for name in ["lab", "lab.example", "lab.ac.uk"] {
            assert_eq!(check_portal(name), Ok(()), "{name}");
        }
        let longest = format!("{}.example", "a.".repeat(122) + "a");
        assert_eq!(check_dns_name(&longest), Ok(()));
        assert_eq!(check_portal(&longest), Err(TOO_LONG));
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
        for (bad, reason) in [
            ("café.example", "has letters beyond ASCII"),
            ("https://lab", "is more than a name"),
            ("lab.example:80", "is more than a name"),
            ("lab.example.", "ends with a dot"),
            ("192.0.2.7", "is an address"),
            ("portal.localhost", "is a loopback name"),
            ("a_b.example", "is not a DNS name"),
        ] {
            let told = check_dns_name(bad).unwrap_err();
            assert!(told.starts_with(reason), "{bad}: {told}");
        }
    }
}

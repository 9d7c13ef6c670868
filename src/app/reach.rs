//! The names and addresses that follow from who can reach the lab.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

use crate::app::settings::{Reach, Settings};
use crate::base::addresses::Addresses;
use crate::base::site_names::SiteNames;
use crate::lab::ClassHosts;

/// The name in links to the portal and the lab.
pub fn portal_name(reach: &Reach) -> String {
    match reach {
        Reach::Loopback => "localhost".to_owned(),
        Reach::Class { public_name, .. } => public_name.clone(),
    }
}

/// Where the portal is reached from this computer.
pub fn portal_address(reach: &Reach) -> IpAddr {
    match reach {
        Reach::Class { bind, .. } if !bind.is_unspecified() => *bind,
        Reach::Loopback | Reach::Class { .. } => Ipv4Addr::LOCALHOST.into(),
    }
}

/// The host in links to the attacker. A class's browsers reach this computer by one of its
/// addresses; where the lab listens on all of them, the one with the way out is taken.
pub fn attacker_host(reach: &Reach) -> String {
    let address = match reach {
        Reach::Class {
            attacker_name: Some(name),
            ..
        } => return name.clone(),
        Reach::Loopback => Ipv4Addr::LOCALHOST.into(),
        Reach::Class { bind, .. } => *bind,
    };
    host_of(address)
}

/// An address of a listener as others write it in a link. Of a listener on all addresses it is the one
/// with the way out.
pub fn host_of(bind: IpAddr) -> String {
    let address = if bind.is_unspecified() {
        way_out().unwrap_or(Ipv4Addr::LOCALHOST.into())
    } else {
        bind
    };
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// The names that a class's network must know, and the address to which they must lead.
pub fn class_hosts(settings: &Settings, addresses: &Addresses) -> ClassHosts {
    let address = match &settings.reach {
        Reach::Loopback => None,
        Reach::Class { bind, .. } if !bind.is_unspecified() => Some(*bind),
        Reach::Class { .. } => way_out(),
    };
    ClassHosts::of(addresses, address)
}

/// The names in the certificate besides those of this computer: every host of the class, so that one
/// file is enough for a student's curl. Labs on several computers that share their names can also share
/// a certificate.
pub fn certificate_names(reach: &Reach) -> Vec<String> {
    let Reach::Class { public_name, .. } = reach else {
        return Vec::new();
    };
    let names = SiteNames::of(public_name);
    let names = names.of_class().into_iter().map(str::to_owned);
    let attacker = attacker_host(reach);
    // In a certificate an address of version 6 has no brackets.
    let attacker = attacker.trim_matches(['[', ']']).to_owned();
    names.chain([attacker]).collect()
}

/// Asks the routing table. Connecting a UDP socket sends nothing; 192.0.2.1 is nobody's (RFC 5737).
fn way_out() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

//! Which site listens where, and the names that each listener answers to.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::base::bench_name::BenchName;
use crate::base::site_names::SiteNames;
use crate::defences::facts::Scheme;

/// A site of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Site {
    /// The lab's own pages: guide, evidence, clock.
    Lab,
    /// The application under attack.
    Portal,
    /// The attacker's own site, and the sibling of the portal that the attacker controls.
    Attacker,
}

impl Site {
    /// The word for it in names of templates and style sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Site::Lab => "lab",
            Site::Portal => "portal",
            Site::Attacker => "attacker",
        }
    }
}

/// A host of the portal's *site* that the attacker controls.
pub const SIBLING: &str = "notes.portal.localhost";

/// The portal's name beside the sibling: one site, two hosts.
pub const BESIDE_SIBLING: &str = "portal.localhost";

/// The number of this computer, which most listeners do not answer to: to a browser it is the
/// attacker's site.
pub const LOOPBACK: &str = "127.0.0.1";

/// A name of this computer on which clients hold `Secure` cookies back, as on any other host.
pub const LAB_TEST: &str = "lab.test";

/// A `Host` header that is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredHost {
    /// The name in it, in lower case.
    pub name: String,
    /// The port in it: the listener's own, or the café's.
    pub port: u16,
}

/// One of the lab's listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listener {
    /// The lab's own pages: unencrypted on a student's own computer, over TLS in a class.
    Lab,
    /// The portal, unencrypted.
    PortalHttp,
    /// The portal over TLS.
    PortalHttps,
    /// The attacker, unencrypted.
    Attacker,
    /// The attacker over TLS.
    AttackerTls,
}

impl Listener {
    /// Every listener.
    pub const ALL: [Listener; 5] = [
        Listener::Lab,
        Listener::PortalHttp,
        Listener::PortalHttps,
        Listener::Attacker,
        Listener::AttackerTls,
    ];

    /// The site it serves.
    pub const fn site(self) -> Site {
        match self {
            Listener::Lab => Site::Lab,
            Listener::PortalHttp | Listener::PortalHttps => Site::Portal,
            Listener::Attacker | Listener::AttackerTls => Site::Attacker,
        }
    }

    /// Whether its connections are encrypted on a student's own computer. [`Addresses::scheme`] also knows a
    /// class.
    pub const fn scheme(self) -> Scheme {
        match self {
            Listener::Lab | Listener::PortalHttp | Listener::Attacker => Scheme::Http,
            Listener::PortalHttps | Listener::AttackerTls => Scheme::Https,
        }
    }

    /// The flag that chooses its port.
    pub const fn flag(self) -> &'static str {
        match self {
            Listener::Lab => "--lab-port",
            Listener::PortalHttp => "--http-port",
            Listener::PortalHttps => "--https-port",
            Listener::Attacker => "--attacker-port",
            Listener::AttackerTls => "--attacker-tls-port",
        }
    }

    /// Its place in [`Listener::ALL`].
    pub const fn index(self) -> usize {
        match self {
            Listener::Lab => 0,
            Listener::PortalHttp => 1,
            Listener::PortalHttps => 2,
            Listener::Attacker => 3,
            Listener::AttackerTls => 4,
        }
    }
}

/// Where a lab listens, as it reports it to programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// The name in links.
    pub name: String,
    /// The attacker's address in links.
    pub attacker_name: String,
    /// The lab's own pages.
    pub lab: u16,
    /// The portal unencrypted.
    pub http: u16,
    /// The portal over TLS.
    pub https: u16,
    /// The attacker unencrypted.
    pub attacker: u16,
    /// The attacker over TLS.
    pub attacker_tls: u16,
    /// The café.
    pub cafe: u16,
}

/// Names and ports of every listener. A port is known once its listener is up.
#[derive(Debug)]
pub struct Addresses {
    names: SiteNames,
    /// The host in links to the attacker: an address and a name are never one site.
    attacker_name: String,
    ports: [OnceLock<u16>; Listener::ALL.len()],
    cafe: OnceLock<u16>,
}

impl Addresses {
    /// Addresses under these two names, of which the attacker's is an address or a name of another
    /// site; ports still unknown.
    pub fn new(main_name: String, attacker_name: String) -> Self {
        Self {
            names: SiteNames::of(&main_name),
            attacker_name,
            ports: Default::default(),
            cafe: OnceLock::new(),
        }
    }

    /// The addresses of another lab, by the ports that it reports.
    pub fn from_ports(ports: &Ports) -> Self {
        let addresses = Self {
            names: SiteNames::of(&ports.name),
            attacker_name: ports.attacker_name.clone(),
            ports: Default::default(),
            cafe: OnceLock::from(ports.cafe),
        };
        for (listener, port) in [
            (Listener::Lab, ports.lab),
            (Listener::PortalHttp, ports.http),
            (Listener::PortalHttps, ports.https),
            (Listener::Attacker, ports.attacker),
            (Listener::AttackerTls, ports.attacker_tls),
        ] {
            addresses.learn(listener, port);
        }
        addresses
    }

    /// Where this lab listens; 0 for what is not up yet.
    pub fn ports(&self) -> Ports {
        let port = |listener| self.port(listener).unwrap_or_default();
        Ports {
            name: self.names.portal.clone(),
            attacker_name: self.attacker_name.clone(),
            lab: port(Listener::Lab),
            http: port(Listener::PortalHttp),
            https: port(Listener::PortalHttps),
            attacker: port(Listener::Attacker),
            attacker_tls: port(Listener::AttackerTls),
            cafe: self.cafe_port().unwrap_or_default(),
        }
    }

    /// Notes the port that a listener was given. Only the first note counts.
    pub fn learn(&self, listener: Listener, port: u16) {
        // A second note is the same port again: a listener binds once.
        let _ = self.ports[listener.index()].set(port);
    }

    /// The port of a listener; `None` until it is up.
    pub fn port(&self, listener: Listener) -> Option<u16> {
        self.ports[listener.index()].get().copied()
    }

    /// Notes the café's port.
    pub fn learn_cafe(&self, port: u16) {
        // As above: the café binds once.
        let _ = self.cafe.set(port);
    }

    /// The café's port; `None` until it is up.
    pub fn cafe_port(&self) -> Option<u16> {
        self.cafe.get().copied()
    }

    /// Whether every listener is up.
    pub fn complete(&self) -> bool {
        self.cafe_port().is_some() && Listener::ALL.iter().all(|l| self.port(*l).is_some())
    }

    /// The portal's name in links: `localhost`, or the public name of a class.
    pub fn main_name(&self) -> &str {
        &self.names.portal
    }

    /// Every host name but the attacker's.
    pub fn site_names(&self) -> &SiteNames {
        &self.names
    }

    /// Whether a class shares this lab: only there the portal has a name that other computers know.
    pub fn is_class(&self) -> bool {
        self.names.is_class()
    }

    /// The attacker's host in links.
    pub fn attacker_name(&self) -> &str {
        &self.attacker_name
    }

    /// Whether this name is the sibling's. The lab's own attacks use the names of a lab on loopback, also
    /// in a class.
    pub fn is_sibling(&self, host_name: &str) -> bool {
        host_name == SIBLING || host_name == self.names.sibling
    }

    /// The portal's name beside this one of the sibling's.
    pub fn name_beside(&self, sibling: &str) -> &str {
        match sibling {
            SIBLING => BESIDE_SIBLING,
            _ => &self.names.beside_sibling,
        }
    }

    /// Whether this name is the portal's beside the sibling.
    pub fn is_beside_sibling(&self, host_name: &str) -> bool {
        host_name == BESIDE_SIBLING || host_name == self.names.beside_sibling
    }

    /// Whether a browser may be told to use TLS only with this name (HSTS). It would do so for every port
    /// of the name, so nothing else may be reached by it.
    pub fn may_have_hsts(&self, host_name: &str) -> bool {
        host_name == LAB_TEST || host_name == self.names.cafe
    }

    /// Name and port of the café under one of its names. It takes http and https.
    pub fn cafe_as(&self, name: &str) -> String {
        format!("{name}:{}", self.cafe_port().unwrap_or_default())
    }

    /// Name and port of the café in links: the portal's name, so that it gets the portal's cookies.
    pub fn cafe(&self) -> String {
        self.cafe_as(&self.names.portal)
    }

    /// The sibling's origin, on one of the attacker's listeners.
    pub fn sibling(&self, listener: Listener) -> String {
        self.origin_as(listener, &self.names.sibling)
    }

    /// The portal's origin beside the sibling, on one of the portal's listeners.
    pub fn beside_sibling(&self, listener: Listener) -> String {
        self.origin_as(listener, &self.names.beside_sibling)
    }

    /// The origin of a listener under the name in links, as in `https://localhost:7443`.
    pub fn origin(&self, listener: Listener) -> String {
        self.origin_as(listener, self.name(listener))
    }

    /// Whether the connections of a listener are encrypted. The lab's own pages are so in a class: a
    /// secret is sent to them.
    pub fn scheme(&self, listener: Listener) -> Scheme {
        match listener {
            Listener::Lab if self.is_class() => Scheme::Https,
            _ => listener.scheme(),
        }
    }

    /// The name of a listener in links.
    pub fn name(&self, listener: Listener) -> &str {
        match listener.site() {
            Site::Lab => &self.names.lab,
            Site::Portal => &self.names.portal,
            Site::Attacker => &self.attacker_name,
        }
    }

    /// The origin of a listener under another of its names.
    pub fn origin_as(&self, listener: Listener, name: &str) -> String {
        origin(
            self.scheme(listener),
            name,
            self.port(listener).unwrap_or_default(),
        )
    }

    /// The address of a lab page of a bench.
    pub fn lab_page(&self, bench: &BenchName, path: &str) -> String {
        format!("{}{}{path}", self.origin(Listener::Lab), bench.prefix())
    }

    /// The names that a listener answers to.
    pub fn names(&self, listener: Listener) -> Vec<&str> {
        let SiteNames {
            portal,
            lab,
            sibling,
            ..
        } = &self.names;
        match listener.site() {
            // In a class never the portal's name: cookies ignore ports.
            Site::Lab => vec![lab],
            Site::Portal => vec![portal, LAB_TEST, BESIDE_SIBLING],
            Site::Attacker => vec![
                &self.attacker_name,
                LOOPBACK,
                "evil.localhost",
                SIBLING,
                sibling,
            ],
        }
    }

    /// A `Host` header, if the listener answers to that pair of name and port. Through the café it
    /// is the café's port, and the café's names only.
    pub fn answered(
        &self,
        listener: Listener,
        host: &str,
        through_cafe: bool,
    ) -> Option<AnsweredHost> {
        if through_cafe {
            let names = [&*self.names.portal, &self.names.cafe, LAB_TEST];
            return answered_by(self.scheme(listener), host, self.cafe_port()?, &names);
        }
        let names = self.names(listener);
        answered_by(self.scheme(listener), host, self.port(listener)?, &names)
    }

    /// A `Host` header that names this computer by [`LOOPBACK`], with a listener's own port. Few
    /// addresses are answered so (`at_loopback` in `src/web/known_addresses.rs`).
    pub fn answered_at_loopback(&self, listener: Listener, host: &str) -> Option<AnsweredHost> {
        answered_by(
            self.scheme(listener),
            host,
            self.port(listener)?,
            &[LOOPBACK],
        )
    }
}

/// A `Host` header, if it is one of these names with this port.
fn answered_by(scheme: Scheme, host: &str, port: u16, names: &[&str]) -> Option<AnsweredHost> {
    let default = match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    };
    let (name, found) = match host.rsplit_once(':') {
        Some((name, digits)) => (name, digits.parse().ok()?),
        None => (host, default),
    };
    let name = name.to_ascii_lowercase();
    (found == port && names.contains(&name.as_str())).then_some(AnsweredHost { name, port })
}

/// An origin as a browser writes it: without the port where it is the scheme's own.
pub fn origin(scheme: Scheme, name: &str, port: u16) -> String {
    match (scheme, port) {
        (Scheme::Http, 80) | (Scheme::Https, 443) => format!("{}://{name}", scheme.as_str()),
        _ => format!("{}://{name}:{port}", scheme.as_str()),
    }
}

#[cfg(test)]
mod tests;

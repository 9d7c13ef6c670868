//! The placeholders for addresses in a sheet: `{{portal}}` and the like.
//!
//! One function fills them for the page, the paper and the tests alike.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;

use crate::base::addresses::{Addresses, BESIDE_SIBLING, CAFE_NAMES, Listener, Ports, SIBLING};
use crate::base::bench_name::BenchName;
use crate::defences::policy::{Policy, PolicyProbe, Variant, resolve};
use crate::session::cookie;

const COOKIE: &str = "cookie:";
const LAB_TEST: &str = "lab.test";

/// The values of the placeholders in one lab, on one bench.
#[derive(Clone, Debug)]
pub struct PlaceholderValues {
    plain: BTreeMap<&'static str, String>,
    bench: BenchName,
    custom: Policy,
}

impl PlaceholderValues {
    /// The values on a bench of a lab that keeps its data in this folder.
    pub fn new(addresses: &Addresses, folder: &Path, bench: &BenchName, custom: Policy) -> Self {
        let prefix = bench.prefix();
        let origin = |listener| addresses.origin(listener);
        let page = |listener| format!("{}{prefix}", origin(listener));
        let page_as = |listener, name| format!("{}{prefix}", addresses.origin_as(listener, name));
        let port = |listener| addresses.port(listener).unwrap_or_default().to_string();
        let cafe = addresses.cafe_port().unwrap_or_default();
        let (http, https) = (Listener::PortalHttp, Listener::PortalHttps);
        let (list_sessions, read_session) = listing(addresses, folder, bench);
        let plain = BTreeMap::from([
            ("lab", page(Listener::Lab)),
            ("lab-origin", origin(Listener::Lab)),
            ("portal", page(https)),
            ("portal-origin", origin(https)),
            ("portal-http", page(http)),
            ("attacker", page(Listener::Attacker)),
            ("attacker-tls", page(Listener::AttackerTls)),
            ("sibling", page_as(Listener::Attacker, SIBLING)),
            ("beside-sibling", page_as(http, BESIDE_SIBLING)),
            ("beside-sibling-tls", page_as(https, BESIDE_SIBLING)),
            ("lab-test", page_as(http, LAB_TEST)),
            ("lab-test-tls", page_as(https, LAB_TEST)),
            ("cafe", format!("{}:{cafe}{prefix}", CAFE_NAMES[0])),
            ("cafe-port", cafe.to_string()),
            ("http-port", port(http)),
            ("https-port", port(https)),
            ("cert", inside(folder, "tls/cert.pem")),
            ("ls-sessions", list_sessions),
            ("cat-sessions", read_session),
            ("bench", bench.to_string()),
        ]);
        Self {
            plain,
            bench: bench.clone(),
            custom,
        }
    }

    /// The values of a lab with the default ports that was started in the reader's folder: what is
    /// printed without a lab.
    pub fn usual() -> Self {
        let addresses = Addresses::from_ports(&Ports {
            name: "localhost".into(),
            attacker_name: Ipv4Addr::LOCALHOST.to_string(),
            lab: 7070,
            http: 7080,
            https: 7443,
            attacker: 7666,
            attacker_tls: 7667,
            cafe: 7081,
        });
        let bench = BenchName::local();
        Self::new(&addresses, Path::new("lab-data"), &bench, Policy::INSECURE)
    }

    /// The text with every placeholder filled. One that is none stays as it is: no sheet that was
    /// read holds one.
    pub fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, name, after)) = next(rest) {
            out.push_str(before);
            match self.value(name) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&rest[before.len()..rest.len() - after.len()]),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(value) = self.plain.get(name) {
            return Some(value.clone());
        }
        let variant: Variant = name.strip_prefix(COOKIE)?.parse().ok()?;
        let probe = PolicyProbe::new(resolve(variant, &self.custom).policy);
        Some(cookie::name(&probe, variant, &self.bench))
    }
}

/// The commands that list the session files of a bench and show one. A class has no folder of the lab to
/// look into, so there the lab is asked.
fn listing(addresses: &Addresses, folder: &Path, bench: &BenchName) -> (String, String) {
    if addresses.is_class() {
        let ask = format!("curl -s {}", addresses.lab_page(bench, "/session-files"));
        return (ask.clone(), ask);
    }
    let files = inside(folder, &format!("sessions/{bench}"));
    (format!("ls {files}"), format!("cat {files}"))
}

/// The folder as the reader of a sheet writes it: without the `./` of the default.
fn inside(folder: &Path, path: &str) -> String {
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    folder.join(path).display().to_string()
}

/// The text before the next placeholder, its name, and the text after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("{{")?;
    let length = text[start..].find("}}")?;
    let name = &text[start + 2..start + length];
    Some((&text[..start], name, &text[start + length + 2..]))
}

/// The first placeholder that does not exist: where, in bytes, and its name.
pub fn unknown(text: &str) -> Option<(usize, String)> {
    let usual = PlaceholderValues::usual();
    let mut rest = text;
    while let Some((before, name, after)) = next(rest) {
        if usual.value(name).is_none() {
            return Some((text.len() - rest.len() + before.len(), name.to_owned()));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_the_addresses_of_the_design() {
        let usual = PlaceholderValues::usual();
        assert_eq!(
            usual.fill("a {{lab}}/x b {{portal}}"),
            "a http://localhost:7070/x b https://localhost:7443"
        );
        assert_eq!(
            usual.fill("{{cafe}} {{sibling}}"),
            "localhost:7081 http://notes.portal.localhost:7666"
        );
        assert_eq!(
            usual.fill("{{cert}} {{ls-sessions}}/hardened"),
            "lab-data/tls/cert.pem ls lab-data/sessions/local/hardened"
        );
        assert_eq!(usual.fill("{{cookie:hardened}}"), "__Host-session_hardened");
        assert_eq!(
            usual.fill("{{cookie:without-rotation}}"),
            "__Host-session_lab"
        );
    }

    #[test]
    fn on_another_bench_the_addresses_carry_it() {
        let addresses = Addresses::new("localhost".into(), "127.0.0.1".into());
        let bench: BenchName = "team-7".parse().unwrap();
        let values =
            PlaceholderValues::new(&addresses, Path::new("/srv/lab"), &bench, Policy::HARDENED);
        assert_eq!(values.fill("{{lab}}/x"), "http://localhost:0/b/team-7/x");
        assert_eq!(values.fill("{{lab-origin}}"), "http://localhost:0");
        assert_eq!(
            values.fill("{{cat-sessions}}"),
            "cat /srv/lab/sessions/team-7"
        );
        assert_eq!(
            values.fill("{{cookie:insecure}}"),
            "session_insecure_team-7"
        );
    }

    #[test]
    fn a_class_is_told_no_path_of_the_server() {
        let addresses = Addresses::new("lab.school.example".into(), "192.0.2.7".into());
        addresses.learn(Listener::Lab, 7070);
        let bench: BenchName = "team-7".parse().unwrap();
        let values =
            PlaceholderValues::new(&addresses, Path::new("/srv/lab"), &bench, Policy::HARDENED);
        for command in ["{{ls-sessions}}", "{{cat-sessions}}"] {
            assert_eq!(
                values.fill(command),
                "curl -s http://lab.school.example:7070/b/team-7/session-files"
            );
        }
        let shown = values.plain.values().filter(|value| value.contains("/srv"));
        assert_eq!(shown.collect::<Vec<_>>(), Vec::<&String>::new());
    }

    #[test]
    fn what_is_no_placeholder_is_found_and_left_as_it_is() {
        let text = "{{lab}} {{nonsense}} {{";
        assert_eq!(unknown(text), Some((8, "nonsense".into())));
        assert_eq!(
            PlaceholderValues::usual().fill(text),
            "http://localhost:7070 {{nonsense}} {{"
        );
        assert_eq!(unknown("{{cookie:insecure}} }} {{ a"), None);
    }
}

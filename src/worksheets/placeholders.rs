//! The placeholders for addresses in a sheet: `{{portal}}` and the like.
//!
//! One function fills them for the page, the paper and the tests alike. Where a class does something
//! else than a student on their own laptop, `{{own}}…{{class}}…{{/}}` has both.

mod commands;

pub use self::commands::{FETCHED, LAB_JAR, fetch_certificate};

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;

use self::commands::{
    at_test_name, at_test_names, certificate_from, compare_first, curl_lab, inside, listing,
    no_proxy, terminal_folder, trust,
};
use super::audience::{CLASS, END, OWN, SheetAudience};
use crate::base::addresses::{Addresses, Listener, Ports};
use crate::base::bench_name::BenchName;
use crate::defences::policy::{Policy, PolicyProbe, Variant, resolve};
use crate::session::cookie;

const COOKIE: &str = "cookie:";

/// The values of the placeholders in one lab, on one bench.
#[derive(Clone, Debug)]
pub struct PlaceholderValues {
    plain: BTreeMap<&'static str, String>,
    bench: BenchName,
    custom: Policy,
    is_class: bool,
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
        let is_class = addresses.is_class();
        let names = addresses.site_names();
        let cert = match is_class {
            true => FETCHED.into(),
            false => inside(folder, "tls/cert.pem"),
        };
        let (http, https) = (Listener::PortalHttp, Listener::PortalHttps);
        let (list_sessions, read_session) = listing(addresses, folder, bench);
        let plain = BTreeMap::from([
            ("lab", page(Listener::Lab)),
            ("lab-origin", origin(Listener::Lab)),
            ("curl-lab", curl_lab(is_class)),
            ("certificate-from", certificate_from(addresses)),
            ("portal", page(https)),
            ("portal-origin", origin(https)),
            ("portal-http", page(http)),
            ("attacker", page(Listener::Attacker)),
            ("attacker-tls", page(Listener::AttackerTls)),
            ("sibling", page_as(Listener::Attacker, &names.sibling)),
            ("beside-sibling", page_as(http, &names.beside_sibling)),
            ("beside-sibling-tls", page_as(https, &names.beside_sibling)),
            ("beside-sibling-name", names.beside_sibling.clone()),
            ("sibling-origin", addresses.sibling(Listener::Attacker)),
            ("portal-name", names.portal.clone()),
            ("lab-test", page_as(http, &names.secure)),
            ("lab-test-tls", page_as(https, &names.secure)),
            ("lab-test-name", names.secure.clone()),
            ("lab-test-at", at_test_names(addresses, &[http, https])),
            ("cafe", format!("{}{prefix}", addresses.cafe())),
            (
                "cafe-test",
                format!("{}{prefix}", addresses.cafe_as(&names.cafe)),
            ),
            ("cafe-test-name", names.cafe.clone()),
            ("cafe-test-at", at_test_name(addresses, cafe)),
            ("cafe-port", cafe.to_string()),
            ("http-port", port(http)),
            ("https-port", port(https)),
            ("trust", trust(addresses, &cert)),
            ("trust-first", compare_first(is_class).into()),
            ("cert", cert),
            ("folder", terminal_folder(is_class).into()),
            ("no-proxy", no_proxy(addresses)),
            ("ls-sessions", list_sessions),
            ("cat-sessions", read_session),
            ("bench", bench.to_string()),
        ]);
        Self {
            plain,
            bench: bench.clone(),
            custom,
            is_class,
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
        let text = SheetAudience::of(self.is_class).choose(text).text;
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
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

/// The text before the next placeholder, its name, and the text after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("{{")?;
    let length = text[start..].find("}}")?;
    let name = &text[start + 2..start + length];
    Some((&text[..start], name, &text[start + length + 2..]))
}

/// The first placeholder that does not exist, or that is not where it may be: where, in bytes, and its
/// name.
pub fn unknown(text: &str) -> Option<(usize, String)> {
    let usual = PlaceholderValues::usual();
    let mut rest = text;
    // The mark that came last, of those that belong together.
    let mut open = END;
    while let Some((before, name, after)) = next(rest) {
        let fits = match name {
            OWN => open == END,
            CLASS => open == OWN,
            END => open != END,
            _ => usual.value(name).is_some(),
        };
        if !fits {
            return Some((text.len() - rest.len() + before.len(), name.to_owned()));
        }
        if let Some(mark) = [OWN, CLASS, END].into_iter().find(|mark| *mark == name) {
            open = mark;
        }
        rest = after;
    }
    (open != END).then(|| (text.len(), open.to_owned()))
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
                "curl --cacert session-lab.pem -b lab.jar -s \
                 https://guide.lab.school.example:7070/b/team-7/session-files"
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

    #[test]
    fn a_class_reads_its_own_part_and_others_theirs() {
        let usual = PlaceholderValues::usual();
        let addresses = Addresses::new("lab.school.example".into(), "192.0.2.7".into());
        let bench: BenchName = "team-7".parse().unwrap();
        let class =
            PlaceholderValues::new(&addresses, Path::new("/srv/lab"), &bench, Policy::HARDENED);
        for (text, own, in_class) in [
            ("a {{own}}b{{class}}c{{/}} d", "a b d", "a c d"),
            ("{{own}}b{{/}}{{own}}{{class}}c{{/}}", "b", "c"),
            (
                "{{own}}{{bench}}{{class}}{{portal-name}}{{/}}",
                "local",
                "lab.school.example",
            ),
        ] {
            assert_eq!(unknown(text), None, "{text}");
            assert_eq!(usual.fill(text), own, "{text}");
            assert_eq!(class.fill(text), in_class, "{text}");
        }
        for text in [
            "{{own}}b",
            "{{class}}b{{/}}",
            "b{{/}}",
            "{{own}}{{own}}{{/}}",
            "{{own}}a{{class}}b{{class}}c{{/}}",
        ] {
            assert!(unknown(text).is_some(), "{text}");
        }
    }

    #[test]
    fn the_commands_of_a_class_fetch_and_compare_the_certificate_first() {
        let addresses = Addresses::new("lab.school.example".into(), "192.0.2.7".into());
        addresses.learn(Listener::PortalHttp, 7080);
        let bench: BenchName = "team-7".parse().unwrap();
        let class =
            PlaceholderValues::new(&addresses, Path::new("/srv/lab"), &bench, Policy::HARDENED);
        let commands = crate::worksheets::console::commands(&class.fill("$ {{trust}}")).unwrap();
        let typed: Vec<_> = commands.iter().map(|one| one.command.as_str()).collect();
        assert_eq!(
            typed,
            [
                "curl -s -o session-lab.pem http://lab.school.example:7080/certificate.pem",
                "openssl x509 -noout -fingerprint -sha256 -in session-lab.pem",
                "export CURL_CA_BUNDLE=session-lab.pem",
            ]
        );
        let usual = PlaceholderValues::usual().fill("{{trust}}");
        assert_eq!(usual, "export CURL_CA_BUNDLE=lab-data/tls/cert.pem");
    }
}

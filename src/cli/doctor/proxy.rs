//! Proxies that the environment names. curl and other programs would ask them for the lab's pages,
//! unless `no_proxy` excepts its names.

use std::net::Ipv4Addr;

use url::Url;

use super::finding::Finding;

/// The variables by which programs are told of a proxy. curl does not read `HTTP_PROXY` in capitals;
/// others do.
const VARIABLES: [&str; 6] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

/// The lab's names and its address.
const HOSTS: [&str; 5] = [
    "localhost",
    "127.0.0.1",
    "portal.localhost",
    "notes.portal.localhost",
    "lab.test",
];

/// What the environment says of proxies, by a function that reads a variable.
pub fn look(variable: impl Fn(&str) -> Option<String>) -> Finding {
    let read = |name: &&str| variable(name).filter(|value| !value.trim().is_empty());
    let set: Vec<String> = VARIABLES
        .iter()
        .filter_map(|name| Some(format!("{name} ({})", without_login(&read(name)?))))
        .collect();
    if set.is_empty() {
        return Finding::good("proxy", "no variable names one");
    }
    let set = set.join(", ");
    let excepted = ["no_proxy", "NO_PROXY"].iter().find_map(read);
    let excepted = excepted.unwrap_or_default();
    let sent = HOSTS.iter().filter(|host| !is_excepted(host, &excepted));
    let sent: Vec<&str> = sent.copied().collect();
    if sent.is_empty() {
        return Finding::good("proxy", format!("{set}; no_proxy excepts the lab's names"));
    }
    Finding::careful(
        "proxy",
        format!("{set}: curl asks it also for {}", sent.join(", ")),
        "export no_proxy=localhost,127.0.0.1,lab.test (with what is in it now)",
    )
}

/// Host and port of a proxy. Its address may hold a password.
fn without_login(address: &str) -> String {
    let address = address.trim();
    let full = match address.contains("://") {
        true => address.to_owned(),
        false => format!("http://{address}"),
    };
    let url = Url::parse(&full).ok();
    let host = url.as_ref().and_then(Url::host_str);
    match (host, url.as_ref().and_then(Url::port_or_known_default)) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => "an address that cannot be read".to_owned(),
    }
}

/// Whether a list as in `no_proxy` excepts a host, as curl reads it: a name also excepts what is
/// below it, and an address may be a network.
fn is_excepted(host: &str, list: &str) -> bool {
    let mut entries = list.split([',', ' ']).filter(|entry| !entry.is_empty());
    entries.any(|entry| {
        let entry = entry.trim_start_matches('.').to_ascii_lowercase();
        let below = || host.strip_suffix(&entry);
        let address = host.parse().ok();
        entry == "*"
            || entry == host
            || address.is_some_and(|address| is_in_network(address, &entry))
            || address.is_none() && below().is_some_and(|rest| rest.ends_with('.'))
    })
}

fn is_in_network(address: Ipv4Addr, network: &str) -> bool {
    let parts = network.split_once('/');
    let parsed = parts.and_then(|(base, bits)| {
        let base: Ipv4Addr = base.parse().ok()?;
        let bits: u32 = bits.parse().ok()?;
        Some((base, bits))
    });
    parsed.is_some_and(|(base, bits)| {
        let mask = u32::MAX
            .checked_shl(32_u32.saturating_sub(bits))
            .unwrap_or(0);
        bits <= 32 && u32::from(address) & mask == u32::from(base) & mask
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingMark;
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Finding {
        look(|name| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_proxy_without_exceptions_is_told_of_without_its_password() {
        assert_eq!(with(&[]).mark, FindingMark::Good);
        assert_eq!(with(&[("http_proxy", " ")]).mark, FindingMark::Good);
        for address in [
            "http://lab:hunter2@proxy.example:3128",
            "lab:hunter2@proxy.example:3128",
            "http://lab:hun/ter2@proxy.example",
            "socks5h://lab:hunter2@proxy.example:3128/",
            "://hunter2",
        ] {
            let finding = with(&[("https_proxy", address)]);
            assert_eq!(finding.mark, FindingMark::Careful, "{address}");
            let line = finding.to_string();
            assert!(
                !line.contains("hunter2") && !line.contains("ter2"),
                "{line}"
            );
            assert!(line.contains("https_proxy ("), "{line}");
        }
        let line = with(&[("http_proxy", "proxy.example:3128")]).to_string();
        assert!(line.contains("(proxy.example:3128)"), "{line}");
    }

    #[test]
    fn exceptions_are_read_as_curl_reads_them() {
        let proxy = ("http_proxy", "http://proxy.example:3128");
        for all in [
            "*",
            "localhost,127.0.0.1,lab.test",
            ".localhost, 127.0.0.0/8 .test",
            "LOCALHOST,127.0.0.1/32,lab.test",
        ] {
            assert_eq!(
                with(&[proxy, ("no_proxy", all)]).mark,
                FindingMark::Good,
                "{all}"
            );
            assert_eq!(
                with(&[proxy, ("NO_PROXY", all)]).mark,
                FindingMark::Good,
                "{all}"
            );
        }
        let line = with(&[proxy, ("no_proxy", "localhost,27.0.0.1,10.0.0.0/8,host")]);
        let line = line.to_string();
        assert!(line.contains("also for 127.0.0.1, lab.test."), "{line}");
        assert!(!is_excepted("127.0.0.1", "0.0.1"));
        assert!(!is_excepted("127.0.0.1", "127.0.0.0/99"));
        assert!(is_excepted("127.0.0.1", "0.0.0.0/0"));
    }
}

//! Proxies that the environment names. curl and other programs would ask them for the lab's pages,
//! unless `no_proxy` excepts its names. The lab's own client asks nobody.

use std::net::Ipv4Addr;

use url::Url;

/// The variables by which programs are told of a proxy.
const VARIABLES: [&str; 6] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

/// The one that curl does not read, though others do: a web server gives the header `Proxy` of a
/// request to its CGI programs under this name.
const NOT_OF_CURL: &str = "HTTP_PROXY";

/// The lab's names and its address.
const HOSTS: [&str; 5] = [
    "localhost",
    "127.0.0.1",
    "portal.localhost",
    "notes.portal.localhost",
    "lab.test",
];

/// What to type.
pub const EXCEPT: &str = "export no_proxy=localhost,127.0.0.1,lab.test";

/// The proxies that variables name.
#[derive(Debug)]
pub struct NamedProxies {
    /// The variables, each with host and port of its proxy and without its password.
    pub set: String,
    /// Whether curl reads any of them. If it does, the others are left out.
    pub read_by_curl: bool,
    /// The names of the lab for which curl asks a proxy.
    pub asked_for: Vec<&'static str>,
}

/// What the environment says of proxies, by a function that reads a variable; `None` where it names
/// none.
pub fn named(variable: impl Fn(&str) -> Option<String>) -> Option<NamedProxies> {
    let read = |name: &&str| variable(name).filter(|value| !value.trim().is_empty());
    let set = VARIABLES
        .iter()
        .filter_map(|name| Some((*name, without_login(&read(name)?))));
    let (of_curl, of_others): (Vec<_>, Vec<_>) = set.partition(|(name, _)| *name != NOT_OF_CURL);
    if of_curl.is_empty() {
        let set = shown(&of_others);
        return (!set.is_empty()).then(|| NamedProxies {
            set,
            read_by_curl: false,
            asked_for: Vec::new(),
        });
    }
    let excepted = ["no_proxy", "NO_PROXY"].iter().find_map(read);
    let excepted = excepted.unwrap_or_default();
    let sent = HOSTS
        .into_iter()
        .filter(|host| !is_excepted(host, &excepted));
    Some(NamedProxies {
        set: shown(&of_curl),
        read_by_curl: true,
        asked_for: sent.collect(),
    })
}

/// The line that the start prints, where curl would ask a proxy for the lab.
pub(super) fn warning(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let found = named(variable)?;
    let asked_for = found.asked_for.first()?;
    let set = found.set;
    Some(format!(
        "{set}: curl asks it also for {asked_for}. In its terminal: {EXCEPT}"
    ))
}

/// Variables with their proxies.
fn shown(set: &[(&str, String)]) -> String {
    let each = set.iter().map(|(name, proxy)| format!("{name} ({proxy})"));
    each.collect::<Vec<_>>().join(", ")
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
/// below it, and an address may be a network. `*` is everything where it is the whole list.
fn is_excepted(host: &str, list: &str) -> bool {
    if list == "*" {
        return true;
    }
    let mut entries = list.split([',', ' ']).filter(|entry| !entry.is_empty());
    entries.any(|entry| {
        let entry = entry.trim_start_matches('.').to_ascii_lowercase();
        let below = || host.strip_suffix(&entry);
        let address = host.parse().ok();
        entry == host
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
    use super::*;

    #[test]
    fn the_start_tells_of_a_proxy_in_one_line_and_without_its_password() {
        let with = |no_proxy: &'static str| {
            warning(move |name| match name {
                "http_proxy" => Some("http://lab:hunter2@proxy:3128".into()),
                "no_proxy" => Some(no_proxy.into()),
                _ => None,
            })
        };
        let line = with("example.com").expect("a line");
        assert_eq!(
            line,
            "http_proxy (proxy:3128): curl asks it also for localhost. In its terminal: export \
             no_proxy=localhost,127.0.0.1,lab.test"
        );
        assert!(
            with("localhost")
                .expect("a line")
                .contains("also for 127.0.0.1")
        );
        assert_eq!(with("localhost,127.0.0.1,lab.test"), None);
        assert_eq!(warning(|_| None), None);
        assert!(
            with("*,example.com")
                .expect("curl does not take this * for all")
                .contains("also for localhost")
        );
        assert_eq!(with("*"), None);
        assert!(!is_excepted("127.0.0.1", "0.0.1"));
        assert!(!is_excepted("127.0.0.1", "127.0.0.0/99"));
        assert!(is_excepted("127.0.0.1", "0.0.0.0/0"));
    }

    #[test]
    fn the_variable_that_curl_does_not_read_is_no_reason_for_a_warning() {
        let set = |names: &'static [&str]| {
            move |name: &str| names.contains(&name).then(|| "http://p:1".to_owned())
        };
        assert_eq!(warning(set(&["HTTP_PROXY"])), None);
        for names in [&["http_proxy"][..], &["HTTPS_PROXY"], &["ALL_PROXY"]] {
            assert!(warning(set(names)).is_some(), "{names:?}");
        }
        let both = warning(set(&["HTTP_PROXY", "https_proxy"])).expect("a line");
        assert!(both.starts_with("https_proxy (p:1): curl asks"), "{both}");
    }
}

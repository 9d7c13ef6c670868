//! Variables that send curl's requests to a proxy, which cannot reach a lab on this computer.
//!
//! curl reads them, and so do most command-line programs. The lab's own client does not.

use std::net::Ipv4Addr;

/// The variables that curl reads. It takes `http_proxy` in small letters only, because a web server
/// of old hands the request's header `Proxy` to its programs as `HTTP_PROXY`.
const VARIABLES: [&str; 5] = [
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

/// The names by which curl asks for a lab on this computer.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "lab.test"];

/// The line that tells of a proxy, where one is set and not left out for every name of the lab.
///
/// It names variables and no value: an address of a proxy may hold a password.
pub fn warning(read: impl Fn(&str) -> Option<String>, public_name: Option<&str>) -> Option<String> {
    let given = |name: &&str| read(name).is_some_and(|value| !value.trim().is_empty());
    let proxy = VARIABLES.into_iter().find(|name| given(&name))?;
    let left_out = read("no_proxy").or_else(|| read("NO_PROXY"));
    let left_out = left_out.unwrap_or_default().to_lowercase();
    let entries: Vec<&str> = left_out
        .split([',', ' '])
        .filter(|entry| !entry.is_empty())
        .collect();
    let names: Vec<&str> = NAMES.into_iter().chain(public_name).collect();
    let is_left_out = |name: &&str| entries.iter().any(|entry| covers(entry, name));
    if names.iter().all(is_left_out) {
        return None;
    }
    Some(format!(
        "{proxy} is set, and curl would ask that proxy for the lab. In its terminal: \
         export no_proxy={}",
        names.join(",")
    ))
}

/// Whether an entry of `no_proxy` is about this host: `*`, the host, a domain above it, or a range
/// of addresses.
fn covers(entry: &str, host: &str) -> bool {
    if entry == "*" {
        return true;
    }
    if let (Some((net, length)), Ok(host)) = (entry.split_once('/'), host.parse::<Ipv4Addr>()) {
        let (Ok(net), Ok(length @ 0..=32)) = (net.parse::<Ipv4Addr>(), length.parse::<u32>())
        else {
            return false;
        };
        let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
        return u32::from(net) & mask == u32::from(host) & mask;
    }
    let domain = entry.trim_start_matches('.').trim_end_matches('.');
    let above = host.strip_suffix(domain);
    !domain.is_empty() && above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(variables: &[(&str, &str)]) -> Option<String> {
        let read = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        warning(read, None)
    }

    #[test]
    fn a_proxy_that_would_be_asked_for_the_lab_is_told_of_without_its_address() {
        for variable in VARIABLES {
            let line = told(&[(variable, "http://me:hunter2@proxy:3128")]).expect("a line");
            assert!(line.starts_with(variable), "{line}");
            assert!(line.ends_with("export no_proxy=localhost,127.0.0.1,lab.test"));
            assert!(!line.contains("hunter2") && !line.contains('\n'), "{line}");
        }
        let proxy = ("http_proxy", "http://proxy:3128");
        for short in [
            "localhost",
            "localhost,127.0.0.1",
            "example.com",
            "notlocalhost",
        ] {
            assert!(told(&[proxy, ("no_proxy", short)]).is_some(), "{short}");
        }
    }

    #[test]
    fn no_proxy_as_curl_reads_it_silences_the_line() {
        let proxy = ("https_proxy", "http://proxy:3128");
        for enough in [
            "*",
            "localhost,127.0.0.1,lab.test",
            "LOCALHOST, 127.0.0.0/8 .test",
            "example.com,.localhost,127.0.0.1,.lab.test",
        ] {
            assert_eq!(told(&[proxy, ("no_proxy", enough)]), None, "{enough}");
            assert_eq!(told(&[proxy, ("NO_PROXY", enough)]), None, "{enough}");
        }
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[("http_proxy", "")]), None);
        assert_eq!(told(&[("HTTP_PROXY", "x")]), None, "curl does not read it");
    }

    #[test]
    fn a_class_has_its_own_name_to_leave_out() {
        let read = |name: &str| (name == "all_proxy").then(|| "socks5://proxy".to_owned());
        let line = warning(read, Some("lab.school.example")).expect("a line");
        assert!(line.ends_with(",lab.school.example"), "{line}");
    }
}

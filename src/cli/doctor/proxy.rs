//! Proxies that the environment names. Next: [`crate::app::proxies`], which reads the variables as curl
//! does.

use super::finding::Finding;
use crate::app::proxies::{EXCEPT, named};

/// What the environment says of proxies, by a function that reads a variable.
pub fn look(variable: impl Fn(&str) -> Option<String>) -> Finding {
    let Some(found) = named(variable) else {
        return Finding::good("proxy", "no variable names one");
    };
    let set = found.set;
    if !found.read_by_curl {
        let found = format!("{set}; curl does not read that variable");
        return Finding::good("proxy", found);
    }
    if found.asked_for.is_empty() {
        return Finding::good("proxy", format!("{set}; no_proxy excepts the lab's names"));
    }
    Finding::careful(
        "proxy",
        format!(
            "{set}: curl asks it also for {}",
            found.asked_for.join(", ")
        ),
        format!("{EXCEPT} (with what is in it now)"),
    )
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
        let finding = with(&[("HTTP_PROXY", "proxy.example:3128")]);
        assert_eq!(finding.mark, FindingMark::Good);
        let line = finding.to_string();
        assert!(line.contains("curl does not read that variable"), "{line}");
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
    }
}

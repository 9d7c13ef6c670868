//! The lab's names, as the system's resolver knows them.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::timeout;

use super::finding::Finding;
use crate::app::settings::Reach;
use crate::base::addresses::{BESIDE_SIBLING, LAB_TEST, SIBLING};
use crate::base::site_names::SiteNames;

/// How long the resolver may take for a name.
const LIMIT: Duration = Duration::from_secs(3);

/// Every name that the lab uses.
pub async fn look(reach: Option<&Reach>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["localhost", BESIDE_SIBLING, SIBLING, LAB_TEST] {
        findings.push(judge(name, addresses(name).await));
    }
    if let Some(Reach::Class { public_name, .. }) = reach {
        for name in SiteNames::of(public_name).of_class() {
            findings.push(public(name, addresses(name).await));
        }
    }
    findings
}

/// The addresses of a name; none where the resolver does not know it.
async fn addresses(name: &str) -> io::Result<Vec<IpAddr>> {
    let found = timeout(LIMIT, tokio::net::lookup_host((name, 0))).await;
    let found = found.map_err(|_| {
        let text = format!("no answer within {} s", LIMIT.as_secs());
        io::Error::new(io::ErrorKind::TimedOut, text)
    })?;
    Ok(found.map_or_else(|_| Vec::new(), |all| all.map(|one| one.ip()).collect()))
}

fn judge(name: &str, addresses: io::Result<Vec<IpAddr>>) -> Finding {
    let addresses = match addresses {
        Ok(addresses) => addresses,
        Err(error) => {
            let next = "look at this computer's resolver; without a network, cut it off the DNS";
            return Finding::careful(name, format!("the resolver hangs: {error}"), next);
        }
    };
    if addresses.is_empty() {
        return match name {
            "localhost" => Finding::careful(
                name,
                "this system does not know it",
                "add it to the hosts file: 127.0.0.1 localhost",
            ),
            LAB_TEST => Finding::good(name, "not known here; the sheets use curl --resolve"),
            _ => Finding::good(name, "browsers and curl resolve it, this system does not"),
        };
    }
    if addresses.iter().all(IpAddr::is_loopback) {
        return Finding::good(name, format!("this computer ({})", listed(&addresses)));
    }
    Finding::careful(
        name,
        format!(
            "leads to {}, which is not this computer",
            listed(&addresses)
        ),
        format!("add it to the hosts file: 127.0.0.1 {name}"),
    )
}

/// The name of a class.
fn public(name: &str, addresses: io::Result<Vec<IpAddr>>) -> Finding {
    match addresses {
        Ok(addresses) if !addresses.is_empty() => {
            Finding::good(name, format!("leads to {}", listed(&addresses)))
        }
        _ => Finding::careful(
            name,
            "this system does not know this name of the class",
            "give it an entry in the DNS that the class uses",
        ),
    }
}

fn listed(addresses: &[IpAddr]) -> String {
    let mut all: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    all.dedup();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingMark;
    use super::*;

    fn at(name: &str, addresses: &[&str]) -> Finding {
        let addresses = addresses.iter().map(|one| one.parse().expect("an address"));
        judge(name, Ok(addresses.collect()))
    }

    #[test]
    fn a_name_that_leads_elsewhere_or_hangs_is_told_of() {
        for name in ["localhost", BESIDE_SIBLING, SIBLING, LAB_TEST] {
            assert_eq!(at(name, &["::1", "127.0.0.1"]).mark, FindingMark::Good);
            let elsewhere = at(name, &["192.0.2.7"]);
            assert_eq!(elsewhere.mark, FindingMark::Careful);
            assert!(elsewhere.to_string().contains("192.0.2.7"));
            let hangs = judge(name, Err(io::ErrorKind::TimedOut.into()));
            assert_eq!(hangs.mark, FindingMark::Careful);
        }
        assert_eq!(at("localhost", &[]).mark, FindingMark::Careful);
        assert_eq!(at(LAB_TEST, &[]).mark, FindingMark::Good);
        assert_eq!(at(SIBLING, &[]).mark, FindingMark::Good);
        assert_eq!(
            public("lab.example", Ok(Vec::new())).mark,
            FindingMark::Careful
        );
    }
}

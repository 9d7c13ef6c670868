//! Tables that were measured beforehand, each with the browser and its version: what a student's
//! table is compared with. A test in a real Chromium measures its table again.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::measured::ProbeSigns;
use super::{Initiator, Probe, Way};

/// The table of one browser.
#[derive(Debug, Deserialize)]
pub struct RecordedTable {
    pub browser: String,
    pub version: String,
    /// The setting that decides on third-party cookies.
    pub setting: String,
    /// The slugs of the cookies that were sent, by initiator and way. What is missing was not
    /// measured.
    sent: HashMap<String, HashMap<String, String>>,
}

impl RecordedTable {
    /// The cookies that were sent from there in this way.
    pub fn sent(&self, from: Initiator, way: Way) -> Option<ProbeSigns> {
        let line = self.sent.get(from.slug())?.get(way.slug())?;
        Some(Probe::ALL.map(|probe| line.split(' ').any(|slug| slug == probe.slug())))
    }
}

/// Chromium.
pub static CHROMIUM: LazyLock<RecordedTable> =
    LazyLock::new(|| read(include_str!("recorded/chromium.json")));

/// Firefox.
pub static FIREFOX: LazyLock<RecordedTable> =
    LazyLock::new(|| read(include_str!("recorded/firefox.json")));

fn read(json: &str) -> RecordedTable {
    // Invariant: the files are part of the program, and a test reads them.
    serde_json::from_str(json).expect("a recorded table")
}

/// The record that a browser is compared with, by the name that it gives itself: its own, or
/// Chromium's where it has none.
pub fn for_agent(agent: &str) -> &'static RecordedTable {
    if agent.contains("Firefox/") {
        &FIREFOX
    } else {
        &CHROMIUM
    }
}

/// A browser in a few words, from its `User-Agent`, and whether its kind has a record.
pub fn browser(agent: &str) -> (String, bool) {
    let version = |mark: &str| {
        let rest = agent.split(mark).nth(1)?;
        Some(rest.split([' ', ';', ')']).next().unwrap_or_default())
    };
    // Others name themselves beside Chrome, and Chrome itself beside Safari.
    let known = [
        ("Firefox/", "Firefox", true),
        ("Edg/", "Edge", true),
        ("OPR/", "Opera", true),
        ("Chrome/", "Chromium or Chrome", true),
        ("Version/", "Safari", false),
    ];
    let found = known.iter().find_map(|(mark, name, recorded)| {
        let version = version(mark)?;
        Some((format!("{name} {version}"), *recorded))
    });
    found.unwrap_or_else(|| ("another browser".into(), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_records_are_whole_and_hold_known_names_only() {
        for record in [&*CHROMIUM, &*FIREFOX] {
            for (from, ways) in &record.sent {
                assert!(Initiator::parse(from).is_some(), "{from}");
                for (way, line) in ways {
                    assert!(Way::parse(way).is_some(), "{way}");
                    let known = |slug: &str| Probe::ALL.iter().any(|p| p.slug() == slug);
                    assert!(line.is_empty() || line.split(' ').all(known), "{line}");
                }
            }
        }
        for from in Initiator::ALL {
            for way in Way::ALL.into_iter().filter(|way| way.is_from(from)) {
                assert!(CHROMIUM.sent(from, way).is_some(), "{from:?} {way:?}");
                assert!(FIREFOX.sent(from, way).is_some(), "{from:?} {way:?}");
            }
        }
    }

    #[test]
    fn browsers_are_told_apart_by_the_name_that_is_their_own() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/156.0.0.0 Safari/537.36";
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
        let safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.1 Safari/605.1.15";
        assert_eq!(
            browser(chrome),
            ("Chromium or Chrome 156.0.0.0".into(), true)
        );
        assert_eq!(browser(&format!("{chrome} Edg/156.0")).0, "Edge 156.0");
        assert_eq!(browser(firefox), ("Firefox 153.0".into(), true));
        assert_eq!(browser(safari), ("Safari 18.1".into(), false));
        assert_eq!(browser(""), ("another browser".into(), false));
        assert_eq!(for_agent(firefox).browser, "Firefox");
        assert_eq!(for_agent(safari).browser, "Chromium");
    }
}

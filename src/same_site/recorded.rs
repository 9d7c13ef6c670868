//! Tables that a program has measured beforehand, each with the browser, its version, the day and
//! the setting: what a student's table is compared with.
//!
//! `session-lab same-site --browser chromium --third-party-cookies allowed --record
//! src/same_site/recorded` writes one of the files, and so on for the others. Do not edit them by
//! hand. Tests in real browsers measure each of them again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::agent::is_firefox;
use super::measured::CookieSigns;
use super::{Initiator, TestCookie, Way};

/// What a browser's settings say of third-party cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum ThirdPartyCookies {
    /// Nothing was chosen: an ordinary window of an empty profile
    AsInstalled,
    /// They are allowed
    Allowed,
    /// They are blocked
    Blocked,
}

impl ThirdPartyCookies {
    /// Its name on the command line and in files.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::AsInstalled => "as-installed",
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
        }
    }
}

/// The slugs of the cookies that were sent, by initiator and way. What is missing was not measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SentByWay(BTreeMap<String, BTreeMap<String, String>>);

impl SentByWay {
    /// Notes the cookies that were sent from there in this way.
    pub fn insert(&mut self, from: Initiator, way: Way, cookies: &CookieSigns) {
        let sent = TestCookie::ALL
            .into_iter()
            .filter(|cookie| cookies[*cookie as usize]);
        let line: Vec<&str> = sent.map(TestCookie::slug).collect();
        let ways = self.0.entry(from.slug().to_owned()).or_default();
        ways.insert(way.slug().to_owned(), line.join(" "));
    }

    /// The cookies that were sent from there in this way.
    pub fn sent(&self, from: Initiator, way: Way) -> Option<CookieSigns> {
        let line = self.0.get(from.slug())?.get(way.slug())?;
        Some(TestCookie::ALL.map(|cookie| line.split(' ').any(|slug| slug == cookie.slug())))
    }
}

/// The table of one browser with one setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecordedTable {
    /// The day, as in `2026-11-30`.
    pub on: String,
    /// The browser, as in `Chromium 156.0.8078.108`.
    pub with: String,
    /// What its settings said of third-party cookies.
    pub third_party_cookies: ThirdPartyCookies,
    sent: SentByWay,
}

impl RecordedTable {
    /// A table as it was measured.
    pub fn new(on: String, with: String, choice: ThirdPartyCookies, sent: SentByWay) -> Self {
        Self {
            on,
            with,
            third_party_cookies: choice,
            sent,
        }
    }

    /// The cookies that were sent from there in this way.
    pub fn sent(&self, from: Initiator, way: Way) -> Option<CookieSigns> {
        self.sent.sent(from, way)
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        let browser = self.browser().to_lowercase();
        format!("{browser}-{}.json", self.third_party_cookies.slug())
    }

    /// The table in the form of its file.
    pub fn to_json(&self) -> String {
        // Strings and maps with strings for keys always become JSON.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// What its settings said of third-party cookies, in words.
    pub fn setting(&self) -> &'static str {
        match self.third_party_cookies {
            ThirdPartyCookies::AsInstalled if self.is_firefox() => "as installed",
            ThirdPartyCookies::AsInstalled => "third-party cookies as installed",
            ThirdPartyCookies::Allowed => "third-party cookies allowed",
            ThirdPartyCookies::Blocked => "third-party cookies blocked",
        }
    }

    /// Exactly what was set for it in an empty profile.
    pub fn was_set(&self) -> &'static str {
        match (self.third_party_cookies, self.is_firefox()) {
            (ThirdPartyCookies::AsInstalled, true) => {
                "nothing about cookies; network.cookie.cookieBehavior is 5 by itself"
            }
            (ThirdPartyCookies::AsInstalled, false) => "nothing about cookies",
            (ThirdPartyCookies::Allowed, true) => "network.cookie.cookieBehavior is 0",
            (ThirdPartyCookies::Allowed, false) => "profile.cookie_controls_mode is 0",
            (ThirdPartyCookies::Blocked, true) => "network.cookie.cookieBehavior is 1",
            (ThirdPartyCookies::Blocked, false) => "profile.cookie_controls_mode is 1",
        }
    }

    /// Whose default this setting is, where it is one.
    pub fn default_of(&self) -> Option<&'static str> {
        match (self.third_party_cookies, self.is_firefox()) {
            // The policy BlockThirdPartyCookies, left unset, "allows third-party cookies".
            (ThirdPartyCookies::Allowed, false) => {
                Some("the default of Chrome, in ordinary windows")
            }
            // Debian's package has a patch for it (disable/third-party-cookies.patch), and a test
            // measures what is installed.
            (ThirdPartyCookies::Blocked, false) => {
                Some("the default of Chrome's Incognito windows, and of Chromium in Debian")
            }
            (ThirdPartyCookies::AsInstalled, true) => Some(
                "the default of Firefox: each site has its own jar for cookies of other sites \
                 (Total Cookie Protection)",
            ),
            _ => None,
        }
    }

    fn is_firefox(&self) -> bool {
        self.browser() == "Firefox"
    }

    /// The browser without its version.
    pub fn browser(&self) -> &str {
        self.with.split(' ').next().unwrap_or_default()
    }
}

/// Chromium with third-party cookies allowed.
pub static CHROMIUM_ALLOWED: LazyLock<RecordedTable> =
    LazyLock::new(|| read(include_str!("recorded/chromium-allowed.json")));

/// Chromium with third-party cookies blocked.
pub static CHROMIUM_BLOCKED: LazyLock<RecordedTable> =
    LazyLock::new(|| read(include_str!("recorded/chromium-blocked.json")));

/// Firefox as it is installed.
pub static FIREFOX: LazyLock<RecordedTable> =
    LazyLock::new(|| read(include_str!("recorded/firefox-as-installed.json")));

/// Every record, in the order in which they are shown.
pub fn all() -> [&'static RecordedTable; 3] {
    [&CHROMIUM_ALLOWED, &CHROMIUM_BLOCKED, &FIREFOX]
}

fn read(json: &str) -> RecordedTable {
    // Invariant: the files are part of the program, and a test reads them.
    serde_json::from_str(json).expect("a recorded table")
}

/// Every cell of a table.
pub fn cells() -> impl Iterator<Item = (Initiator, Way, TestCookie)> {
    Initiator::ALL.into_iter().flat_map(|from| {
        let ways = Way::ALL.into_iter().filter(move |way| way.is_from(from));
        ways.flat_map(move |way| TestCookie::ALL.map(|cookie| (from, way, cookie)))
    })
}

/// The record that a measured table is compared with: of the same browser, by the name that it gives
/// itself, or Chromium's where it has none. Chromium has two, and what the browser sent to another
/// site in the background tells which: `None` is sent there only where third-party cookies are
/// allowed. Before that is measured it is the one of Chrome's default.
pub fn fitting(agent: &str, none_in_background: Option<bool>) -> &'static RecordedTable {
    match none_in_background {
        _ if is_firefox(agent) => &FIREFOX,
        Some(false) => &CHROMIUM_BLOCKED,
        Some(true) | None => &CHROMIUM_ALLOWED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_records_are_whole_and_hold_known_names_only() {
        for record in all() {
            for (from, ways) in &record.sent.0 {
                assert!(Initiator::parse(from).is_some(), "{from}");
                for (way, line) in ways {
                    assert!(Way::parse(way).is_some(), "{way}");
                    let known = |slug: &str| TestCookie::ALL.iter().any(|p| p.slug() == slug);
                    assert!(line.is_empty() || line.split(' ').all(known), "{line}");
                }
            }
            for (from, way, _) in cells() {
                assert!(record.sent(from, way).is_some(), "{from:?} {way:?}");
            }
            assert_eq!(record.on.len(), "2026-11-21".len(), "{}", record.on);
            assert!(record.default_of().is_some(), "{}", record.with);
        }
        let names = all().map(RecordedTable::file_name);
        let expected = [
            "chromium-allowed.json",
            "chromium-blocked.json",
            "firefox-as-installed.json",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_browser_is_compared_with_its_own_record_and_its_own_setting() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36";
        let file = |agent, none| fitting(agent, none).file_name();
        assert_eq!(file(firefox, Some(true)), "firefox-as-installed.json");
        assert_eq!(file(chrome, None), "chromium-allowed.json");
        assert_eq!(file(chrome, Some(true)), "chromium-allowed.json");
        assert_eq!(file(chrome, Some(false)), "chromium-blocked.json");
        assert_eq!(file("", None), "chromium-allowed.json");
    }

    #[test]
    fn a_table_that_is_written_is_read_again() {
        let table = RecordedTable::clone(&CHROMIUM_BLOCKED);
        assert_eq!(read(&table.to_json()), table);
    }
}

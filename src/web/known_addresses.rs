//! The table of addresses that are special to more than their own handler: pages outside the
//! variants, JSON routes, files, and what an open page asks for by itself.
//!
//! The router, the journal, `/wire` and the transcripts of attacks all read this one table. An
//! address that has no row is an ordinary page.

use crate::base::addresses::Site;

/// Which addresses a row is about, without bench, variant and query.
#[derive(Clone, Copy, Debug)]
enum PathPattern {
    /// This path only.
    Exactly(&'static str),
    /// This path, and everything below it.
    Under(&'static str),
    /// Every path that ends so.
    EndingIn(&'static str),
}

/// Where the addresses of a row exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AddressPlace {
    /// On every site; on the portal outside the variants.
    EverySite,
    /// On the lab's own pages.
    Lab,
    /// On the portal, outside the variants.
    PortalRoot,
    /// On the portal, in every variant.
    Variant,
    /// On the attacker's site.
    Attacker,
}

/// Why a request to the address is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressPurpose {
    /// Somebody does something.
    Action,
    /// Somebody reads the lab's own sheets and pictures: no step of any worksheet.
    Reading,
    /// A page needs the file. Nobody chose to ask for it.
    File,
    /// An open page asks again and again by itself.
    Poll,
}

/// How the address reports an error to a client that sent no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorFormat {
    /// As a page.
    Page,
    /// As `application/problem+json`.
    Json,
}

/// What the address needs of the settings of its bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsNeeded {
    /// The clock and the policy as they are in the store.
    UpToDate,
    /// The student's name below the page, as this instance knows it. The page is answered while
    /// the store is away.
    AsKnown,
    /// Nothing: it does not even wait for the store.
    Unused,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct KnownAddress {
    pattern: PathPattern,
    place: AddressPlace,
    /// Why a request to it is made.
    pub purpose: AddressPurpose,
    /// How it reports an error.
    pub errors: ErrorFormat,
    /// What it needs of its bench.
    pub settings: SettingsNeeded,
    /// Whether a change may come from any origin.
    pub any_origin: bool,
    /// Whether it is also read under the number [`LOOPBACK`], where no other address of the portal is.
    ///
    /// [`LOOPBACK`]: crate::base::addresses::LOOPBACK
    pub at_loopback: bool,
    /// Whether a page of the lab is also read in a class by somebody who controls no bench.
    pub needs_no_control: bool,
}

/// The attacker's request catcher.
pub const CATCHER: &str = "/collect";

use AddressPlace::{Attacker, EverySite, Lab, PortalRoot, Variant};
use AddressPurpose::{Action, File, Poll, Reading};
use PathPattern::{EndingIn, Exactly, Under};
use SettingsNeeded::{AsKnown, Unused, UpToDate};

/// The first row that fits an address counts.
const TABLE: &[KnownAddress] = &[
    row(Under("/static"), EverySite, File)
        .needs(Unused)
        .for_everybody(),
    row(Exactly("/favicon.ico"), EverySite, File)
        .needs(Unused)
        .for_everybody(),
    // Browsers, their tools and password managers ask for these by themselves.
    row(Under("/.well-known"), EverySite, File)
        .needs(Unused)
        .for_everybody(),
    row(Exactly("/apple-touch-icon.png"), EverySite, File)
        .needs(Unused)
        .for_everybody(),
    row(
        Exactly("/apple-touch-icon-precomposed.png"),
        EverySite,
        File,
    )
    .needs(Unused)
    .for_everybody(),
    row(Exactly("/robots.txt"), EverySite, File)
        .needs(Unused)
        .for_everybody(),
    // Programs ask whether the lab is alive.
    row(Under("/healthz"), EverySite, File)
        .needs(Unused)
        .for_everybody(),
    row(Under("/certificate.pem"), EverySite, Action)
        .needs(Unused)
        .for_everybody(),
    // A browser comes here on its way over the lab's names.
    row(Exactly("/name-arrived"), EverySite, File)
        .needs(AsKnown)
        .for_everybody(),
    // What a student of a class needs before they have a bench.
    row(Exactly("/join"), Lab, Reading).for_everybody(),
    row(Exactly("/open"), Lab, Reading).for_everybody(),
    row(Exactly("/names"), Lab, Action).for_everybody(),
    row(Exactly("/certificate"), Lab, Action).for_everybody(),
    row(Exactly("/addresses"), Lab, Action).for_everybody(),
    // How a bench is controlled is no step of any worksheet.
    row(Under("/bench"), Lab, Reading),
    row(Under("/certificate"), PortalRoot, Action).needs(AsKnown),
    // It shows what was sent and knows no session, so it is safe under any name. Older lab sheets ask
    // for it at 127.0.0.1.
    row(Exactly("/inspect_headers"), PortalRoot, Action)
        .needs(AsKnown)
        .also_at_loopback(),
    row(Under("/inspect_headers"), PortalRoot, Action).needs(AsKnown),
    row(Under("/same-site"), PortalRoot, Action).needs(AsKnown),
    row(Exactly("/api/time_left"), Variant, Poll).with_json_errors(),
    row(Under("/api"), Variant, Action).with_json_errors(),
    // The page for people that uses the API below it.
    row(Exactly("/jwt/"), Variant, Action),
    row(Exactly("/jwt"), Variant, Action),
    row(Under("/jwt"), Variant, Action).with_json_errors(),
    row(Under("/admin"), Variant, Action).with_json_errors(),
    row(Under("/csrf-token"), Variant, Action).with_json_errors(),
    row(Exactly("/openapi.json"), Variant, Action).with_json_errors(),
    row(Under("/labs"), Lab, Reading),
    row(Exactly("/session-files"), Lab, Action),
    // What curl asks for in place of ls and cat.
    row(Under("/session-files"), Lab, Action).with_json_errors(),
    row(Exactly("/redis-keys"), Lab, Action),
    // What curl asks for in place of redis-cli.
    row(Under("/redis-keys"), Lab, Action).with_json_errors(),
    row(Under("/pictures"), Lab, Reading),
    row(Exactly("/class/live"), Lab, Poll),
    row(Under("/class"), Lab, Reading),
    row(EndingIn("/live"), Lab, Poll),
    row(EndingIn("/timeline"), Lab, Poll),
    row(Exactly("/arrived"), Attacker, Poll),
    row(Exactly("/loot/count"), Attacker, Poll),
    row(Under(CATCHER), Attacker, Action).open_to_any_origin(),
];

/// An ordinary page.
const ORDINARY: KnownAddress = row(EndingIn(""), EverySite, Action);

const fn row(pattern: PathPattern, place: AddressPlace, purpose: AddressPurpose) -> KnownAddress {
    KnownAddress {
        pattern,
        place,
        purpose,
        errors: ErrorFormat::Page,
        settings: UpToDate,
        any_origin: false,
        at_loopback: false,
        needs_no_control: false,
    }
}

impl KnownAddress {
    const fn needs(self, settings: SettingsNeeded) -> Self {
        Self { settings, ..self }
    }

    const fn with_json_errors(self) -> Self {
        Self {
            errors: ErrorFormat::Json,
            ..self
        }
    }

    const fn open_to_any_origin(self) -> Self {
        Self {
            any_origin: true,
            ..self
        }
    }

    const fn for_everybody(self) -> Self {
        Self {
            needs_no_control: true,
            ..self
        }
    }

    const fn also_at_loopback(self) -> Self {
        Self {
            at_loopback: true,
            ..self
        }
    }

    fn fits(&self, path: &str) -> bool {
        match self.pattern {
            Exactly(whole) => path == whole,
            Under(start) => path
                .strip_prefix(start)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            EndingIn(end) => path.ends_with(end),
        }
    }
}

fn find(path: &str, exists_at: impl Fn(AddressPlace) -> bool) -> Option<&'static KnownAddress> {
    TABLE
        .iter()
        .find(|row| exists_at(row.place) && row.fits(path))
}

/// The row of an address outside the variants, by its path without the bench.
pub fn of_site(site: Site, path: &str) -> &'static KnownAddress {
    let own = match site {
        Site::Lab => Lab,
        Site::Portal => PortalRoot,
        Site::Attacker => Attacker,
    };
    find(path, |place| place == EverySite || place == own).unwrap_or(&ORDINARY)
}

/// The row of an address in a variant, by its path without bench and variant.
pub fn of_variant(path: &str) -> &'static KnownAddress {
    find(path, |place| place == Variant).unwrap_or(&ORDINARY)
}

/// Whether the portal answers this path outside the variants.
pub fn is_outside_variants(path: &str) -> bool {
    find(path, |place| place == EverySite || place == PortalRoot).is_some()
}

/// Whether a browser asks for this address by itself, whatever site, bench and variant it has.
pub fn is_automatic(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    TABLE
        .iter()
        .filter(|row| matches!(row.purpose, File | Poll))
        .any(|row| match row.pattern {
            Exactly(end) | EndingIn(end) => path.ends_with(end),
            Under(start) => path.contains(&format!("{start}/")),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_where_its_address_exists_and_nowhere_else() {
        assert!(is_outside_variants("/static/css/base.css"));
        assert!(is_outside_variants("/same-site/set"));
        assert!(!is_outside_variants("/labs"));
        assert!(!is_outside_variants("/insecure/static/x"));
        assert_eq!(of_site(Site::Lab, "/evidence/insecure/live").purpose, Poll);
        assert_eq!(of_site(Site::Lab, "/labs/01").purpose, Reading);
        assert_eq!(of_site(Site::Lab, "/labs/01/live").purpose, Reading);
        assert_eq!(of_site(Site::Attacker, "/labs").purpose, Action);
        assert!(of_site(Site::Attacker, "/collect/x").any_origin);
        assert!(!of_site(Site::Lab, "/collect").any_origin);
        assert_eq!(of_site(Site::Portal, "/certificate").settings, AsKnown);
        assert_eq!(of_site(Site::Lab, "/healthz").settings, Unused);
    }

    #[test]
    fn the_page_for_tokens_is_a_page_and_its_api_is_json() {
        for (path, errors) in [
            ("/jwt/", ErrorFormat::Page),
            ("/jwt/login", ErrorFormat::Json),
            ("/api/login", ErrorFormat::Json),
            ("/api/time_left", ErrorFormat::Json),
            ("/csrf-token", ErrorFormat::Json),
            ("/dashboard", ErrorFormat::Page),
            ("/apis", ErrorFormat::Page),
        ] {
            assert_eq!(of_variant(path).errors, errors, "{path}");
        }
    }

    #[test]
    fn what_a_browser_asks_for_by_itself_is_recognised_in_every_address() {
        for (url, automatic) in [
            ("http://127.0.0.1:1/b/x/static/js/a.js", true),
            ("http://localhost:1/b/x/insecure/api/time_left", true),
            ("http://localhost:1/labs/01/live", true),
            ("http://localhost:1/evidence/insecure/timeline", true),
            (
                "http://localhost:1/.well-known/appspecific/com.chrome.devtools.json",
                true,
            ),
            ("http://127.0.0.1:1/arrived?variant=insecure", true),
            ("http://localhost:1/b/x/insecure/api/check_session", false),
            ("http://127.0.0.1:1/collect?c=/static", false),
        ] {
            assert_eq!(is_automatic(url), automatic, "{url}");
        }
    }
}

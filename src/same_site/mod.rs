//! The SameSite experiment: five cookies that differ in `SameSite` only, and every way in which a
//! page makes a browser ask for another. Which cookies come along is the browser's decision alone.
//!
//! `test_cookies` sets the cookies and notes which of them arrive. `initiator` is the page from which the
//! requests are made, the same on three hosts. `measured` keeps the results with the bench, and the
//! lab's page `/same-site` shows them (`lab::same_site`). Everything goes over one scheme, because
//! Chromium takes http and https of one host for two sites: over http on a student's own computer, where no
//! certificate is in the way, and over TLS in a class, where no browser takes `None` with `Secure`
//! from an unencrypted page.

pub mod agent;
mod initiator;
pub mod measured;
pub mod recorded;
mod test_cookies;

use rocket::Route;

pub use test_cookies::{EXCEPTION, LIFETIME};

use crate::base::addresses::{Addresses, Listener};
use crate::base::bench_name::BenchName;

/// Where a request comes from, seen from the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiator {
    /// A page of the portal's own origin.
    SameOrigin,
    /// Another host of the portal's site.
    Sibling,
    /// Another site.
    CrossSite,
}

impl Initiator {
    /// Every initiator.
    pub const ALL: [Initiator; 3] = [Self::SameOrigin, Self::Sibling, Self::CrossSite];

    /// Its name in addresses and files.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::Sibling => "sibling",
            Self::CrossSite => "cross-site",
        }
    }

    /// The initiator of this name.
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.slug() == slug)
    }

    /// What it is called on the page.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SameOrigin => "the same origin",
            Self::Sibling => "a sibling",
            Self::CrossSite => "another site",
        }
    }

    /// What a browser says in `Sec-Fetch-Site`.
    pub const fn fetch_site(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::Sibling => "same-site",
            Self::CrossSite => "cross-site",
        }
    }

    /// The origin of its page.
    pub fn origin(self, addresses: &Addresses) -> String {
        match self {
            Self::SameOrigin => portal(addresses),
            Self::Sibling => addresses.sibling(attacker(addresses)),
            Self::CrossSite => addresses.origin(attacker(addresses)),
        }
    }
}

/// The origin that the test cookies belong to.
pub fn portal(addresses: &Addresses) -> String {
    addresses.beside_sibling(match addresses.is_class() {
        true => Listener::PortalHttps,
        false => Listener::PortalHttp,
    })
}

/// Where the sibling and the other site are, by the same scheme.
fn attacker(addresses: &Addresses) -> Listener {
    match addresses.is_class() {
        true => Listener::AttackerTls,
        false => Listener::Attacker,
    }
}

/// A way in which a page makes the browser ask for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A link that is followed.
    Link,
    /// A form that is sent with GET.
    GetForm,
    /// A form that is sent with POST, while the cookies are younger than two minutes.
    PostForm,
    /// The POST form again, once the cookies are older than two minutes.
    LatePostForm,
    /// A frame in the page.
    Iframe,
    /// An image in the page.
    Image,
    /// A script's `fetch` with credentials.
    Fetch,
    /// A link to the page's own host, which redirects to the portal.
    Redirect,
}

impl Way {
    /// Every way, in the order of the table.
    pub const ALL: [Way; 8] = [
        Self::Link,
        Self::GetForm,
        Self::PostForm,
        Self::LatePostForm,
        Self::Iframe,
        Self::Image,
        Self::Fetch,
        Self::Redirect,
    ];

    /// Its name in addresses and files.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::GetForm => "get-form",
            Self::PostForm => "post-form",
            Self::Iframe => "iframe",
            Self::Image => "image",
            Self::Fetch => "fetch",
            Self::Redirect => "redirect",
            Self::LatePostForm => "late-post-form",
        }
    }

    /// What it is called on the page.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Link => "Link",
            Self::GetForm => "GET form",
            Self::PostForm => "POST form",
            Self::LatePostForm => "POST form, after two minutes",
            Self::Iframe => "Frame",
            Self::Image => "Image",
            Self::Fetch => "fetch()",
            Self::Redirect => "Redirect",
        }
    }

    /// The way of this name.
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.slug() == slug)
    }

    /// The method of its requests.
    const fn method(self) -> rocket::http::Method {
        match self {
            Self::PostForm | Self::LatePostForm => rocket::http::Method::Post,
            _ => rocket::http::Method::Get,
        }
    }

    /// What a browser says in `Sec-Fetch-Dest`.
    const fn fetch_dest(self) -> &'static str {
        match self {
            Self::Iframe => "iframe",
            Self::Image => "image",
            Self::Fetch => "empty",
            _ => "document",
        }
    }

    /// Whether there is such a request from there. Two minutes matter between sites only.
    pub fn is_from(self, initiator: Initiator) -> bool {
        self != Self::LatePostForm || initiator == Initiator::CrossSite
    }
}

/// One of the five test cookies, by its `SameSite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestCookie {
    /// No such attribute.
    Absent,
    /// `SameSite=None` without `Secure`.
    NoneInsecure,
    /// `SameSite=None; Secure`.
    None,
    /// `SameSite=Lax`.
    Lax,
    /// `SameSite=Strict`.
    Strict,
}

impl TestCookie {
    /// Every test cookie, in the order of the table.
    pub const ALL: [TestCookie; 5] = [
        Self::Absent,
        Self::NoneInsecure,
        Self::None,
        Self::Lax,
        Self::Strict,
    ];

    /// Its name in forms and files.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NoneInsecure => "none-insecure",
            Self::None => "none",
            Self::Lax => "lax",
            Self::Strict => "strict",
        }
    }

    /// The attributes in its `Set-Cookie` line that the others do not have.
    pub const fn attributes(self) -> &'static [&'static str] {
        match self {
            Self::Absent => &[],
            Self::NoneInsecure => &["SameSite=None"],
            Self::None => &["SameSite=None", "Secure"],
            Self::Lax => &["SameSite=Lax"],
            Self::Strict => &["SameSite=Strict"],
        }
    }

    /// What it is called on the page: the value of its `SameSite`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NoneInsecure => "None without Secure",
            Self::None => "None",
            Self::Lax => "Lax",
            Self::Strict => "Strict",
        }
    }

    /// The cookie's name on a bench.
    pub fn name(self, bench: &BenchName) -> String {
        let name = format!("samesite_{}", self.slug().replace('-', "_"));
        if bench.is_local() {
            name
        } else {
            format!("{name}_{bench}")
        }
    }
}

/// A step of the walk through the whole table: a page on the host of an initiator, from which the
/// browser asks the portal in these ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkStep(u8);

/// The ways of the steps on one host. Those of the first need no other page.
const STAGES: [&[Way]; 5] = [
    &[Way::Iframe, Way::Image, Way::Fetch],
    &[Way::Link],
    &[Way::GetForm],
    &[Way::PostForm],
    &[Way::Redirect],
];

impl WalkStep {
    /// The first step of the walk.
    pub const FIRST: WalkStep = WalkStep(0);

    /// The step that waits for two minutes to pass. It is none of the walk.
    pub const LATE: WalkStep = WalkStep((STAGES.len() * Initiator::ALL.len()) as u8);

    /// The step of this number.
    pub fn parse(number: u8) -> Option<Self> {
        (number <= Self::LATE.0).then_some(Self(number))
    }

    /// Its number in addresses.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The step in which a way is walked from an initiator.
    pub fn of(initiator: Initiator, way: Way) -> Option<Self> {
        let mut all = (0..=Self::LATE.0).map(Self);
        all.find(|step| step.initiator() == initiator && step.ways().contains(&way))
    }

    /// From where it asks.
    pub fn initiator(self) -> Initiator {
        let at = usize::from(self.0) / STAGES.len();
        Initiator::ALL
            .get(at)
            .copied()
            .unwrap_or(Initiator::CrossSite)
    }

    /// The ways in which it asks.
    pub fn ways(self) -> &'static [Way] {
        if self == Self::LATE {
            &[Way::LatePostForm]
        } else {
            STAGES[usize::from(self.0) % STAGES.len()]
        }
    }

    /// The next step of the walk.
    pub fn next(self) -> Option<Self> {
        (self.0 + 1 < Self::LATE.0).then_some(Self(self.0 + 1))
    }

    /// The address of its page; `once`: the walk ends after it.
    pub fn address(self, addresses: &Addresses, bench: &BenchName, once: bool) -> String {
        let origin = self.initiator().origin(addresses);
        let query = self.query(once);
        format!("{origin}{}/same-site/from?{query}", bench.prefix())
    }

    /// The address that sets the cookies afresh and goes on to the step.
    pub fn start(self, addresses: &Addresses, bench: &BenchName, once: bool) -> String {
        let query = self.query(once);
        let portal = portal(addresses);
        format!("{portal}{}/same-site/set?{query}", bench.prefix())
    }

    fn query(self, once: bool) -> String {
        let once = if once { "&once=1" } else { "" };
        format!("step={}{once}", self.0)
    }

    /// Where the walk goes on after it: the next step, or the lab's page.
    fn after(self, addresses: &Addresses, bench: &BenchName, once: bool) -> String {
        match self.next().filter(|_| !once && self != Self::LATE) {
            Some(next) => next.address(addresses, bench, false),
            None => {
                let path = format!("/same-site?from={}", self.initiator().slug());
                addresses.lab_page(bench, &path)
            }
        }
    }
}

/// What the portal's listeners answer: the test cookies, and the page on the same origin.
pub fn portal_routes() -> Vec<Route> {
    [test_cookies::routes(), initiator::routes()].concat()
}

/// The page on the attacker's site and on the sibling.
pub fn attacker_routes() -> Vec<Route> {
    initiator::routes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_the_order_of_the_enums() {
        assert!((0..3).all(|at| Initiator::ALL[at] as usize == at));
        assert!((0..8).all(|at| Way::ALL[at] as usize == at));
        assert!((0..5).all(|at| TestCookie::ALL[at] as usize == at));
    }

    #[test]
    fn the_walk_asks_in_every_way_from_everywhere_once() {
        let mut walked = Vec::new();
        let mut step = Some(WalkStep::FIRST);
        while let Some(now) = step {
            walked.extend(now.ways().iter().map(|way| (now.initiator(), *way)));
            step = now.next();
        }
        assert_eq!(walked.len(), 21);
        for initiator in Initiator::ALL {
            for way in Way::ALL {
                let times = walked
                    .iter()
                    .filter(|one| **one == (initiator, way))
                    .count();
                let once = usize::from(way != Way::LatePostForm);
                assert_eq!(times, once, "{initiator:?} {way:?}");
                assert_eq!(
                    WalkStep::of(initiator, way).is_some(),
                    way.is_from(initiator)
                );
            }
        }
        assert_eq!(WalkStep::LATE.ways(), [Way::LatePostForm]);
        assert_eq!(WalkStep::LATE.initiator(), Initiator::CrossSite);
        assert_eq!((WalkStep::LATE.next(), WalkStep::parse(16)), (None, None));
    }
}

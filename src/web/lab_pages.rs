//! The table of the lab's own pages. The menu, the map on the front page, the search and the tests
//! read this one table, so a page has one name everywhere.

use serde::Serialize;

use crate::base::addresses::{Addresses, Listener, Site};

/// What a student does on the pages of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageGroup {
    Learn,
    Attack,
    LookInside,
    Build,
}

impl PageGroup {
    /// Every group, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Learn, Self::Attack, Self::LookInside, Self::Build];

    /// Its name in the menu.
    pub fn name(self) -> &'static str {
        match self {
            Self::Learn => "Learn",
            Self::Attack => "Attack",
            Self::LookInside => "Look inside",
            Self::Build => "Build",
        }
    }

    /// Its pages, in the order of the menu. The first one is where the group's own link leads.
    pub fn pages(self) -> impl Iterator<Item = &'static LabPage> {
        PAGES.iter().filter(move |page| page.group == self)
    }
}

/// A page of the lab.
#[derive(Clone, Copy, Debug)]
pub struct LabPage {
    /// Its name in the menu, its heading, its title and the text of links to it.
    pub name: &'static str,
    pub group: PageGroup,
    /// Its path without the bench.
    pub path: &'static str,
    /// The listener that links lead to.
    pub listener: Listener,
    /// The sites that answer it as a page of the lab.
    pub sites: &'static [Site],
    /// Further paths whose pages belong to it, as in `/attack` for one attack.
    pub also: &'static [&'static str],
    /// What it is for, in a sentence.
    pub summary: &'static str,
}

impl LabPage {
    /// Its address on a bench, whose pages begin with `prefix`.
    pub fn href(&self, addresses: &Addresses, prefix: &str) -> String {
        format!("{}{prefix}{}", addresses.origin(self.listener), self.path)
    }

    /// How many characters of a path this page claims.
    fn claims(&self, path: &str) -> Option<usize> {
        let claimed = [self.path].into_iter().chain(self.also.iter().copied());
        let fits = |of: &str| {
            let rest = path.strip_prefix(of)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(of.len())
        };
        claimed.filter_map(fits).max()
    }
}

use PageGroup::{Attack, Build, Learn, LookInside};

/// Every page of the lab but the front page and the search, in the order of the menu.
pub const PAGES: &[LabPage] = &[
    page(
        Learn,
        "Worksheets",
        "/labs",
        "Lessons with steps that the server sees you solve.",
    ),
    page(
        Learn,
        "Class",
        "/class",
        "Join your teacher's class: what is sent, the sheet for now, questions to all.",
    ),
    page(
        Learn,
        "Glossary",
        "/glossary",
        "Every word that the lab uses in its own sense.",
    ),
    page(
        Learn,
        "Not taught",
        "/not-taught",
        "What the lab leaves out, so that nobody takes it for a template.",
    ),
    page(
        Learn,
        "Pictures",
        "/pictures",
        "DevTools in pictures, light and dark, for slides.",
    ),
    page(
        Learn,
        "Certificate",
        "/certificate",
        "Why your browser warns, and how to check the lab's certificate.",
    )
    .on(Listener::Lab, &[Site::Lab, Site::Portal]),
    page(
        Learn,
        "Names",
        "/names",
        "Which host names the lab has, and whether your browser finds each of them.",
    ),
    page(
        Learn,
        "Start over",
        "/start-over",
        "Takes a part of your bench back: clock, accounts, cookie jars, loot.",
    ),
    page(
        Attack,
        "Attacks",
        "/matrix",
        "Every attack against every variant, run while you watch.",
    )
    .also(&["/attack"]),
    page(
        Attack,
        "Plays",
        "/plays",
        "Attacks beat by beat: who sends what, who holds which id, and what the server holds.",
    )
    .also(&["/fixation"]),
    page(
        Attack,
        "SameSite table",
        "/same-site",
        "Which cookies your own browser sends, from where and by which request. Guess first.",
    ),
    page(
        Attack,
        "Session ids",
        "/ids",
        "Many ids from the weak and from the strong source, as a picture.",
    ),
    page(
        Attack,
        "Café",
        "/cafe",
        "What anyone on an open Wi-Fi can read: the unencrypted cookie, or noise.",
    ),
    page(
        Attack,
        "Attacker's site",
        "/",
        "The attacker's tricks, and the catcher for stolen ids and tokens.",
    )
    .on(Listener::Attacker, &[]),
    page(
        LookInside,
        "Compare",
        "/compare",
        "The same request to both portals, side by side.",
    ),
    page(
        LookInside,
        "Evidence",
        "/evidence",
        "What the server knows: every session, its file, the time it has left.",
    )
    .also(&["/leak"]),
    page(
        LookInside,
        "Session files",
        "/session-files",
        "Each session as it is stored: the file's name, its time and its content.",
    )
    .also(&["/redis-keys"]),
    page(
        LookInside,
        "Wire",
        "/wire",
        "Every request as it happens, its cookies, and its way through the defences.",
    ),
    page(
        LookInside,
        "Token workbench",
        "/jwt",
        "Read a token, edit it, sign it again, and ask every verifier.",
    ),
    page(
        LookInside,
        "Headers",
        "/inspect_headers",
        "What your browser sends, and what each line of the answer does.",
    )
    .on(Listener::PortalHttp, &[Site::Portal]),
    page(
        LookInside,
        "Sessions and tokens",
        "/stateless",
        "The same five events on a session and on a token.",
    ),
    page(
        Build,
        "Defences",
        "/defences",
        "Each defence on a page: its weak and its strong arm, from the real source.",
    ),
    page(
        Build,
        "Own mix",
        "/custom",
        "Mix your own policy, arm by arm, and attack it.",
    ),
    page(
        Build,
        "Audit",
        "/audit",
        "What shows from outside: a variant audited as your own application would be.",
    ),
    page(
        Build,
        "Coverage",
        "/coverage",
        "Every row of the catalogue: where to try it, which standards name it, which test proves it.",
    ),
];

const fn page(
    group: PageGroup,
    name: &'static str,
    path: &'static str,
    summary: &'static str,
) -> LabPage {
    LabPage {
        name,
        group,
        path,
        listener: Listener::Lab,
        sites: &[Site::Lab],
        also: &[],
        summary,
    }
}

impl LabPage {
    const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    const fn on(self, listener: Listener, sites: &'static [Site]) -> Self {
        Self {
            listener,
            sites,
            ..self
        }
    }
}

/// The page of the lab that a path without its bench belongs to.
pub fn page_of(site: Site, path: &str) -> Option<&'static LabPage> {
    PAGES
        .iter()
        .filter(|page| page.sites.contains(&site))
        .filter_map(|page| Some((page.claims(path)?, page)))
        .max_by_key(|(claimed, _)| *claimed)
        .map(|(_, page)| page)
}

/// The menu of one page.
#[derive(Clone, Debug, Serialize)]
pub struct LabMenu {
    groups: Vec<MenuLink>,
    /// The pages of the current group; none on a page that belongs to no group.
    pages: Vec<MenuLink>,
}

#[derive(Clone, Debug, Serialize)]
struct MenuLink {
    name: &'static str,
    href: String,
    current: bool,
}

impl LabMenu {
    /// The menu as it is on a page of the lab, or on one that belongs to none of them.
    pub fn on(current: Option<&'static LabPage>, addresses: &Addresses, prefix: &str) -> Self {
        let here = current.map(|page| page.group);
        let groups = PageGroup::ALL.into_iter().filter_map(|group| {
            Some(MenuLink {
                name: group.name(),
                href: group.pages().next()?.href(addresses, prefix),
                current: here == Some(group),
            })
        });
        let pages = here.into_iter().flat_map(PageGroup::pages);
        let link = |page: &'static LabPage| MenuLink {
            name: page.name,
            href: page.href(addresses, prefix),
            current: current.is_some_and(|current| current.path == page.path),
        };
        Self {
            groups: groups.collect(),
            pages: pages.map(link).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_pages_share_a_name_or_a_path() {
        for (at, one) in PAGES.iter().enumerate() {
            for other in &PAGES[at + 1..] {
                assert_ne!(one.name, other.name);
                assert_ne!((one.path, one.listener), (other.path, other.listener));
            }
        }
    }

    #[test]
    fn a_path_belongs_to_the_page_that_claims_most_of_it() {
        let of = |path| page_of(Site::Lab, path).map(|page| page.name);
        assert_eq!(of("/custom/attack"), Some("Own mix"));
        assert_eq!(of("/attack/session-fixation"), Some("Attacks"));
        assert_eq!(of("/labs/03-session-fixation/report"), Some("Worksheets"));
        assert_eq!(of("/wire/17"), Some("Wire"));
        assert_eq!(of("/labsx"), None);
        assert_eq!(of("/"), None);
    }
}

//! The host names of a lab: those on loopback, or those of a class.
//!
//! Browsers decide by names what is one site and which cookie is sent. So each part of the lab has a name
//! that makes it what the course says: the sibling is another host of the portal's site, the café has a
//! name with which no other program is reached. [`super::addresses`] adds the ports.

use super::addresses::{BESIDE_SIBLING, LAB_TEST, SIBLING};

/// The names that a class needs besides the portal's, as labels below that one.
pub const CLASS_LABELS: [&str; 3] = [GUIDE, NOTES, CAFE];

const GUIDE: &str = "guide";
const NOTES: &str = "notes";
const CAFE: &str = "cafe";

/// The host names of a lab, but for the attacker's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteNames {
    /// The portal: `localhost`, or the public name of a class.
    pub portal: String,
    /// The lab's own pages. In a class it is another host than the portal, because cookies ignore ports.
    pub lab: String,
    /// A host of the portal's site that the attacker controls.
    pub sibling: String,
    /// The portal's name beside the sibling: one site, two hosts.
    pub beside_sibling: String,
    /// A name of the portal on which every client holds a `Secure` cookie back. On `localhost` most make
    /// an exception.
    pub secure: String,
    /// A name of the café on which that is so as well, and with which nothing else is reached: a browser
    /// may be told to use TLS with it for a year.
    pub cafe: String,
}

impl SiteNames {
    /// The names of a lab whose portal has this one.
    pub fn of(portal: &str) -> Self {
        if portal == LOCALHOST {
            return Self {
                portal: portal.into(),
                lab: portal.into(),
                sibling: SIBLING.into(),
                beside_sibling: BESIDE_SIBLING.into(),
                secure: LAB_TEST.into(),
                cafe: LAB_TEST.into(),
            };
        }
        let below = |label: &str| format!("{label}.{portal}");
        Self {
            portal: portal.into(),
            lab: below(GUIDE),
            sibling: below(NOTES),
            beside_sibling: portal.into(),
            secure: portal.into(),
            cafe: below(CAFE),
        }
    }

    /// Whether they are a class's: names that other computers know.
    pub fn is_class(&self) -> bool {
        self.portal != LOCALHOST
    }

    /// Whether a browser takes the sibling for the portal's own site. A name without a dot is a site by
    /// itself, and each name below it another one.
    pub fn sibling_shares_the_site(&self) -> bool {
        self.beside_sibling.contains('.')
    }

    /// The names that the DNS of a class must know, each once; none where only this computer reaches the lab.
    pub fn of_class(&self) -> Vec<&str> {
        match self.is_class() {
            true => vec![&self.portal, &self.lab, &self.sibling, &self.cafe],
            false => Vec::new(),
        }
    }
}

/// The portal's name where only this computer reaches the lab.
const LOCALHOST: &str = "localhost";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_a_host_for_each_part_below_its_name() {
        let class = SiteNames::of("lab.school.example");
        assert_eq!(
            class.of_class(),
            [
                "lab.school.example",
                "guide.lab.school.example",
                "notes.lab.school.example",
                "cafe.lab.school.example"
            ]
        );
        for label in CLASS_LABELS {
            let name = format!("{label}.lab.school.example");
            assert!(class.of_class().contains(&name.as_str()), "{name}");
        }
        assert_eq!(class.beside_sibling, class.portal);
        assert_eq!(class.secure, class.portal);
    }

    #[test]
    fn ones_own_computer_needs_no_dns() {
        let own = SiteNames::of("localhost");
        assert!(!own.is_class() && own.of_class().is_empty());
        assert_eq!(
            (own.lab.as_str(), own.cafe.as_str()),
            ("localhost", "lab.test")
        );
    }
}

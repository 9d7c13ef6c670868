//! The link by which a class is joined, `https://192.0.2.7:7072/K7Q2MA?pin=…`, or its parts as a
//! student types them from the projector.

use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::classroom::fingerprint::DeskFingerprint;
use crate::classroom::protocol::{CLASS_PORT, CODE_LENGTH};

/// Where a desk is on the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DeskAddress {
    /// A name or an address; one of IPv6 is in brackets.
    pub host: String,
    pub port: u16,
}

/// An invitation to a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub desk: DeskAddress,
    pub code: String,
    /// The certificate that the desk must have; without one the student compares it.
    pub pin: Option<DeskFingerprint>,
}

/// Why a text is no invitation.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadInvitation {
    #[error(
        "Paste the link from the teacher, or type the address and the code from the projector."
    )]
    Empty,
    #[error(
        "The address of the desk is missing. It is on the projector, and looks like 192.0.2.7:7072."
    )]
    NoAddress,
    #[error(
        "The join code is missing. It is on the projector, and has {CODE_LENGTH} letters and digits."
    )]
    NoCode,
    #[error("The address of the desk cannot be read. It looks like 192.0.2.7:7072.")]
    Address,
    #[error("An IPv6 address needs brackets, as in [2001:db8::7]:7072.")]
    Brackets,
    #[error(
        "That is a join code alone. Type it beside the address of the desk, or paste the whole link."
    )]
    CodeAlone,
    #[error("The link does not begin with https://. A lab talks to a desk over TLS only.")]
    NotOverTls,
    #[error("A join code has {CODE_LENGTH} letters and digits, without O, I, 0 and 1.")]
    Code,
    #[error("The pin in the link is damaged. Copy the whole link again.")]
    Pin,
}

impl Invitation {
    /// Reads a link.
    ///
    /// # Errors
    /// What is wrong with it. A pin that cannot be read is never left out.
    pub fn parse(link: &str) -> Result<Self, BadInvitation> {
        let link = bare(link);
        if link.is_empty() {
            return Err(BadInvitation::Empty);
        }
        if join_code(link).is_ok() {
            return Err(BadInvitation::CodeAlone);
        }
        let url = Url::parse(link).map_err(|_| BadInvitation::Address)?;
        if url.scheme() != "https" {
            return Err(BadInvitation::NotOverTls);
        }
        let mut pins = url.query_pairs().filter(|(name, _)| name == "pin");
        let pin = match pins.next() {
            Some((_, pin)) => Some(pin.parse().map_err(|_| BadInvitation::Pin)?),
            None => None,
        };
        Ok(Self {
            desk: DeskAddress::of(&url, link)?,
            code: join_code(url.path().trim_matches('/'))?,
            pin,
        })
    }

    /// Reads what a student types: an address, and a code.
    ///
    /// # Errors
    /// What is wrong with one of the two.
    pub fn from_parts(address: &str, code: &str) -> Result<Self, BadInvitation> {
        match (bare(address), bare(code)) {
            ("", "") => return Err(BadInvitation::Empty),
            ("", _) => return Err(BadInvitation::NoAddress),
            (_, "") => return Err(BadInvitation::NoCode),
            _ => {}
        }
        Ok(Self {
            desk: DeskAddress::parse(address)?,
            code: join_code(code)?,
            pin: None,
        })
    }
}

/// A text without what surrounds it where it was copied: quotes, as a shell needs them, brackets of a
/// mail, spaces, and marks without a width.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '\'' | '"' | '`' | '<' | '>' | '‘' | '’' | '“' | '”' | '„' | '«' | '»')
            || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{202a}'..='\u{202e}')
    })
}

impl DeskAddress {
    fn parse(text: &str) -> Result<Self, BadInvitation> {
        let text = bare(text);
        let text = text.strip_prefix("https://").unwrap_or(text);
        if text.is_empty() {
            return Err(BadInvitation::NoAddress);
        }
        if text.parse::<Ipv6Addr>().is_ok() {
            return Err(BadInvitation::Brackets);
        }
        if text.contains("://") {
            return Err(BadInvitation::Address);
        }
        let url = Url::parse(&format!("https://{text}")).map_err(|_| BadInvitation::Address)?;
        Self::of(&url, text)
    }

    /// `text` is what the address was read from: it tells whether the port 443 was written, which a
    /// parsed address leaves out.
    fn of(url: &Url, text: &str) -> Result<Self, BadInvitation> {
        let mut ends = [":443/", ":443?"].into_iter();
        let is_443 = text.ends_with(":443") || ends.any(|end| text.contains(end));
        let host = url.host_str().filter(|host| !host.is_empty());
        let plain = url.username().is_empty() && url.password().is_none();
        Ok(Self {
            host: host
                .filter(|_| plain)
                .ok_or(BadInvitation::Address)?
                .to_owned(),
            port: url.port().unwrap_or(if is_443 { 443 } else { CLASS_PORT }),
        })
    }
}

/// A join code as the desk writes it: capitals, and no spaces.
///
/// # Errors
/// It can be no join code.
pub fn join_code(text: &str) -> Result<String, BadInvitation> {
    let code = bare(text).chars().filter(|c| !c.is_whitespace());
    let code: String = code.collect();
    let code = code.to_ascii_uppercase();
    let allowed = |b: u8| matches!(b, b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'Z' | b'2'..=b'9');
    if code.len() == CODE_LENGTH && code.bytes().all(allowed) {
        Ok(code)
    } else {
        Err(BadInvitation::Code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_and_its_parts_are_read() {
        let pin = DeskFingerprint::of_der(b"a desk");
        let link = format!(" https://192.0.2.7:7000/k7q2ma?pin={pin}\n");
        let read = Invitation::parse(&link).unwrap();
        assert_eq!(
            (read.desk.host.as_str(), read.desk.port),
            ("192.0.2.7", 7000)
        );
        assert_eq!((read.code.as_str(), read.pin), ("K7Q2MA", Some(pin)));
        let typed = Invitation::from_parts("desk.school.example", "k7q 2ma").unwrap();
        assert_eq!(
            (typed.desk.port, typed.code.as_str()),
            (CLASS_PORT, "K7Q2MA")
        );
        let six = Invitation::from_parts("[2001:db8::7]:7000", "K7Q2MA").unwrap();
        assert_eq!(
            (six.desk.host.as_str(), six.desk.port),
            ("[2001:db8::7]", 7000)
        );
    }

    #[test]
    fn a_link_that_was_copied_with_quotes_or_a_byte_order_mark_is_read() {
        let plain = "https://192.0.2.7:7000/K7Q2MA";
        let right = Invitation::parse(plain).unwrap();
        for (before, after) in [
            ("\u{feff}", ""),
            ("\u{feff}\u{feff} ", "\u{200b}\n"),
            ("'", "'"),
            ("\u{feff}\"", "\""),
            ("“", "”"),
            ("<", ">"),
            ("`", "`"),
        ] {
            let link = format!("{before}{plain}{after}");
            assert_eq!(Invitation::parse(&link).as_ref(), Ok(&right), "{link:?}");
            let address = format!("{before}192.0.2.7:7000{after}");
            let code = format!("{before}k7q 2ma{after}");
            let typed = Invitation::from_parts(&address, &code);
            assert_eq!(typed.as_ref(), Ok(&right), "{address:?} {code:?}");
        }
    }

    #[test]
    fn a_field_that_is_empty_is_said_to_be_missing() {
        for (address, code, why) in [
            ("", "", BadInvitation::Empty),
            (" \u{feff}", "K7Q2MA", BadInvitation::NoAddress),
            ("192.0.2.7:7072", " ", BadInvitation::NoCode),
        ] {
            assert_eq!(Invitation::from_parts(address, code), Err(why));
        }
    }

    #[test]
    fn a_port_that_is_left_out_is_that_of_a_desk() {
        let port = |link: &str| Invitation::parse(link).unwrap().desk.port;
        assert_eq!(port("https://192.0.2.7/K7Q2MA"), CLASS_PORT);
        assert_eq!(port("https://[2001:db8::443]/K7Q2MA"), CLASS_PORT);
        assert_eq!(port("https://192.0.2.7:443/K7Q2MA"), 443);
    }

    #[test]
    fn what_is_wrong_with_a_link_is_said() {
        for (link, why) in [
            ("http://192.0.2.7:7072/K7Q2MA", BadInvitation::NotOverTls),
            ("https://192.0.2.7:7072/K7Q2M0", BadInvitation::Code),
            ("https://192.0.2.7:7072/", BadInvitation::Code),
            (
                "https://192.0.2.7:7072/K7Q2MA?pin=short",
                BadInvitation::Pin,
            ),
            ("https://192.0.2.7:7072/K7Q2MA?pin=", BadInvitation::Pin),
            ("https://ada@192.0.2.7/K7Q2MA", BadInvitation::Address),
            ("K7Q2MA", BadInvitation::CodeAlone),
            ("k7q 2ma", BadInvitation::CodeAlone),
            ("192.0.2.7", BadInvitation::Address),
            ("", BadInvitation::Empty),
            ("''", BadInvitation::Empty),
        ] {
            assert_eq!(Invitation::parse(link), Err(why), "{link}");
        }
        for (address, why) in [
            (" ", BadInvitation::NoAddress),
            ("2001:db8::7", BadInvitation::Brackets),
        ] {
            let read = Invitation::from_parts(address, "K7Q2MA");
            assert_eq!(read, Err(why), "{address}");
        }
        for address in ["ftp://192.0.2.7", "a b", "192.0.2.7:99999"] {
            let read = Invitation::from_parts(address, "K7Q2MA");
            assert_eq!(read, Err(BadInvitation::Address), "{address}");
        }
    }
}

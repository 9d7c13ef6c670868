//! The head of a request as it was sent: names as they were written, repeated lines in their order,
//! and bytes that are not text.

use std::ops::Range;

/// How many bytes a head may have. A token of 90 kB must reach the verifier, which refuses it in words.
pub const LARGEST: usize = 128 * 1024;
/// How many header lines a head may have.
pub const MOST_LINES: usize = 100;
/// How long a target may be: more does not fit into the URI type of the `http` crate.
const LONGEST_TARGET: usize = 65_534;

/// The request line and the header lines.
#[derive(Clone, Debug)]
pub struct RawHead {
    bytes: Box<[u8]>,
    method: Range<usize>,
    target: Range<usize>,
    minor_version: u8,
    lines: Vec<(Range<usize>, Range<usize>)>,
}

/// What follows a head on its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// This many bytes of body.
    Body(u64),
    /// A body in chunks.
    Chunks,
}

/// Why a head is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadHead {
    /// It is no HTTP/1 request.
    Malformed(&'static str),
    /// It names a version other than 1.0 and 1.1.
    Version,
    /// It has too many lines or too many bytes.
    TooLarge,
    /// Its target is too long.
    LongTarget,
}

/// The end of the head that these bytes begin with, if the head is whole. Empty lines in front are
/// skipped, as RFC 9112 §2.2 asks.
pub fn end_of_head(bytes: &[u8], looked_at: usize) -> Option<usize> {
    // The empty line may have begun before what is new.
    let from = looked_at.saturating_sub(3);
    let start = bytes
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let from = from.max(start);
    let mut at = from;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'\n') {
        let after = at + found + 1;
        match &bytes[after..] {
            [b'\n', ..] => return Some(after + 1),
            [b'\r', b'\n', ..] => return Some(after + 2),
            _ => at = after,
        }
    }
    None
}

impl RawHead {
    /// Reads a whole head, and what follows it.
    ///
    /// # Errors
    /// It is no head that this server answers.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Follows), BadHead> {
        let mut lines = [httparse::EMPTY_HEADER; MOST_LINES];
        let mut request = httparse::Request::new(&mut lines);
        match request.parse(bytes) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => return Err(BadHead::Malformed("it has no end")),
            Err(httparse::Error::TooManyHeaders) => return Err(BadHead::TooLarge),
            Err(httparse::Error::Version) => return Err(BadHead::Version),
            Err(httparse::Error::HeaderName) => {
                return Err(BadHead::Malformed("a header has no proper name"));
            }
            Err(httparse::Error::HeaderValue) => {
                return Err(BadHead::Malformed(
                    "a header's value holds a control character",
                ));
            }
            Err(_) => return Err(BadHead::Malformed("the request line is malformed")),
        }
        let (Some(method), Some(target)) = (request.method, request.path) else {
            return Err(BadHead::Malformed("the request line is malformed"));
        };
        if target.len() > LONGEST_TARGET {
            return Err(BadHead::LongTarget);
        }
        let within = |part: &[u8]| {
            // Invariant: httparse lends parts of the bytes that it was given.
            let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
            start..start + part.len()
        };
        let head = Self {
            method: within(method.as_bytes()),
            target: within(target.as_bytes()),
            minor_version: request.version.unwrap_or(1),
            lines: request
                .headers
                .iter()
                .map(|line| (within(line.name.as_bytes()), within(line.value)))
                .collect(),
            bytes: bytes.into(),
        };
        let follows = head.follows()?;
        Ok((head, follows))
    }

    /// How the body is framed (RFC 9112 §6.3). Two answers to that question, as in a length *and*
    /// chunks, are how requests are smuggled past a proxy: such a head is refused.
    fn follows(&self) -> Result<Follows, BadHead> {
        let mut codings = self.values("transfer-encoding");
        let mut lengths = self.values("content-length");
        match (codings.next(), lengths.next()) {
            (None, None) => Ok(Follows::Body(0)),
            (Some(coding), None) => {
                let chunked = coding.eq_ignore_ascii_case(b"chunked") && codings.next().is_none();
                if !chunked || self.minor_version == 0 {
                    return Err(BadHead::Malformed("Transfer-Encoding may only be chunked"));
                }
                Ok(Follows::Chunks)
            }
            (None, Some(length)) => {
                let digits = std::str::from_utf8(length).ok();
                let digits = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let length = digits.and_then(|text| text.parse().ok());
                match length {
                    Some(length) if lengths.next().is_none() => Ok(Follows::Body(length)),
                    _ => Err(BadHead::Malformed("Content-Length must be one number")),
                }
            }
            (Some(_), Some(_)) => Err(BadHead::Malformed(
                "it has a Content-Length and a Transfer-Encoding",
            )),
        }
    }

    /// The head for hyper. It gets a plain target, because its own reading of targets is stricter than
    /// what clients send; the target that counts is [`RawHead::target`].
    pub(super) fn with_plain_target(&self) -> Vec<u8> {
        let (before, after) = (self.target.start, self.target.end);
        [&self.bytes[..before], b"/", &self.bytes[after..]].concat()
    }

    /// The method as it was written.
    pub fn method(&self) -> &[u8] {
        &self.bytes[self.method.clone()]
    }

    /// The target as it was written.
    pub fn target(&self) -> &[u8] {
        &self.bytes[self.target.clone()]
    }

    /// `HTTP/1.0` or `HTTP/1.1`.
    pub fn version(&self) -> &'static str {
        if self.minor_version == 0 {
            "HTTP/1.0"
        } else {
            "HTTP/1.1"
        }
    }

    /// Every header line in its order: the name as it was written, and the value without the white
    /// space around it.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.lines.iter().map(|(name, value)| {
            // Invariant: httparse takes names of ASCII letters, digits and signs only.
            let name = std::str::from_utf8(&self.bytes[name.clone()]).unwrap_or_default();
            (name, &self.bytes[value.clone()])
        })
    }

    /// The values of a header, in their order.
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.lines()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// Bytes as text: what is UTF-8 stays, any other byte becomes `\xff`, and a control character its
/// escape.
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() {
                text.extend(letter.escape_default());
            } else {
                text.push(letter);
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_keeps_names_order_and_bytes() {
        let bytes = b"GET /a?b HTTP/1.1\r\nHost: x\r\nX-a:1 \r\nx-A: \xff\r\n\r\n";
        assert_eq!(end_of_head(bytes, 0), Some(bytes.len()));
        let (head, follows) = RawHead::parse(bytes).expect("a head");
        assert_eq!(follows, Follows::Body(0));
        assert_eq!((head.method(), head.target()), (&b"GET"[..], &b"/a?b"[..]));
        let lines: Vec<_> = head.lines().collect();
        assert_eq!(
            lines,
            [("Host", &b"x"[..]), ("X-a", b"1"), ("x-A", b"\xff")]
        );
        assert_eq!(escaped(b"\xc3\xbc\xff\x07"), "ü\\xff\\u{7}");
    }

    #[test]
    fn the_end_is_found_wherever_the_bytes_were_cut() {
        for bytes in [&b"\r\nA b\r\nc: d\r\n\r\nrest"[..], b"A\n\nrest"] {
            let whole = end_of_head(bytes, 0).expect("an end");
            assert_eq!(&bytes[whole..], b"rest");
            for cut in 0..whole {
                assert_eq!(end_of_head(&bytes[..cut], 0), None, "{cut}");
                assert_eq!(end_of_head(&bytes[..whole], cut), Some(whole), "{cut}");
            }
        }
        assert_eq!(end_of_head(b"\r\n\r\n\r\n", 0), None);
    }

    #[test]
    fn two_answers_to_where_a_body_ends_are_refused() {
        let follows = |lines: &str| {
            let head = format!("POST / HTTP/1.1\r\n{lines}\r\n\r\n");
            RawHead::parse(head.as_bytes()).map(|(_, follows)| follows)
        };
        assert_eq!(follows("Content-Length: 12"), Ok(Follows::Body(12)));
        assert_eq!(follows("transfer-encoding: Chunked"), Ok(Follows::Chunks));
        for lines in [
            "Content-Length: 5\r\nContent-Length: 5",
            "Content-Length: +5",
            "Content-Length: -1",
            "Content-Length: ",
            "Content-Length: 99999999999999999999999",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ] {
            assert!(follows(lines).is_err(), "{lines}");
        }
    }
}

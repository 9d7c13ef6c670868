//! The header lines of one message, in one piece of memory: an exchange is kept with every request,
//! so this costs two allocations instead of one a line.
//!
//! Only the headers of two fixed lists are kept. A list of what to leave out would keep every
//! header that nobody thought of, and some application puts a secret into one (`X-Api-Key`).

use super::end;
use super::written_name::WrittenName;

/// How much of the values of one message is kept, and of one value, in bytes.
pub(super) const ROOM: usize = 770;
const LONGEST: usize = 300;

/// The headers of a request that say what it is, where it comes from and who sends it. `Cookie` is
/// kept apart. The secret in `authorization` and in `x-csrftoken` is masked before it comes here
/// (`web::on_wire`).
///
/// `origin` and `sec-fetch-*` are written by the browser, and no page can forge them. That is why
/// `request-origin` may trust them, as far as the sender is a browser.
pub const OF_REQUESTS: [&str; 12] = [
    "host",
    "origin",
    "referer",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "sec-fetch-user",
    "content-type",
    "authorization",
    "x-csrftoken",
    "access-control-request-method",
    "access-control-request-headers",
];

/// The headers of an answer that protect, or lead on. `Set-Cookie` is kept apart.
pub const OF_ANSWERS: [&str; 15] = [
    "location",
    "content-type",
    "cache-control",
    "clear-site-data",
    "content-security-policy",
    "referrer-policy",
    "strict-transport-security",
    "cross-origin-opener-policy",
    "x-content-type-options",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "vary",
    "www-authenticate",
    "retry-after",
    "allow",
];

/// Values of headers, each with the place of its name in [`OF_REQUESTS`] or [`OF_ANSWERS`].
#[derive(Clone, Debug, Default)]
pub struct Headers {
    values: String,
    lines: Vec<HeaderEntry>,
}

/// A line among the others.
#[derive(Clone, Copy, Debug)]
struct HeaderEntry {
    /// The place of the name in its list.
    name: u8,
    /// The capitals of the name.
    capitals: u32,
    /// Where the value ends.
    end: u16,
}

impl Headers {
    /// No headers yet, with room for as many as are kept.
    pub fn with_room() -> Self {
        Self {
            values: String::with_capacity(ROOM),
            lines: Vec::with_capacity(OF_ANSWERS.len()),
        }
    }

    /// Gives back the room that was not needed.
    pub(super) fn fit(&mut self) {
        self.values.shrink_to_fit();
        self.lines.shrink_to_fit();
    }

    /// Adds a line, its value cut to what there is room for. `place` is that of its name in the list.
    /// A stranger chooses the values, so one long header may use its share and no more.
    pub fn push(&mut self, place: usize, name: WrittenName, value: &str) {
        const SIGN: char = '…';
        let room = LONGEST.min(ROOM - self.values.len());
        if value.is_empty() || room < SIGN.len_utf8() {
            return;
        }
        let before = self.values.len();
        if value.len() <= room {
            self.values.push_str(value);
        } else {
            let kept = end(value, room - SIGN.len_utf8());
            self.values.push_str(&value[..kept]);
            self.values.push(SIGN);
        }
        // Both fit: a list of names is short, and a message has less room than a `u16` counts.
        match (u8::try_from(place), u16::try_from(self.values.len())) {
            (Ok(place), Ok(end)) => self.lines.push(HeaderEntry {
                name: place,
                capitals: name.capitals(),
                end,
            }),
            _ => self.values.truncate(before),
        }
    }

    /// Names and values in the order in which they were added.
    pub fn iter<'h>(
        &'h self,
        names: &'static [&'static str],
    ) -> impl Iterator<Item = (WrittenName, &'h str)> {
        let mut from = 0;
        self.lines.iter().filter_map(move |line| {
            let value = self.values.get(from..usize::from(line.end))?;
            from = usize::from(line.end);
            let name = *names.get(usize::from(line.name))?;
            Some((WrittenName::with_capitals(name, line.capitals), value))
        })
    }

    pub(super) fn size(&self) -> usize {
        self.values.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_under_their_names_until_the_room_is_used() {
        let mut headers = Headers::default();
        let name = |written| WrittenName::new("", written);
        headers.push(1, name("ORIgin"), "http://localhost");
        headers.push(0, name("host"), "");
        headers.push(2, name("referer"), &"é".repeat(400));
        let found: Vec<_> = headers.iter(&OF_REQUESTS).collect();
        assert_eq!(
            (&*found[0].0.to_string(), found[0].1),
            ("ORIgin", "http://localhost")
        );
        assert_eq!(
            (found[1].0.lower_case(), found[1].1.len()),
            ("referer", 299)
        );
        assert!(found[1].1.ends_with('…'), "a cut value says so");
        assert_eq!(found.len(), 2);
        for _ in 0..20 {
            headers.push(3, name(""), &"x".repeat(200));
        }
        assert!(headers.size() > ROOM - 3 && headers.size() <= ROOM);
    }
}

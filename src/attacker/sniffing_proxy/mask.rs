//! What the café never shows: cookies of the student's other projects. Cookies ignore ports, so a
//! request also carries those of every program that was ever open at `localhost`.
//!
//! A foreign cookie is masked in its `Cookie` line, and wherever its value appears again: a page may
//! show the request's headers, and a form may report `document.cookie`.

use std::borrow::Cow;

use crate::base::bench_name::BenchName;
use crate::defences::{Defence, Output};
use crate::web::server::escaped;

/// The longest line that is read for cookies: more than a browser sends.
const LONGEST_LINE: usize = 64 * 1024;

/// The shortest value that is looked for elsewhere. A shorter one is no secret, and masking every
/// `1` would leave nothing to read.
const SHORTEST: usize = 4;

/// How many values of one connection are looked for: more than a browser keeps for one site.
const MOST: usize = 200;

/// What the lab's cookies are called, before the slot: see [`crate::session::cookie`].
const KINDS: [&str; 6] = [
    "session_",
    "__Host-session_",
    "__Host-Http-session_",
    "role_",
    "state_",
    "browser_",
];

/// The four slots that variants share: see [`crate::defences::policy::Variant::slot`].
const SLOTS: [&str; 4] = ["insecure", "hardened", "custom", "lab"];

/// Whether a cookie of this name is the lab's. `session_id`, which many projects have, is not.
pub fn is_the_labs(name: &str) -> bool {
    if name == "inspect_demo" {
        return true;
    }
    let slot_and_bench = KINDS.iter().find_map(|kind| name.strip_prefix(kind));
    let (slot, bench) = match slot_and_bench.map(|rest| rest.split_once('_').ok_or(rest)) {
        Some(Ok((slot, bench))) => (slot, Some(bench)),
        Some(Err(slot)) => (slot, None),
        None => return false,
    };
    SLOTS.contains(&slot) && bench.is_none_or(|name| name.parse::<BenchName>().is_ok())
}

/// The values of foreign cookies in everything that one guest sent.
#[derive(Clone, Default)]
pub struct ForeignCookies {
    line: Vec<u8>,
    values: Vec<String>,
    /// There was more than can be looked for.
    has_too_many: bool,
}

impl std::fmt::Debug for ForeignCookies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ForeignCookies")
    }
}

impl ForeignCookies {
    /// Reads what goes by, piece by piece.
    pub fn read_bytes(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.line.len() + piece.len() > LONGEST_LINE {
                self.has_too_many = true;
                self.line.clear();
                continue;
            }
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.note(&readable(&line));
            }
        }
    }

    fn note(&mut self, line: &str) {
        for pair in cookie_pairs(line).into_iter().flatten() {
            let (name, value) = pair.split_once('=').unwrap_or(("", pair));
            let value = value.trim().trim_matches('"');
            if is_the_labs(name.trim()) || value.len() < SHORTEST {
                continue;
            }
            if self.values.len() >= MOST {
                self.has_too_many = true;
            } else if !self.values.iter().any(|known| known == value) {
                self.values.push(value.to_owned());
            }
        }
    }

    /// The text of bytes that went by, foreign cookies masked. `others` are those of every
    /// connection that is shown beside this one.
    pub fn text(&self, bytes: &[u8], others: &[ForeignCookies]) -> String {
        if self.has_too_many {
            return "(more cookies of other programs came along than can be masked, so nothing of \
                    this connection is shown)"
                .into();
        }
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(readable);
        let mut text: String = lines.map(|line| masked_line(&line).into_owned()).collect();
        let values = others.iter().chain([self]).flat_map(|one| &one.values);
        for value in values {
            let json = serde_json::Value::from(&**value).to_string();
            let json = json.trim_matches('"');
            for form in [&**value, json, &Output::STRONG.html(value)] {
                if text.contains(form) {
                    text = text.replace(form, MASK);
                }
            }
        }
        text
    }
}

const MASK: &str = "[not the lab's]";

/// A line as text: bytes that are not UTF-8 and control characters are escaped.
fn readable(line: &[u8]) -> String {
    match line.strip_suffix(b"\n") {
        Some(line) => escaped(line.strip_suffix(b"\r").unwrap_or(line)) + "\n",
        None => escaped(line),
    }
}

/// The pairs in a `Cookie` line.
fn cookie_pairs(line: &str) -> Option<impl Iterator<Item = &str>> {
    let (name, value) = line.split_once(':')?;
    let is_cookie = name.trim().eq_ignore_ascii_case("cookie");
    is_cookie.then(|| value.trim().split(';'))
}

/// The value of a `Cookie` header, foreign cookies masked.
pub fn header(value: &str) -> String {
    let line = format!("cookie: {value}");
    let masked = masked_line(&line);
    let value = masked.split_once(':').map(|(_, value)| value.trim());
    value.unwrap_or_default().to_owned()
}

fn masked_line(line: &str) -> Cow<'_, str> {
    let Some(pairs) = cookie_pairs(line) else {
        return Cow::Borrowed(line);
    };
    let masked: Vec<String> = pairs
        .map(str::trim)
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if is_the_labs(name.trim()) => pair.to_owned(),
            Some((name, _)) => format!("{name}={MASK}"),
            None => MASK.to_owned(),
        })
        .collect();
    let name = line.split(':').next().unwrap_or_default();
    let end = if line.ends_with('\n') { "\n" } else { "" };
    Cow::Owned(format!("{name}: {}{end}", masked.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_labs_cookies_are_told_from_those_of_other_projects() {
        for name in [
            "session_insecure",
            "__Host-session_hardened",
            "__Host-Http-session_custom_team-7",
            "role_lab",
            "state_insecure_t-1",
            "browser_hardened",
            "inspect_demo",
        ] {
            assert!(is_the_labs(name), "{name}");
        }
        for name in [
            "session",
            "session_id",
            "session_insecure_",
            "session_insecureX",
            "session_insecure_NOT-A-BENCH",
            "role",
            "XSRF-TOKEN",
            "inspect_demo2",
            "",
        ] {
            assert!(!is_the_labs(name), "{name}");
        }
    }

    /// What is shown of a request, heard in pieces of `size` bytes.
    fn shown(request: &str, size: usize) -> (ForeignCookies, String) {
        let mut foreign = ForeignCookies::default();
        for piece in request.as_bytes().chunks(size) {
            foreign.read_bytes(piece);
        }
        let text = foreign.text(request.as_bytes(), &[]);
        (foreign, text)
    }

    #[test]
    fn a_foreign_cookie_is_masked_where_it_comes_and_where_it_is_repeated() {
        let request = "POST /x HTTP/1.1\r\ncOOKie: session_id=hunter22; session_insecure=100; \
                       a=1; hunter33;q=\"hun<ter44\"\r\n\r\n{\"cookie\":\"session_id=hunter22\"}";
        for size in [1, 7, 4096] {
            let (foreign, text) = shown(request, size);
            assert!(!text.contains("hunter") && !text.contains("a=1"), "{text}");
            assert!(text.contains("session_insecure=100"), "{text}");
            let page = b"<dd>hunter22, hun&lt;ter44</dd>";
            let text = foreign.text(page, &[]);
            assert_eq!(text, "<dd>[not the lab's], [not the lab's]</dd>");
            let elsewhere = ForeignCookies::default().text(page, std::slice::from_ref(&foreign));
            assert!(!elsewhere.contains("hunter22"), "{elsewhere}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_escaped_and_masked_like_any_other() {
        let request =
            b"GET / HTTP/1.1\r\nCOOKIE: theirs=hun\xfcter22; role_lab=\xfc\r\nx-b: \xff\0\r\n\r\n";
        let mut foreign = ForeignCookies::default();
        foreign.read_bytes(request);
        let text = foreign.text(request, &[]);
        let expected =
            "GET / HTTP/1.1\nCOOKIE: theirs=[not the lab's]; role_lab=\\xfc\nx-b: \\xff\\u{0}\n\n";
        assert_eq!(text, expected);
        assert!(!foreign.text(b"a=hun\xfcter22", &[]).contains("hun"));
    }

    #[test]
    fn a_line_that_is_cut_off_is_masked_to_its_end() {
        let (_, text) = shown("GET / HTTP/1.1\r\ncookie: session_insecure=1; other=hun", 9);
        assert!(
            text.ends_with("cookie: session_insecure=1; other=[not the lab's]"),
            "{text}"
        );
        let (_, text) = shown("GET / HTTP/1.1\r\ncookie: hunter2", 9);
        assert!(text.ends_with("cookie: [not the lab's]"), "{text}");
    }

    #[test]
    fn what_cannot_be_masked_is_not_shown_at_all() {
        let long = format!("GET / HTTP/1.1\r\ncookie: a={}\r\n\r\n", "x".repeat(70_000));
        let (foreign, text) = shown(&long, 1000);
        assert!(!text.contains("GET"), "{text}");
        assert!(!foreign.text(b"xxxxxxxx", &[]).contains("xxxx"));
    }
}

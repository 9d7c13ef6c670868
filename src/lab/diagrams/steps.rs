//! The steps of a transcript that a drawing shows: who asked whom for what, and the answer, without
//! a value of a cookie, a token or a field. Requests of one kind that follow each other are folded.

use crate::attacks::transcript::TranscriptLine;
use crate::base::addresses::{Addresses, Listener, Site};
use crate::defences::policy::Variant;

/// How many exchanges a drawing shows at most. What is between is folded.
pub const MOST: usize = 30;

/// The longest pattern of requests that is found again and folded.
const PATTERN: usize = 3;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SequenceStep {
    /// The narrator says what happens next.
    Note(String),
    /// A request, and its answer.
    Exchange(SequenceExchange),
    /// So many exchanges that are not drawn.
    Fold(usize),
}

/// A request, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SequenceExchange {
    /// Who asked.
    pub who: String,
    /// Whom.
    pub whom: &'static str,
    /// Method and path, as in `GET /login`.
    pub asks: String,
    /// The names of the cookies that were sent, and whether a token was.
    pub brings: String,
    /// The status, and where the answer leads. `None` where no answer came.
    pub answers: Option<String>,
    /// The names of the cookies that the answer sets or removes.
    pub sets: String,
}

impl SequenceExchange {
    /// What is alike in requests of one kind: all but the values behind the question mark.
    fn kind(&self) -> (&str, &str, &str, Option<&str>) {
        let asks = self.asks.split('?').next().unwrap_or_default();
        (&self.who, self.whom, asks, self.answers.as_deref())
    }
}

/// The portal, as drawings call it.
pub const PORTAL: &str = "portal";
/// The attacker's own site.
pub const ATTACKERS_SITE: &str = "attacker's site";
/// The attacker's sibling host.
pub const SIBLING_HOST: &str = "sibling host";
/// The lab's own pages.
pub const LAB: &str = "lab";
/// Any other place.
pub const ELSEWHERE: &str = "elsewhere";

/// The steps of a transcript.
pub fn steps(transcript: &[TranscriptLine], addresses: &Addresses) -> Vec<SequenceStep> {
    let step =
        |line: &TranscriptLine| match line {
            TranscriptLine::Narration(text) => Some(SequenceStep::Note(hidden(text, transcript))),
            // The narrator says it, and no arrow was sent.
            TranscriptLine::Planted { .. } => None,
            TranscriptLine::Exchange { actor, exchange } => Some(SequenceStep::Exchange(
                exchange_of(actor, &exchange.sent, &exchange.head, addresses),
            )),
        };
    bounded(folded(transcript.iter().filter_map(step).collect()))
}

/// A text without the cookies and tokens that were sent or set: what is short is no secret.
pub fn hidden(text: &str, transcript: &[TranscriptLine]) -> String {
    const SHORT: usize = 12;
    let mut text = text.to_owned();
    for line in transcript {
        let TranscriptLine::Exchange { exchange, .. } = line else {
            continue;
        };
        let (sent, head) = (&*exchange.sent, &*exchange.head);
        let set = values(head, "set-cookie").filter_map(|line| line.split(';').next());
        let brought = values(sent, "cookie").flat_map(|line| line.split(';'));
        let pairs = set.chain(brought);
        let cookies = pairs.filter_map(|pair| Some(pair.split_once('=')?.1));
        let tokens = values(sent, "authorization").filter_map(|line| Some(line.split_once(' ')?.1));
        for secret in cookies.chain(tokens).filter(|secret| secret.len() >= SHORT) {
            text = text.replace(secret, "…");
        }
    }
    text
}

pub(in crate::lab) fn exchange_of(
    who: &str,
    sent: &str,
    head: &str,
    addresses: &Addresses,
) -> SequenceExchange {
    let mut first = sent.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (
        first.next().unwrap_or_default(),
        first.next().unwrap_or("/"),
    );
    let host = values(sent, "host").next().unwrap_or_default();
    let whom = whom(host, addresses);
    let (bench, path) = short(target);
    let names = |text: &str| {
        let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
        let names = pairs.map(|(name, _)| plain(name.trim(), bench));
        names.collect::<Vec<_>>().join(", ")
    };
    let mut brings: Vec<String> = values(sent, "cookie").map(names).collect();
    brings.retain(|names| !names.is_empty());
    if values(sent, "authorization").next().is_some() {
        brings.push("a token".to_owned());
    }
    let brings = match brings.join(", ") {
        none if none.is_empty() && whom == PORTAL => "no cookie".to_owned(),
        none if none.is_empty() => none,
        some => format!("with {some}"),
    };
    let status = head.lines().next().and_then(|line| line.split(' ').nth(1));
    let location = values(head, "location").next();
    SequenceExchange {
        who: who.to_owned(),
        whom,
        asks: format!("{method} {path}"),
        brings,
        answers: status.map(|status| match location {
            Some(to) => format!("{status} to {}", short(without_origin(to)).1),
            None => status.to_owned(),
        }),
        sets: values(head, "set-cookie")
            .map(|line| set(line, bench))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Every value of a header in the text of a head; what follows the empty line is the body.
pub(in crate::lab) fn values<'t>(
    head: &'t str,
    name: &'static str,
) -> impl Iterator<Item = &'t str> {
    let lines = head.lines().skip(1).take_while(|line| !line.is_empty());
    let pairs = lines.filter_map(|line| line.split_once(':'));
    pairs
        .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

pub(in crate::lab) fn whom(host: &str, addresses: &Addresses) -> &'static str {
    let answers = |listener: &Listener| addresses.answered(*listener, host, false);
    let found = Listener::ALL
        .iter()
        .find_map(|listener| Some((listener.site(), answers(listener)?)));
    match found {
        Some((Site::Lab, _)) => LAB,
        Some((Site::Portal, _)) => PORTAL,
        Some((Site::Attacker, probe)) if addresses.is_sibling(&probe.name) => SIBLING_HOST,
        Some((Site::Attacker, _)) => ATTACKERS_SITE,
        // The café hands everything on to the portal.
        None if addresses
            .answered(Listener::PortalHttp, host, true)
            .is_some() =>
        {
            PORTAL
        }
        None => ELSEWHERE,
    }
}

fn without_origin(address: &str) -> &str {
    let Some((_, rest)) = address.split_once("://") else {
        return address;
    };
    rest.find('/').map_or("/", |at| &rest[at..])
}

/// The bench in a target, and its path without bench, variant and the values of its query.
pub(in crate::lab) fn short(target: &str) -> (&str, String) {
    let target = target.split('#').next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (bench, path) = match path
        .strip_prefix("/b/")
        .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
    {
        Some((bench, rest)) => (bench, rest),
        None => ("", path.strip_prefix('/').unwrap_or(path)),
    };
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let path = if first.parse::<Variant>().is_ok() {
        rest
    } else {
        path
    };
    let mut text = format!("/{path}");
    let names = query.split('&').filter(|pair| !pair.is_empty());
    for (at, pair) in names.enumerate() {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        text.push(if at == 0 { '?' } else { '&' });
        text += if value.is_empty() { "…" } else { name };
        text += if value.is_empty() { "" } else { "=…" };
    }
    (bench, text)
}

/// A cookie's name without the bench at its end.
pub(in crate::lab) fn plain(name: &str, bench: &str) -> String {
    let end = format!("_{bench}");
    let name = if bench.is_empty() {
        name
    } else {
        name.strip_suffix(&*end).unwrap_or(name)
    };
    name.to_owned()
}

fn set(line: &str, bench: &str) -> String {
    let (name, _) = line.split_once('=').unwrap_or((line, ""));
    let name = plain(name.trim(), bench);
    let line = line.to_ascii_lowercase();
    let gone = ["max-age=0", "expires=thu, 01 jan 1970"]
        .iter()
        .any(|mark| line.contains(mark));
    let does = if gone { "removes" } else { "sets" };
    format!("{does} {name}")
}

/// Patterns of requests that come three times or more in a row are shown once.
fn folded(steps: Vec<SequenceStep>) -> Vec<SequenceStep> {
    let same = |one: &SequenceStep, other: &SequenceStep| match (one, other) {
        (SequenceStep::Exchange(one), SequenceStep::Exchange(other)) => one.kind() == other.kind(),
        _ => false,
    };
    let repeats = |from: usize, length: usize| {
        let pattern = &steps[from..from + length];
        let next = steps[from..].chunks_exact(length);
        next.take_while(|chunk| chunk.iter().zip(pattern).all(|(a, b)| same(a, b)))
            .count()
    };
    let mut kept = Vec::with_capacity(steps.len());
    let mut at = 0;
    while at < steps.len() {
        let lengths = (1..=PATTERN).filter(|length| at + length <= steps.len());
        let found = lengths.map(|length| (length, repeats(at, length)));
        let best = found
            .filter(|(_, times)| *times > 2)
            .max_by_key(|(length, times)| (length * times, *times));
        let (length, times) = best.unwrap_or((1, 1));
        kept.extend_from_slice(&steps[at..at + length]);
        if times > 1 {
            kept.push(SequenceStep::Fold(length * (times - 1)));
        }
        at += length * times;
    }
    kept
}

/// At most [`MOST`] exchanges: of more, the first and the last.
fn bounded(steps: Vec<SequenceStep>) -> Vec<SequenceStep> {
    let is_exchange = |step: &SequenceStep| matches!(step, SequenceStep::Exchange(_));
    let all = steps.iter().filter(|step| is_exchange(step)).count();
    if all <= MOST {
        return steps;
    }
    let (first, last) = (MOST * 2 / 3, MOST / 3);
    let mut kept = Vec::new();
    let (mut seen, mut left_out) = (0, 0);
    for step in steps {
        seen += usize::from(is_exchange(&step));
        if seen > first && seen <= all - last {
            left_out += match step {
                SequenceStep::Exchange(_) => 1,
                SequenceStep::Fold(count) => count,
                SequenceStep::Note(_) => 0,
            };
        } else {
            if left_out > 0 {
                kept.push(SequenceStep::Fold(std::mem::take(&mut left_out)));
            }
            kept.push(step);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(asks: &str, status: &str) -> SequenceStep {
        SequenceStep::Exchange(SequenceExchange {
            who: "attacker".into(),
            whom: PORTAL,
            asks: asks.into(),
            brings: String::new(),
            answers: Some(status.into()),
            sets: String::new(),
        })
    }

    #[test]
    fn requests_of_one_kind_are_shown_once_and_counted() {
        let mut all = vec![ask("GET /login", "200")];
        all.extend((0..38).map(|_| ask("POST /login", "401")));
        all.push(ask("POST /login", "303"));
        let expected = [
            ask("GET /login", "200"),
            ask("POST /login", "401"),
            SequenceStep::Fold(37),
            ask("POST /login", "303"),
        ];
        assert_eq!(folded(all), expected);
    }

    #[test]
    fn a_pattern_of_two_requests_is_folded_as_a_pair_and_a_note_breaks_it() {
        let pair = [ask("GET /login", "200"), ask("POST /login", "401")];
        let times = |count| vec![&pair[..]; count].concat();
        let twice = times(2);
        let once = [&pair[..], &[SequenceStep::Fold(6)]].concat();
        assert_eq!(folded(times(4)), once);
        assert_eq!(folded(twice.clone()), twice);
        let noted = [&twice[..], &[SequenceStep::Note("on".into())], &twice].concat();
        assert_eq!(folded(noted.clone()), noted);
    }

    #[test]
    fn of_very_many_different_requests_the_first_and_the_last_are_shown() {
        let all: Vec<SequenceStep> = (0..100).map(|n| ask(&format!("GET /{n}"), "200")).collect();
        let kept = bounded(all);
        assert_eq!(kept.len(), MOST + 1);
        assert_eq!(kept[20], SequenceStep::Fold(70));
        assert_eq!(kept[30], ask("GET /99", "200"));
    }

    #[test]
    fn a_step_tells_names_and_no_values() {
        let addresses = Addresses::new("localhost".into(), "127.0.0.1".into());
        addresses.learn(Listener::PortalHttps, 7443);
        let sent = "GET /b/x/insecure/dashboard?sid=SECRET&q HTTP/1.1\r\nHost: localhost:7443\r\n\
                    Cookie: session_insecure_x=SECRET; role_insecure_x=SECRET\r\n\
                    Authorization: Bearer SECRET\r\n\r\npassword=SECRET&cookie: no=1";
        let head = "HTTP/1.1 303 See Other\r\nset-cookie: session_insecure_x=SECRET; Path=/\r\n\
                    Set-Cookie: role_insecure_x=; Max-Age=0\r\n\
                    Location: https://localhost:7443/b/x/insecure/login?next=SECRET";
        let found = exchange_of("victim", sent, head, &addresses);
        let expected = SequenceExchange {
            who: "victim".into(),
            whom: PORTAL,
            asks: "GET /dashboard?sid=…&…".into(),
            brings: "with session_insecure, role_insecure, a token".into(),
            answers: Some("303 to /login?next=…".into()),
            sets: "sets session_insecure, removes role_insecure".into(),
        };
        assert_eq!(found, expected);
    }
}

//! The requests that a bench saw lately, with their answers. No secret value of theirs is kept:
//! cookies, tokens and ids are here as their length and a mark.
//!
//! A page that shows requests is a log, and a log with session ids signs in everyone who reads it
//! (CWE-532). So the values are masked before they come here. Refused alternative: keeping them and
//! masking on the page. Then each new page is a new chance to forget it.
//!
//! They stay in the memory of this process: at most [`KEPT`] of them, each with at most [`LARGEST`]
//! bytes of text. A thousand benches that somebody fills on purpose hold 400 MB, and a class that
//! works through its sheets a tenth of that. `web::on_wire` makes them, `lab::wire` shows them.

mod cookie;
mod headers;
mod written_name;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

pub use cookie::{Cookie, CookieLine, Masked};
pub use headers::{Headers, OF_ANSWERS, OF_REQUESTS};
pub use written_name::WrittenName;

use super::lock;
use crate::base::clock::BenchTime;
use crate::base::event::ClientKind;
use crate::defences::ArmsTaken;
use crate::defences::facts::Scheme;
use crate::defences::policy::{Name, Variant};
use cookie::Letters;

/// How many exchanges a bench keeps.
pub const KEPT: usize = 100;

/// How much text of one exchange is kept at most, in bytes.
pub const LARGEST: usize =
    LINE + 2 * headers::ROOM + MOST_SENT * cookie::NAME + MOST_SET * (cookie::NAME + cookie::REST);

// The 400 MB above follow from it: 1000 benches, 100 exchanges, 4 kB. The compiler checks it, so a
// new field cannot silently double what a stranger can make the lab keep.
const _: () = assert!(LARGEST <= 4096);

/// The longest method and target that are kept, in bytes.
const LINE: usize = 300;

/// How many cookies of a request are kept, and how many of an answer. A browser sends more where a
/// sibling has planted hundreds; the number of the others is kept.
const MOST_SENT: usize = 16;
const MOST_SET: usize = 4;

/// Which site was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The portal.
    Portal,
    /// The attacker's site, or the sibling that the attacker controls.
    Attacker,
}

/// One request and its answer, as far as a page shows them.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Counts the exchanges of this bench, from 1.
    pub id: u64,
    /// When the request arrived, on the bench's clock.
    pub at: BenchTime,
    /// The kind of program that seems to have sent it.
    pub client: ClientKind,
    /// Which site was asked.
    pub to: To,
    /// The variant it asked for.
    pub variant: Option<Variant>,
    /// Whether it came over TLS. Over plain HTTP everyone on the way could read it.
    pub scheme: Scheme,
    /// Method and target. Values in the target that are secret, or too long to be anything else,
    /// are left out.
    pub line: String,
    /// The cookies sent, by the lines that they came in, in their order: where two have one name, the
    /// first one may be planted.
    pub cookies: Vec<CookieLine>,
    /// How many more were sent than are kept.
    pub more_cookies: usize,
    /// Whether the variant's session cookie was among them: what `SameSite` and `Secure` decide.
    pub session_cookie: bool,
    /// The request's headers of [`OF_REQUESTS`].
    pub request: Headers,
    /// The status of the answer.
    pub status: u16,
    /// The cookies that the answer set or took back.
    pub set_cookie: Vec<Cookie>,
    /// The answer's headers of [`OF_ANSWERS`].
    pub answer: Headers,
    /// The policy as it was, and which defences the portal asked. As it was: the custom policy may
    /// be another one by the time somebody looks.
    pub taken: Option<ArmsTaken>,
    /// The defence that refused the request.
    pub refused_by: Option<Name>,
}

impl Exchange {
    /// A header of the request, if it was sent.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        let mut all = self.request.iter(&OF_REQUESTS);
        all.find_map(|(found, value)| (found.lower_case() == name).then_some(value))
    }

    /// The cookies sent, in their order.
    pub fn sent_cookies(&self) -> impl Iterator<Item = &Cookie> {
        self.cookies.iter().flat_map(|line| &line.cookies)
    }

    /// Every cookie, those sent and those set.
    fn each_cookie(&mut self) -> impl Iterator<Item = &mut Cookie> {
        let sent = self.cookies.iter_mut().flat_map(|line| &mut line.cookies);
        sent.chain(&mut self.set_cookie)
    }

    /// How much text it holds, in bytes.
    pub fn size(&self) -> usize {
        let cookies = self.sent_cookies().chain(&self.set_cookie);
        let cookies: usize = cookies.map(Cookie::size).sum();
        self.line.len() + cookies + self.request.size() + self.answer.size()
    }
}

/// The last exchanges of a bench.
#[derive(Debug, Default)]
pub struct Wire(Mutex<ExchangeLog>);

#[derive(Debug, Default)]
struct ExchangeLog {
    count: u64,
    letters: Letters,
    all: VecDeque<Arc<Exchange>>,
}

impl Wire {
    /// Keeps an exchange, cut to its bounds, and forgets the oldest. The cutting is done before the
    /// lock is taken, so a long request delays no other.
    pub fn push(&self, mut exchange: Exchange) {
        cut(&mut exchange.line, LINE);
        let mut room = MOST_SENT;
        for line in &mut exchange.cookies {
            let kept = line.cookies.len().min(room);
            exchange.more_cookies += line.cookies.len() - kept;
            line.cookies.truncate(kept);
            room -= kept;
        }
        exchange.cookies.retain(|line| !line.cookies.is_empty());
        exchange.set_cookie.truncate(MOST_SET);
        exchange.each_cookie().for_each(Cookie::fit);
        exchange.request.fit();
        exchange.answer.fit();
        let mut kept = lock(&self.0);
        kept.count += 1;
        exchange.id = kept.count;
        for cookie in exchange.each_cookie() {
            kept.letters.give(cookie);
        }
        if kept.all.len() >= KEPT {
            kept.all.pop_front();
        }
        kept.all.push_back(Arc::new(exchange));
    }

    /// The exchanges after this one that fit, newest first, at most `limit`.
    pub fn after(
        &self,
        id: u64,
        limit: usize,
        fits: impl Fn(&Exchange) -> bool,
    ) -> Vec<Arc<Exchange>> {
        let kept = lock(&self.0);
        let newer = kept.all.iter().rev().take_while(|one| one.id > id);
        newer.filter(|one| fits(one)).take(limit).cloned().collect()
    }

    /// The exchanges of a variant, newest first, at most `limit`.
    pub fn of(&self, variant: Variant, limit: usize) -> Vec<Arc<Exchange>> {
        let own = |one: &Exchange| one.variant == Some(variant) && one.client != ClientKind::Lab;
        self.after(0, limit, own)
    }

    /// The exchanges of a variant, newest first, those of the lab itself included.
    pub fn all_of(&self, variant: Variant) -> Vec<Arc<Exchange>> {
        self.after(0, KEPT, |one| one.variant == Some(variant))
    }

    /// One exchange, while it is kept.
    pub fn one(&self, id: u64) -> Option<Arc<Exchange>> {
        let kept = lock(&self.0);
        kept.all.iter().rev().find(|one| one.id == id).cloned()
    }

    /// How many there were; no id is larger.
    pub fn count(&self) -> u64 {
        lock(&self.0).count
    }

    /// Forgets them all. The count goes on, so an open page does not take a new exchange for an old
    /// one.
    pub fn clear(&self) {
        let mut kept = lock(&self.0);
        kept.all.clear();
        kept.letters = Letters::default();
    }
}

/// Cuts a text to so many bytes, and marks the cut with `…`, which is included in them.
fn cut(text: &mut String, longest: usize) {
    const SIGN: char = '…';
    if text.len() > longest {
        text.truncate(end(text, longest - SIGN.len_utf8()));
        text.push(SIGN);
    }
}

/// The last place up to `longest` where a text can be cut: between two characters. To cut inside of
/// one would panic, and a stranger chooses the text.
fn end(text: &str, longest: usize) -> usize {
    let mut places = (0..=longest.min(text.len())).rev();
    places.find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(line: String) -> Exchange {
        Exchange {
            id: 0,
            at: BenchTime::from_millis(0),
            client: ClientKind::Curl,
            to: To::Portal,
            variant: Some(Variant::Insecure),
            scheme: Scheme::Http,
            line,
            cookies: Vec::new(),
            more_cookies: 0,
            session_cookie: false,
            request: Headers::default(),
            status: 200,
            set_cookie: Vec::new(),
            answer: Headers::default(),
            taken: None,
            refused_by: None,
        }
    }

    fn cookie(name: &str, mark: u32) -> Cookie {
        let value = Masked::new(4, mark);
        Cookie::new(name, Some(value), "")
    }

    fn line(cookies: Vec<Cookie>) -> CookieLine {
        let name = WrittenName::new("cookie", "Cookie");
        CookieLine { name, cookies }
    }

    #[test]
    fn the_largest_exchange_keeps_its_bound() {
        let mut large = exchange("é".repeat(2000));
        for n in 0..50 {
            let sent = [n, n + 100].map(|mark| cookie(&"n".repeat(500), mark));
            large.cookies.push(line(sent.into()));
            let set = Cookie::new(&"ü".repeat(500), None, &"; Path=/é".repeat(40));
            large.set_cookie.push(set);
            for which in 0..OF_REQUESTS.len() {
                let name = WrittenName::in_answers(OF_REQUESTS[which]);
                large.request.push(which, name, &"ä".repeat(400));
                large.answer.push(which, name, &"ö".repeat(400));
            }
        }
        let wire = Wire::default();
        wire.push(large);
        let kept = wire.one(1).expect("kept");
        assert!(kept.size() <= LARGEST, "{}", kept.size());
        assert!(kept.size() > LARGEST - 200, "{}", kept.size());
        assert_eq!((kept.cookies.len(), kept.more_cookies), (8, 84));
    }

    #[test]
    fn the_newest_hundred_are_kept_and_asked_for_by_their_number() {
        let wire = Wire::default();
        for n in 1..=KEPT + 5 {
            wire.push(exchange(format!("GET /{n}")));
        }
        assert!(wire.one(5).is_none() && wire.one(6).is_some());
        let lines = |after, limit| {
            let found = wire.after(after, limit, |_| true);
            found.iter().map(|one| one.line.clone()).collect::<Vec<_>>()
        };
        assert_eq!(lines(0, KEPT).len(), KEPT);
        assert_eq!(lines(103, KEPT), ["GET /105", "GET /104"]);
        assert_eq!(lines(0, 1), ["GET /105"]);
        wire.clear();
        assert_eq!((lines(0, KEPT).len(), wire.count()), (0, 105));
    }

    #[test]
    fn a_value_has_one_letter_wherever_it_shows() {
        let wire = Wire::default();
        for marks in [[7, 8], [9, 7]] {
            let mut one = exchange(String::new());
            one.cookies.push(line(vec![cookie("sent", marks[0])]));
            one.set_cookie.push(cookie("set", marks[1]));
            wire.push(one);
        }
        let letter = |cookie: &Cookie| cookie.value.expect("a value").letter();
        let letters = |id| {
            let one = wire.one(id).expect("kept");
            [
                letter(&one.cookies[0].cookies[0]),
                letter(&one.set_cookie[0]),
            ]
        };
        assert_eq!((letters(1), letters(2)), ([0, 1], [2, 0]));
    }
}

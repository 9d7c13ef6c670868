//! The table as the page shows it: measured, guessed and recorded, cell by cell, and in words what
//! this browser does differently.

use serde::Serialize;

use crate::base::addresses::Addresses;
use crate::base::bench_name::BenchName;
use crate::same_site::measured::{MeasuredTable, SentCookies, TableGuess};
use crate::same_site::recorded::{RecordedTable, fitting};
use crate::same_site::{EXCEPTION, Initiator, LIFETIME, TestCookie, WalkStep, Way, agent};

/// How old the cookies are when the waiting row is offered, in seconds: five more than Chromium's
/// exception lasts.
const LATE: u64 = 125;

#[derive(Debug, Serialize)]
pub struct SameSiteCell {
    cookie: &'static str,
    /// `sent`, `not sent` or `not measured`.
    state: &'static str,
    /// `weak` where the cookie comes along with a request that another origin made, `strong` where
    /// it stays away; empty for requests of the portal's own pages.
    kind: &'static str,
    /// What the record says, where nothing is measured.
    by_record: Option<&'static str>,
    /// `right` or `wrong`, once there is something to compare the guess with.
    guess: Option<&'static str>,
    /// What the record says, where it says something else.
    recorded: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub struct SameSiteRow {
    way: &'static str,
    title: &'static str,
    fetch_site: Option<&'static str>,
    cells: Vec<SameSiteCell>,
    /// The address that measures this row alone.
    start: Option<String>,
}

/// The row that waits for two minutes.
#[derive(Debug, Serialize)]
pub struct Late {
    /// `unset`, `waiting` or `ready`.
    state: &'static str,
    /// How old the cookies are, in seconds.
    age: u64,
    ready_in: u64,
    /// The age at which it was measured, where that was too early.
    too_early: Option<u64>,
    url: String,
}

/// The table of one initiator.
#[derive(Debug, Serialize)]
pub struct Table {
    rows: Vec<SameSiteRow>,
    /// How many of the rows were measured.
    measured: usize,
    browser: Option<String>,
    /// How many cells were guessed right.
    right: Option<String>,
    agent: String,
    record: String,
    notes: Vec<String>,
    late: Option<Late>,
}

/// The table of an initiator on a bench.
pub fn of(
    bench: &BenchName,
    measured: &MeasuredTable,
    addresses: &Addresses,
    from: Initiator,
) -> Table {
    let name = measured.agent();
    let record = fitting(&name, none_in_background(measured));
    let guess = measured.guess(from);
    let ways = Way::ALL.into_iter().filter(|way| way.is_from(from));
    let rows: Vec<SameSiteRow> = ways
        .map(|way| {
            let sent = counted(way, measured.sent(from, way));
            let guess = match &guess {
                Some(TableGuess::Made(cells)) => Some(cells[way as usize]),
                _ => None,
            };
            let recorded = record.sent(from, way);
            let cells = TestCookie::ALL.into_iter().enumerate();
            let alone = WalkStep::of(from, way).filter(|step| *step != WalkStep::LATE);
            SameSiteRow {
                way: way.slug(),
                title: way.title(),
                fetch_site: sent.as_ref().and_then(|sent| sent.fetch_site),
                cells: cells
                    .map(|(at, cookie)| {
                        let is = sent.as_ref().map(|sent| sent.cookies[at]);
                        let differs = is.zip(recorded.map(|cells| cells[at]));
                        let differs = differs.filter(|(is, was)| is != was);
                        let by_record = recorded.filter(|_| is.is_none()).map(|cells| cells[at]);
                        let right = is.zip(guess.map(|cells| cells[at]));
                        SameSiteCell {
                            cookie: cookie.slug(),
                            state: is.map_or("not measured", word),
                            kind: is.or(by_record).map_or("", |sent| kind(from, sent)),
                            by_record: by_record.map(word),
                            guess: right.map(|(is, was)| if is == was { "right" } else { "wrong" }),
                            recorded: differs.map(|(_, was)| word(was)),
                        }
                    })
                    .collect(),
                start: alone.map(|step| step.start(addresses, bench, true)),
            }
        })
        .collect();
    let (browser, has_record) = agent::browser(&name);
    let mut notes = notes(measured, from);
    if !name.is_empty() && !has_record {
        notes.push(format!(
            "There is no record of this browser. It is compared with {}.",
            record.browser()
        ));
    }
    let is_measured =
        |row: &&SameSiteRow| row.cells.iter().all(|cell| cell.state != "not measured");
    let guesses: Vec<_> = rows
        .iter()
        .flat_map(|row| row.cells.iter().filter_map(|cell| cell.guess))
        .collect();
    let right = guesses.iter().filter(|guess| **guess == "right").count();
    let of = guesses.len();
    Table {
        right: (of > 0).then(|| format!("You guessed {right} of {of} cells right.")),
        measured: rows.iter().filter(is_measured).count(),
        rows,
        browser: (!name.is_empty()).then_some(browser),
        agent: name,
        record: in_words(record),
        notes,
        late: (from == Initiator::CrossSite).then(|| late(bench, measured, addresses)),
    }
}

/// The late row counts once the exception is over.
fn counted(way: Way, sent: Option<SentCookies>) -> Option<SentCookies> {
    sent.filter(|sent| way != Way::LatePostForm || sent.age.as_secs() > EXCEPTION)
}

const fn word(sent: bool) -> &'static str {
    if sent { "sent" } else { "not sent" }
}

/// The colour of a cell.
const fn kind(from: Initiator, sent: bool) -> &'static str {
    match (from, sent) {
        (Initiator::SameOrigin, _) => "",
        (_, true) => "weak",
        (_, false) => "strong",
    }
}

fn in_words(record: &RecordedTable) -> String {
    let RecordedTable { with, on, .. } = record;
    let setting = record.setting();
    match record.default_of() {
        Some(default_of) => format!("{with}, {setting} ({default_of}), recorded on {on}"),
        None => format!("{with}, {setting}, recorded on {on}"),
    }
}

/// Whether None is sent to another site in a frame, an image or by fetch(), once one was measured.
fn none_in_background(measured: &MeasuredTable) -> Option<bool> {
    let ways = [Way::Iframe, Way::Image, Way::Fetch];
    let sent = ways.map(|way| measured.sent(Initiator::CrossSite, way));
    let none = sent.into_iter().flatten();
    none.map(|sent| sent.cookies[TestCookie::None as usize])
        .reduce(|one, other| one || other)
}

/// What this browser does that needs a word, by what it was seen to do.
fn notes(measured: &MeasuredTable, from: Initiator) -> Vec<String> {
    let sent = |from, way, cookie: TestCookie| {
        let sent = counted(way, measured.sent(from, way))?;
        Some(sent.cookies[cookie as usize])
    };
    let mut notes = Vec::new();
    let link = sent(from, Way::Link, TestCookie::None);
    if link == Some(false) {
        notes.push(
            "None did not come even by a link: this browser keeps no Secure cookie from plain http \
             on this host. Safari does so, Chromium and Firefox do not."
                .to_owned(),
        );
    }
    let redirected = measured.sent(from, Way::Redirect);
    let said = redirected.and_then(|sent| sent.fetch_site);
    if said.is_some_and(|said| said != from.fetch_site()) {
        notes.push(
            "After a redirect between two hosts of one site this browser calls the request \
             cross-site and sends the cookies all the same. Firefox does so."
                .to_owned(),
        );
    }
    if from != Initiator::CrossSite {
        return notes;
    }
    let background = none_in_background(measured);
    if background == Some(true) {
        notes.push(
            "Third-party cookies are allowed in this browser, so None is sent in frames, images and \
             fetch(). It is a setting: Chrome allows them as installed, and blocks them in Incognito \
             windows; Firefox and Safari send none there."
                .to_owned(),
        );
    } else if link == Some(true) && background == Some(false) {
        notes.push(
            "Third-party cookies are blocked here, so None is not sent in frames, images and \
             fetch(). It is a setting: where they are allowed, as in Chrome's ordinary windows, None \
             is sent there."
                .to_owned(),
        );
    }
    if sent(from, Way::LatePostForm, TestCookie::Absent) == Some(true) {
        notes.push(
            "The cookie without SameSite also came after two minutes: this browser does not treat it \
             as Lax. Firefox and Safari do so."
                .to_owned(),
        );
    }
    notes
}

fn late(bench: &BenchName, measured: &MeasuredTable, addresses: &Addresses) -> Late {
    let age = measured.age().map(|age| age.as_secs());
    let age = age.filter(|age| *age < LIFETIME);
    let sent = measured.sent(Initiator::CrossSite, Way::LatePostForm);
    let early = sent.map(|sent| sent.age.as_secs());
    Late {
        state: match age {
            None => "unset",
            Some(age) if age < LATE => "waiting",
            Some(_) => "ready",
        },
        age: age.unwrap_or_default(),
        ready_in: age.map_or(0, |age| LATE.saturating_sub(age)),
        too_early: early.filter(|age| *age <= EXCEPTION),
        url: WalkStep::LATE.address(addresses, bench, true),
    }
}

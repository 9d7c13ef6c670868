//! The stage of a play: for each beat who holds which secret, what was sent, and what the server holds.
//! Everything is read from the transcript of a run and from the looks into the server beside it.

use super::marks::{Marks, Secret};
use super::view::{
    BeatMessage, ExchangeMessage, HeldSecret, MarkedWords, PersonPane, ServerPane, SessionRow,
    StageBeat,
};
use crate::attacks::beats::{Beat, beats};
use crate::attacks::scenario::{ATTACKER, VICTIM};
use crate::attacks::transcript::{HeldSession, ServerLook, TranscriptLine};
use crate::base::addresses::Addresses;
use crate::client::HttpExchange;
use crate::defences::facts::Scheme;
use crate::lab::diagrams::cut;
use crate::lab::diagrams::steps::{
    ATTACKERS_SITE, SIBLING_HOST, exchange_of, hidden, plain, values,
};

/// How many requests of one beat are shown. Of more, the first and the last.
const MOST: usize = 4;

/// How many sessions of the server are shown, the newest.
const SESSIONS: usize = 4;

/// How many secrets of a person are shown, the newest.
const SECRETS: usize = 4;

/// How many letters of what a page says are shown.
const SAYS: usize = 80;

/// Who attacks; everybody else on the stage is a victim.
const THIEF: &str = "attacker";

/// A run as the stage reads it.
pub(in crate::lab::attack) struct PlayedRun<'r> {
    pub transcript: &'r [TranscriptLine],
    pub looks: &'r [ServerLook],
    pub addresses: &'r Addresses,
    /// The bench of the run, which is deleted: its name would only fill the stage.
    pub bench: &'r str,
    /// The fingerprint of the session that an id opens.
    pub fingerprint: &'r (dyn Fn(&str) -> Option<String> + Sync),
}

impl PlayedRun<'_> {
    /// Its beats, with a first one in which nothing has happened.
    pub fn beats(&self) -> Vec<StageBeat> {
        let mut stage = PlayStage {
            run: self,
            marks: Marks::new(self.bench, self.fingerprint),
            jars: Vec::new(),
            thief: Vec::new(),
            held: &[],
        };
        let played = beats(self.transcript);
        let shown: Vec<StageBeat> = played.iter().map(|beat| stage.play(beat)).collect();
        std::iter::once(StageBeat::default()).chain(shown).collect()
    }

    /// Whether anybody but the attacker acts.
    pub fn has_victim(&self) -> bool {
        self.transcript.iter().any(|line| match line {
            TranscriptLine::Narration(_) => false,
            TranscriptLine::Planted { actor, .. } | TranscriptLine::Exchange { actor, .. } => {
                *actor != THIEF
            }
        })
    }
}

/// What everybody holds, from beat to beat.
struct PlayStage<'r> {
    run: &'r PlayedRun<'r>,
    marks: Marks<'r>,
    /// The cookies and tokens of the victims, by their names.
    jars: Vec<(String, Secret)>,
    /// What the attacker has seen. Somebody who has read a secret keeps it.
    thief: Vec<Secret>,
    held: &'r [HeldSession],
}

impl<'r> PlayStage<'r> {
    fn play(&mut self, beat: &Beat<'_>) -> StageBeat {
        let mut messages = Vec::new();
        let (mut victim_acts, mut thief_acts, mut server_acts) = (false, false, false);
        for line in beat.lines {
            let (actor, message) = match line {
                TranscriptLine::Narration(_) => continue,
                TranscriptLine::Planted { actor, cookie } => (*actor, self.plant(actor, cookie)),
                TranscriptLine::Exchange { actor, exchange } => {
                    server_acts = true;
                    (*actor, self.exchange(actor, exchange))
                }
            };
            victim_acts |= actor != THIEF;
            thief_acts |= actor == THIEF;
            messages.push(message);
        }
        let looks = self.run.looks.iter();
        if let Some(look) = looks.rev().find(|look| look.lines <= beat.end) {
            self.held = &look.sessions;
        }
        let says = hidden(beat.says, self.run.transcript);
        StageBeat {
            says: says.replace(&format!("/b/{}", self.run.bench), ""),
            continued: beat.continued,
            messages: folded(messages),
            victim: self.person(victim_acts, false),
            attacker: self.person(thief_acts, true),
            server: ServerPane {
                acts: server_acts,
                ..self.server()
            },
        }
    }

    fn plant(&mut self, actor: &'static str, cookie: &str) -> BeatMessage {
        let secret = self.marks.in_line(cookie);
        if let Some(secret) = &secret {
            self.keep(actor, secret.clone());
        }
        let name = cookie.split('=').next().unwrap_or_default().trim();
        BeatMessage::Planted {
            who: actor,
            mark: secret.map(|secret| secret.mark),
            words: plain(name, self.run.bench),
        }
    }

    fn exchange(&mut self, actor: &'static str, exchange: &HttpExchange) -> BeatMessage {
        let brings = self.marks.sent(exchange);
        let sets = self.marks.received(exchange);
        let step = exchange_of(actor, &exchange.sent, &exchange.head, self.run.addresses);
        if actor == THIEF {
            let read = [&exchange.sent, &exchange.head, &exchange.body];
            let found = read.into_iter().flat_map(|text| self.marks.in_text(text));
            for secret in brings
                .iter()
                .chain(&sets)
                .cloned()
                .chain(found.collect::<Vec<_>>())
            {
                self.learn(secret);
            }
        } else {
            for line in values(&exchange.head, "set-cookie").filter(|line| is_removal(line)) {
                let name = line.split('=').next().unwrap_or_default().trim();
                let name = plain(name, self.run.bench);
                self.jars.retain(|(kept, _)| *kept != name);
            }
            for secret in brings.iter().chain(&sets) {
                self.keep(actor, secret.clone());
            }
            if self.reaches_thief(step.whom, exchange) {
                for secret in self.marks.in_text(&exchange.sent) {
                    self.learn(secret);
                }
            }
        }
        let marked = |secrets: &[Secret]| secrets.iter().map(MarkedWords::of).collect();
        let beside = match brings.is_empty() {
            true => step.brings,
            false => self.other_cookies(exchange),
        };
        let says = heading(&exchange.body).map(|text| hidden(&text, self.run.transcript));
        BeatMessage::Exchange(Box::new(ExchangeMessage {
            who: actor,
            whom: step.whom,
            unencrypted: exchange.scheme == Scheme::Http,
            asks: cut(&step.asks, 60),
            brings: marked(&brings),
            beside: cut(&beside, SAYS),
            answers: step.answers,
            says: says.map(|text| cut(&text, SAYS)),
            sets: marked(&sets),
        }))
    }

    /// The cookies beside those that have a letter; a short value is no secret and may be the point.
    fn other_cookies(&self, exchange: &HttpExchange) -> String {
        let pairs = values(&exchange.sent, "cookie").flat_map(|line| line.split(';'));
        let others = pairs.filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let name = plain(name, self.run.bench);
            let marked = name.contains("session_") || name.contains("refresh_");
            let text = match value.len() {
                0..12 => format!("{name}={value}"),
                _ => name,
            };
            (!marked).then_some(text)
        });
        others.collect::<Vec<_>>().join(", ")
    }

    /// Whether the attacker reads this request of a victim: it goes to their site, or unencrypted
    /// through the café.
    fn reaches_thief(&self, whom: &str, exchange: &HttpExchange) -> bool {
        let host = values(&exchange.sent, "host").next().unwrap_or_default();
        let port = host
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok());
        let overheard = exchange.scheme == Scheme::Http
            && port.is_some()
            && port == self.run.addresses.cafe_port();
        whom == ATTACKERS_SITE || whom == SIBLING_HOST || overheard
    }

    /// A victim's jar has one cookie of a name.
    fn keep(&mut self, actor: &str, secret: Secret) {
        if actor == THIEF {
            return self.learn(secret);
        }
        let words = secret.words();
        self.jars.retain(|(kept, _)| *kept != words);
        self.jars.push((words, secret));
    }

    fn learn(&mut self, secret: Secret) {
        if !self.thief.iter().any(|known| known.mark == secret.mark) {
            self.thief.push(secret);
        }
    }

    fn person(&mut self, acts: bool, is_thief: bool) -> PersonPane {
        let secrets: Vec<Secret> = match is_thief {
            true => self.thief.clone(),
            false => self.jars.iter().map(|(_, one)| one.clone()).collect(),
        };
        let more = secrets.len().saturating_sub(SECRETS);
        let held = self.held;
        let shown = secrets.iter().skip(more).map(|secret| {
            let opens = self.marks.opens(&secret.mark, held);
            HeldSecret {
                mark: secret.mark.clone(),
                words: secret.words(),
                stolen: is_thief && opens.is_some_and(|user| user != ATTACKER),
                opens: opens.map(str::to_owned),
            }
        });
        PersonPane {
            acts,
            holds: shown.collect(),
            more,
        }
    }

    fn server(&mut self) -> ServerPane {
        let held = self.held;
        let rows = held.iter().rev().map(|held| SessionRow {
            mark: self.marks.of_session(&held.fingerprint),
            user: held.user.clone(),
            from: held
                .rotated_from
                .as_ref()
                .map(|from| self.marks.of_session(from)),
        });
        let mut sessions: Vec<SessionRow> = rows.collect();
        let more = sessions.len().saturating_sub(SESSIONS);
        // The victim's session is the one that the play is about.
        let (about, others): (Vec<_>, Vec<_>) = sessions
            .drain(..)
            .partition(|row| row.user.as_deref() == Some(VICTIM));
        let mut shown: Vec<SessionRow> =
            about.into_iter().chain(others.into_iter().rev()).collect();
        shown.truncate(SESSIONS);
        shown.sort_by_key(|row| row.mark.n);
        ServerPane {
            acts: false,
            sessions: shown,
            more,
        }
    }
}

/// Whether a `Set-Cookie` line deletes its cookie.
fn is_removal(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    line.contains("max-age=0") || line.contains("expires=thu, 01 jan 1970")
}

/// The first messages and the last, and how many are between.
fn folded(mut messages: Vec<BeatMessage>) -> Vec<BeatMessage> {
    if messages.len() > MOST {
        let last = messages.split_off(messages.len() - MOST / 2);
        let count = messages.len() - MOST / 2;
        messages.truncate(MOST / 2);
        messages.push(BeatMessage::Fold { count });
        messages.extend(last);
    }
    messages
}

/// What an answer says first: the heading of a page, or who is signed in.
fn heading(body: &str) -> Option<String> {
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(body) {
        let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
        let user = text("logged_in_as").map(|user| format!("logged in as {user}"));
        return user.or_else(|| text("detail")).or_else(|| text("title"));
    }
    let inside = body.split_once("<h1")?.1.split_once('>')?.1;
    let inside = inside.split_once("</h1>")?.0;
    let mut text = String::new();
    let mut in_tag = false;
    for c in inside.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    for (entity, c) in [
        ("&#x27;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, c);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_of_an_answer_is_what_it_says_first() {
        let page = "<p>x</p>\n<h1 class=\"a\">Welcome, <b>Ada &amp;</b>\n Bob!</h1><h1>no</h1>";
        assert_eq!(heading(page).as_deref(), Some("Welcome, Ada & Bob!"));
        let json = r#"{"title":"t","logged_in_as":"alice"}"#;
        assert_eq!(heading(json).as_deref(), Some("logged in as alice"));
        assert_eq!(heading(r#"{"a":1}"#), None);
        assert_eq!(heading("<h1>"), None);
        assert_eq!(heading("plain"), None);
    }

    #[test]
    fn many_requests_of_one_beat_are_folded_in_the_middle() {
        let message = |n: usize| BeatMessage::Fold { count: n };
        let counts = |messages: Vec<BeatMessage>| -> Vec<usize> {
            let count = |message| match message {
                BeatMessage::Fold { count } => count,
                _ => 0,
            };
            folded(messages).into_iter().map(count).collect()
        };
        assert_eq!(
            counts((100..104).map(message).collect()),
            [100, 101, 102, 103]
        );
        assert_eq!(
            counts((100..110).map(message).collect()),
            [100, 101, 6, 108, 109]
        );
    }
}

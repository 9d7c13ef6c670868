//! The histories of a variant's sessions, put together from the journal and from the records that are
//! there: what the time lines of the evidence page show.

use crate::base::clock::BenchTime;
use crate::base::event::{EndReason, Event, EventKind, Fingerprint};
use crate::defences::policy::Variant;
use crate::lab::diagrams::timeline::{Mark, SessionHistory};
use crate::session::SessionRecord;

/// A session that is alive.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// The mark that replaces its id.
    pub name: Fingerprint,
    pub record: SessionRecord,
    /// When it was last used.
    pub last_used: BenchTime,
    /// When it ends if it is not used.
    pub idle: Option<BenchTime>,
    /// When it ends in any case.
    pub absolute: Option<BenchTime>,
}

/// A session under all the ids that it had.
struct SessionChain {
    names: Vec<Fingerprint>,
    user: Option<String>,
    marks: Vec<Mark>,
    ended_at: Option<BenchTime>,
    limits: Vec<(&'static str, Option<BenchTime>)>,
    alive: bool,
}

/// The newest sessions of a variant, alive or not, by these events (oldest first) and these records.
pub fn histories(
    variant: Variant,
    events: &[Event],
    alive: &[OpenSession],
    most: usize,
) -> Vec<SessionHistory> {
    let mut chains: Vec<SessionChain> = Vec::new();
    for event in events {
        match &event.what {
            // It takes the clock back, and ends everything.
            EventKind::BenchReset => chains.clear(),
            _ if event.variant == Some(variant) => note(&mut chains, event.at, &event.what),
            _ => {}
        }
    }
    alive.iter().for_each(|one| join(&mut chains, one));
    for chain in &mut chains {
        // It has no record, and the journal does not say why: nobody asked for it since.
        if !chain.alive && chain.ended_at.is_none() {
            chain.ended_at = chain.marks.last().map(|mark| mark.at);
        }
    }
    chains.sort_by_key(|chain| chain.marks.first().map(|mark| mark.at));
    let newest = chains.into_iter().rev().take(most);
    newest.map(SessionChain::life).collect()
}

impl SessionChain {
    fn new(name: &Fingerprint, mark: Mark) -> Self {
        Self {
            names: vec![name.clone()],
            user: None,
            marks: vec![mark],
            ended_at: None,
            limits: Vec::new(),
            alive: false,
        }
    }

    fn life(self) -> SessionHistory {
        let name = self
            .names
            .last()
            .map(ToString::to_string)
            .unwrap_or_default();
        SessionHistory {
            name: format!("#{name}"),
            user: self.user,
            marks: self.marks,
            ended_at: self.ended_at,
            limits: self.limits,
        }
    }
}

fn find<'c>(chains: &'c mut [SessionChain], name: &Fingerprint) -> Option<&'c mut SessionChain> {
    chains
        .iter_mut()
        .rev()
        .find(|chain| chain.names.contains(name))
}

/// What one event does to the chains.
fn note(chains: &mut Vec<SessionChain>, at: BenchTime, what: &EventKind) {
    let mark = |what, note| Mark { at, what, note };
    match what {
        EventKind::SessionOpened { session, adopted } => {
            let note = if *adopted {
                "id from the visitor"
            } else {
                "anonymous"
            };
            chains.push(SessionChain::new(session, mark("opened", note)));
        }
        EventKind::SignedIn {
            user,
            session,
            before,
        } => {
            let known = before.as_ref().and_then(|before| find(chains, before));
            let chain = match known {
                Some(chain) => {
                    let same = chain.names.last() == Some(session);
                    chain.marks.push(mark(
                        "signed in",
                        if same { "id unchanged" } else { "new id" },
                    ));
                    chain.names.push(session.clone());
                    chain
                }
                None => {
                    chains.push(SessionChain::new(session, mark("signed in", "")));
                    // It was pushed right now.
                    let Some(chain) = chains.last_mut() else {
                        return;
                    };
                    chain
                }
            };
            chain.user = Some(user.clone());
        }
        EventKind::Rotated { from, to, .. } => {
            if let Some(chain) = find(chains, from) {
                chain.marks.push(mark("new id", ""));
                chain.names.push(to.clone());
            }
        }
        EventKind::Ended {
            session,
            reason,
            record_removed,
            user,
        } => {
            if let Some(chain) = find(chains, session) {
                chain.user = user.clone().or(chain.user.take());
                let note = if *record_removed {
                    "record removed"
                } else {
                    "record kept"
                };
                chain.marks.push(mark(ended(*reason), note));
                chain.ended_at = record_removed.then_some(at).or(chain.ended_at);
            }
        }
        EventKind::UnknownSession { session } => {
            if let Some(chain) = find(chains, session) {
                let old = chain.ended_at.is_none();
                let what = if old { "old id presented" } else { "presented" };
                // Of many tries the last one is shown.
                if chain.marks.last().is_some_and(|last| last.what == what) {
                    chain.marks.pop();
                }
                chain.marks.push(mark(what, "no longer accepted"));
            }
        }
        _ => {}
    }
}

const fn ended(reason: EndReason) -> &'static str {
    match reason {
        EndReason::SignOut => "signed out",
        EndReason::EndedByUser => "ended from elsewhere",
        EndReason::PasswordChange => "ended by a new password",
        EndReason::IdleTimeout => "idle limit reached",
        EndReason::AbsoluteTimeout => "absolute limit reached",
        EndReason::FromTheFuture => "dated in the future",
        EndReason::Ceiling => "gave way",
    }
}

/// Adds a stored record to what the journal says about it.
fn join(chains: &mut Vec<SessionChain>, alive: &OpenSession) {
    let opened = Mark {
        at: alive.record.created,
        what: "opened",
        note: "",
    };
    if find(chains, &alive.name).is_none() {
        chains.push(SessionChain::new(&alive.name, opened));
    }
    let Some(chain) = find(chains, &alive.name) else {
        return;
    };
    if chain.marks.iter().all(|mark| mark.what == "opened")
        && let Some(at) = alive.record.authenticated_at
    {
        chain.marks.push(Mark {
            at,
            what: "signed in",
            note: "",
        });
    }
    chain.user = alive.record.user.clone();
    chain.limits = vec![
        ("idle limit", alive.idle),
        ("absolute limit", alive.absolute),
    ];
    (chain.alive, chain.ended_at) = (true, None);
    let seen = Mark {
        at: alive.last_used,
        what: "last seen",
        note: "",
    };
    let place = chain.marks.iter().position(|mark| mark.at > seen.at);
    chain.marks.insert(place.unwrap_or(chain.marks.len()), seen);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::event::ClientKind;

    fn name(text: &str) -> Fingerprint {
        Fingerprint(text.into())
    }

    fn event(at: u64, what: EventKind) -> Event {
        Event {
            at: BenchTime::from_millis(at),
            variant: Some(Variant::Hardened),
            client: ClientKind::Curl,
            what,
        }
    }

    fn opened(session: &str) -> EventKind {
        EventKind::SessionOpened {
            session: name(session),
            adopted: false,
        }
    }

    fn signed_in(before: &str, session: &str) -> EventKind {
        EventKind::SignedIn {
            user: "student123".into(),
            session: name(session),
            before: Some(name(before)),
        }
    }

    fn ended(session: &str, record_removed: bool) -> EventKind {
        let (user, reason) = (Some("student123".into()), EndReason::SignOut);
        EventKind::Ended {
            user,
            session: name(session),
            reason,
            record_removed,
        }
    }

    fn told(events: &[Event], alive: &[OpenSession]) -> Vec<(String, Vec<String>)> {
        let found = histories(Variant::Hardened, events, alive, 6);
        let words = |mark: &Mark| format!("{} {}", mark.what, mark.note).trim().to_owned();
        found
            .iter()
            .map(|life| (life.name.clone(), life.marks.iter().map(words).collect()))
            .collect()
    }

    fn alive(session: &str) -> OpenSession {
        let at = BenchTime::from_millis;
        OpenSession {
            name: name(session),
            record: SessionRecord {
                bench: "local".into(),
                variant: Variant::Hardened,
                user: Some("student123".into()),
                created: at(1),
                authenticated_at: Some(at(2)),
                rotated_from: None,
                client: "curl".into(),
                created_by: "POST /login".into(),
                permanent: false,
                large_text: false,
                renew: false,
            },
            last_used: at(9),
            idle: None,
            absolute: None,
        }
    }

    #[test]
    fn a_session_is_one_under_all_its_ids_from_its_opening_to_what_comes_after_its_end() {
        let events = [
            event(1, opened("a")),
            event(2, signed_in("a", "b")),
            event(3, ended("b", true)),
            event(4, EventKind::UnknownSession { session: name("b") }),
            event(5, EventKind::UnknownSession { session: name("b") }),
        ];
        let marks = [
            "opened anonymous",
            "signed in new id",
            "signed out record removed",
            "presented no longer accepted",
        ];
        assert_eq!(
            told(&events, &[]),
            [("#b".to_owned(), marks.map(str::to_owned).to_vec())]
        );
        let found = histories(Variant::Hardened, &events, &[], 6);
        assert_eq!(found[0].ended_at, Some(BenchTime::from_millis(3)));
        assert!(
            told(&events[..], &[]).len() == 1 && told(&[event(6, opened("c"))], &[]).len() == 1
        );
    }

    #[test]
    fn a_session_whose_record_was_kept_goes_on_after_the_sign_out() {
        let events = [
            event(1, opened("a")),
            event(2, signed_in("a", "a")),
            event(3, ended("a", false)),
        ];
        let marks = [
            "opened anonymous",
            "signed in id unchanged",
            "signed out record kept",
            "last seen",
        ];
        assert_eq!(
            told(&events, &[alive("a")]),
            [("#a".to_owned(), marks.map(str::to_owned).to_vec())]
        );
        assert_eq!(
            histories(Variant::Hardened, &events, &[alive("a")], 6)[0].ended_at,
            None
        );
    }

    #[test]
    fn a_record_of_which_the_journal_knows_nothing_tells_its_own_life() {
        let marks = ["opened", "signed in", "last seen"];
        assert_eq!(
            told(&[], &[alive("z")]),
            [("#z".to_owned(), marks.map(str::to_owned).to_vec())]
        );
    }

    #[test]
    fn the_newest_come_first_a_reset_forgets_and_another_variant_is_another_story() {
        let mut other = event(5, opened("o"));
        other.variant = Some(Variant::Insecure);
        let events = [
            event(1, opened("gone")),
            event(2, EventKind::BenchReset),
            event(3, opened("a")),
            event(4, opened("b")),
            other,
        ];
        let names: Vec<String> = told(&events, &[])
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["#b", "#a"]);
        assert_eq!(histories(Variant::Hardened, &events, &[], 1).len(), 1);
    }
}

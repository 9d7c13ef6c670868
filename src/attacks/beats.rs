//! The beats of a transcript: the parts in which a play goes through it, on a stage or in a
//! terminal. One beat is what one actor did at one place, below the sentence that the narrator said
//! first. A play has no words of its own.

use super::transcript::TranscriptLine;

/// One part of a transcript.
#[derive(Clone, Copy, Debug)]
pub struct Beat<'t> {
    /// What the narrator said last; empty before the first word.
    pub says: &'t str,
    /// Whether an earlier beat had that sentence already.
    pub continued: bool,
    /// What happened. Empty where only time passes.
    pub lines: &'t [TranscriptLine],
    /// How many lines of the transcript have passed at its end.
    pub end: usize,
}

/// The beats of a transcript, in order. Together they hold every line of it.
pub fn beats(transcript: &[TranscriptLine]) -> Vec<Beat<'_>> {
    let mut all: Vec<Beat<'_>> = Vec::new();
    let (mut says, mut continued) = ("", false);
    let mut start = 0;
    for (at, line) in transcript.iter().enumerate() {
        let end = at + 1;
        match line {
            TranscriptLine::Narration(text) => {
                // A sentence that nothing followed is a beat: something happened beside the network.
                if !says.is_empty() && !continued {
                    all.push(beat(transcript, says, false, start..at));
                }
                (says, continued, start) = (text, false, end);
            }
            line => {
                let next = transcript.get(end);
                if next.is_some_and(|next| continues(line, next)) {
                    continue;
                }
                all.push(beat(transcript, says, continued, start..end));
                (continued, start) = (true, end);
            }
        }
    }
    if !says.is_empty() && !continued {
        all.push(beat(transcript, says, false, start..transcript.len()));
    }
    all
}

fn beat<'t>(
    transcript: &'t [TranscriptLine],
    says: &'t str,
    continued: bool,
    lines: std::ops::Range<usize>,
) -> Beat<'t> {
    Beat {
        says,
        continued,
        end: lines.end,
        lines: &transcript[lines],
    }
}

/// Whether the next line belongs to the same beat: the same actor at the same place.
fn continues(line: &TranscriptLine, next: &TranscriptLine) -> bool {
    let place = |line: &TranscriptLine| match line {
        TranscriptLine::Exchange { actor, exchange } => Some((*actor, host(&exchange.sent))),
        TranscriptLine::Narration(_) | TranscriptLine::Planted { .. } => None,
    };
    place(line).is_some_and(|here| place(next) == Some(here))
}

/// The value of the `Host` header in a request.
fn host(sent: &str) -> String {
    let lines = sent.lines().skip(1).take_while(|line| !line.is_empty());
    let mut pairs = lines.filter_map(|line| line.split_once(':'));
    let host = pairs.find(|(name, _)| name.eq_ignore_ascii_case("host"));
    host.map(|(_, value)| value.trim().to_ascii_lowercase())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::HttpExchange;
    use crate::defences::facts::Scheme;

    fn says(text: &str) -> TranscriptLine {
        TranscriptLine::Narration(text.into())
    }

    fn asks(actor: &'static str, host: &str) -> TranscriptLine {
        TranscriptLine::Exchange {
            actor,
            exchange: Box::new(HttpExchange {
                scheme: Scheme::Https,
                sent: format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\nHost: body"),
                head: "HTTP/1.1 200 OK".into(),
                status: 200,
                headers: Vec::new(),
                body: String::new(),
            }),
        }
    }

    /// What is said in each beat, how many lines it has, and whether the sentence is an old one.
    fn told(transcript: &[TranscriptLine]) -> Vec<(&str, usize, bool)> {
        let all = beats(transcript);
        let beat = |beat: &Beat<'_>| {
            let at = beat.end - beat.lines.len();
            assert!(std::ptr::eq(
                beat.lines,
                &raw const transcript[at..beat.end]
            ));
        };
        all.iter().for_each(beat);
        all.iter()
            .map(|beat| (beat.says, beat.lines.len(), beat.continued))
            .collect()
    }

    #[test]
    fn what_one_actor_does_at_one_place_is_one_beat() {
        let transcript = [
            says("One."),
            asks("victim", "portal"),
            asks("victim", "PORTAL"),
            asks("victim", "evil"),
            asks("attacker", "portal"),
            says("Two."),
            asks("attacker", "portal"),
        ];
        let expected = [
            ("One.", 2, false),
            ("One.", 1, true),
            ("One.", 1, true),
            ("Two.", 1, false),
        ];
        assert_eq!(told(&transcript), expected);
    }

    #[test]
    fn a_planted_cookie_and_a_sentence_alone_are_beats() {
        let planted = TranscriptLine::Planted {
            actor: "victim",
            cookie: "a=b".into(),
        };
        let transcript = [
            asks("victim", "portal"),
            says("Time passes."),
            says("A cookie is planted."),
            planted,
            asks("victim", "portal"),
            says("The end."),
        ];
        let expected = [
            ("", 1, false),
            ("Time passes.", 0, false),
            ("A cookie is planted.", 1, false),
            ("A cookie is planted.", 1, true),
            ("The end.", 0, false),
        ];
        assert_eq!(told(&transcript), expected);
        assert_eq!(told(&[]), []);
    }
}

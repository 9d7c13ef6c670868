//! The sequence diagram of every attack: it counts what was sent, nothing in it overlaps, and no
//! secret is in it.

use session_lab::attacks::Attack;
use session_lab::attacks::matrix::throw_away_name;
use session_lab::attacks::scenario::Scenario;
use session_lab::attacks::transcript::TranscriptLine;
use session_lab::defences::policy::Variant;
use session_lab::lab::diagrams::file::DrawingFile;
use session_lab::lab::diagrams::sequence::{End, Sequence, SequenceRow};
use session_lab::web::templates::UnservedPages;

use super::decided_by_the_server;
use crate::support::lab;

/// Runs an attack, and draws it.
async fn drawn(attack: &dyn Attack, variant: Variant) -> (Vec<TranscriptLine>, Sequence) {
    let bench = throw_away_name();
    let scenario = Scenario::new(lab().target(), bench.clone(), variant);
    let card = attack.card();
    let outcome = attack.run(&scenario).await;
    let outcome = outcome.unwrap_or_else(|error| panic!("{}: {error}", card.name));
    lab().benches.discard(&bench).await.expect("it was used");
    let transcript = scenario.transcript().lines();
    let end = Some(End::of(&outcome));
    let sequence = Sequence::new(card.title, &transcript, end, &lab().addresses);
    (transcript, sequence)
}

/// Where a row begins and ends, from top to bottom.
fn extent(row: &SequenceRow) -> (i32, i32) {
    match row {
        SequenceRow::Note { y, height, .. } | SequenceRow::End { y, height, .. } => {
            (*y, y + height)
        }
        SequenceRow::Fold { y, .. } => (y - 10, y + 10),
        SequenceRow::Call {
            request, answer, ..
        } => {
            let last = answer.as_ref().unwrap_or(request);
            (
                request.y - 20,
                last.y + if last.below.is_empty() { 5 } else { 22 },
            )
        }
    }
}

/// The values of every cookie that was sent or set, but for short ones, which are no secrets.
fn cookie_values(transcript: &[TranscriptLine]) -> Vec<String> {
    let mut values = Vec::new();
    for line in transcript {
        let TranscriptLine::Exchange { exchange, .. } = line else {
            continue;
        };
        for line in exchange.sent.lines().chain(exchange.head.lines()) {
            let Some((name, value)) = line.split_once(": ") else {
                continue;
            };
            let pairs = match name.to_ascii_lowercase().as_str() {
                "cookie" => value.split("; ").collect(),
                "set-cookie" => vec![value.split(';').next().expect("a pair")],
                _ => continue,
            };
            let pairs = pairs.iter().filter_map(|pair| pair.split_once('='));
            values.extend(pairs.map(|(_, value)| value.to_owned()));
        }
    }
    values.retain(|value| value.len() > 11);
    values
}

/// Every tag is closed in its turn, and no other text looks like one.
fn is_well_formed(svg: &str) -> bool {
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else {
            return false;
        };
        let name = tag.split([' ', '/']).find(|part| !part.is_empty());
        match tag {
            _ if tag.starts_with('?') || tag.ends_with('/') => {}
            _ if tag.starts_with('/') => {
                if open.pop() != name {
                    return false;
                }
            }
            _ => open.extend(name),
        }
    }
    open.is_empty()
}

#[tokio::test]
async fn every_attack_is_drawn_whole_within_the_drawing_and_without_overlap() {
    let templates = UnservedPages::parse().expect("they are good");
    for attack in decided_by_the_server() {
        for variant in [Variant::Insecure, Variant::Hardened] {
            let name = format!("{} against {variant}", attack.card().name);
            let (transcript, sequence) = drawn(attack, variant).await;
            let (mut sent, mut shown) = (0, 0);
            for line in &transcript {
                if let TranscriptLine::Exchange { actor, .. } = line {
                    sent += 1;
                    let there = sequence.lanes.iter().any(|lane| lane.name == *actor);
                    assert!(there, "{name}: no lane for {actor}");
                }
            }
            let mut above = 40;
            for row in &sequence.rows {
                let (top, bottom) = extent(row);
                assert!(above <= top && top < bottom, "{name}: {row:?} at {above}");
                above = bottom;
                match row {
                    SequenceRow::Fold { count, .. } => shown += count,
                    SequenceRow::Call {
                        request, answer, ..
                    } => {
                        shown += 1;
                        for arrow in [Some(request), answer.as_ref()].into_iter().flatten() {
                            let inside = 0..=sequence.width;
                            let places = [arrow.from, arrow.to, arrow.x];
                            assert!(places.iter().all(|x| inside.contains(x)), "{name}");
                            assert_ne!(arrow.from, arrow.to, "{name}: {arrow:?}");
                        }
                        let apart = answer
                            .as_ref()
                            .is_none_or(|answer| answer.y >= request.y + 38);
                        assert!(apart, "{name}: {row:?}");
                    }
                    _ => {}
                }
            }
            assert_eq!(shown, sent, "{name}");
            assert!(above <= sequence.height, "{name}");
            assert!(sequence.height < 6_000, "{name}: {}", sequence.height);
            let inside = |lane: &session_lab::lab::diagrams::sequence::Lane| {
                lane.left >= 0 && lane.left + 150 <= sequence.width
            };
            assert!(sequence.lanes.iter().all(inside), "{name}");
            let svg = templates.render(DrawingFile::TEMPLATE, DrawingFile::of(&sequence));
            let svg = svg.expect("it fits");
            assert!(
                svg.starts_with("<?xml") && is_well_formed(&svg),
                "{name}: {svg}"
            );
            for value in cookie_values(&transcript) {
                assert!(!svg.contains(&value), "{name}: {value}");
            }
        }
    }
}

#[tokio::test]
async fn a_hostile_text_is_text_in_the_drawing() {
    let says = "</text><script>alert(1)</script> & \"quotes\"";
    let transcript = [TranscriptLine::Narration(says.to_owned())];
    let end = End {
        succeeded: true,
        description: says,
    };
    let sequence = Sequence::new(says, &transcript, Some(end), &lab().addresses);
    let templates = UnservedPages::parse().expect("they are good");
    let svg = templates.render(DrawingFile::TEMPLATE, DrawingFile::of(&sequence));
    let svg = svg.expect("it fits");
    assert!(is_well_formed(&svg), "{svg}");
    assert!(
        !svg.contains("<script") && svg.contains("&lt;script&gt;"),
        "{svg}"
    );
}

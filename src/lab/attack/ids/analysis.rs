//! What can be read from a list of ids: the steps between them, the bits that change, the next one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

/// How many bits of an id are looked at: the first 64 of a random one, all of a counted one.
const BITS: u32 = 64;
/// The side of the square that the scatter is drawn in.
const SIDE: f64 = 200.0;

/// What a page draws of one source.
#[derive(Clone, Debug, Serialize)]
pub struct IdsPicture {
    /// `weak` or `strong`.
    kind: &'static str,
    /// The first ids, as examples.
    examples: Vec<String>,
    /// Pairs of successive differences, in the square.
    points: Vec<(f64, f64)>,
    /// How many different points there are.
    places: usize,
    /// For each bit position, from the most significant: how often it was 1, from 0 to 1.
    ones: Vec<f64>,
    /// How many positions ever changed.
    changing: usize,
    /// The id that the rule "as the last step" predicts.
    predicted: String,
    /// The id that came.
    came: String,
    /// Whether they are the same.
    hit: bool,
}

/// The picture of a list of ids and of the one that came after them.
pub fn picture(kind: &'static str, ids: &[String], next: &str) -> IdsPicture {
    let numbers: Vec<u64> = ids.iter().map(|id| number(id)).collect();
    let steps: Vec<f64> = numbers
        .windows(2)
        .map(|pair| step(pair[0], pair[1]))
        .collect();
    let points = scatter(&steps);
    let mut places: Vec<(u64, u64)> = points
        .iter()
        .map(|(x, y)| (x.to_bits(), y.to_bits()))
        .collect();
    places.sort_unstable();
    places.dedup();
    let ones = ones(&numbers);
    let predicted = predict(ids, &numbers);
    IdsPicture {
        kind,
        examples: ids.iter().take(4).cloned().collect(),
        places: places.len(),
        changing: ones
            .iter()
            .filter(|share| **share > 0.0 && **share < 1.0)
            .count(),
        hit: predicted.as_deref() == Some(next),
        points,
        ones,
        predicted: predicted.unwrap_or_else(|| "nothing: no rule fits".into()),
        came: next.to_owned(),
    }
}

/// An id as a number: a decimal one as it is, any other by its first 64 bits.
fn number(id: &str) -> u64 {
    if let Ok(number) = id.parse() {
        return number;
    }
    let bytes = URL_SAFE_NO_PAD.decode(id).unwrap_or_default();
    bytes
        .first_chunk()
        .map_or(0, |first| u64::from_be_bytes(*first))
}

fn step(from: u64, to: u64) -> f64 {
    // The picture needs no more digits than a pixel has.
    to as f64 - from as f64
}

/// Each step against the next one, scaled into the square; equal steps share one place.
fn scatter(steps: &[f64]) -> Vec<(f64, f64)> {
    let most = steps.iter().map(|step| step.abs()).fold(1.0, f64::max);
    let place = |step: f64| ((step / most + 1.0) / 2.0 * SIDE).round();
    steps
        .windows(2)
        .map(|pair| (place(pair[0]), SIDE - place(pair[1])))
        .collect()
}

fn ones(numbers: &[u64]) -> Vec<f64> {
    let count = numbers.len().max(1) as f64;
    (0..BITS)
        .rev()
        .map(|bit| {
            numbers
                .iter()
                .filter(|number| (*number >> bit) & 1 == 1)
                .count() as f64
                / count
        })
        .collect()
}

/// The next id, if the ids are numbers and every step between them was the same.
fn predict(ids: &[String], numbers: &[u64]) -> Option<String> {
    if ids.iter().any(|id| id.parse::<u64>().is_err()) {
        return None;
    }
    let [.., before, last] = numbers else {
        return None;
    };
    let step = last.checked_sub(*before)?;
    let even = numbers
        .windows(2)
        .all(|pair| pair[1].checked_sub(pair[0]) == Some(step));
    even.then(|| last.checked_add(step))
        .flatten()
        .map(|next| next.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(list: &[&str]) -> Vec<String> {
        list.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_counter_is_one_place_and_is_predicted() {
        let found = picture("weak", &ids(&["1001", "1002", "1003", "1004"]), "1005");
        assert!(found.hit);
        assert_eq!((found.places, found.points.len()), (1, 2));
        assert_eq!(found.changing, 3);
    }

    #[test]
    fn random_ids_are_many_places_and_are_not_predicted() {
        let random: Vec<String> = (0..50)
            .map(|_| crate::session::bench::BenchKeys::nonce().expect("random bits"))
            .collect();
        let found = picture("strong", &random, "x");
        assert!(!found.hit);
        assert!(found.places > 40, "{}", found.places);
        assert_eq!(found.changing, 64);
    }

    #[test]
    fn no_id_at_all_is_no_panic() {
        let found = picture("weak", &[], "");
        assert_eq!((found.places, found.changing, found.hit), (0, 0, false));
    }
}

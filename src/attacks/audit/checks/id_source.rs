//! Whether session ids can be predicted: a few are collected, as anyone with an account can.
//!
//! Ids that rise like numbers are predicted as the attack `id-prediction` does it, and the prediction is
//! tried. Of all others the length and the alphabet give the most bits that can be in them. Whether they
//! come from a good generator cannot be seen in any number of samples.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use crate::attacks::id_prediction;
use crate::defences::policy::Name;

pub(super) struct IdSourceCheck;

const CARD: CheckCard = CheckCard {
    name: "id-source",
    title: "Session ids cannot be predicted",
    subject: CheckSubject::Defence(Name::IdSource),
    gains: "Anyone computes the id of somebody who is signed in, and is then that user, without any contact with them.",
    keys: &["SID-ENTROPY"],
    standards: &[],
    requests: 5,
    sign_ins: 5,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for IdSourceCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(name) = audit.seen.session_name().map(str::to_owned) else {
            return Ok(audit.no_session_cookie());
        };
        let mut ids = Vec::new();
        for _ in 0..SAMPLES {
            let person = audit.signed_in(audit.account()).await?;
            ids.extend(person.cookie(&audit.plan.home, &name));
        }
        if let Some(next) = id_prediction::predict(&ids) {
            // Somebody else signs in, of whom the attacker knows nothing.
            let other = audit.second().unwrap_or(audit.account());
            audit.signed_in(other).await?;
            for id in next..next + id_prediction::TRIED {
                let guess = id.to_string();
                audit.wire.mask.note(&guess, "predicted id");
                let (opens, exchange) = audit.opens(other, Some(format!("{name}={guess}"))).await?;
                if opens {
                    let says =
                        "The ids are numbers that rise. A predicted one opens the page of a user.";
                    let shown = audit.shown(&exchange, &[]);
                    return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
                }
            }
        }
        let bits = ids.iter().map(|id| most_bits(id)).min().unwrap_or_default();
        if bits < ENOUGH {
            let says =
                format!("An id has room for {bits} bits at most; {ENOUGH} should be random.");
            let shown = audit.shown(&audit.seen.setter, &["set-cookie"]);
            let evidence = CheckEvidence::new(says, shown).gaining(GUESSED_AT_RANDOM);
            return Ok(CheckAnswer::Lacking(evidence));
        }
        Ok(CheckAnswer::NotFound {
            tries: ids.len(),
            of: "ids: none follows from the others, and each has room for 128 bits or more",
        })
    }
}

/// What an attacker gains by an id that is short and follows from no other.
const GUESSED_AT_RANDOM: &str = "An attacker who guesses ids at random meets one of somebody who is signed in \
                                 sooner, the shorter the ids are and the more users there are.";

/// How many ids are collected.
const SAMPLES: usize = 4;

/// How many random bits an id should have (ASVS 7.2.3).
const ENOUGH: usize = 128;

/// The most bits that a text can have, by its length and the smallest usual alphabet of its letters.
fn most_bits(id: &str) -> usize {
    let all = |is: fn(char) -> bool| id.chars().all(is);
    // In hundredths of a bit for each letter.
    let each = if all(|c| c.is_ascii_digit()) {
        332
    } else if all(|c| c.is_ascii_hexdigit()) {
        400
    } else if all(|c| c.is_ascii_digit() || c.is_ascii_lowercase()) {
        516
    } else {
        600
    };
    id.chars().count() * each / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_and_the_length_bound_the_bits() {
        for (id, bits) in [
            ("1001", 13),
            ("0123456789abcdef0123456789abcdef", 128),
            ("abcdefghijklmnopqrstuvwxyz012345", 165),
            ("A_-bcdefghijklmnopqrst", 132),
            ("", 0),
        ] {
            assert_eq!(most_bits(id), bits, "{id}");
        }
    }
}

//! The threat table of an older lab sheet, with what the matrix measured beside each row.
//!
//! The sheet names three threats, says what helps against each, and how well. Its words are kept as
//! they are. What is beside them is counted from the cells of a run, so it can disagree. The run is
//! that of [`super::matrix`].

use serde::Serialize;

use crate::attacks::cell::MatrixCell;
use crate::attacks::{self, Card};
use crate::defences::policy::{Name, Variant};

/// A row of the sheet's table.
struct Threat {
    key: &'static str,
    threat: &'static str,
    severity: &'static str,
    /// How well the remedies work, as the sheet says.
    effectiveness: &'static str,
    /// What that changes, as the sheet says.
    impact: &'static str,
    /// What the sheet names as the remedies.
    remedies: &'static [Name],
    /// The attacks of the matrix that are this threat.
    attacks: &'static [&'static str],
}

const TABLE: [Threat; 3] = [
    Threat {
        key: "fixation",
        threat: "Session fixation",
        severity: "Medium",
        effectiveness: "High: a new session id at the sign-in effectively prevents it.",
        impact: "High: completely prevents it, if implemented correctly.",
        remedies: &[Name::Rotation],
        attacks: &["planted-id", "fixation"],
    },
    Threat {
        key: "hijacking",
        threat: "Session hijacking, session theft",
        severity: "High",
        effectiveness: "Medium to high: Secure protects the cookie in transit, HttpOnly protects it \
                        from scripts.",
        impact: "Medium to high: substantially reduces the risk.",
        remedies: &[Name::Secure, Name::HttpOnly],
        attacks: &[
            "plain-http-downgrade",
            "secure-cookie-over-http",
            "xss-steals-cookie",
            "xss-rides-session",
            "id-in-referer",
            "stolen-store",
        ],
    },
    Threat {
        key: "guessing",
        threat: "Guessing a session by brute force",
        severity: "Low",
        effectiveness: "Low to medium: a strong SECRET_KEY makes guessing infeasible.",
        impact: "Low to medium: reduces the likelihood.",
        remedies: &[Name::SigningKey],
        attacks: &["id-prediction", "forged-signed-cookie"],
    },
];

/// A row of the table as the page shows it.
#[derive(Serialize)]
pub(super) struct ThreatView {
    key: &'static str,
    threat: &'static str,
    severity: &'static str,
    effectiveness: &'static str,
    impact: &'static str,
    remedies: Vec<&'static str>,
    attacks: Vec<ThreatAttack>,
    /// What was counted, a sentence each. Empty before a run.
    measured: Vec<String>,
}

#[derive(Serialize)]
struct ThreatAttack {
    name: &'static str,
    title: &'static str,
}

/// The table, beside the cells that have run so far.
pub(super) fn table(cells: &[MatrixCell]) -> Vec<ThreatView> {
    TABLE.iter().map(|threat| threat.view(cells)).collect()
}

impl Threat {
    fn cards(&self) -> impl Iterator<Item = &'static Card> {
        let found = self.attacks.iter().filter_map(|name| attacks::find(name));
        found.map(|attack| attack.card())
    }

    fn view(&self, cells: &[MatrixCell]) -> ThreatView {
        let attack = |card: &'static Card| ThreatAttack {
            name: card.name,
            title: card.title,
        };
        ThreatView {
            key: self.key,
            threat: self.threat,
            severity: self.severity,
            effectiveness: self.effectiveness,
            impact: self.impact,
            remedies: self.remedies.iter().map(|name| name.slug()).collect(),
            attacks: self.cards().map(attack).collect(),
            measured: self.measured(cells),
        }
    }

    fn measured(&self, cells: &[MatrixCell]) -> Vec<String> {
        let succeeded = |attack: &str, variant| {
            let cell = cells
                .iter()
                .find(|cell| cell.attack == attack && cell.variant == variant);
            cell.and_then(MatrixCell::succeeded)
        };
        // Where an attack does not succeed without any defence, nothing can be said to stop it.
        let open = |attack: &&&str| succeeded(attack, Variant::Insecure) == Some(true);
        let tried: Vec<&str> = self.attacks.iter().filter(open).copied().collect();
        if tried.is_empty() {
            return Vec::new();
        }
        let stops = |variant| {
            let ended: Vec<bool> = tried
                .iter()
                .filter_map(|attack| succeeded(attack, variant))
                .collect();
            let stopped = ended.iter().filter(|succeeded| !**succeeded).count();
            (!ended.is_empty()).then(|| format!("stops {stopped} of {}", ended.len()))
        };
        let alone = self.remedies.iter().filter_map(|name| {
            let stops = stops(Variant::Only(*name))?;
            Some(format!("{} alone {stops}.", name.slug()))
        });
        let through = tried.iter().filter(|attack| {
            let mut alone = self.remedies.iter();
            alone.all(|name| succeeded(attack, Variant::Only(*name)) == Some(true))
        });
        let through: Vec<&str> = through.copied().collect();
        let through =
            (!through.is_empty()).then(|| format!("Not stopped: {}.", through.join(", ")));
        let hardened =
            stops(Variant::Hardened).map(|stops| format!("Every defence together {stops}."));
        alone.chain(through).chain(hardened).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attacks::Outcome;
    use crate::attacks::cell::CellResult;

    #[test]
    fn every_attack_of_the_table_is_one_of_the_matrix() {
        for threat in TABLE {
            assert_eq!(
                threat.cards().count(),
                threat.attacks.len(),
                "{}",
                threat.key
            );
        }
    }

    fn cell(attack: &'static str, variant: Variant, succeeded: bool) -> MatrixCell {
        let outcome = match succeeded {
            true => Outcome::Succeeded(String::new()),
            false => Outcome::Stopped(String::new()),
        };
        MatrixCell {
            attack,
            variant,
            expected: succeeded,
            result: CellResult::Ran(outcome),
        }
    }

    #[test]
    fn what_is_said_follows_the_cells() {
        let guessing = |cells: &[MatrixCell]| {
            let table = table(cells);
            let mut rows = table.into_iter();
            rows.find(|row| row.key == "guessing")
                .expect("a row")
                .measured
        };
        assert_eq!(guessing(&[]), [""; 0], "nothing is said before a run");
        let only = Variant::Only(Name::SigningKey);
        let mut cells = vec![
            cell("id-prediction", Variant::Insecure, true),
            cell("forged-signed-cookie", Variant::Insecure, true),
            cell("id-prediction", only, true),
            cell("forged-signed-cookie", only, false),
        ];
        assert_eq!(
            guessing(&cells),
            [
                "signing-key alone stops 1 of 2.",
                "Not stopped: id-prediction."
            ]
        );
        cells[2] = cell("id-prediction", only, false);
        cells.push(cell("id-prediction", Variant::Hardened, false));
        assert_eq!(
            guessing(&cells),
            [
                "signing-key alone stops 2 of 2.",
                "Every defence together stops 1 of 1."
            ]
        );
        cells[0] = cell("id-prediction", Variant::Insecure, false);
        cells.truncate(4);
        assert_eq!(guessing(&cells), ["signing-key alone stops 1 of 1."]);
    }
}

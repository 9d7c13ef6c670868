//! The codes that vouch for a report, and the teacher's key. All are HMAC-SHA256 under one key of
//! the lab (RFC 2104), each with its own label, so that none can be used as another.
//!
//! A code proves that a lab with this key wrote the line. Anyone who has the key can write any line: on
//! their own laptop a student has it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Makes and compares codes under one key.
#[derive(Clone, Copy)]
pub struct Codes<'k>(&'k [u8; 32]);

/// What the code of a step is about.
#[derive(Clone, Copy, Debug)]
pub struct SolvedStep<'s> {
    /// The student's name, as the report shows it.
    pub name: &'s str,
    pub bench: &'s str,
    /// The sheet's slug.
    pub sheet: &'s str,
    /// The step's id.
    pub step: &'s str,
    /// When it was solved, as the report shows it.
    pub time: &'s str,
}

impl<'k> Codes<'k> {
    /// Codes under this key.
    pub fn new(key: &'k [u8; 32]) -> Self {
        Self(key)
    }

    /// The code of a solved step: five groups of four hexadecimal digits.
    pub fn of_step(self, step: SolvedStep<'_>) -> String {
        let SolvedStep {
            name,
            bench,
            sheet,
            step,
            time,
        } = step;
        groups(&self.mac("step", &[name, bench, sheet, step, time]))
    }

    /// The code of a whole report.
    pub fn of_report(self, text: &str) -> String {
        groups(&self.mac("report", &[text]))
    }

    /// The code of exported progress.
    pub fn of_export(self, json: &str) -> String {
        groups(&self.mac("export", &[json]))
    }

    /// The bytes that draw a value of a sheet for a bench.
    pub fn of_value(self, bench: &str, sheet: &str, name: &str) -> [u8; 32] {
        self.mac("value", &[bench, sheet, name])
    }

    /// The key that shows the answers: 128 bits.
    pub fn teachers_key(self) -> String {
        hexadecimal(&self.mac("teacher", &[])[..16])
    }

    /// Whether this is the teacher's key, compared in constant time.
    pub fn is_teachers_key(self, given: &str) -> bool {
        same(&self.teachers_key(), given.trim())
    }

    fn mac(self, label: &str, fields: &[&str]) -> [u8; 32] {
        // HMAC takes a key of any length (RFC 2104 §2), so this never fails.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0).expect("a key of any length");
        // Each field with its length before it: "a" + "bc" is not "ab" + "c".
        for field in [label].iter().chain(fields) {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Codes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Codes")
    }
}

/// Whether two codes are the same, compared in constant time.
pub fn same(code: &str, given: &str) -> bool {
    code.as_bytes().ct_eq(given.as_bytes()).into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 80 bits, in groups that can be read aloud: nobody guesses one of 2^80.
fn groups(mac: &[u8; 32]) -> String {
    let groups: Vec<_> = mac[..10].chunks(2).map(hexadecimal).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_about_every_field_and_about_one_use() {
        let codes = Codes::new(&[7; 32]);
        let step = SolvedStep {
            name: "a",
            bench: "b",
            sheet: "c",
            step: "d",
            time: "e",
        };
        let code = codes.of_step(step);
        assert_eq!(code.len(), 24);
        let others = [
            SolvedStep {
                name: "ab",
                bench: "",
                ..step
            },
            SolvedStep { bench: "x", ..step },
            SolvedStep { sheet: "x", ..step },
            SolvedStep { step: "x", ..step },
            SolvedStep { time: "x", ..step },
        ];
        for other in others {
            assert_ne!(codes.of_step(other), code, "{other:?}");
        }
        assert_ne!(Codes::new(&[8; 32]).of_step(step), code);
        assert_ne!(codes.of_report("a"), codes.of_export("a"));
        assert!(codes.is_teachers_key(&format!(" {}\n", codes.teachers_key())));
        assert!(!codes.is_teachers_key(""));
    }
}

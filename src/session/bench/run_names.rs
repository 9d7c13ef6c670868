//! The names of benches that are thrown away: those of attacks. Such a bench stays in memory, so an
//! attack can neither read nor fill the store of the students.
//!
//! A name carries proof that this process made it: a message authentication code. In a class nothing
//! else is let in, so no student fills the memory with benches of attacks that nobody runs. The name is
//! all that such a bench asks for. It is random, lives for seconds, and holds nothing of a student.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::base::bench_name::BenchName;

/// What the names begin with.
const RUN_PREFIX: &str = "run-";

/// The bytes of a code: 64 bits, which nobody guesses while the bench lives.
const CODE: usize = 8;

/// Whether the bench belongs to one run of an attack.
pub fn is_run_name(name: &BenchName) -> bool {
    name.as_str().starts_with(RUN_PREFIX)
}

/// The name of a bench that nobody else uses and that is thrown away afterwards.
pub fn run_name() -> BenchName {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut nonce = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    // A name that is not random is still unique in this process, but another lab may use it as well.
    let _ = getrandom::fill(&mut nonce);
    let nonce = hex(&nonce);
    // Without a code no class lets it in, and on a student's own computer nobody asks for it.
    let code = code(&nonce).unwrap_or_default();
    // Invariant: 4 + 8 + 1 + 16 characters at most, all of them allowed.
    format!("{RUN_PREFIX}{nonce}-{code}")
        .parse()
        .expect("a good name")
}

/// Whether [`run_name`] made this name in this process.
pub fn is_run_of_this_process(name: &BenchName) -> bool {
    let parts = name.as_str().strip_prefix(RUN_PREFIX);
    let Some((nonce, given)) = parts.and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    code(nonce).is_ok_and(|right| right.as_bytes().ct_eq(given.as_bytes()).into())
}

/// The code of a name, under a key that is in the memory of this process only.
fn code(nonce: &str) -> Result<String, getrandom::Error> {
    static KEY: OnceLock<[u8; 32]> = OnceLock::new();
    let key = match KEY.get() {
        Some(key) => key,
        None => {
            let mut drawn = [0; 32];
            getrandom::fill(&mut drawn)?;
            KEY.get_or_init(|| drawn)
        }
    };
    // HMAC takes a key of any length (RFC 2104 §2), so this never fails.
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    let whole = mac.chain_update(nonce).finalize().into_bytes();
    Ok(hex(&whole[..CODE]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_was_made_here_is_known() {
        let made = run_name();
        assert!(is_run_name(&made) && is_run_of_this_process(&made));
        assert_ne!(run_name(), made);
        let text = made.as_str();
        let other_end = if text.ends_with('0') { '1' } else { '0' };
        for invented in [
            "run-1".to_owned(),
            "run-00000000-0000000000000000".into(),
            "run--".into(),
            format!("{}{other_end}", &text[..text.len() - 1]),
            text[..text.len() - 1].to_owned(),
            text.replacen("run-", "r-", 1),
        ] {
            let name = invented.parse().unwrap();
            assert!(!is_run_of_this_process(&name), "{invented}");
        }
    }
}

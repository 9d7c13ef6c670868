//! The attacker's word list: passwords and keys from the top of every such list.
//!
//! Real lists have millions of lines. This one is short, so that an attack ends within a second.
//! The sign-in form and the offline attacks on keys use the same list, as attackers do. The
//! difference is who counts: at the form the portal can (`throttle`), offline nobody can, so there
//! only the strength of the secret helps.

/// The words, in the order in which they are tried. The strong arm of `throttle` refuses after five
/// wrong ones, so what the attacks look for comes later in the list.
pub const WORDS: [&str; 25] = [
    "123456",
    "password",
    "12345678",
    "qwerty",
    "abc123",
    "letmein",
    "iloveyou",
    "welcome",
    "admin",
    "dragon",
    "monkey",
    "student",
    "password123",
    "sunshine",
    "changeme",
    "football",
    "secret",
    "secret123",
    "default",
    "princess",
    "master",
    "trustno1",
    "development",
    "test",
    "hunter2",
];

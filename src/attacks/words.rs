//! The attacker's word list: passwords and keys that stand at the top of every such list. Real ones
//! hold millions of lines; this one is short, so that an attack ends in a second.

/// The words, in the order in which they are tried. The fifth wrong one is where a throttle bites,
/// so what the attacks look for stands behind it.
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

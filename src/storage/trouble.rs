//! What can be wrong with a store as a whole, in plain words. They name no host and no folder,
//! because `/healthz` shows them to everybody.

/// A store that cannot do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong: the end of a sentence that begins with "the session store".
    pub what: &'static str,
    /// What to do about it, in a sentence.
    pub next: &'static str,
}

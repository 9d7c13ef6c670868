//! The scripts that Redis runs, each as a whole: nobody sees the middle of one. `shared.lua` is put
//! before each. Next: `scripts/commit.lua`.

use redis::Script;

/// Every script.
pub struct Scripts {
    pub commit: Script,
    pub touch: Script,
    pub members: Script,
    pub events: Script,
    pub last_event: Script,
    pub sweep: Script,
}

/// A script's text with what all scripts share before it.
macro_rules! script {
    ($file:literal) => {
        Script::new(concat!(
            include_str!("scripts/shared.lua"),
            include_str!(concat!("scripts/", $file))
        ))
    };
}

impl Scripts {
    /// The scripts, ready to be sent.
    pub fn new() -> Self {
        Self {
            commit: script!("commit.lua"),
            touch: script!("touch.lua"),
            members: script!("members.lua"),
            events: script!("events.lua"),
            last_event: script!("last_event.lua"),
            sweep: script!("sweep.lua"),
        }
    }

    /// All of them.
    pub fn all(&self) -> [&Script; 6] {
        [
            &self.commit,
            &self.touch,
            &self.members,
            &self.events,
            &self.last_event,
            &self.sweep,
        ]
    }
}

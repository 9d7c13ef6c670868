//! How many files a process may open here: every connection is one.

use super::finding::Finding;

const TOPIC: &str = "open files";

/// A lab at rest has 18 files open (measured on Linux). The others are for the connections of one
/// browser.
const NEEDED: u64 = 32;

/// What a class of thirty with a few browser tabs each needs, with a reserve for the lab.
const ENOUGH: u64 = 1_024;

/// The limit to which the lab raises its own at the start.
pub fn look() -> Finding {
    #[cfg(unix)]
    let limit = rlimit::Resource::NOFILE.get_hard().ok();
    #[cfg(not(unix))]
    let limit = None;
    judge(limit)
}

fn judge(limit: Option<u64>) -> Finding {
    let Some(limit) = limit else {
        return Finding::good(TOPIC, "this system tells no limit");
    };
    if limit == u64::MAX {
        return Finding::good(TOPIC, "no limit");
    }
    let found = format!("{limit} at most");
    let next = "raise the limit: ulimit -Hn 4096, as root, or in /etc/security/limits.conf";
    match limit {
        0..NEEDED => Finding::bad(TOPIC, found, next),
        NEEDED..ENOUGH => {
            let found = format!("{found}: enough for one student, not for a class");
            Finding::careful(TOPIC, found, next)
        }
        _ => Finding::good(TOPIC, found),
    }
}

//! How long an attack waits for what a browser does by itself.

use std::time::Duration;

/// How long an attack waits for the effect of a page's script after the page has loaded. A script
/// that was stopped has no effect at all, so a stopped attack always waits this long.
pub const SCRIPT_PATIENCE: Duration = Duration::from_millis(1500);

/// How often it looks in the meantime.
pub(super) const POLL_INTERVAL: Duration = Duration::from_millis(50);

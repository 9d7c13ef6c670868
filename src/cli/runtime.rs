//! The threads on which a subcommand runs.

use std::time::Duration;

use crate::base::start_error::StartError;

/// How long hashing or writing may still take once the listeners are closed. The whole stop may take
/// two seconds.
const LAST_WORK: Duration = Duration::from_millis(500);

/// Runs the work to its end.
///
/// # Errors
/// That of the work, or the system gives no threads.
pub(super) fn block_on(
    work: impl Future<Output = Result<(), StartError>>,
) -> Result<(), StartError> {
    // Rocket's own attribute would read Rocket.toml and ROCKET_* before the lab reads its settings.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| {
        let hint = "look at the limits of this shell: ulimit -a";
        StartError::new(format!("cannot start threads: {error}"), hint)
    })?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_WORK);
    result
}

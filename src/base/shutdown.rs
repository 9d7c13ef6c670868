//! How every listener and every background task learns that the lab is to stop.

use tokio::sync::watch;

/// Waits until the lab is to stop.
pub async fn wait_for_shutdown(stopped: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a reason to stop as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

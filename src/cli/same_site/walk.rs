//! A browser that walks through the SameSite table by itself, as a student's does when they press
//! *Run the whole table*. Used by `session-lab same-site` and by the tests that measure every record
//! again.

use std::time::{Duration, Instant};

use crate::base::addresses::Addresses;
use crate::base::bench_name::BenchName;
use crate::browser::{BrowserError, PATIENCE, Window};
use crate::same_site::measured::MeasuredTable;
use crate::same_site::recorded::SentByWay;
use crate::same_site::{EXCEPTION, Initiator, WalkStep, Way};

/// How often the walk looks whether it has ended.
const POLL: Duration = Duration::from_millis(50);

/// Seconds that are added to Chromium's two minutes, because its clock is not ours.
const LATER: u64 = 5;

/// A browser's window, and the bench on which it walks.
#[derive(Clone, Copy, Debug)]
pub struct TableWalk<'a> {
    pub window: &'a Window,
    pub addresses: &'a Addresses,
    pub bench: &'a BenchName,
}

impl TableWalk<'_> {
    /// Sets the cookies and walks through the whole table but its row that waits.
    ///
    /// # Errors
    /// The browser does not come back to the lab's page.
    pub async fn all(&self) -> Result<(), BrowserError> {
        self.from(&WalkStep::FIRST.start(self.addresses, self.bench, false))
            .await
    }

    /// Waits until the cookies are older than two minutes, and walks the row that waits for it.
    ///
    /// # Errors
    /// The browser does not come back to the lab's page.
    pub async fn late(&self, measured: &MeasuredTable) -> Result<(), BrowserError> {
        // The browser's own clock decides, and no setting moves it.
        let age = measured.age().unwrap_or_default();
        tokio::time::sleep(Duration::from_secs(EXCEPTION + LATER).saturating_sub(age)).await;
        self.from(&WalkStep::LATE.address(self.addresses, self.bench, true))
            .await
    }

    /// Goes to an address from which the browser goes on by itself, until it is back on the lab's page.
    ///
    /// # Errors
    /// It does not come back.
    pub async fn from(&self, start: &str) -> Result<(), BrowserError> {
        let back = self.addresses.lab_page(self.bench, "/same-site");
        self.window.visit("about:blank").await?;
        // The page may leave before it has loaded; whether the walk ends is what counts.
        let begun = Instant::now();
        let visited = self.window.visit(start).await;
        loop {
            // Between two pages there is nothing to ask.
            let at = self.window.location().await;
            if at.is_ok_and(|at| at.starts_with(&back)) {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                visited?;
                return Err(BrowserError::Late("the end of the walk".to_owned()));
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

/// What a browser was seen to send, in the form of a record.
pub fn seen(measured: &MeasuredTable) -> SentByWay {
    let mut sent = SentByWay::default();
    for from in Initiator::ALL {
        for way in Way::ALL {
            let counted = measured.sent(from, way).filter(|sent| {
                way != Way::LatePostForm || sent.age > Duration::from_secs(EXCEPTION)
            });
            if let Some(seen) = counted {
                sent.insert(from, way, &seen.cookies);
            }
        }
    }
    sent
}

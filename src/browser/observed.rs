//! What the browser reports of one window: pages that load, requests, complaints. The drivers fill it
//! from their events; it holds a bounded number of each.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::network::RequestLog;

/// How many navigations are remembered.
const MAX_NAVIGATIONS: usize = 64;

/// How many complaints are kept.
const MAX_COMPLAINTS: usize = 1000;

/// The state of one window, shared by its driver's events and those who wait for them.
#[derive(Debug, Default)]
pub struct Observed {
    state: Mutex<ObservedState>,
    changed: Notify,
}

/// What is known so far.
#[derive(Debug, Default)]
pub struct ObservedState {
    /// The pages that the window went to.
    pub loads: LoadLog,
    /// The requests that it made.
    pub requests: RequestLog,
    complaints: VecDeque<String>,
}

impl Observed {
    /// The state, to read it.
    pub fn state(&self) -> MutexGuard<'_, ObservedState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and wakes those who wait for a change.
    pub fn update(&self, change: impl FnOnce(&mut ObservedState)) {
        change(&mut self.state());
        self.changed.notify_waiters();
    }

    /// Waits until `find` finds something in the state.
    pub async fn wait_for<T>(&self, find: impl Fn(&mut ObservedState) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Before the look, so that no change between the look and the wait is missed.
            changed.as_mut().enable();
            if let Some(found) = find(&mut self.state()) {
                return found;
            }
            changed.await;
        }
    }
}

impl ObservedState {
    /// Notes that the browser complained.
    pub fn complain(&mut self, complaint: String) {
        if self.complaints.len() < MAX_COMPLAINTS {
            self.complaints.push_back(complaint);
        }
    }

    /// Takes the complaints out.
    pub fn take_complaints(&mut self) -> Vec<String> {
        self.complaints.drain(..).collect()
    }

    /// Whether a complaint has this text in it.
    pub fn has_complaint(&self, text: &str) -> bool {
        self.complaints
            .iter()
            .any(|complaint| complaint.contains(text))
    }
}

/// The pages that a window went to, in order, by the browser's ids of these navigations.
#[derive(Debug, Default)]
pub struct LoadLog {
    navigations: VecDeque<(String, LoadState)>,
    /// How many navigations have been dropped from the front.
    dropped: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum LoadState {
    Started,
    Loaded,
    Failed(String),
}

impl LoadLog {
    /// A new page replaces the one that is shown.
    pub fn start(&mut self, id: &str) {
        if self.navigations.iter().any(|(known, _)| known == id) {
            return;
        }
        if self.navigations.len() >= MAX_NAVIGATIONS {
            self.navigations.pop_front();
            self.dropped += 1;
        }
        self.navigations
            .push_back((id.to_owned(), LoadState::Started));
    }

    /// The page is there, with all that belongs to it.
    pub fn finish(&mut self, id: &str) {
        self.set(id, LoadState::Loaded);
    }

    /// The page does not come.
    pub fn fail(&mut self, id: &str, reason: &str) {
        self.set(id, LoadState::Failed(reason.to_owned()));
    }

    fn set(&mut self, id: &str, state: LoadState) {
        let mut known = self.navigations.iter_mut().rev();
        if let Some((_, old)) = known.find(|(known, _)| known == id) {
            *old = state;
        }
    }

    /// How many navigations there have been.
    pub fn count(&self) -> usize {
        self.dropped + self.navigations.len()
    }

    /// Whether a navigation after the first `count` has loaded.
    pub fn loaded_after(&self, count: usize) -> bool {
        let newer = self
            .navigations
            .iter()
            .skip(count.saturating_sub(self.dropped));
        newer
            .into_iter()
            .any(|(_, state)| *state == LoadState::Loaded)
    }

    /// How a navigation ended. A page that sends the window on at once never loads itself; then the
    /// page that comes after it counts.
    pub fn result_of(&self, id: &str) -> Option<Result<(), String>> {
        let mut from_it = self.navigations.iter().skip_while(|(known, _)| known != id);
        let (_, first) = from_it.next()?;
        if *first == LoadState::Loaded || from_it.any(|(_, state)| *state == LoadState::Loaded) {
            return Some(Ok(()));
        }
        match first {
            LoadState::Failed(reason) => Some(Err(reason.clone())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_sends_on_at_once_has_loaded_when_the_next_one_has() {
        let mut loads = LoadLog::default();
        loads.start("a");
        assert_eq!(loads.result_of("a"), None);
        loads.start("b");
        assert_eq!(loads.result_of("a"), None);
        loads.finish("b");
        assert_eq!(loads.result_of("a"), Some(Ok(())));
        assert_eq!(loads.result_of("c"), None);
        assert!(loads.loaded_after(1) && !loads.loaded_after(2));
    }

    #[test]
    fn a_failed_page_says_why_and_the_log_is_bounded() {
        let mut loads = LoadLog::default();
        for count in 0..100 {
            loads.start(&count.to_string());
        }
        assert_eq!(loads.count(), 100);
        assert!(loads.navigations.len() <= MAX_NAVIGATIONS);
        loads.fail("99", "refused");
        assert_eq!(loads.result_of("99"), Some(Err("refused".into())));
        assert!(!loads.loaded_after(0));
    }
}

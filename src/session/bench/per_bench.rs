//! What a page remembers of each bench, in the memory of this process and bounded.
//!
//! Strangers choose the names of benches, so a plain map with one entry for each name grows without
//! end (CWE-770). Only what may be lost belongs here, such as the result of the last run. What must
//! not be lost is in the store.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::BENCH_LIMIT;
use crate::base::bench_name::BenchName;

/// One value for each bench. Beyond [`BENCH_LIMIT`] values the one that was unused for longest is
/// dropped, and no other. Refused alternative: emptying the map when it is full. Then one bench too
/// many would lose the results of everyone.
#[derive(Debug)]
pub struct PerBench<T>(Mutex<LruCache<BenchName, T>>);

impl<T> Default for PerBench<T> {
    fn default() -> Self {
        Self::with_capacity(BENCH_LIMIT)
    }
}

impl<T> PerBench<T> {
    fn with_capacity(most: usize) -> Self {
        let most = NonZeroUsize::new(most).unwrap_or(NonZeroUsize::MIN);
        // `new` would reserve room for all of them at once.
        let mut values = LruCache::unbounded();
        values.resize(most);
        Self(Mutex::new(values))
    }

    /// Stores the value of a bench, in place of an earlier one.
    pub fn insert(&self, bench: &BenchName, value: T) {
        self.lock().put(bench.clone(), value);
    }

    /// Forgets the value of a bench.
    pub fn remove(&self, bench: &BenchName) {
        self.lock().pop(bench);
    }

    // What the lock guards is valid at every step, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, LruCache<BenchName, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> PerBench<T> {
    /// The value of a bench.
    pub fn read(&self, bench: &BenchName) -> Option<T> {
        self.lock().get(bench).cloned()
    }

    /// The value of a bench, which is made where there is none. One lock covers both steps: of two
    /// requests at once both get the same value.
    pub fn read_or_insert_with(&self, bench: &BenchName, make: impl FnOnce() -> T) -> T {
        self.lock().get_or_insert(bench.clone(), make).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bench_that_was_unused_for_longest_is_dropped_and_no_other() {
        let name = |text: &str| text.parse::<BenchName>().expect("a name");
        let kept = PerBench::with_capacity(2);
        kept.insert(&name("one"), 1);
        kept.insert(&name("two"), 2);
        assert_eq!(kept.read(&name("one")), Some(1));
        assert_eq!(kept.read_or_insert_with(&name("three"), || 3), 3);
        assert_eq!(kept.read(&name("two")), None);
        assert_eq!(kept.read(&name("one")), Some(1));
        kept.remove(&name("one"));
        assert_eq!(kept.read(&name("one")), None);
        assert_eq!(kept.read_or_insert_with(&name("three"), || 4), 3);
    }
}

//! The sheets with values, read once for each set of values that somebody has.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use crate::worksheets::audience::SheetAudience;
use crate::worksheets::read::read_with;
use crate::worksheets::sheet::Sheet;
use crate::worksheets::values::SheetValues;

/// How many readings are kept. A class of 300 has fewer on the sheets of one lesson, and a reading is
/// some ten thousand bytes.
const MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(511);

/// A sheet's slug, and its values.
type ReadingKey = (String, Vec<String>);

/// The texts of the sheets with values, and what was read of them.
#[derive(Debug)]
pub(super) struct ReadingCache {
    texts: BTreeMap<String, String>,
    audience: SheetAudience,
    read: Mutex<LruCache<ReadingKey, Arc<Sheet>>>,
}

impl ReadingCache {
    /// The texts, by the sheets' slugs, to be read as these readers have them.
    pub fn new(texts: BTreeMap<String, String>, audience: SheetAudience) -> Self {
        Self {
            texts,
            audience,
            read: Mutex::new(LruCache::new(MOST)),
        }
    }

    /// The sheet with these values.
    pub fn with(&self, sheet: &Arc<Sheet>, values: SheetValues) -> Arc<Sheet> {
        let Some(text) = self.texts.get(&sheet.slug) else {
            return sheet.clone();
        };
        if sheet.values == values {
            return sheet.clone();
        }
        let key = (
            sheet.slug.clone(),
            values.iter().map(|(_, value)| value.to_owned()).collect(),
        );
        let lock = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = lock().get(&key) {
            return found.clone();
        }
        // Read outside the lock: another bench need not wait for it.
        let file = format!("{}.md", sheet.slug);
        match read_with(&file, text, self.audience, |_| values) {
            Ok(read) => {
                let read = Arc::new(read);
                lock().put(key, read.clone());
                read
            }
            // The tests read every sheet with many values. A teacher's own sheet may have a value
            // that breaks it.
            Err(mistakes) => {
                for mistake in mistakes {
                    log::error!("a worksheet is shown with the values of paper: {mistake}");
                }
                sheet.clone()
            }
        }
    }
}

impl Default for ReadingCache {
    fn default() -> Self {
        Self::new(BTreeMap::new(), SheetAudience::default())
    }
}

//! New links to the benches of this machine, for a student who has lost every key of theirs.

use std::sync::Arc;

use crate::base::addresses::Addresses;
use crate::base::bench_name::BenchName;
use crate::session::bench::Benches;
use crate::session::bench::owners::EarlierSecrets;
use crate::storage::StorageError;
use crate::web::bench_control::link_to;

/// Makes new links, where a class has its benches on this machine.
#[derive(Clone, Debug)]
pub struct BenchLinks {
    addresses: Arc<Addresses>,
    benches: Arc<Benches>,
}

impl BenchLinks {
    /// The links of this lab; `None` where it is one's own, because its benches have no keys.
    pub fn of(addresses: &Arc<Addresses>, benches: &Arc<Benches>) -> Option<Self> {
        addresses.is_class().then(|| Self {
            addresses: addresses.clone(),
            benches: benches.clone(),
        })
    }

    /// Ends every key of a bench, and makes a link to it that works once. `None` where it was never made.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn replace(&self, bench: &BenchName) -> Result<Option<String>, StorageError> {
        let key = self.benches.owners().new_link(bench, EarlierSecrets::End);
        Ok(key.await?.map(|key| link_to(&self.addresses, bench, &key)))
    }
}

//! The setting of the values that a class gave.

use std::sync::Arc;

use super::{SettingsChange, SettingsSnapshot, VALUES, put_setting};
use crate::session::bench::Bench;
use crate::session::bench::given_values::GivenValues;
use crate::storage::StorageError;

impl Bench {
    /// The values that a class gave to the student's exercises; none before they joined one.
    pub fn given_values(&self) -> Arc<GivenValues> {
        self.settings.get(|state| state.values.clone())
    }

    /// The place of the word that signs the first tokens of the weak `jwt-key` here.
    pub fn jwt_word(&self) -> usize {
        self.settings.get(|state| state.values.jwt_word())
    }

    /// Stores the values that a class gave. They stay when the student leaves it and when the bench is
    /// reset: what was answered by them stays right.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn set_given_values(&self, values: GivenValues) -> Result<(), StorageError> {
        let values = Arc::new(values);
        let change = |state: &mut SettingsSnapshot| {
            state.values = values.clone();
            SettingsChange {
                put: vec![put_setting(VALUES, &*values)],
                ..SettingsChange::default()
            }
        };
        self.change(change).await
    }
}
